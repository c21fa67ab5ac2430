"""Linear learner: binary and multi-class classification, and regression.

The service trains many models side by side by stochastic gradients and keeps the best one. Here each is the
exact solution of its convex problem, so what steers the optimiser has no effect, which the job's log says.
What is left to choose (``wd``, ``positive_example_weight_mult`` of ``auto``) is chosen on channel
``validation`` if there is one. The objective is the weighted mean of the loss plus ``wd`` / 2 times the
squared weights plus ``l1`` times the absolute ones, on standardised features; ``wd`` of ``auto`` without a
validation channel is one over the number of records.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..archive import ModelArchive
from ..content.records import Records
from ..contract import Algorithm, CustomerError, Predictor, TrainingContext
from ..reading import check_classes, read_optional, read_records, report_not_used
from .model import LinearPredictor, Model
from .settings import BINARY, ONLY_FOR, OPTIMISER, REGRESSOR, read_settings
from .training import choose

__all__ = ["LinearLearner"]

MODEL_FILE = "model_algo-1"


class LinearLearner(Algorithm):
    """The built-in algorithm of the image ``linear-learner``."""

    def train(self, job: TrainingContext) -> None:
        """Read channel ``train`` (and ``validation``, ``test``), write ``model_algo-1``."""
        settings = read_settings(job.hyperparameters)
        kind = settings["predictor_type"]
        report_not_used(job, OPTIMISER, "each model is the exact solution of its convex problem")
        for other, names in ONLY_FOR.items():
            if other != kind:
                report_not_used(job, names, f"predictor_type is {kind}")
        train = read_records(job, "train", settings["feature_dim"], labelled=True)
        others = read_optional(job, ["validation", "test"], train.width, labelled=True)
        channels = {"train": train, **others}
        if kind != REGRESSOR:
            for name, records in channels.items():
                check_classes(records, name, 2 if kind == BINARY else settings["num_classes"])
        if kind == BINARY and len(np.unique(_labels(train))) < 2:
            raise CustomerError("Channel 'train' has labels of one class only; a classifier needs both.")
        model = choose(job, settings, train, others.get("validation"))
        for name, records in channels.items():
            for metric, value in model.metrics(records.features, _labels(records), settings).items():
                job.record_metric(f"{name}:{metric}", value)
        (job.model_dir / MODEL_FILE).write_bytes(model.dumps())

    def load(self, model: ModelArchive | None, environment: Mapping[str, str]) -> Predictor:
        """Load weights, bias and threshold, from an archive of this service or of the real one.

        The real one keeps no threshold that is known of: a classifier of its own then says 1 from 0.5 on.
        """
        if model is None:
            raise CustomerError("Linear learner needs a ModelDataUrl.")
        return LinearPredictor(Model.loads(model.read_model()))


def _labels(records: Records) -> np.ndarray[Any, np.dtype[np.float64]]:
    if records.labels is None:
        raise CustomerError("The records have no labels.")
    return records.labels.astype(np.float64)
