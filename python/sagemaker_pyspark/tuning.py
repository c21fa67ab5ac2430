"""Spark's tuning estimators for models that are hosted on SageMaker.

`CrossValidator` and `TrainValidationSplit` are used as those of `pyspark.ml.tuning`, from which they derive:
only the import differs. Each model that is tried out is hosted while it is judged; here its endpoint is
deleted as soon as it has been, and the winner's alone stays, until `delete()`::

    from sagemaker_pyspark.tuning import CrossValidator, ParamGridBuilder

    grid = ParamGridBuilder().addGrid(kmeans.k, [5, 10]).addGrid(kmeans.epochs, [1, 5]).build()
    tuning = CrossValidator(estimator=kmeans, estimatorParamMaps=grid, evaluator=ClusteringEvaluator())
    with tuning.fit(frame) as model:
        model.transform(frame).show()

Models that `collectSubModels` keeps have no endpoint either: they create one when their own `transform` is
called, and `delete()` of the tuned model deletes that too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, overload

from pyspark.ml import PipelineModel
from pyspark.ml import tuning as spark_tuning
from pyspark.ml.classification import OneVsRestModel
from pyspark.ml.tuning import ParamGridBuilder
from pyspark.ml.util import DefaultParamsReader, JavaMLWriter, MLReader, MLWriter

from sagemaker_pyspark._jvm import door
from sagemaker_pyspark._jvm.exceptions import translated
from sagemaker_pyspark._jvm.names import TUNING
from sagemaker_pyspark._losers import Losers, require_endpoints
from sagemaker_pyspark.errors import ResourceCleanupError
from sagemaker_pyspark.model import SageMakerModel

if TYPE_CHECKING:
    from types import TracebackType

    from pyspark.ml._typing import ParamMap
    from pyspark.sql import DataFrame
    from typing_extensions import Self

__all__ = [
    "CrossValidator",
    "CrossValidatorModel",
    "ParamGridBuilder",
    "TrainValidationSplit",
    "TrainValidationSplitModel",
    "delete_models",
    "hosted_models",
]


def hosted_models(model: Any) -> list[SageMakerModel]:
    """The SageMaker models inside a fitted model, such as a `PipelineModel` or a `CrossValidatorModel`.

    Of a tuned model, the winner comes before the sub-models that were collected.
    """
    if isinstance(model, SageMakerModel):
        return [model]
    inside: list[Any] = []
    if isinstance(model, PipelineModel):
        inside = list(model.stages)
    elif isinstance(model, spark_tuning.CrossValidatorModel):
        inside = [model.bestModel, *(sub for fold in model.subModels or [] for sub in fold)]
    elif isinstance(model, spark_tuning.TrainValidationSplitModel):
        inside = [model.bestModel, *(model.subModels or [])]
    elif isinstance(model, OneVsRestModel):
        inside = list(model.models)
    return [found for part in inside for found in hosted_models(part)]


def delete_models(model: Any) -> None:
    """Delete what the SageMaker models inside a fitted model created, as `SageMakerModel.delete` does.

    What fails doesn't keep the rest from being deleted.

    :raises ResourceCleanupError: naming all that could not be deleted, with the first of it in
        `created_resources`.
    """
    failures = []
    for hosted in hosted_models(model):
        try:
            hosted.delete()
        except ResourceCleanupError as error:
            failures.append(error)
    if failures:
        raise ResourceCleanupError(
            f"Still there, and to be deleted by you: {'; '.join(str(e) for e in failures)}",
            failures[0].created_resources,
        ) from failures[0]


class _Tuned:
    """What tuned models have in common: they hold the winner, and what it costs."""

    _spark: ClassVar[Any]
    #: The constructor's arguments, which are attributes too.
    _parts: ClassVar[tuple[str, ...]]

    @classmethod
    def _of(cls, model: Any) -> Self:
        """One of ours, with all that Spark's has."""
        made: Self = cls._like(model, cls)
        return made

    @classmethod
    def _like(cls, model: Any, kind: Any) -> Any:
        return _with_params_of(model, kind(**{part: getattr(model, part) for part in cls._parts}))

    def copy(self, extra: Any | None = None) -> Self:
        """A copy; its models share the endpoints of this one's."""
        parts: dict[str, Any] = {part: getattr(self, part) for part in self._parts}
        parts["bestModel"] = parts["bestModel"].copy(extra)
        parts["subModels"] = _copies(parts["subModels"])
        copied: Self = _with_params_of(self, type(self)(**parts), extra)
        return copied

    def write(self) -> MLWriter:
        """A writer; what it saves is Spark's own model, which any program can load."""
        writer: MLWriter = self._like(self, self._spark).write()
        return writer

    @classmethod
    def read(cls) -> Any:
        """A reader of what this class or Spark's has saved."""
        return _TunedReader(cls)

    def delete(self) -> None:
        """Delete the endpoints, their configurations and the models that are still there.

        :raises ResourceCleanupError: for what could not be deleted.
        """
        delete_models(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.delete()


def _copies(models: Any) -> Any:
    if isinstance(models, list):
        return [_copies(model) for model in models]
    return None if models is None else models.copy()


class _Tuning:
    """What tuning estimators have in common: Spark's own do the work, and losers are deleted."""

    _spark: ClassVar[Any]
    _model: ClassVar[type[_Tuned]]
    _wrapped_class: ClassVar[str]

    def _fit(self, dataset: DataFrame) -> Any:
        stage: Any = self
        estimator, evaluator = stage.getEstimator(), stage.getEvaluator()
        for values in stage.getEstimatorParamMaps():
            # A grid can change a pipeline's stages, and what is out of range is better known before a fit.
            require_endpoints(estimator.copy(values))
        losers = Losers()
        plain = _with_params_of(self, self._spark())
        plain.setEstimator(losers.estimator(estimator)).setEvaluator(losers.evaluator(evaluator))
        with losers.watching():
            model = plain._fit(dataset)
        return stage._copyValues(self._model._of(model))

    def _to_java(self) -> Any:
        stage: Any = super()
        return door.java_class(self._wrapped_class).of(stage._to_java())

    def write(self) -> MLWriter:
        """A writer; the other language can load what it saves, unless the evaluator is written in Python."""
        stage: Any = self
        writer: MLWriter
        if spark_tuning._ValidatorSharedReadWrite.is_java_convertible(stage):
            with translated():
                writer = JavaMLWriter(stage)
        else:
            writer = _with_params_of(self, self._spark()).write()
        return writer

    @classmethod
    def read(cls) -> Any:
        """A reader of what this class, its counterpart in Scala, or Spark's class has saved."""
        return _TuningReader(cls)


class _Reader(MLReader[Any]):
    def __init__(self, kind: Any) -> None:
        super().__init__()
        self._kind = kind

    def _saved_class(self, path: str) -> str:
        with translated():
            return str(DefaultParamsReader.loadMetadata(path, self.sc)["class"])


class _TuningReader(_Reader):
    def load(self, path: str) -> Any:
        """Load from a path.

        :raises ValueError: when it holds another class, or a newer format.
        """
        if self._saved_class(path) == _python_name(self._kind._spark):
            return _with_params_of(self._kind._spark.load(path), self._kind())
        with translated():
            return self._kind._from_java(door.java_class(self._kind._wrapped_class).load(path))


class _TunedReader(_Reader):
    def load(self, path: str) -> Any:
        """Load from a path.

        :raises ValueError: when it holds another class.
        """
        known = _python_name(self._kind._spark)
        found = self._saved_class(path)
        if found == known:
            model = self._kind._of(self._kind._spark.load(path))
            model.subModels = self._apart(model.subModels, path)
            return model
        if found != known.replace("pyspark", "org.apache.spark"):
            raise ValueError(f"{path} holds a {found}, not a {known}: load it with that class.")
        with translated():
            # By the JVM, since PySpark's own reader gives each fold the last one's sub-models.
            return self._kind._from_java(door.java_class(found).load(path))

    def _apart(self, models: Any, path: str) -> Any:
        """Each fold's own sub-models, where PySpark's reader has made one list of all folds."""
        if not models or not isinstance(models[0], list):
            return models
        return [
            [
                DefaultParamsReader.loadParamsInstance(f"{path}/subModels/fold{fold}/{index}", self.sc)
                for index in range(len(of_fold))
            ]
            for fold, of_fold in enumerate(models)
        ]


def _with_params_of(stage: Any, made: Any, extra: Any | None = None) -> Any:
    made._resetUid(stage.uid)
    return stage._copyValues(made, extra)


def _python_name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__name__}"


