"""A trained linear model: its file, its metrics, its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import model_zip, ndarray
from ..archive import ArchiveError
from ..content.records import FloatArray
from ..serving import RecordsPredictor
from .losses import loss_of, sigmoid, softmax
from .selection import binary_metrics, multiclass_metrics, regression_metrics
from .settings import BINARY, LOSSES, MULTICLASS, REGRESSOR
from .solver import Linear

Matrix = NDArray[np.float64]

_NAME = "linear learner"
_PARAMETERS = "mx-mod-0000.params"
_SYMBOL = "mx-mod-symbol.json"
_OUTPUTS = {
    "logistic": "LogisticRegressionOutput",
    "softmax_loss": "SoftmaxOutput",
    "squared_loss": "LinearRegressionOutput",
    "absolute_loss": "MAERegressionOutput",
}


@dataclass(frozen=True)
class Model:
    """``threshold``: the score from which on a binary classifier says 1."""

    kind: str
    loss: str
    linear: Linear
    threshold: float = 0.5

    def scores(self, features: Any) -> Matrix:
        """Records x outputs: probabilities, but the raw prediction for a regressor or the hinge loss."""
        predictor = self.linear.predictor(features)
        if self.kind == MULTICLASS:
            return softmax(predictor)
        return sigmoid(predictor) if self.loss == "logistic" else predictor

    def metrics(self, features: Any, labels: Matrix, settings: Mapping[str, Any]) -> dict[str, float]:
        """The service's metrics on some records."""
        objective, _ = loss_of(settings)(self.linear.predictor(features), labels, 0.0)
        scores = self.scores(features)
        if self.kind == BINARY:
            metrics = binary_metrics(scores[:, 0], labels, self.threshold, settings["f_beta"])
        elif self.kind == MULTICLASS:
            metrics = multiclass_metrics(scores, labels, settings["f_beta"], settings["accuracy_top_k"])
        else:
            metrics = regression_metrics(scores[:, 0], labels)
        return {"objective_loss": float(objective.mean()), **metrics}

    def dumps(self) -> bytes:
        """The zip file of the real layout, with ``meta.json`` for what that has no place for."""
        weight, bias = self.linear.weight.astype(np.float32), self.linear.bias.astype(np.float32)
        outputs, width = weight.shape
        symbol = model_zip.symbol(
            ("null", "data", (), {}),
            ("null", "fc0_weight", (), {}),
            ("null", "fc0_bias", (), {}),
            ("FullyConnected", "fc0", (0, 1, 2), {"num_hidden": str(outputs)}),
            ("null", "out_label", (), {}),
            (_OUTPUTS.get(self.loss, "MakeLoss"), "out", (3, 4), {}),
        )
        members = {
            "manifest.json": model_zip.to_json({"model": "mx-mod", "epoch": 0, "features": width}),
            "additional-params.json": model_zip.to_json({"predictor_type": self.kind, "loss": self.loss}),
            _SYMBOL: model_zip.to_json(symbol),
            _PARAMETERS: ndarray.dumps({"arg:fc0_weight": weight, "arg:fc0_bias": bias}),
            "meta.json": model_zip.to_json(
                {"predictor_type": self.kind, "loss": self.loss, "threshold": self.threshold}
            ),
        }
        return model_zip.dumps(members)

    @classmethod
    def loads(cls, data: bytes) -> Model:
        """Read the zip file; an ``ArchiveError`` says what is wrong with it."""
        members = model_zip.loads(data, _NAME)
        arrays = model_zip.parameters(members, _PARAMETERS, _NAME)
        weight = model_zip.array(arrays, "fc0_weight", _NAME)
        weight = weight.reshape(1, -1) if weight.ndim == 1 else weight
        # A model without bias has none in its file.
        bias = arrays.get("fc0_bias", np.zeros(weight.shape[0])).reshape(-1)
        if weight.ndim != 2 or len(bias) != weight.shape[0]:
            raise ArchiveError(
                f"The model is no {_NAME} model: fc0_weight is {weight.shape}, fc0_bias {bias.shape}."
            )
        facts = model_zip.document(members, "additional-params.json", _NAME)
        facts = {**facts, **model_zip.document(members, "meta.json", _NAME)}
        kind = facts.get("predictor_type")
        if kind not in LOSSES:
            operators = model_zip.operators(model_zip.document(members, _SYMBOL, _NAME))
            kind = REGRESSOR
            if weight.shape[0] > 1:
                kind = MULTICLASS
            elif operators & {"LogisticRegressionOutput", "sigmoid"}:
                kind = BINARY
        loss = facts.get("loss")
        loss = loss if loss in LOSSES[kind] else LOSSES[kind][0]
        try:
            threshold = float(facts.get("threshold", 0.0 if loss == "hinge_loss" else 0.5))
        except (TypeError, ValueError) as error:
            raise ArchiveError(f"The model is no {_NAME} model: its threshold is no number.") from error
        return cls(kind, loss, Linear(weight, bias), threshold)


class LinearPredictor(RecordsPredictor):
    """Answers each record with ``score`` and, from a classifier, ``predicted_label``."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @property
    def width(self) -> int:
        """Number of features of the weights."""
        return int(self.model.linear.weight.shape[1])

    def infer(self, features: Any) -> dict[str, FloatArray]:
        """Columns ``score`` (a vector for many classes) and ``predicted_label``."""
        scores = self.model.scores(features)
        if self.model.kind == MULTICLASS:
            labels = scores.argmax(axis=1)
            return {"score": scores.astype(np.float32), "predicted_label": labels.astype(np.float32)}
        column = scores[:, 0]
        if self.model.kind == REGRESSOR:
            return {"score": column.astype(np.float32)}
        chosen = column >= self.model.threshold
        return {"score": column.astype(np.float32), "predicted_label": chosen.astype(np.float32)}
