"""Programs in Scala against the built jar, and stages that cross from one language to the other."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e import scala_programs
from tests.e2e.support import settings_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark.local import LocalSageMaker

ROOT = Path(__file__).resolve().parents[2]
SDK = "com.amazonaws.services.sagemaker.sparksdk"
#: What each example prints, in order.
EXAMPLES = {
    "DigitsKMeans.scala": ["distance_to_cluster", r"1797 images, purity 0\.[6-9]", "left: nothing"],
}


def test_every_scala_example_compiles_and_runs(
    aws: LocalSageMaker, existing: Callable[[], dict[str, Any]], tmp_path: Path
) -> None:
    from sklearn.datasets import load_digits

    data = load_digits()
    with (tmp_path / "digits.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        for pixels, digit in zip(data.data, data.target):
            rows.writerow([*(int(v) for v in pixels), int(digit)])
    folder = ROOT / "examples" / "scala"
    assert {path.name for path in folder.glob("*.scala")} == set(EXAMPLES)
    before = existing()
    for name, expected in EXAMPLES.items():
        program = scala_programs.compiled(folder / name, tmp_path)
        printed = scala_programs.submitted(program, aws, aws.role_arn, str(tmp_path / "digits.csv"))
        assert re.search(".*".join(expected), printed, re.DOTALL), f"{name} printed:\n{printed}"
    assert existing()["endpoints"] == before["endpoints"]


@pytest.fixture()
def wine(spark: SparkSession, tmp_path: Path) -> DataFrame:
    """scikit-learn's wine data: `id` and thirteen columns of numbers."""
    from sklearn.datasets import load_wine

    rows = [(i, *(float(v) for v in row)) for i, row in enumerate(load_wine().data)]
    path = str(tmp_path / "wine")
    spark.createDataFrame(rows, ["id", *(f"x{i}" for i in range(13))]).write.parquet(path)
    return spark.read.parquet(path)


def pipeline(aws: LocalSageMaker) -> Any:
    """A Spark stage and two of ours, the second on what the first gives."""
    from pyspark.ml import Pipeline
    from pyspark.ml.feature import VectorAssembler
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator, PCASageMakerEstimator
    from sagemaker_pyspark.transformation.serializers import ProtobufRequestRowSerializer

    assembler = VectorAssembler(inputCols=[f"x{i}" for i in range(13)], outputCol="features")
    pca = PCASageMakerEstimator(
        **settings_of(aws), trainingProjectedColumns=["features"], num_components=2, mini_batch_size=50
    )
    kmeans = KMeansSageMakerEstimator(
        **settings_of(aws),
        requestRowSerializer=ProtobufRequestRowSerializer(featuresColumnName="projection"),
        trainingSparkDataFormatOptions={"featuresColumnName": "projection"},
        trainingProjectedColumns=["projection"],
        k=3,
    )
    return Pipeline(stages=[assembler, pca, kmeans])


def answers(frame: DataFrame) -> list[Any]:
    columns = ["projection", "distance_to_cluster", "closest_cluster"]
    return [tuple(row) for row in frame.orderBy("id").select("id", *columns).collect()]


def test_pipelines_and_tuning_cross_between_the_languages(
    spark: SparkSession,
    aws: LocalSageMaker,
    default_keys: None,
    wine: DataFrame,
    existing: Callable[[], dict[str, Any]],
    tmp_path: Path,
) -> None:
    from pyspark.ml import Pipeline, PipelineModel
    from pyspark.ml.evaluation import ClusteringEvaluator
    from pyspark.ml.feature import VectorAssembler
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator, PCASageMakerEstimator
    from sagemaker_pyspark.tuning import (
        CrossValidator,
        ParamGridBuilder,
        TrainValidationSplit,
        TrainValidationSplitModel,
        delete_models,
        hosted_models,
    )

    before = existing()
    python, scala = tmp_path / "python", tmp_path / "scala"
    mixed = pipeline(aws)
    kmeans = mixed.getStages()[2]
    mixed.save(str(python / "pipeline"))
    fitted = mixed.fit(wine)
    fitted.save(str(python / "model"))
    own = answers(fitted.transform(wine))
    grid = ParamGridBuilder().addGrid(kmeans.k, [2, 4]).build()
    judge = ClusteringEvaluator(featuresCol="projection", predictionCol="closest_cluster")
    tuning = CrossValidator(estimator=mixed, estimatorParamMaps=grid, evaluator=judge, numFolds=2)
    tuning.save(str(python / "tuning"))

    program = scala_programs.compiled(Path(__file__).parent / "scala" / "Pipelines.scala", tmp_path)
    arguments = (aws.role_arn, aws.region, aws.endpoint_url, str(tmp_path / "wine"), str(python), str(scala))
    printed = scala_programs.submitted(program, aws, *arguments)
    found = dict(
        line[len("RESULT ") :].split("=", 1) for line in printed.splitlines() if line.startswith("RESULT ")
    )

    # Python to Scala: the types are ours, and the rows are those that Python sees.
    names = "org.apache.spark.ml.feature.VectorAssembler"
    assert found["model"] == f"{names},{SDK}.SageMakerModel,{SDK}.SageMakerModel"
    algorithms = f"{SDK}.algorithms"
    assert found["pipeline"] == (
        f"{names},{algorithms}.PCASageMakerEstimator,{algorithms}.KMeansSageMakerEstimator"
    )
    assert found["k"] == "3"
    assert found["tuning"] == f"{SDK}.tuning.CrossValidator"
    assert found["grid"] == "k:2,k:4"
    assert answers(spark.read.parquet(str(scala / "rows_of_python"))) == own

    # Scala to Python.
    stages: list[Any] = Pipeline.load(str(scala / "pipeline")).getStages()
    assert [type(s) for s in stages] == [VectorAssembler, PCASageMakerEstimator, KMeansSageMakerEstimator]
    assert stages[2].getK() == 3 and stages[1].getMiniBatchSize() == 50
    model = PipelineModel.load(str(scala / "model"))
    assert [type(s) for s in model.stages] == [type(fitted.stages[0]), SageMakerModel, SageMakerModel]
    assert answers(model.transform(wine)) == answers(spark.read.parquet(str(scala / "rows")))
    split = TrainValidationSplit.load(str(scala / "tuning"))
    assert type(split) is TrainValidationSplit and type(split.getEstimator()) is KMeansSageMakerEstimator
    assert [list(point.values()) for point in split.getEstimatorParamMaps()] == [[3], [6]]
    assert found["parent"] == f"{SDK}.tuning.TrainValidationSplit"
    tuned = TrainValidationSplitModel.load(str(scala / "tuned"))
    assert tuned.validationMetrics == pytest.approx([float(v) for v in found["metrics"].split(",")])
    winner: Any = tuned.bestModel
    assert winner.endpointName == found["winner"] and found["losers"] == "0"
    assert tuned.validationMetrics[{"3": 0, "6": 1}[winner.hyperParameters["k"]]] == max(
        tuned.validationMetrics
    )
    metrics = [float(v) for v in found["fold_metrics"].split(",")]
    assert len(metrics) == 2 and metrics[{"3": 0, "6": 1}[found["fold_winner"]]] == max(metrics)
    assert found["fold_losers"] == "0"
    assert found["fold_parent"] == f"{SDK}.tuning.CrossValidator"
    hosted = [m.endpointName for one in (fitted, model, winner) for m in hosted_models(one)]
    assert set(existing()["endpoints"]) - set(before["endpoints"]) == set(hosted)
    for one in (fitted, model, tuned):
        delete_models(one)
    assert existing()["endpoints"] == before["endpoints"]
