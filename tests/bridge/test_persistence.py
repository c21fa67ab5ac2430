"""Stages are saved and loaded alone and in pipelines, from Python and by the JVM alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.bridge import stages

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def test_a_pipeline_of_spark_stages_and_ours_is_loaded_by_python(spark: SparkSession, tmp_path: Path) -> None:
    from pyspark.ml import Pipeline
    from pyspark.ml.feature import VectorAssembler
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

    path = str(tmp_path / "pipeline")
    assembler = VectorAssembler(inputCols=["x", "y"], outputCol="features")
    estimator = stages.example(KMeansSageMakerEstimator, k=5)
    Pipeline(stages=[assembler, estimator]).save(path)
    loaded: list[Any] = Pipeline.load(path).getStages()
    assert [type(stage) for stage in loaded] == [VectorAssembler, KMeansSageMakerEstimator]
    assert loaded[1].getK() == loaded[1]._call_java("getK") == 5
    assert loaded[1].uid == estimator.uid and loaded[1].sagemakerRole == estimator.sagemakerRole


def test_a_pipeline_model_is_loaded_by_python(spark: SparkSession, tmp_path: Path) -> None:
    from pyspark.ml import PipelineModel
    from sagemaker_pyspark import SageMakerModel

    path = str(tmp_path / "model")
    PipelineModel([stages.example_model(), stages.example_model()]).save(path)
    loaded: list[Any] = list(PipelineModel.load(path).stages)
    assert [type(stage) for stage in loaded] == [SageMakerModel, SageMakerModel]
    assert loaded[0].endpointName == "an-endpoint"


def test_a_tuning_estimator_is_saved_with_its_grid(spark: SparkSession, tmp_path: Path) -> None:
    from pyspark.ml.evaluation import ClusteringEvaluator
    from pyspark.ml.tuning import ParamGridBuilder, TrainValidationSplit
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

    path = str(tmp_path / "tuning")
    estimator = stages.example(KMeansSageMakerEstimator)
    grid = ParamGridBuilder().addGrid(estimator.k, [3, 4]).addGrid(estimator.epochs, [1]).build()
    tuning = TrainValidationSplit(
        estimator=estimator, estimatorParamMaps=grid, evaluator=ClusteringEvaluator()
    )
    tuning.save(path)
    loaded = TrainValidationSplit.load(path)
    assert isinstance(loaded.getEstimator(), KMeansSageMakerEstimator)
    names = [
        {param.name: value for param, value in point.items()} for point in loaded.getEstimatorParamMaps()
    ]
    assert names == [{"k": 3, "epochs": 1}, {"k": 4, "epochs": 1}]


def test_the_jvm_judges_what_python_saved(spark: SparkSession, tmp_path: Path) -> None:
    from sagemaker_pyspark._jvm import door
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator
    from sagemaker_pyspark.options import ESTIMATOR_OPTIONS

    path = str(tmp_path / "stage")
    stage = stages.example(KMeansSageMakerEstimator, k=6, max_in_flight=2)
    stage.save(path)
    loader: Any = getattr(spark._jvm, str(KMeansSageMakerEstimator._wrapped_class))
    loaded = loader.load(path)
    assert loaded.getK() == 6
    for name in sorted(KMeansSageMakerEstimator._setting_names()):
        wire = ESTIMATOR_OPTIONS.get(name, name)
        if wire not in ("trainingImage", "modelImage"):
            assert door.setting(loaded, wire) == door.setting(stage._to_java(), wire), name


def test_no_secret_is_saved(spark: SparkSession, tmp_path: Path) -> None:
    from sagemaker_pyspark import SageMakerClients
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

    keys = {
        "access_key_id": "AKIAPLANTED",
        "secret_access_key": "planted-secret",
        "session_token": "planted-token",
    }
    client = SageMakerClients.create_sagemaker_client(region="eu-west-1", profile="work", **keys)
    stage = stages.example(KMeansSageMakerEstimator, sagemakerClient=client, s3Client=client)
    stage.save(str(tmp_path / "stage"))
    text = "".join(p.read_text(errors="replace") for p in (tmp_path / "stage").rglob("*") if p.is_file())
    assert "eu-west-1" in text and "work" in text
    assert "PLANTED" not in text and "planted" not in text
    loaded = KMeansSageMakerEstimator.load(str(tmp_path / "stage"))
    assert (loaded.sagemakerClient.region, loaded.sagemakerClient.profile) == ("eu-west-1", "work")


def test_saving_over_something_and_loading_another_class_are_refused(
    spark: SparkSession, tmp_path: Path
) -> None:
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

    path = str(tmp_path / "stage")
    stage = stages.example(KMeansSageMakerEstimator, k=6)
    stage.save(path)
    with pytest.raises(Exception, match="already exists"):
        stage.save(path)
    stage.setK(7).write().overwrite().save(path)
    assert KMeansSageMakerEstimator.load(path).getK() == 7
    with pytest.raises(ValueError, match=r"load it with KMeansSageMakerEstimator.load"):
        SageMakerModel.load(path)
