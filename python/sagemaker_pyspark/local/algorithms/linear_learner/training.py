"""From settings and records to the chosen model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..content.records import Records
from ..contract import TrainingContext
from .losses import KINKED, loss_of
from .model import Model
from .selection import Threshold, find_threshold
from .settings import BINARY, MULTICLASS, REGRESSOR
from .solver import Linear, Penalty, fit, scaling_of

Matrix = NDArray[np.float64]

# Tried in this order around one over the number of records.
_WEIGHT_DECAYS = (1.0, 0.01, 0.1, 10.0, 100.0)


@dataclass(frozen=True)
class _Candidate:
    wd: float
    l1: float
    positive_weight: float


def choose(
    job: TrainingContext, settings: Mapping[str, Any], train: Records, validation: Records | None
) -> Model:
    """Fit each candidate and keep the best on ``validation`` (on ``train`` if there is none)."""
    judged = train if validation is None else validation
    labels = _labels(judged)
    candidates = list(_candidates(settings, train, validation is not None))
    if settings["num_models"] is not None:
        candidates = candidates[: settings["num_models"]]
    best: tuple[float, Model] | None = None
    for candidate in candidates:
        model, quality, reached = _judge(job, settings, candidate, train, judged, labels)
        job.log.info(
            f"model wd={candidate.wd:g} l1={candidate.l1:g} positive weight={candidate.positive_weight:g}:"
            f" quality {quality:g} on {'train' if validation is None else 'validation'}"
        )
        if not reached:
            job.log.warning("no threshold reaches the target of the selection criterion; the nearest is kept")
        if best is None or quality > best[0]:
            best = quality, model
    if best is None:
        raise ValueError("There is no candidate to train.")
    return best[1]


def _candidates(settings: Mapping[str, Any], train: Records, validated: bool) -> Iterator[_Candidate]:
    unit = 1.0 / len(train)
    decays = [settings["wd"]]
    if settings["wd"] is None:
        decays = [unit * factor for factor in _WEIGHT_DECAYS] if validated else [unit]
    weights = [1.0]
    if settings["predictor_type"] == BINARY:
        positive = float(_labels(train).sum())
        balanced = (len(train) - positive) / positive
        asked = settings["positive_example_weight_mult"]
        weights = {"balanced": [balanced], "auto": [1.0, balanced]}.get(asked) or [float(asked)]
    for weight in weights:
        for decay in decays:
            yield _Candidate(float(decay), float(settings["l1"] or 0.0), weight)


def _judge(
    job: TrainingContext,
    settings: Mapping[str, Any],
    candidate: _Candidate,
    train: Records,
    judged: Records,
    labels: Matrix,
) -> tuple[Model, float, bool]:
    kind, loss = settings["predictor_type"], settings["loss"]
    linear = _fit(settings, candidate, train)
    threshold = Threshold(0.0 if loss == "hinge_loss" else 0.5, 0.0)
    model = Model(kind, loss, linear, threshold.value)
    if kind == BINARY:
        count = settings["num_calibration_samples"]
        scores = model.scores(judged.features[:count])[:, 0]
        threshold = find_threshold(scores, labels[:count], settings, threshold.value)
        model = Model(kind, loss, linear, threshold.value)
        if settings["binary_classifier_model_selection_criteria"] not in (
            "loss_function",
            "cross_entropy_loss",
        ):
            return model, threshold.quality, threshold.reached
    values, _ = loss_of(settings)(linear.predictor(judged.features), labels, 0.0)
    return model, -float(values.mean()), True


def _fit(settings: Mapping[str, Any], candidate: _Candidate, train: Records) -> Linear:
    kind = settings["predictor_type"]
    labels = _labels(train)
    outputs = settings["num_classes"] if kind == MULTICLASS else 1
    weights: np.ndarray[Any, np.dtype[np.float64]] = np.ones(len(train))
    if kind == BINARY:
        weights = np.where(labels > 0, candidate.positive_weight, 1.0)
    if kind == MULTICLASS and settings["balance_multiclass_weights"]:
        counts = np.bincount(labels.astype(np.int64), minlength=outputs)
        weights = 1.0 / counts[labels.astype(np.int64)]
    shift, unit = 0.0, 1.0
    use_bias = settings["use_bias"] is not False
    if kind == REGRESSOR:
        # Subtracting the mean of the labels changes nothing but the bias, so without a bias it must not be.
        unbias = use_bias if settings["unbias_label"] is None else settings["unbias_label"]
        shift = float(labels.mean()) if unbias else 0.0
        deviation = float(labels.std())
        unit = deviation if settings["normalize_label"] is not False and deviation > 0 else 1.0
    unbias_data = settings["unbias_data"]
    if unbias_data is None:
        unbias_data = use_bias and not train.is_sparse
    scaling = scaling_of(
        train.features, settings["num_point_for_scaler"], settings["normalize_data"] is not False, unbias_data
    )
    penalty = Penalty(candidate.wd, candidate.l1, candidate.wd * (settings["bias_wd_mult"] or 0.0))
    found = fit(
        train.features,
        (labels - shift) / unit,
        weights,
        outputs,
        loss_of(settings, unit),
        settings["loss"] in KINKED,
        penalty,
        scaling,
        use_bias,
    )
    return Linear(found.weight * unit, found.bias * unit + shift)


def _labels(records: Records) -> Matrix:
    if records.labels is None:
        raise ValueError("Labelled records were expected.")
    return records.labels.astype(np.float64)
