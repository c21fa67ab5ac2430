"""The hyper-parameters of factorization machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..contract import CustomerError
from ..hyperparameters import HyperParameter, choice, integer, number, resolve

BINARY = "binary_classifier"
REGRESSOR = "regressor"
PARTS = ("bias", "linear", "factors")
_RATES = {"bias": (0.1, 0.01), "linear": (0.001, 0.001), "factors": (0.0001, 0.00001)}
_SIGMAS = {"bias": 0.01, "linear": 0.01, "factors": 0.001}


def _of_part(part: str) -> tuple[HyperParameter, ...]:
    rate, decay = _RATES[part]
    return (
        HyperParameter(f"{part}_lr", number(0.0), rate),
        HyperParameter(f"{part}_wd", number(0.0), decay),
        HyperParameter(f"{part}_init_method", choice("normal", "uniform", "constant"), "normal"),
        HyperParameter(f"{part}_init_sigma", number(0.0), _SIGMAS[part]),
        HyperParameter(f"{part}_init_scale", number(0.0)),
        HyperParameter(f"{part}_init_value", number()),
    )


SCHEMA = (
    HyperParameter("feature_dim", integer(1), required=True),
    HyperParameter("num_factors", integer(1), required=True),
    HyperParameter("predictor_type", choice(BINARY, REGRESSOR), required=True),
    HyperParameter("mini_batch_size", integer(1), 1000),
    HyperParameter("epochs", integer(1), 1),
    HyperParameter("clip_gradient", number()),
    HyperParameter("eps", number()),
    HyperParameter("rescale_grad", number()),
    *(parameter for part in PARTS for parameter in _of_part(part)),
)


def read_settings(given: Mapping[str, str]) -> dict[str, Any]:
    """The settings by the schema; a way to start that lacks its number is the customer's error."""
    settings = resolve(SCHEMA, given)
    for part in PARTS:
        for method, needed in (("uniform", "scale"), ("constant", "value")):
            name = f"{part}_init_{needed}"
            if settings[f"{part}_init_method"] == method and settings[name] is None:
                raise CustomerError(
                    f"No value(s) were specified for '{name}' which are required hyperparameter(s) when"
                    f" {part}_init_method is {method} (caused by ValidationError)"
                )
    return settings
