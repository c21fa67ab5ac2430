"""What Python keeps of a hyper-parameter that the JVM has accepted: the JVM's own form of it."""

from __future__ import annotations

from typing import Any


def to_int(value: Any) -> int:
    """A whole number."""
    return int(value)


def to_float(value: Any) -> float:
    """A number."""
    return float(value)


def to_text(value: Any) -> str:
    """A string; a number, where `auto` or a number is taken, as its digits."""
    return value if isinstance(value, str) else str(value)


def to_boolean_text(value: Any) -> str:
    """`'True'` or `'False'`, as these parameters are sent."""
    return "True" if value is True or value == "True" else "False"


def to_bool(value: str) -> bool:
    """What getters of such parameters give."""
    return value == "True"
