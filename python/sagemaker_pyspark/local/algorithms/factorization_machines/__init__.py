"""Factorization machines: binary classification and regression on wide sparse data.

All of the service's hyper-parameters have their effect; its documented defaults learn next to nothing in
their one epoch, here as there. The artifact is a zip file of ``symbol.json``, ``params`` (``v`` features x
factors, ``w1_weight`` features x 1, ``w0_weight``) and ``meta.json``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import model_zip, ndarray
from ..archive import ArchiveError, ModelArchive
from ..content.records import FloatArray, Records
from ..content.types import JSON, JSONLINES, RECORDIO
from ..contract import Algorithm, CustomerError, Predictor, TrainingContext
from ..reading import check_classes, read_optional, read_records
from ..serving import RecordsPredictor
from .learner import Machine, fit, loss_of, sigmoid
from .settings import BINARY, REGRESSOR, read_settings

__all__ = ["FactorizationMachines"]

MODEL_FILE = "model_algo-1"
_NAME = "factorization machines"


class FactorizationMachines(Algorithm):
    """The built-in algorithm of the image ``factorization-machines``."""

    def train(self, job: TrainingContext) -> None:
        """Read channel ``train`` (and ``test``, for metrics), protobuf only, write ``model_algo-1``."""
        settings = read_settings(job.hyperparameters)
        width, binary = settings["feature_dim"], settings["predictor_type"] == BINARY
        train = read_records(job, "train", width, labelled=True, types=(RECORDIO,))
        channels = {"train": train, **read_optional(job, ["test"], width, labelled=True, types=(RECORDIO,))}
        if binary:
            for name, records in channels.items():
                check_classes(records, name, 2)
        machine = fit(train.features, _labels(train), settings, job)
        if not all(np.isfinite(part).all() for part in (machine.bias, machine.linear, machine.factors)):
            raise CustomerError("The training diverged: lower the learning rates, or set clip_gradient.")
        for name, records in channels.items():
            for metric, value in _metrics(machine, records, binary).items():
                job.record_metric(f"{name}:{metric}", value)
        (job.model_dir / MODEL_FILE).write_bytes(_dumps(machine, settings["predictor_type"]))

    def load(self, model: ModelArchive | None, environment: Mapping[str, str]) -> Predictor:
        """Load the parameters, from an archive of this service or of the real one."""
        if model is None:
            raise CustomerError("Factorization machines need a ModelDataUrl.")
        return FactorizationMachinesPredictor(*_loads(model.read_model()))


class FactorizationMachinesPredictor(RecordsPredictor):
    """Answers each record with ``score`` and, from a classifier, ``predicted_label``."""

    types = (RECORDIO, JSON, JSONLINES)

    def __init__(self, machine: Machine, kind: str) -> None:
        self.machine = machine
        self.kind = kind

    @property
    def width(self) -> int:
        """Number of features of the factors."""
        return len(self.machine.factors)

    def infer(self, features: Any) -> dict[str, FloatArray]:
        """Column ``score``, and ``predicted_label`` (1 from a score of 0.5 on)."""
        raw = self.machine.predict(features)
        if self.kind == REGRESSOR:
            return {"score": raw.astype(np.float32)}
        score = sigmoid(raw)
        return {"score": score.astype(np.float32), "predicted_label": (score >= 0.5).astype(np.float32)}


def _metrics(machine: Machine, records: Records, binary: bool) -> dict[str, float]:
    labels, raw = _labels(records), machine.predict(records.features)
    loss = float(loss_of(raw, labels, binary).mean())
    if not binary:
        return {"mse": loss, "rmse": loss**0.5, "absolute_loss": float(np.abs(raw - labels).mean())}
    predicted, truth = raw >= 0.0, labels > 0
    hits = 2.0 * float((predicted & truth).sum())
    either = float(predicted.sum() + truth.sum())
    return {
        "binary_classification_accuracy": float((predicted == truth).mean()),
        "binary_classification_cross_entropy": loss,
        "binary_f_beta": hits / either if either else 0.0,
    }


def _dumps(machine: Machine, kind: str) -> bytes:
    width, factors = machine.factors.shape
    output = "LogisticRegressionOutput" if kind == BINARY else "LinearRegressionOutput"
    symbol = model_zip.symbol(
        ("null", "data", (), {}),
        ("null", "v", (), {}),
        ("dot", "sums", (0, 1), {}),
        ("square", "squared_sums", (2,), {}),
        ("square", "squared_data", (0,), {}),
        ("square", "squared_v", (1,), {}),
        ("dot", "sums_of_squares", (4, 5), {}),
        ("elemwise_sub", "differences", (3, 6), {}),
        ("sum", "pairs", (7,), {"axis": "1", "keepdims": "True"}),
        ("_mul_scalar", "half_pairs", (8,), {"scalar": "0.5"}),
        ("null", "w1_weight", (), {}),
        ("dot", "linear", (0, 10), {}),
        ("null", "w0_weight", (), {}),
        ("broadcast_add", "linear_and_bias", (11, 12), {}),
        ("elemwise_add", "raw", (9, 13), {}),
        ("null", "out_label", (), {}),
        (output, "out", (14, 15), {}),
    )
    arrays = {
        "arg:v": machine.factors,
        "arg:w1_weight": machine.linear.reshape(-1, 1),
        "arg:w0_weight": machine.bias.reshape(1, 1),
    }
    meta = {"predictor_type": kind, "feature_dim": width, "num_factors": factors}
    return model_zip.dumps(
        {
            "symbol.json": model_zip.to_json(symbol),
            "params": ndarray.dumps({name: values.astype(np.float32) for name, values in arrays.items()}),
            "meta.json": model_zip.to_json(meta),
        }
    )


def _loads(data: bytes) -> tuple[Machine, str]:
    members = model_zip.loads(data, _NAME)
    arrays = model_zip.parameters(members, "params", _NAME)
    factors, linear, bias = (model_zip.array(arrays, name, _NAME) for name in ("v", "w1_weight", "w0_weight"))
    if factors.ndim != 2 or linear.size != len(factors) or bias.size != 1:
        raise ArchiveError(
            f"The model is no {_NAME} model: v is {factors.shape}, w1_weight {linear.shape}, w0_weight"
            f" {bias.shape}."
        )
    kind = model_zip.document(members, "meta.json", _NAME).get("predictor_type")
    if kind not in (BINARY, REGRESSOR):
        operators = model_zip.operators(model_zip.document(members, "symbol.json", _NAME))
        kind = BINARY if operators & {"LogisticRegressionOutput", "sigmoid"} else REGRESSOR
    return Machine(bias.reshape(1), linear.reshape(-1), factors), str(kind)


def _labels(records: Records) -> NDArray[np.float64]:
    if records.labels is None:
        raise CustomerError("The records have no labels.")
    return records.labels.astype(np.float64)
