"""Evaluation metrics: XGBoost's own, and those that the images add to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_NATIVE = (
    "rmse",
    "rmsle",
    "mae",
    "mape",
    "mphe",
    "logloss",
    "error",
    "merror",
    "mlogloss",
    "auc",
    "aucpr",
    "ndcg",
    "ndcg-",
    "map",
    "map-",
    "pre",
    "poisson-nloglik",
    "gamma-nloglik",
    "gamma-deviance",
    "tweedie-nloglik",
    "cox-nloglik",
    "aft-nloglik",
    "interval-regression-accuracy",
    "quantile",
)


def _scored(name: str, **options: Any) -> Callable[[Array, Array], float]:
    def metric(labels: Array, predicted: Array) -> float:
        from sklearn import metrics

        return float(getattr(metrics, name)(labels, predicted, **options))

    return metric


_ADDED: dict[str, Callable[[Array, Array], float]] = {
    "accuracy": _scored("accuracy_score"),
    "balanced_accuracy": _scored("balanced_accuracy_score"),
    "f1": _scored("f1_score", average="macro"),
    "f1_binary": _scored("f1_score", average="binary"),
    "f1_macro": _scored("f1_score", average="macro"),
    "precision": _scored("precision_score", zero_division=0),
    "precision_macro": _scored("precision_score", average="macro", zero_division=0),
    "precision_micro": _scored("precision_score", average="micro", zero_division=0),
    "recall": _scored("recall_score"),
    "recall_macro": _scored("recall_score", average="macro"),
    "recall_micro": _scored("recall_score", average="micro"),
    "mse": _scored("mean_squared_error"),
    "r2": _scored("r2_score"),
}
METRICS = (*_NATIVE, *_ADDED)
_NUMERIC = frozenset({"mse", "r2"})
_RISING = ("auc", "aucpr", "ndcg", "map", "pre", "interval-regression-accuracy", *(set(_ADDED) - {"mse"}))


def rises(metric: str) -> bool:
    """Whether more is better."""
    return metric.split("@")[0].rstrip("-") in _RISING


def native(metrics: Sequence[str]) -> list[str]:
    """Those that XGBoost computes itself."""
    return [metric for metric in metrics if metric not in _ADDED]


def added(metrics: Sequence[str]) -> Callable[[Array, Any], list[tuple[str, float]]] | None:
    """A ``custom_metric`` for ``xgboost.train`` that computes the others; ``None`` if there are none."""
    names = [metric for metric in metrics if metric in _ADDED]
    if not names:
        return None

    def custom(predicted: Array, data: Any) -> list[tuple[str, float]]:
        labels = data.get_label()
        classes = predicted.argmax(axis=1) if predicted.ndim == 2 else (predicted > 0.5).astype(np.float64)
        if predicted.ndim == 1 and labels.max(initial=0) > 1:
            # multi:softmax answers with the class itself.
            classes = np.rint(predicted)
        return [(name, _ADDED[name](labels, predicted if name in _NUMERIC else classes)) for name in names]

    return custom
