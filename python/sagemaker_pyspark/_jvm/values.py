"""Python values to JSON for the door, and back."""

from __future__ import annotations

import math
from enum import Enum
from importlib import import_module
from typing import Any

from py4j.java_gateway import JavaObject

from sagemaker_pyspark._jvm import door, names

#: Where the Python class of a described value lives: simple names for values, full JVM names for the rest.
_HOMES = {
    "IAMRole": "roles",
    "IAMRoleFromConfig": "roles",
    "S3DataPath": "s3",
    "S3AutoCreatePath": "s3",
    "S3PathFromConfig": "s3",
    "RandomNamePolicy": "names",
    "RandomNamePolicyFactory": "names",
    "CustomNamePolicy": "names",
    "CustomNamePolicyFactory": "names",
    "CustomNamePolicyWithTimeStampSuffix": "names",
    "CustomNamePolicyWithTimeStampSuffixFactory": "names",
    "CreatedResources": "cleanup",
    "AwsClientConfig": "clients",
}
#: Where Python's name differs.
_RENAMED = {"AwsClientConfig": "AwsClient"}
#: Values that are handed on as the JVM's object, since their description leaves secrets out.
_LIVE = frozenset({"AwsClientConfig"})
_PACKAGES = {
    names.SERIALIZERS: "transformation.serializers",
    names.DESERIALIZERS: "transformation.deserializers",
}


def encode_settings(settings: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the user gave, as the JSON that the door takes and the live JVM objects that JSON can't hold.

    None means "not given" and is left out.
    """
    described: dict[str, Any] = {}
    objects: dict[str, Any] = {}
    for name, value in settings.items():
        if value is None:
            continue
        if is_live(value):
            objects[name] = value if isinstance(value, JavaObject) else value._to_java()
        else:
            described[name] = encode(name, value)
    return described, objects


def is_live(value: Any) -> bool:
    """Whether a value can only be given as a JVM object: a user's own class, or a JVM object itself."""
    from sagemaker_pyspark.wrapper import ScalaValue, Value

    if isinstance(value, JavaObject):
        return True
    if isinstance(value, (Enum, ScalaValue)):
        return False
    if isinstance(value, Value):
        return value._is_foreign()
    # Of its class: some objects, such as mocks, have an attribute of every name.
    return hasattr(type(value), "_to_java")


def encode(name: str, value: Any) -> Any:
    """One value as JSON.

    :raises TypeError: naming the setting and the type, when there is no such thing.
    """
    from sagemaker_pyspark.wrapper import ScalaValue, Value

    value = door.plain(value)
    if isinstance(value, type):
        raise TypeError(f"{name} is the class {value.__name__}: give an object, as in {value.__name__}(...).")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{name} is {value}: give a finite number.")
    if isinstance(value, Value):
        return value._describe()
    if isinstance(value, ScalaValue):
        return encode(name, value.python_value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {_text(name, key): _text(name, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(name, item) for item in value]
    raise TypeError(
        f"{name} is of type {type(value).__module__}.{type(value).__qualname__}, which this setting can't "
        f"take."
    )


def _text(name: str, value: Any) -> str:
    value = door.plain(value)
    if isinstance(value, (str, bool, int, float)):
        return str(value)
    raise TypeError(f"{name} has an entry {value!r} of type {type(value).__name__}: give strings or numbers.")


def decode(described: Any, live: Any = None) -> Any:
    """A described value as a Python one.

    :param live: a function that gives the JVM object behind it, for classes that only the JVM knows.
    """
    if isinstance(described, list):
        return [decode(item) for item in described]
    if not isinstance(described, dict):
        return described
    if "class" not in described:
        return {key: decode(item) for key, item in described.items()}
    python_class = _python_class(described["class"])
    if python_class is not None:
        value = python_class._from_description(described)
        if live is not None and described["class"] in _LIVE:
            value._attach(live())
        return value
    return foreign(described["class"], live() if live is not None else None)


def foreign(name: str, java_object: JavaObject | None) -> Any:
    """A Python handle on an object of a class that isn't ours, such as a user's serializer."""
    from sagemaker_pyspark.wrapper import ForeignObject

    return ForeignObject(name, java_object)


def is_described(java_class: str) -> bool:
    """Whether the door describes objects of a JVM class, and Python has a class for them."""
    package, _, simple = java_class.rpartition(".")
    return (package == names.SDK and simple in _HOMES) or _python_class(java_class) is not None


def _python_class(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"sagemaker_pyspark.{_HOMES[name]}"), _RENAMED.get(name, name))
    package, _, simple = name.rpartition(".")
    if package in _PACKAGES:
        return getattr(import_module(f"sagemaker_pyspark.{_PACKAGES[package]}"), simple, None)
    return None
