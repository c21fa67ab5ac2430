"""Fitting a linear predictor: L-BFGS on all records, on features that are standardised on the fly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse
from threadpoolctl import threadpool_limits

from .losses import Loss

Matrix = NDArray[np.float64]
_MOST_ITERATIONS = 3000
_WIDE = 10_000
_SMOOTHING = (0.1, 0.01, 0.001)


@dataclass(frozen=True)
class Scaling:
    """What is subtracted from the features, and what they are then divided by."""

    mean: Matrix
    scale: Matrix


@dataclass(frozen=True)
class Penalty:
    """``wd`` / 2 times the squared weights, ``l1`` times the absolute ones, ``bias_wd`` / 2
    times the squared bias.
    """

    wd: float
    l1: float
    bias_wd: float


@dataclass(frozen=True)
class Linear:
    """Weights (outputs x features) and bias (outputs) on the original features."""

    weight: Matrix
    bias: Matrix

    def predictor(self, features: Any) -> Matrix:
        """Records x outputs."""
        return np.asarray(features @ self.weight.T) + self.bias


def scaling_of(features: Any, points: int | None, normalize: bool, unbias: bool) -> Scaling:
    """Mean and standard deviation of the first ``points`` records (``None``: all), where asked for."""
    part = features[:points].astype(np.float64)
    width = part.shape[1]
    mean = np.asarray(part.mean(axis=0)).reshape(-1)
    if sparse.issparse(part):
        squares = np.asarray(part.multiply(part).mean(axis=0)).reshape(-1)
        variance = np.maximum(squares - mean**2, 0.0)
    else:
        variance = part.var(axis=0)
    # Below this a column is constant but for rounding, and dividing by its deviation would blow up noise.
    constant = variance <= 1e-12 * np.maximum(mean**2, 1e-12)
    scale = np.where(constant, 1.0, np.sqrt(np.where(constant, 1.0, variance)))
    return Scaling(mean if unbias else np.zeros(width), scale if normalize else np.ones(width))


def fit(
    features: Any,
    labels: Matrix,
    weights: Matrix,
    outputs: int,
    loss: Loss,
    kinked: bool,
    penalty: Penalty,
    scaling: Scaling,
    use_bias: bool,
) -> Linear:
    """Minimise the weighted mean of the loss plus the penalty."""
    problem = _Problem(
        features.astype(np.float64), labels, weights / weights.sum(), outputs, loss, penalty, scaling
    )
    parameters: Matrix = np.zeros((problem.width + 1, outputs))
    # Products as thin as these only lose time to threads.
    with threadpool_limits(1 if problem.width * outputs < _WIDE else None):
        for smoothing in _SMOOTHING if kinked else (0.0,):
            parameters = problem.minimise(parameters, smoothing, use_bias)
    weight = parameters[:-1] / scaling.scale[:, None]
    return Linear(weight.T, parameters[-1] - scaling.mean @ weight)


class _Problem:
    def __init__(
        self,
        features: Any,
        labels: Matrix,
        shares: Matrix,
        outputs: int,
        loss: Loss,
        penalty: Penalty,
        scaling: Scaling,
    ) -> None:
        self.features = features
        self.labels = labels
        self.shares = shares
        self.outputs = outputs
        self.loss = loss
        self.penalty = penalty
        self.scaling = scaling
        self.width = int(features.shape[1])

    def minimise(self, start: Matrix, smoothing: float, use_bias: bool) -> Matrix:
        """Weights on the standardised features, the bias in the last row."""
        options = {"maxiter": _MOST_ITERATIONS, "maxfun": 2 * _MOST_ITERATIONS, "ftol": 1e-10, "gtol": 1e-6}

        def smooth(flat: Matrix) -> tuple[float, Matrix]:
            value, slope = self._smooth_part(flat.reshape(-1, self.outputs), smoothing)
            if not use_bias:
                slope[-1] = 0.0
            return value, slope.reshape(-1)

        if self.penalty.l1 == 0.0:
            found = optimize.minimize(smooth, start.reshape(-1), jac=True, method="L-BFGS-B", options=options)
            return np.asarray(found.x).reshape(-1, self.outputs)

        # Each weight as the difference of two that are not negative, so that the absolute value is linear.
        size = self.width * self.outputs

        def split(flat: Matrix) -> tuple[float, Matrix]:
            positive, negative, bias = np.split(flat, [size, 2 * size])
            value, slope = smooth(np.concatenate([positive - negative, bias]))
            value += self.penalty.l1 * float(positive.sum() + negative.sum())
            by_weight = slope[:size]
            parts = [by_weight + self.penalty.l1, -by_weight + self.penalty.l1, slope[size:]]
            return value, np.concatenate(parts)

        weights, bias = np.split(start.reshape(-1), [size])
        begin = np.concatenate([np.maximum(weights, 0.0), np.maximum(-weights, 0.0), bias])
        bounds = [(0.0, None)] * (2 * size) + [(None, None)] * self.outputs
        found = optimize.minimize(split, begin, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        positive, negative, bias = np.split(np.asarray(found.x), [size, 2 * size])
        joined: Matrix = np.concatenate([positive - negative, bias]).reshape(-1, self.outputs)
        return joined

    def _smooth_part(self, parameters: Matrix, smoothing: float) -> tuple[float, Matrix]:
        penalty, scaling = self.penalty, self.scaling
        weight = parameters[:-1] / scaling.scale[:, None]
        predictor = np.asarray(self.features @ weight) + (parameters[-1] - scaling.mean @ weight)
        values, slopes = self.loss(predictor, self.labels, smoothing)
        slopes = slopes * self.shares[:, None]
        total = slopes.sum(axis=0)
        by_weight = np.asarray(self.features.T @ slopes) - np.outer(scaling.mean, total)
        by_weight = by_weight / scaling.scale[:, None] + penalty.wd * parameters[:-1]
        by_bias = total + penalty.bias_wd * parameters[-1]
        value = float(self.shares @ values) + 0.5 * penalty.wd * float(np.square(parameters[:-1]).sum())
        value += 0.5 * penalty.bias_wd * float(np.square(parameters[-1]).sum())
        return value, np.vstack([by_weight, by_bias])
