"""The main job: a DataFrame is fitted, hosted, transformed and cleaned up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.local import LocalSageMaker

    from tests.e2e.support import Estimators


def purity(clusters: DataFrame) -> float:
    """The share of rows in a cluster whose majority is of the row's digit."""
    counts: dict[float, Counter[int]] = {}
    for row in clusters.select("closest_cluster", "digit").collect():
        counts.setdefault(row.closest_cluster, Counter())[row.digit] += 1
    return sum(max(c.values()) for c in counts.values()) / sum(sum(c.values()) for c in counts.values())


@pytest.mark.smoke
def test_digits_are_staged_trained_hosted_transformed_and_nothing_is_left(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame, existing: Callable[[], dict[str, Any]]
) -> None:
    from sklearn.cluster import KMeans
    from sklearn.datasets import load_digits

    phases: list[str] = []
    estimator = kmeans(progress=lambda progress: phases.append(progress.phase), init_method="kmeans++")
    before = existing()
    aws.reset_calls()
    model = estimator.fit(digits)
    assert phases[0] == "Training" and "Hosting" in phases and phases[-1] == "Done"
    assert model.trainingJobName == estimator.latestTrainingJob

    clusters = model.transform(digits)
    assert clusters.columns == ["id", "digit", "features", "distance_to_cluster", "closest_cluster"]
    assert (
        dict(clusters.dtypes)["distance_to_cluster"] == dict(clusters.dtypes)["closest_cluster"] == "double"
    )
    rows = clusters.orderBy("id").collect()
    given = digits.orderBy("id").collect()
    assert [(r.id, r.digit, r.features) for r in rows] == [(r.id, r.digit, r.features) for r in given]
    assert {r.closest_cluster for r in rows} == {float(i) for i in range(10)}

    data = load_digits()
    alone = KMeans(10, n_init=10, random_state=0).fit(data.data)
    own = sum(
        Counter(data.target[alone.labels_ == c].tolist()).most_common(1)[0][1] for c in range(10)
    ) / len(data.target)
    assert purity(clusters) > own - 0.1

    created = model.getCreatedResources()
    assert model.endpointName == created.endpoint_name
    model.delete()
    after = existing()
    for kind in ("models", "endpoint_configs", "endpoints", "multipart_uploads"):
        assert after[kind] == before[kind]
    keys = [key for bucket in after["buckets"].values() for key in bucket]
    new = set(keys) - {key for bucket in before["buckets"].values() for key in bucket}
    assert [key.rsplit("/", 1)[-1] for key in new] == ["model.tar.gz"]


def test_distances_are_those_of_the_trained_centres(fitted: SageMakerModel, digits: DataFrame) -> None:
    """All rows of one cluster have one centre: distances to it follow from the rows."""
    import numpy as np

    rows = fitted.transform(digits).collect()
    nearest = [r for r in rows if r.closest_cluster == rows[0].closest_cluster]
    # A centre lies within the distances that the endpoint states, for every pair of its rows.
    for one, other in zip(nearest, nearest[1:]):
        apart = float(np.linalg.norm(one.features.toArray() - other.features.toArray()))
        assert apart <= one.distance_to_cluster + other.distance_to_cluster + 1e-3


def test_a_chain_of_partitions_batches_and_requests_keeps_rows_in_order(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame, kmeans: Estimators
) -> None:
    from sagemaker_pyspark import SageMakerModel

    small = SageMakerModel.fromEndpoint(
        str(fitted.endpointName),
        fitted.requestRowSerializer,
        fitted.responseRowDeserializer,
        sagemakerClient=fitted.sagemakerClient,
        max_rows_per_request=7,
        max_in_flight=3,
    )
    aws.reset_calls()
    one = [tuple(r) for r in small.transform(digits).collect()]
    requests = aws.call_counts()["InvokeEndpoint"]
    assert requests >= digits.count() / 7
    assert one == [tuple(r) for r in fitted.transform(digits).collect()]


def test_transform_starts_no_job_and_calls_nothing_until_an_action(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame, spark: SparkSession
) -> None:
    shuffled = digits.groupBy("digit").count().join(digits, "digit")
    aws.reset_calls()
    jobs = len(spark.sparkContext.statusTracker().getJobIdsForGroup(None))
    lazy = fitted.transform(shuffled)
    assert len(spark.sparkContext.statusTracker().getJobIdsForGroup(None)) == jobs
    assert "InvokeEndpoint" not in aws.call_counts()
    assert lazy.count() == digits.count()


