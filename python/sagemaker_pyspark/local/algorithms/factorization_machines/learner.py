"""Second-order factorization machines, fitted with Adam on mini-batches.

The prediction is ``w0 + x w + sum over pairs of <v_i, v_j> x_i x_j``, the pairs in time linear in the number
of non-zero features. A step moves only the rows of ``w`` and ``v`` whose features occur in its batch, so wide
sparse data costs what its non-zero entries cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ..contract import TrainingContext
from .settings import BINARY, PARTS

Matrix = NDArray[np.float64]

_BETA_1 = 0.9
_BETA_2 = 0.999
_EPSILON = 1e-8
_SEED = 0


@dataclass(frozen=True)
class Machine:
    """``bias`` (1), ``linear`` (features) and ``factors`` (features x factors)."""

    bias: Matrix
    linear: Matrix
    factors: Matrix

    def predict(self, features: Any) -> Matrix:
        """The raw prediction of each row of a dense or CSR matrix."""
        return _forward(features.astype(np.float64), self.bias, self.linear, self.factors)[0]


def fit(features: Any, labels: Matrix, settings: Mapping[str, Any], job: TrainingContext) -> Machine:
    """Train for the epochs of the settings."""
    random = np.random.default_rng(_SEED)
    data = sparse.csr_matrix(features, dtype=np.float64)
    rows, width = data.shape
    shapes = {"bias": (1,), "linear": (width,), "factors": (width, int(settings["num_factors"]))}
    parameters = {part: _start(part, shapes[part], settings, random) for part in PARTS}
    adam = {part: _Adam(parameters[part], part, settings) for part in PARTS}
    binary = settings["predictor_type"] == BINARY
    batch = min(int(settings["mini_batch_size"]), rows)
    for epoch in range(int(settings["epochs"])):
        total = 0.0
        for chosen in _batches(random.permutation(rows), batch):
            total += _step(data[chosen], labels[chosen], parameters, adam, settings, binary)
        name = "binary_classification_cross_entropy" if binary else "mse"
        job.log.info(f"epoch={epoch}, train {name} <loss>={total / rows:g}")
    return Machine(parameters["bias"], parameters["linear"], parameters["factors"])


def loss_of(raw: Matrix, labels: Matrix, binary: bool) -> Matrix:
    """Cross-entropy, or squared error, of each record."""
    if binary:
        return np.asarray(np.logaddexp(0.0, raw) - labels * raw)
    return np.asarray((raw - labels) ** 2)


def sigmoid(values: Matrix) -> Matrix:
    """The logistic function, without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)))


def _batches(order: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    for begin in range(0, len(order), size):
        yield order[begin : begin + size]


def _start(part: str, shape: tuple[int, ...], settings: Mapping[str, Any], random: Any) -> Matrix:
    method = settings[f"{part}_init_method"]
    if method == "normal":
        return np.asarray(random.normal(0.0, settings[f"{part}_init_sigma"], shape))
    if method == "uniform":
        scale = settings[f"{part}_init_scale"]
        return np.asarray(random.uniform(-scale, scale, shape))
    return np.full(shape, float(settings[f"{part}_init_value"]))


def _forward(features: Any, bias: Matrix, linear: Matrix, factors: Matrix) -> tuple[Matrix, Matrix, Any]:
    """The raw predictions, ``x v`` and the squared features."""
    sums = np.asarray(features @ factors)
    squares = features.multiply(features).tocsr() if sparse.issparse(features) else features**2
    pairs = np.square(sums).sum(axis=1) - np.asarray(squares @ np.square(factors).sum(axis=1))
    return bias[0] + np.asarray(features @ linear) + 0.5 * pairs, sums, squares


def _step(
    batch: Any,
    labels: Matrix,
    parameters: Mapping[str, Matrix],
    adam: Mapping[str, _Adam],
    settings: Mapping[str, Any],
    binary: bool,
) -> float:
    present = np.unique(batch.indices)
    part = batch[:, present]
    linear, factors = parameters["linear"][present], parameters["factors"][present]
    raw, sums, squares = _forward(part, parameters["bias"], linear, factors)
    slope = sigmoid(raw) - labels if binary else 2.0 * (raw - labels)
    weights = np.asarray(squares.T @ slope)
    by_factors = np.asarray(part.T @ (slope[:, None] * sums)) - weights[:, None] * factors
    # The gradient of the batch's sum; by default it is scaled to the mean.
    scale = 1.0 / len(labels) if settings["rescale_grad"] is None else settings["rescale_grad"]
    adam["bias"].step(slice(None), np.array([slope.sum()]) * scale)
    adam["linear"].step(present, np.asarray(part.T @ slope) * scale)
    adam["factors"].step(present, by_factors * scale)
    return float(loss_of(raw, labels, binary).sum())


class _Adam:
    def __init__(self, values: Matrix, part: str, settings: Mapping[str, Any]) -> None:
        self._values = values
        self._first = np.zeros_like(values)
        self._second = np.zeros_like(values)
        self._rate = float(settings[f"{part}_lr"])
        self._decay = float(settings[f"{part}_wd"])
        self._clip = settings["clip_gradient"]
        self._epsilon = _EPSILON if settings["eps"] is None else float(settings["eps"])
        self._steps = 0

    def step(self, rows: Any, gradient: Matrix) -> None:
        """Move some rows against their gradient."""
        self._steps += 1
        if self._clip is not None and self._clip > 0:
            gradient = np.clip(gradient, -self._clip, self._clip)
        gradient = gradient + self._decay * self._values[rows]
        first = self._first[rows] = _BETA_1 * self._first[rows] + (1.0 - _BETA_1) * gradient
        second = self._second[rows] = _BETA_2 * self._second[rows] + (1.0 - _BETA_2) * gradient**2
        # The bias of the start at zero, corrected in the rate.
        rate = self._rate * np.sqrt(1.0 - _BETA_2**self._steps) / (1.0 - _BETA_1**self._steps)
        self._values[rows] -= rate * first / (np.sqrt(second) + self._epsilon)
