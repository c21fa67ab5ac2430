"""Tuning estimators and models: made, copied, saved and loaded without a service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.bridge import stages

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TUNING = "com.amazonaws.services.sagemaker.sparksdk.tuning"


def tuning(kind: str, estimator: Any, **arguments: Any) -> Any:
    from pyspark.ml.evaluation import ClusteringEvaluator
    from sagemaker_pyspark import tuning as ours

    given = {"estimatorParamMaps": [{}], "evaluator": ClusteringEvaluator(), **arguments}
    return getattr(ours, kind)(estimator=estimator, **given)


def learner() -> Any:
    from sagemaker_pyspark.algorithms import LinearLearnerRegressor

    return stages.example(LinearLearnerRegressor)


ARGUMENTS: dict[str, dict[str, Any]] = {
    "CrossValidator": {"numFolds": 5, "seed": 7, "parallelism": 3, "collectSubModels": True, "foldCol": "f"},
    "TrainValidationSplit": {"trainRatio": 0.6, "seed": 7, "parallelism": 3, "collectSubModels": True},
}


@pytest.mark.parametrize("kind", ARGUMENTS)
@pytest.mark.parametrize("in_pipeline", [False, True], ids=["alone", "of a pipeline"])
def test_saved_and_loaded_with_all_that_was_given(
    spark: SparkSession, tmp_path: Path, kind: str, in_pipeline: bool
) -> None:
    from pyspark.ml import Pipeline
    from sagemaker_pyspark import tuning as ours
    from sagemaker_pyspark.algorithms import LinearLearnerRegressor

    stage = learner()
    grid = ours.ParamGridBuilder().addGrid(stage.wd, ["auto", 0.5]).addGrid(stage.epochs, [1, 2]).build()
    estimator = Pipeline(stages=[stage]) if in_pipeline else stage
    made = tuning(kind, estimator, estimatorParamMaps=grid, **ARGUMENTS[kind])
    path = str(tmp_path / "tuning")
    made.save(path)
    loader: Any = getattr(spark._jvm, f"{TUNING}.{kind}")
    java = loader.load(path)
    assert java.getClass().getName() == made._to_java().getClass().getName() == f"{TUNING}.{kind}"
    class_ = getattr(ours, kind)
    Pipeline(stages=[made]).save(str(tmp_path / "pipeline"))
    nested = Pipeline.load(str(tmp_path / "pipeline")).getStages()[0]
    for loaded in (class_.load(path), class_._from_java(java), nested, made.copy()):
        assert type(loaded) is class_ and loaded.uid == made.uid
        for name, value in ARGUMENTS[kind].items():
            assert loaded.getOrDefault(name) == value
        inner = loaded.getEstimator()
        inner = inner.getStages()[0] if in_pipeline else inner
        assert type(inner) is LinearLearnerRegressor and inner.uid == stage.uid
        points = [inner.copy(point) for point in loaded.getEstimatorParamMaps()]
        assert [(p.getWd(), p.getEpochs()) for p in points] == [
            ("auto", 1),
            ("auto", 2),
            (0.5, 1),
            (0.5, 2),
        ]
        sent = [dict(p._to_java().makeHyperParameters())["wd"] for p in points]
        assert sent == ["auto", "auto", "0.5", "0.5"]
    with pytest.raises(Exception, match="already exists"):
        made.save(path)
    made.write().overwrite().save(path)


def test_what_spark_saved_is_loaded_as_ours(spark: SparkSession, tmp_path: Path) -> None:
    from pyspark.ml import tuning as spark_tuning
    from sagemaker_pyspark import tuning as ours

    made = tuning("CrossValidator", learner())
    plain = spark_tuning.CrossValidator(
        estimator=made.getEstimator(), estimatorParamMaps=[{}], evaluator=made.getEvaluator(), numFolds=4
    )
    plain.save(str(tmp_path / "plain"))
    loaded = ours.CrossValidator.load(str(tmp_path / "plain"))
    assert type(loaded) is ours.CrossValidator and loaded.getNumFolds() == 4 and loaded.uid == plain.uid


def test_another_class_a_newer_format_and_damage_are_refused(spark: SparkSession, tmp_path: Path) -> None:
    from sagemaker_pyspark import tuning as ours

    path = str(tmp_path / "split")
    made = tuning("TrainValidationSplit", learner())
    made.save(path)
    with pytest.raises(ValueError, match=r"holds a .*TrainValidationSplit, not a .*CrossValidator"):
        ours.CrossValidator.load(path)
    with pytest.raises(ValueError, match=r"holds a .*TrainValidationSplit, not a .*CrossValidatorModel"):
        ours.CrossValidatorModel.load(path)
    stages.tamper(path, lambda text: text.replace('"formatVersion":1', '"formatVersion":9'))
    with pytest.raises(ValueError, match="saved in format 9, newer than format 1"):
        ours.TrainValidationSplit.load(path)


def test_an_evaluator_in_python_is_saved_for_python(spark: SparkSession, tmp_path: Path) -> None:
    from pyspark.ml.evaluation import Evaluator
    from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable
    from sagemaker_pyspark import tuning as ours

    class Rows(Evaluator, DefaultParamsReadable, DefaultParamsWritable):  # type: ignore[type-arg]
        """The number of rows."""

        def _evaluate(self, dataset: DataFrame) -> float:
            return float(dataset.count())

    Rows.__qualname__ = "Rows"
    globals()["Rows"] = Rows
    made = tuning("CrossValidator", learner(), evaluator=Rows(), numFolds=6)
    made.save(str(tmp_path / "tuning"))
    loaded = ours.CrossValidator.load(str(tmp_path / "tuning"))
    assert type(loaded) is ours.CrossValidator and type(loaded.getEvaluator()) is Rows
    assert loaded.getNumFolds() == 6 and loaded.uid == made.uid


def test_a_model_is_copied_saved_and_loaded(spark: SparkSession, tmp_path: Path) -> None:
    from pyspark.ml import PipelineModel
    from pyspark.ml import tuning as spark_tuning
    from sagemaker_pyspark import tuning as ours

    made = tuning("CrossValidator", learner(), numFolds=4)
    best = PipelineModel([stages.example_model(), stages.example_model()])
    model = made._copyValues(ours.CrossValidatorModel(best, [0.5], None, [0.1]))
    assert len(ours.hosted_models(model)) == 2
    model.save(str(tmp_path / "model"))
    for one in (model.copy(), model.copy({}), ours.CrossValidatorModel.load(str(tmp_path / "model"))):
        assert type(one) is ours.CrossValidatorModel and one.uid == model.uid
        assert one.avgMetrics == [0.5] and one.subModels is None and one.getNumFolds() == 4
        assert [m.endpointName for m in ours.hosted_models(one)] == ["an-endpoint"] * 2
    assert type(spark_tuning.CrossValidatorModel.load(str(tmp_path / "model"))).__module__.startswith(
        "pyspark"
    )
    # A model of an endpoint that was there before deletes nothing.
    model.delete()
    assert ours.hosted_models(model)[0].endpointName == "an-endpoint"


def test_a_grid_takes_no_value_that_would_be_made_another_one(spark: SparkSession) -> None:
    from sagemaker_pyspark import tuning as ours
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator, PCASageMakerEstimator

    kmeans = stages.example(KMeansSageMakerEstimator)
    pca = stages.example(PCASageMakerEstimator)
    for param, value in (
        (kmeans.k, 2.5),
        (kmeans.k, "3"),
        (kmeans.local_lloyd_tol, None),
        (pca.subtract_mean, "yes"),
    ):
        with pytest.raises(TypeError):
            ours.ParamGridBuilder().addGrid(param, [value]).build()
    assert ours.ParamGridBuilder().addGrid(pca.subtract_mean, [True]).build() == [{pca.subtract_mean: "True"}]
