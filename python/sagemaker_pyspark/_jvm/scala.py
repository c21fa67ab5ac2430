"""Scala's own collections, for programs that call the JVM themselves; the door takes Java's types."""

from __future__ import annotations

from typing import Any

from sagemaker_pyspark._jvm import gateway


def _nested(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return immutable_list(list(value))
    if isinstance(value, dict):
        return immutable_map(value)
    return value._to_java() if hasattr(value, "_to_java") else value


def _jvm() -> Any:
    return gateway.active_context()._jvm


def option(value: Any) -> Any:
    """`Some(value)`, or `None`."""
    return _jvm().scala.Option.apply(_nested(value))


def immutable_list(items: list[Any]) -> Any:
    """A `List`."""
    return _jvm().PythonUtils.toSeq([_nested(item) for item in items]).toList()


def immutable_map(items: dict[Any, Any]) -> Any:
    """A `Map`."""
    return _jvm().PythonUtils.toScalaMap({_nested(key): _nested(value) for key, value in items.items()})
