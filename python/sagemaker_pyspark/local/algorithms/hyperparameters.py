"""Hyper-parameter schemas: what an algorithm takes, and the service's words when it gets something else.

Values arrive as strings. Booleans are taken in any case (``True``, ``true``), lists as JSON.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .contract import CustomerError

Parser = Callable[[str], Any]


@dataclass(frozen=True)
class HyperParameter:
    """One hyper-parameter: its wire name, how its text is read (``ValueError`` says what is allowed), its
    default.
    """

    name: str
    parse: Parser
    default: Any = None
    required: bool = False


def integer(minimum: int | None = None, maximum: int | None = None) -> Parser:
    """A whole number in a range."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise ValueError(f"an integer{_range(minimum, maximum)}") from None
        if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
            raise ValueError(f"an integer{_range(minimum, maximum)}")
        return value

    return parse


def number(
    minimum: float | None = None,
    maximum: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> Parser:
    """A finite number in a range; ``above`` and ``below`` are exclusive bounds."""
    words = f"a number{_range(minimum, maximum)}"
    bounds = [f"greater than {above:g}"] if above is not None else []
    bounds += [f"less than {below:g}"] if below is not None else []
    if bounds:
        words += f" {' and '.join(bounds)}"

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise ValueError(words) from None
        low = (minimum is not None and value < minimum) or (above is not None and value <= above)
        high = (maximum is not None and value > maximum) or (below is not None and value >= below)
        if not math.isfinite(value) or low or high:
            raise ValueError(words)
        return value

    return parse


def choice(*allowed: str) -> Parser:
    """One of some words."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"one of {', '.join(allowed)}")
        return text

    return parse


def boolean() -> Parser:
    """True or false in any case."""

    def parse(text: str) -> bool:
        lowered = text.strip().lower()
        if lowered not in ("true", "false"):
            raise ValueError("true or false")
        return lowered == "true"

    return parse


def json_list(*allowed: str) -> Parser:
    """A JSON list of some words, such as ``["msd","ssd"]``."""
    words = f"a JSON list out of {', '.join(allowed)}"

    def parse(text: str) -> list[str]:
        try:
            values = json.loads(text)
        except ValueError:
            raise ValueError(words) from None
        if not isinstance(values, list) or not values or any(value not in allowed for value in values):
            raise ValueError(words)
        return [str(value) for value in values]

    return parse


def comma_list(*allowed: str) -> Parser:
    """Some words with commas between them, such as ``refresh,prune``."""
    words = f"a comma-separated list out of {', '.join(allowed)}"

    def parse(text: str) -> list[str]:
        values = [value.strip() for value in text.split(",")]
        if any(value not in allowed for value in values):
            raise ValueError(words)
        return values

    return parse


def auto_or(inner: Parser) -> Parser:
    """``auto`` (read as ``None``) or what ``inner`` takes."""

    def parse(text: str) -> Any:
        if text == "auto":
            return None
        try:
            return inner(text)
        except ValueError as error:
            raise ValueError(f"auto, or {error}") from None

    return parse


def resolve(schema: Sequence[HyperParameter], given: Mapping[str, str]) -> dict[str, Any]:
    """Read the given strings by the schema, defaults filled in; anything wrong is a ``CustomerError``.

    Names that start with an underscore are the service's own (``_tuning_objective_metric``) and pass.
    """
    known = {parameter.name: parameter for parameter in schema}
    missing = [p.name for p in schema if p.required and p.name not in given]
    if missing:
        names = ", ".join(f"'{name}'" for name in missing)
        raise CustomerError(
            f"No value(s) were specified for {names} which are required hyperparameter(s) (caused by"
            " ValidationError)"
        )
    unknown = [name for name in given if name not in known and not name.startswith("_")]
    if unknown:
        names = ", ".join(f"'{name}'" for name in sorted(unknown))
        raise CustomerError(
            f"Additional hyperparameter(s) are not allowed ({names} unexpected); allowed:"
            f" {', '.join(sorted(known))} (caused by ValidationError)"
        )
    values = {parameter.name: parameter.default for parameter in schema}
    for name, text in given.items():
        if name in known:
            try:
                values[name] = known[name].parse(text)
            except ValueError as error:
                raise CustomerError(
                    f"Invalid value for hyperparameter '{name}': expected {error}, found '{text}' "
                    "(caused by ValidationError)"
                ) from error
    return values


def _range(minimum: float | None, maximum: float | None) -> str:
    if minimum is not None and maximum is not None:
        return f" from {minimum:g} to {maximum:g}"
    if minimum is not None:
        return f" of at least {minimum:g}"
    return f" of at most {maximum:g}" if maximum is not None else ""
