"""Values across the bridge for programs that call the JVM themselves: Scala's collections and Spark's values.

The door takes Java's types and JSON, and needs none of this.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from py4j.java_collections import JavaList, JavaMap
from py4j.java_gateway import JavaObject
from pyspark.ml.common import _java2py, _py2java
from pyspark.sql.types import DataType

from sagemaker_pyspark._jvm import door, gateway, names, values
from sagemaker_pyspark._jvm.schema import java_schema

#: Where the Python side of a JVM object lives that is more than its description.
_HOMES = {f"{names.SDK}.SageMakerModel": "model", f"{names.SDK}.SageMakerResourceCleanup": "cleanup"}


def to_java(value: Any) -> Any:
    """A Python value as an argument of a JVM method: Scala's collections, our objects, Spark's values."""
    # First of all: py4j gives a JVM object a method of every name.
    if isinstance(value, JavaObject):
        return value
    if hasattr(value, "_to_java"):
        return value._to_java()
    value = door.plain(value)
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return value
    if isinstance(value, (list, tuple)):
        return immutable_list(list(value))
    if isinstance(value, dict):
        return immutable_map(value)
    if isinstance(value, DataType):
        return java_schema(value)
    return _py2java(gateway.active_context(), value)


def to_python(value: Any) -> Any:
    """What a JVM method gave, as a Python value: Scala's collections, our objects, and what PySpark knows."""
    if not isinstance(value, JavaObject):
        return value
    if isinstance(value, JavaMap):
        return {to_python(key): to_python(value[key]) for key in list(value)}
    if isinstance(value, JavaList):
        return [to_python(item) for item in value]
    name = str(value.getClass().getName())
    if name in ("scala.Some", "scala.None$"):
        return to_python(value.get()) if value.isDefined() else None
    if name.startswith("scala.collection."):
        return _collection(value)
    python_class = _python_side(name)
    if python_class is not None:
        return python_class._from_java(value)
    if values.is_described(name):
        return values.decode(door.describe_value(value))
    return _java2py(gateway.active_context(), value)


def _python_side(java_class: str) -> Any:
    """The Python class that makes itself of such a JVM object: one of the user's, or one of ours."""
    from sagemaker_pyspark.wrapper import SageMakerJavaWrapper

    for kind in reversed(SageMakerJavaWrapper.__subclasses__()):
        if kind._wrapped_class == java_class and "_from_java" in vars(kind):
            return kind
    if java_class not in _HOMES:
        return None
    return getattr(import_module(f"sagemaker_pyspark.{_HOMES[java_class]}"), java_class.rpartition(".")[2])


def _collection(value: JavaObject) -> Any:
    items = []
    iterator = value.iterator()
    while iterator.hasNext():
        items.append(iterator.next())
    if ".Map" in str(value.getClass().getName()) or "HashMap" in str(value.getClass().getName()):
        return {to_python(item._1()): to_python(item._2()) for item in items}
    return [to_python(item) for item in items]


def _jvm() -> Any:
    return gateway.active_context()._jvm


def option(value: Any) -> Any:
    """`Some(value)`, or `None`."""
    return _jvm().scala.Option.apply(to_java(value))


def immutable_list(items: list[Any]) -> Any:
    """A `List`."""
    return _jvm().PythonUtils.toSeq([to_java(item) for item in items]).toList()


def immutable_map(items: dict[Any, Any]) -> Any:
    """A `Map`."""
    return _jvm().PythonUtils.toScalaMap({to_java(key): to_java(value) for key, value in items.items()})