def test_endpoint_is_created_when_the_policy_says(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    from sagemaker_pyspark import EndpointCreationPolicy
    from sagemaker_pyspark.errors import EndpointError

    aws.reset_calls()
    later = kmeans(endpointCreationPolicy=EndpointCreationPolicy.CREATE_ON_TRANSFORM).fit(digits)
    assert later.endpointName is None and "CreateEndpoint" not in aws.call_counts()
    assert later.transform(digits).count() == digits.count()
    assert aws.call_counts()["CreateEndpoint"] == 1
    assert later.copy().endpointName == later.endpointName is not None
    later.transform(digits)
    assert aws.call_counts()["CreateEndpoint"] == 1
    later.delete()
    with pytest.raises(EndpointError, match=r"deleted"):
        later.transform(digits)

    never = kmeans(endpointCreationPolicy=EndpointCreationPolicy.DO_NOT_CREATE).fit(digits)
    with pytest.raises(EndpointError, match=r"has no endpoint"):
        never.transform(digits)


def test_a_model_is_made_of_a_job_of_artifacts_and_of_an_endpoint(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame
) -> None:
    from sagemaker_pyspark import SageMakerModel

    expected = [tuple(r) for r in fitted.transform(digits).collect()]
    transformation = (fitted.requestRowSerializer, fitted.responseRowDeserializer)
    hosted: Any = (fitted.modelImage, aws.role_arn, "ml.m5.large", 1, *transformation)
    client: Any = {"sagemakerClient": fitted.sagemakerClient}
    assert fitted.modelPath is not None and fitted.trainingJobName is not None
    of_job = SageMakerModel.fromTrainingJob(fitted.trainingJobName, *hosted, **client)
    of_path = SageMakerModel.fromModelS3Path(fitted.modelPath.toS3UriString(), *hosted, **client)
    of_endpoint = SageMakerModel.fromEndpoint(str(fitted.endpointName), *transformation, **client)
    for model in (of_job, of_path, of_endpoint):
        assert [tuple(r) for r in model.transform(digits).collect()] == expected
        model.delete()
    assert fitted.transform(digits).count() == digits.count(), (
        "fromEndpoint must not delete what it did not create"
    )


def test_a_saved_model_calls_the_same_endpoint_again(
    fitted: SageMakerModel, digits: DataFrame, tmp_path: Path, aws: LocalSageMaker
) -> None:
    from sagemaker_pyspark import SageMakerModel

    path = str(tmp_path / "model")
    fitted.save(path)
    text = "".join(p.read_text(errors="replace") for p in (tmp_path / "model").rglob("*") if p.is_file())
    assert aws.secret_access_key not in text and aws.access_key_id not in text
    loaded = SageMakerModel.load(path)
    assert loaded.endpointName == fitted.endpointName and loaded.trainingJobName == fitted.trainingJobName


def test_rows_are_projected_and_left_out_of_the_answer_when_asked(
    kmeans: Estimators, digits: DataFrame, aws: LocalSageMaker
) -> None:
    model = kmeans(
        trainingProjectedColumns=["features"], modelPrependInputRowsToTransformationRows=False
    ).fit(digits.withColumn("label", digits["digit"].cast("string")))
    assert model.transform(digits).columns == ["distance_to_cluster", "closest_cluster"]
    assert model.transform(digits).count() == digits.count()
    model.delete()


def test_a_subclass_may_fit_in_the_jvm_with_defaults_of_its_own(
    aws: LocalSageMaker, digits: DataFrame
) -> None:
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

    from tests.e2e.support import settings_of

    class Ten(KMeansSageMakerEstimator):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self._setDefault(k=10, epochs=2)

        def _fit(self, dataset: DataFrame) -> SageMakerModel:
            model: SageMakerModel = self._call_java("fit", dataset)
            return model

    estimator = Ten(**settings_of(aws))
    with estimator.fit(digits) as model:
        assert type(model) is SageMakerModel and model.trainingJobName == estimator.latestTrainingJob
        job = aws.boto3_client("sagemaker").describe_training_job(TrainingJobName=model.trainingJobName)
        assert (job["HyperParameters"]["k"], job["HyperParameters"]["epochs"]) == ("10", "2")
        frame = model._call_java("transform", digits.limit(3))
        assert frame.columns[-1] == "closest_cluster" and frame.count() == 3
