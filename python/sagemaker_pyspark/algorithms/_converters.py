"""What Python keeps of a hyper-parameter: the JVM's own form of it.

A stage's values have been checked by the JVM before they come here; those of a `ParamGridBuilder` haven't, so
that these raise a `TypeError` for what no stage will take, rather than make something else of it.
"""

from __future__ import annotations

import math
from decimal import Decimal
from numbers import Integral
from typing import Any

AUTO = "auto"
#: How the JVM keeps `auto` in a Param of numbers; `Auto` in HyperParam.scala.
_AUTO_NUMBERS = frozenset({-1635087471, -1.635087471e300})


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not hasattr(value, "__float__") or getattr(value, "shape", ()) != ():
        raise TypeError(f"{value!r} is of type {type(value).__name__}: give a number.")
    return value


def to_int(value: Any) -> int:
    """A whole number."""
    whole = int(_number(value))
    if whole != value:
        raise TypeError(f"{value!r} is no whole number.")
    return whole


def to_float(value: Any) -> float:
    """A number."""
    return float(_number(value))


def _is_auto(value: Any) -> bool:
    return (isinstance(value, str) and value == AUTO) or (
        isinstance(value, (int, float)) and value in _AUTO_NUMBERS
    )


def to_int_or_auto(value: Any) -> int | str:
    """A whole number, or `auto`."""
    return AUTO if _is_auto(value) else to_int(value)


def to_float_or_auto(value: Any) -> float | str:
    """A number, or `auto`."""
    return AUTO if _is_auto(value) else to_float(value)


def to_text(value: Any) -> str:
    """A string; a number, where `auto` or a number is taken, as its digits without an exponent."""
    if isinstance(value, str):
        return value
    if isinstance(_number(value), Integral):
        return str(int(value))
    number = float(value)
    if not math.isfinite(number):
        return str(number)
    digits = format(Decimal(repr(number)), "f")
    return digits if "." in digits else f"{digits}.0"


def to_whole_text(value: Any) -> str:
    """A string; a number, where `auto` or a whole number is taken, as its digits: 2.0 as `2`."""
    text = to_text(value)
    return text if isinstance(value, str) else text.removesuffix(".0")


def to_boolean_text(value: Any) -> str:
    """`'True'` or `'False'`, as these parameters are sent."""
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return "True" if value else "False"
    if value in ("True", "False"):
        return str(value)
    raise TypeError(f"{value!r} is neither 'True' nor 'False'.")


def to_boolean_text_or_auto(value: Any) -> str:
    """`'True'`, `'False'` or `'auto'`, as these parameters are sent."""
    return AUTO if _is_auto(value) else to_boolean_text(value)


def to_bool(value: str) -> bool:
    """What getters of such parameters give."""
    return value == "True"


def to_bool_or_auto(value: str) -> bool | str:
    """What getters of such parameters give, where they may be `auto`."""
    return AUTO if value == AUTO else value == "True"
