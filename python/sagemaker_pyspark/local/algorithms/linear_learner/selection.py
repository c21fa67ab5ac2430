"""How good a predictor is: the service's metrics, and the search for the threshold of a binary classifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Threshold:
    """``value``: scores from here on are positive; ``quality``: the criterion there; ``reached``: whether the
    target of the criterion is met.
    """

    value: float
    quality: float
    reached: bool = True


def find_threshold(scores: Matrix, labels: Matrix, settings: Mapping[str, Any], default: float) -> Threshold:
    """The best threshold by ``binary_classifier_model_selection_criteria``.

    All thresholds that tell records apart are tried; each lies half-way between two scores. The criteria
    that are losses have no say in it and keep ``default``.
    """
    criterion = settings["binary_classifier_model_selection_criteria"]
    if criterion in ("loss_function", "cross_entropy_loss"):
        return Threshold(default, 0.0)
    order = np.argsort(-scores, kind="stable")
    ranked, truth = scores[order], labels[order] > 0
    last = np.append(ranked[:-1] != ranked[1:], True)
    positives = np.concatenate([[0], np.cumsum(truth)[last]]).astype(np.float64)
    chosen = np.concatenate([[0], np.flatnonzero(last) + 1]).astype(np.float64)
    distinct = ranked[last]
    edges = np.concatenate([[distinct[0] + 1.0], 0.5 * (distinct[:-1] + distinct[1:]), [distinct[-1] - 1.0]])
    total = float(truth.sum())
    precision = np.divide(positives, chosen, out=np.zeros_like(positives), where=chosen > 0)
    recall = positives / total if total else np.zeros_like(positives)
    if criterion == "accuracy":
        return _best(edges, (positives + (len(truth) - total) - (chosen - positives)) / len(truth), default)
    if criterion in ("f1", "f_beta"):
        beta = 1.0 if criterion == "f1" else settings["f_beta"]
        return _best(edges, f_beta(precision, recall, beta), default)
    if criterion == "precision_at_target_recall":
        return _best_within(edges, precision, recall, settings["target_recall"])
    return _best_within(edges, recall, precision, settings["target_precision"])


def f_beta(precision: Any, recall: Any, beta: float) -> Any:
    """The weighted harmonic mean of precision and recall; 0 where both are 0."""
    below = beta**2 * np.asarray(precision) + np.asarray(recall)
    above = (1.0 + beta**2) * np.asarray(precision) * np.asarray(recall)
    return np.divide(above, below, out=np.zeros_like(below, dtype=np.float64), where=below > 0)


def binary_metrics(scores: Matrix, labels: Matrix, threshold: float, beta: float) -> dict[str, float]:
    """Metrics of a binary classifier under the service's names."""
    predicted, truth = scores >= threshold, labels > 0
    hits = float((predicted & truth).sum())
    precision = hits / float(predicted.sum()) if predicted.any() else 0.0
    recall = hits / float(truth.sum()) if truth.any() else 0.0
    metrics = {
        "binary_classification_accuracy": float((predicted == truth).mean()),
        "binary_f_beta": float(f_beta(precision, recall, beta)),
        "precision": precision,
        "recall": recall,
    }
    if truth.any() and not truth.all():
        from sklearn.metrics import roc_auc_score

        metrics["roc_auc_score"] = float(roc_auc_score(truth, scores))
    return metrics


def multiclass_metrics(scores: Matrix, labels: Matrix, beta: float, top_k: int) -> dict[str, float]:
    """Metrics of a multi-class classifier; macro means go over the classes that occur."""
    truth = labels.astype(np.int64)
    predicted = scores.argmax(axis=1)
    of_truth = scores[np.arange(len(truth)), truth]
    rank = 1 + (scores > of_truth[:, None]).sum(axis=1)
    precisions, recalls = [], []
    for label in np.unique(truth):
        hits = float(((predicted == label) & (truth == label)).sum())
        found = float((predicted == label).sum())
        precisions.append(hits / found if found else 0.0)
        recalls.append(hits / float((truth == label).sum()))
    return {
        "multiclass_accuracy": float((predicted == truth).mean()),
        "multiclass_top_k_accuracy": float((rank <= top_k).mean()),
        "dcg": float((1.0 / np.log2(1.0 + rank)).mean()),
        "macro_precision": float(np.mean(precisions)),
        "macro_recall": float(np.mean(recalls)),
        "macro_f_beta": float(np.mean(f_beta(np.array(precisions), np.array(recalls), beta))),
    }


def regression_metrics(predictions: Matrix, labels: Matrix) -> dict[str, float]:
    """Metrics of a regressor."""
    residual = predictions - labels
    mse = float(np.square(residual).mean())
    return {"mse": mse, "rmse": mse**0.5, "absolute_loss": float(np.abs(residual).mean())}


def _best(edges: Matrix, quality: Matrix, default: float) -> Threshold:
    best = np.flatnonzero(quality >= quality.max() - 1e-12)
    # Among equals the one nearest to the natural threshold carries over best to other data.
    index = int(best[np.argmin(np.abs(edges[best] - default))])
    return Threshold(float(edges[index]), float(quality[index]))


def _best_within(edges: Matrix, quality: Matrix, bound: Matrix, target: float) -> Threshold:
    allowed = bound >= target
    if not allowed.any():
        index = int(np.argmax(bound))
        return Threshold(float(edges[index]), float(bound[index]) - 1.0, reached=False)
    index = int(np.argmax(np.where(allowed, quality, -1.0)))
    return Threshold(float(edges[index]), float(quality[index]))
