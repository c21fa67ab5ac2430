"""Requests checked against the service model that botocore ships, with the texts that the real service
answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

import botocore.session

from .errors import ApiError, validation

_JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "map": (dict,),
    "structure": (dict,),
    "timestamp": (int, float),
}


@lru_cache(maxsize=1)
def service_model() -> Any:
    """The model of the SageMaker API."""
    return botocore.session.get_session().get_service_model("sagemaker")


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the model for ``fullmatch``; the few property classes of Java in it are said as Python's
    ``re`` can.
    """
    text = pattern.replace(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]", r"[\w\s.:/=+\-@]").replace(
        r"\p{Alnum}", "a-zA-Z0-9"
    )
    return re.compile(text, re.DOTALL)


def check(operation: str, request: Mapping[str, Any]) -> None:
    """Raise the service's ``ValidationException`` (or ``SerializationException``) if the request breaks its
    model.
    """
    problems = list(_structure(service_model().operation_model(operation).input_shape, request, ""))
    if problems:
        count = "1 validation error" if len(problems) == 1 else f"{len(problems)} validation errors"
        raise validation(f"{count} detected: {'; '.join(problems)}")


def _structure(shape: Any, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name, member in shape.members.items():
        where = f"{path}.{_lower(name)}" if path else _lower(name)
        if value.get(name) is not None:
            yield from _value(member, value[name], where)
        elif name in shape.required_members:
            yield f"Value null at '{where}' failed to satisfy constraint: Member must not be null"


def _value(shape: Any, value: Any, path: str) -> Iterator[str]:
    kind = shape.type_name
    wrong_bool = isinstance(value, bool) and kind != "boolean"
    if not isinstance(value, _accepted(kind)) or wrong_bool:
        raise ApiError(
            "SerializationException", f"'{path}' must be of type {kind}, found {type(value).__name__}."
        )
    for words in _constraints(shape, value):
        yield f"Value {_shown(value)} at '{path}' failed to satisfy constraint: Member must {words}"
    if kind == "structure":
        yield from _structure(shape, value, path)
    elif kind == "list":
        for index, item in enumerate(value):
            yield from _value(shape.member, item, f"{path}.{index + 1}.member")
    elif kind == "map":
        yield from _map(shape, value, path)


def _accepted(kind: str) -> Any:
    return _JSON_TYPES.get(kind, (object,))


def _map(shape: Any, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for part, inner, items in (("keys", shape.key, value.keys()), ("value", shape.value, value.values())):
        if any(not isinstance(item, _accepted(inner.type_name)) for item in items):
            raise ApiError(
                "SerializationException", f"The {part} of '{path}' must be of type {inner.type_name}."
            )
        if any(next(_constraints(inner, item), None) for item in items):
            rules = ", ".join(f"Member must {words}" for words in _rules(inner))
            yield (
                f"Value {_shown(value)} at '{path}' failed to satisfy constraint: Map {part} must satisfy"
                f" constraint: [{rules}]"
            )


def _constraints(shape: Any, value: Any) -> Iterator[str]:
    limits = shape.metadata
    kind = shape.type_name
    sized = kind in ("string", "list", "map", "blob")
    numeric = kind in ("integer", "long", "float", "double")
    size = len(value) if sized else value
    if (sized or numeric) and "max" in limits and size > limits["max"]:
        yield _maximum(kind, limits["max"])
    if (sized or numeric) and "min" in limits and size < limits["min"]:
        yield _minimum(kind, limits["min"])
    if kind == "string":
        if "pattern" in limits and not compiled(limits["pattern"]).fullmatch(value):
            yield f"satisfy regular expression pattern: {limits['pattern']}"
        if shape.enum and value not in shape.enum:
            yield f"satisfy enum value set: [{', '.join(shape.enum)}]"


def _rules(shape: Any) -> Iterator[str]:
    limits = shape.metadata
    if "max" in limits:
        yield _maximum(shape.type_name, limits["max"])
    if "min" in limits:
        yield _minimum(shape.type_name, limits["min"])
    if "pattern" in limits:
        yield f"satisfy regular expression pattern: {limits['pattern']}"


def _maximum(kind: str, limit: float) -> str:
    return (
        f"have {'length' if kind in ('string', 'list', 'map', 'blob') else 'value'} less than or equal to"
        f" {limit}"
    )


def _minimum(kind: str, limit: float) -> str:
    return (
        f"have {'length' if kind in ('string', 'list', 'map', 'blob') else 'value'} greater than or equal to"
        f" {limit}"
    )


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "'{" + ", ".join(f"{key}={item}" for key, item in value.items()) + "}'"
    if isinstance(value, list):
        return "'[" + ", ".join(str(item) for item in value) + "]'"
    return f"'{value}'"


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
