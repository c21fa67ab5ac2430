"""The losses of linear learner: value and derivative by the linear predictor, record by record.

Losses with a kink are given a rounded one of width ``smoothing``; the solver lets it shrink.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Loss = Callable[[Matrix, Matrix, float], tuple[Matrix, Matrix]]

KINKED = frozenset({"hinge_loss", "absolute_loss", "eps_insensitive_absolute_loss", "quantile_loss"})


def loss_of(settings: Mapping[str, Any], unit: float = 1.0) -> Loss:
    """The loss that the settings ask for.

    It takes the linear predictor (records x outputs), the labels (classes as 0, 1, ...) and the smoothing,
    and returns the value of each record and the derivative (records x outputs). ``unit`` divides the widths
    ``huber_delta`` and ``loss_insensitivity``, for labels that were divided by it.
    """
    name = settings["loss"]
    insensitivity = settings["loss_insensitivity"] / unit
    delta = settings["huber_delta"] / unit
    quantile, margin = settings["quantile"], settings["margin"]
    by_residual: dict[str, Callable[[Matrix, float], tuple[Matrix, Matrix]]] = {
        "squared_loss": lambda residual, width: (residual**2, 2.0 * residual),
        "absolute_loss": _absolute,
        "quantile_loss": lambda residual, width: _quantile(residual, width, quantile),
        "huber_loss": lambda residual, width: _huber(residual, delta),
        "eps_insensitive_squared_loss": lambda residual, width: _insensitive_squared(residual, insensitivity),
        "eps_insensitive_absolute_loss": lambda residual, width: _insensitive(residual, width, insensitivity),
    }
    if name == "softmax_loss":
        return _softmax
    if name == "logistic":
        return _logistic
    if name == "hinge_loss":
        return lambda predictor, labels, width: _hinge(predictor, labels, width, margin)
    inner = by_residual[name]

    def loss(predictor: Matrix, labels: Matrix, width: float) -> tuple[Matrix, Matrix]:
        value, slope = inner(predictor[:, 0] - labels, width)
        return value, slope[:, None]

    return loss


def sigmoid(values: Matrix) -> Matrix:
    """The logistic function, without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)))


def softmax(predictor: Matrix) -> Matrix:
    """Rows of probabilities."""
    raised = np.exp(predictor - predictor.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _logistic(predictor: Matrix, labels: Matrix, width: float) -> tuple[Matrix, Matrix]:
    z = predictor[:, 0]
    return np.logaddexp(0.0, z) - labels * z, (sigmoid(z) - labels)[:, None]


def _softmax(predictor: Matrix, labels: Matrix, width: float) -> tuple[Matrix, Matrix]:
    rows, classes = np.arange(len(labels)), labels.astype(np.int64)
    top = predictor.max(axis=1)
    norm = top + np.log(np.exp(predictor - top[:, None]).sum(axis=1))
    slope = np.exp(predictor - norm[:, None])
    slope[rows, classes] -= 1.0
    return norm - predictor[rows, classes], slope


def _hinge(predictor: Matrix, labels: Matrix, width: float, margin: float) -> tuple[Matrix, Matrix]:
    sign = 2.0 * labels - 1.0
    value, slope = _ramp(margin - sign * predictor[:, 0], width)
    return value, (-sign * slope)[:, None]


def _ramp(excess: Matrix, width: float) -> tuple[Matrix, Matrix]:
    """max(0, excess), a parabola between 0 and ``width``."""
    if width == 0.0:
        return np.maximum(excess, 0.0), (excess > 0).astype(np.float64)
    slope = np.clip(excess / width, 0.0, 1.0)
    return slope * (excess - 0.5 * width * slope), slope


def _absolute(residual: Matrix, width: float) -> tuple[Matrix, Matrix]:
    value, slope = _ramp(np.abs(residual), width)
    return value, slope * np.sign(residual)


def _quantile(residual: Matrix, width: float, quantile: float) -> tuple[Matrix, Matrix]:
    value, slope = _absolute(residual, width)
    # The residual is prediction minus label: a label above the prediction costs ``quantile``.
    lean = 0.5 - quantile
    return 0.5 * value + lean * residual, 0.5 * slope + lean


def _huber(residual: Matrix, delta: float) -> tuple[Matrix, Matrix]:
    slope = np.clip(residual, -delta, delta)
    return slope * (residual - 0.5 * slope), slope


def _insensitive(residual: Matrix, width: float, insensitivity: float) -> tuple[Matrix, Matrix]:
    value, slope = _ramp(np.abs(residual) - insensitivity, width)
    return value, slope * np.sign(residual)


def _insensitive_squared(residual: Matrix, insensitivity: float) -> tuple[Matrix, Matrix]:
    excess = np.maximum(np.abs(residual) - insensitivity, 0.0)
    return excess**2, 2.0 * excess * np.sign(residual)
