"""The contract of 1.4.5 as data."""

from __future__ import annotations

import csv
import inspect
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).resolve().parent.parent / "data" / "contract_1_4_5"
API: dict[str, dict[str, dict[str, Any]]] = json.loads((DATA / "python_api.json").read_text())


class Argument(NamedTuple):
    """One argument of a constructor or method."""

    name: str
    #: The default as source text, or None when the argument has none.
    default: str | None


def arguments(signature: str) -> list[Argument]:
    """The arguments of a signature such as `(a, b=None)`; defaults have no commas but in calls."""
    inside = signature[signature.index("(") + 1 : signature.rindex(")")]
    parts = [part.strip() for part in re.split(r",(?![^()]*\))", inside) if part.strip()]
    split = [part.partition("=") for part in parts]
    return [Argument(name, default if equals else None) for name, equals, default in split]


def positional(function: Any) -> list[inspect.Parameter]:
    """What a caller may give by position, without `self` or `cls`."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    found = [p for p in inspect.signature(function).parameters.values() if p.kind in kinds]
    return [p for p in found if p.name not in ("self", "cls")]


def hyper_parameters(estimator: str) -> list[dict[str, str]]:
    """The rows of one estimator."""
    with (DATA / "hyperparameters.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["estimator"] == estimator]


def classes() -> list[tuple[str, str]]:
    """Module and name of every class that this package has; of the algorithms, those that it exports."""
    from sagemaker_pyspark import algorithms

    exported = set(algorithms.__all__)
    return [
        (module, name)
        for module, members in API.items()
        for name, facts in members.items()
        if "function" not in facts and (module != "sagemaker_pyspark.algorithms" or name in exported)
    ]
