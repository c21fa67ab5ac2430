"""What serializers and deserializers have in common."""

from __future__ import annotations

import inspect
import json
from typing import Any, ClassVar

from pyspark.sql.types import StructType

from sagemaker_pyspark._jvm import door
from sagemaker_pyspark.wrapper import ScalaValue, Value

#: The attributes that aren't strings.
_LISTS = frozenset({"protobufKeys", "jsonKeys", "columns"})
_KINDS: dict[str, tuple[type, str]] = {
    "schema": (StructType, "a StructType"),
    "dim": (int, "a whole number"),
    "num_class": (int, "a whole number"),
    "labelRequired": (bool, "True or False"),
}


class Transformation(Value):
    """A serializer or deserializer: a JVM class with arguments that are strings."""

    _what: ClassVar[str] = "transformation"

    def _is_foreign(self) -> bool:
        # An object that a subclass of the user's made in its constructor.
        return super()._is_foreign() or (self._java_obj is not None and self._maker is None)

    def _describe(self) -> dict[str, Any]:
        if type(self)._describes_itself():
            given = {
                name: _written(attribute, self._given(attribute)) for attribute, name in self._fields.items()
            }
            arguments = {name: text for name, text in given.items() if text is not None}
            return {"class": str(self._wrapped_class), "arguments": arguments}
        raise TypeError(
            f"{type(self).__name__} is a {self._what} without a JVM class, and rows are "
            f"{self._what.rstrip('r')}d in the JVM: write the class in Scala or Java, and give its Python "
            "side _wrapped_class and _to_java()."
        )

    def _given(self, attribute: str) -> Any:
        """An argument; None means its default."""
        value = getattr(self, attribute)
        parameter = inspect.signature(type(self).__init__).parameters.get(attribute)
        if value is None and parameter is not None and parameter.default is not inspect.Parameter.empty:
            return parameter.default
        return value

    @classmethod
    def _describes_itself(cls) -> bool:
        return cls._wrapped_class is not None

    @classmethod
    def _from_description(cls, described: dict[str, Any]) -> Any:
        arguments = described.get("arguments", {})
        read = {attribute: _read(attribute, arguments.get(name)) for attribute, name in cls._fields.items()}
        return cls(**{attribute: value for attribute, value in read.items() if value is not None})


def names_of(argument: str, names: Any) -> Any:
    """A list of strings as it was given, or None.

    :raises TypeError: naming the argument, for a single string and for what isn't a list of strings.
    """
    if names is None:
        return None
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"{argument} takes a list of strings, found {names!r}.")
    return list(names)


def _written(attribute: str, value: Any) -> str | None:
    """An argument as the JVM reads it; None means its default."""
    while isinstance(value, ScalaValue):
        # As 1.4.5 had its users write lists: Option([...]).
        value = value.python_value
    value = door.plain(value)
    if value is None:
        return None
    if attribute in _LISTS:
        return "".join(f"{_units(name)}:{name}" for name in names_of(attribute, value))
    kind, said = _KINDS.get(attribute, (str, "a string"))
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise TypeError(f"{attribute} takes {said}, found {value!r}, of type {type(value).__name__}.")
    if isinstance(value, StructType):
        return value.json()
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(attribute: str, text: Any) -> Any:
    if text is None:
        return None
    if attribute in _LISTS:
        return _read_list(text)
    kind, _ = _KINDS.get(attribute, (str, ""))
    if kind is StructType:
        return StructType.fromJson(json.loads(text))
    return text == "true" if kind is bool else kind(text)


def _units(text: str) -> int:
    """The length of a string as the JVM counts it."""
    return len(text.encode("utf-16-le")) // 2


def _read_list(text: str) -> list[str]:
    """A list as the JVM writes it in one string: each element behind its length and a colon."""
    units, items = text.encode("utf-16-le"), []
    while units:
        length, _, rest = units.decode("utf-16-le").partition(":")
        end = 2 * int(length)
        rest_units = rest.encode("utf-16-le")
        items.append(rest_units[:end].decode("utf-16-le"))
        units = rest_units[end:]
    return items