class CrossValidatorModel(_Tuned, spark_tuning.CrossValidatorModel):
    """The winner of a cross-validation, with its endpoint.

    `delete()`, or leaving a `with` block, deletes the endpoint; `bestModel` is the winner itself.
    """

    _spark = spark_tuning.CrossValidatorModel
    _parts = ("bestModel", "avgMetrics", "subModels", "stdMetrics")


class TrainValidationSplitModel(_Tuned, spark_tuning.TrainValidationSplitModel):
    """The winner of a train-validation split, with its endpoint.

    `delete()`, or leaving a `with` block, deletes the endpoint; `bestModel` is the winner itself.
    """

    _spark = spark_tuning.TrainValidationSplitModel
    _parts = ("bestModel", "validationMetrics", "subModels")


class CrossValidator(_Tuning, spark_tuning.CrossValidator):
    """Spark's `CrossValidator`, with the same arguments, that leaves no endpoint but the winner's.

    The estimator is a SageMaker estimator, or a `Pipeline` of some. When a fit fails, the training jobs under
    way are stopped and what was hosted is deleted; what could not be deleted is named by a `RuntimeWarning`.

    :raises ValueError: from `fit`, for an estimator whose `endpointCreationPolicy` is `DO_NOT_CREATE`, or a
        value of the grid that is out of range.
    """

    _spark = spark_tuning.CrossValidator
    _model = CrossValidatorModel
    _wrapped_class = f"{TUNING}.CrossValidator"

    if TYPE_CHECKING:

        @overload
        def fit(self, dataset: DataFrame, params: ParamMap | None = ...) -> CrossValidatorModel: ...

        @overload
        def fit(self, dataset: DataFrame, params: list[ParamMap] | tuple[ParamMap]) -> list[Any]: ...

        def fit(self, dataset: DataFrame, params: Any = None) -> Any: ...


class TrainValidationSplit(_Tuning, spark_tuning.TrainValidationSplit):
    """Spark's `TrainValidationSplit`, with the same arguments, that leaves no endpoint but the winner's.

    The rest is as with `CrossValidator`.
    """

    _spark = spark_tuning.TrainValidationSplit
    _model = TrainValidationSplitModel
    _wrapped_class = f"{TUNING}.TrainValidationSplit"

    if TYPE_CHECKING:

        @overload
        def fit(self, dataset: DataFrame, params: ParamMap | None = ...) -> TrainValidationSplitModel: ...

        @overload
        def fit(self, dataset: DataFrame, params: list[ParamMap] | tuple[ParamMap]) -> list[Any]: ...

        def fit(self, dataset: DataFrame, params: Any = None) -> Any: ...
