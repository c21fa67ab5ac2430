"""XGBoost: the images ``xgboost`` (0.72) and ``sagemaker-xgboost`` (0.90 and later).

The installed XGBoost learns, whatever the image's version; what has changed since and shows (names of
parameters, defaults of ``tree_method`` and ``base_score``, the form of answers) is kept as it was in the
image. The model is one file, ``xgboost-model``, as ``Booster.save_model`` writes it. Images before 1.3 write
a pickle in its place; here they too write what can be read safely, and a pickle is never read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import INSTALL_COMMAND
from ..archive import ArchiveError, ModelArchive
from ..contract import Algorithm, CustomerError, Predictor, TrainingContext
from .data import Rows, read_channel
from .metrics import added, native, rises
from .serving import XGBoostPredictor
from .settings import Settings, read_settings
from .versions import version_of

__all__ = ["XGBoost"]

MODEL_FILE = "xgboost-model"
OFFSET = "libsvm_index_offset"


class XGBoost(Algorithm):
    """The built-in algorithm of the images ``xgboost`` and ``sagemaker-xgboost``."""

    def train(self, job: TrainingContext) -> None:
        """Read channels ``train`` and ``validation``, write ``xgboost-model``."""
        version = version_of(self.image)
        settings = read_settings(job, version)
        xgboost = _xgboost()
        job.log.info(f"image of XGBoost {version}; XGBoost {xgboost.__version__} trains")
        train = read_channel(job.channel("train"), version, settings.csv_weights, None)
        channels = {"train": train}
        if "validation" in job.channels:
            validation = job.channels["validation"]
            channels["validation"] = read_channel(validation, version, settings.csv_weights, train.offset)
        width = max(rows.width for rows in channels.values())
        try:
            matrices = {
                name: _matrix(xgboost, rows.widened(width), settings) for name, rows in channels.items()
            }
            booster = self._boost(xgboost, job, settings, matrices)
        except xgboost.core.XGBoostError as error:
            raise CustomerError(f"XGBoost refuses the data or settings: {_first_line(error)}") from error
        booster.set_attr(**{OFFSET: str(train.offset)})
        if version.pickles:
            job.log.info(f"the model is written by save_model, not as the pickle of XGBoost {version}")
        (job.model_dir / MODEL_FILE).write_bytes(bytes(booster.save_raw("ubj")))

    def load(self, model: ModelArchive | None, environment: Mapping[str, str]) -> Predictor:
        """Load a model that ``save_model`` wrote (XGBoost 1.0 or later), here or elsewhere."""
        if model is None:
            raise CustomerError("XGBoost needs a ModelDataUrl.")
        data = model.read_model(MODEL_FILE)
        if not data.startswith(b"{"):
            # JSON and UBJSON models are objects; what else there is are pickles and the old binary form.
            raise ArchiveError(
                f"The model file '{MODEL_FILE}' is neither JSON nor UBJSON of save_model. Images before"
                " 1.3-1 write pickles; the local service never reads a pickle, because that runs whatever"
                " code is in it. Load it where it is trusted and save it with"
                " Booster.save_model('model.json')."
            )
        xgboost = _xgboost()
        booster = xgboost.Booster()
        try:
            booster.load_model(bytearray(data))
        except (xgboost.core.XGBoostError, ValueError) as error:
            raise ArchiveError(
                f"XGBoost {xgboost.__version__} cannot load the model: {_first_line(error)}"
            ) from error
        offset = booster.attr(OFFSET)
        return XGBoostPredictor(xgboost, booster, version_of(self.image), environment, int(offset == "1"))

    def _boost(
        self, xgboost: Any, job: TrainingContext, settings: Settings, matrices: Mapping[str, Any]
    ) -> Any:
        parameters = dict(settings.parameters)
        own = native(settings.metrics)
        if own:
            parameters["eval_metric"] = own
        elif settings.metrics:
            parameters["disable_default_eval_metric"] = 1
        callbacks = []
        judged = list(matrices)[-1]
        if settings.early_stopping_rounds is not None:
            last = settings.metrics[-1] if settings.metrics else None
            callbacks.append(
                xgboost.callback.EarlyStopping(
                    rounds=settings.early_stopping_rounds,
                    metric_name=last,
                    data_name=judged,
                    maximize=None if last is None else rises(last),
                    save_best=parameters.get("booster") != "gblinear",
                )
            )
        history: dict[str, dict[str, list[float]]] = {}
        booster = xgboost.train(
            parameters,
            matrices["train"],
            settings.rounds,
            evals=[(matrix, name) for name, matrix in matrices.items()],
            custom_metric=added(settings.metrics),
            evals_result=history,
            callbacks=callbacks,
            verbose_eval=False,
        )
        rounds = max((len(values) for by in history.values() for values in by.values()), default=0)
        for index in range(rounds):
            shown = [
                f"{name}-{metric}:{values[index]:.5f}"
                for name, by in history.items()
                for metric, values in by.items()
            ]
            job.log.info("\t".join([f"[{index}]", *shown]))
        kept = -1
        if settings.early_stopping_rounds is not None:
            kept = int(booster.best_iteration)
            job.log.info(f"best iteration {kept} of {rounds}")
        for name, by in history.items():
            for metric, values in by.items():
                job.record_metric(f"{name}:{metric}", float(values[kept]))
        return booster


def _matrix(xgboost: Any, rows: Rows, settings: Settings) -> Any:
    matrix = xgboost.DMatrix(rows.features, label=rows.labels, weight=rows.weights, qid=rows.groups)
    if settings.objective == "survival:aft":
        matrix.set_float_info("label_lower_bound", rows.labels)
        matrix.set_float_info("label_upper_bound", rows.labels)
    return matrix


def _first_line(error: Exception) -> str:
    """XGBoost's message without its stack."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[0].split("Check failed: ")[-1] if lines else type(error).__name__


def _xgboost() -> Any:
    """The installed module, xgboost-cpu or xgboost."""
    try:
        import xgboost
    except ImportError as error:
        raise CustomerError(
            "The local service trains and hosts XGBoost models with the package xgboost-cpu (or xgboost),"
            f" which is not installed: {INSTALL_COMMAND}"
        ) from error
    return xgboost
