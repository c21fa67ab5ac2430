"""Frames and estimators of the end-to-end tests: real data, on the local service."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.support import settings_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator
    from sagemaker_pyspark.local import LocalSageMaker

    from tests.e2e.support import Estimators


@pytest.fixture(scope="session")
def digits(spark: SparkSession) -> DataFrame:
    """scikit-learn's 1,797 handwritten digits: `id`, `digit`, `features` (64 grey values)."""
    from pyspark.ml.linalg import Vectors
    from sklearn.datasets import load_digits

    data = load_digits()
    rows = [
        (index, int(digit), Vectors.dense([float(v) for v in pixels]))
        for index, (digit, pixels) in enumerate(zip(data.target, data.data))
    ]
    return spark.createDataFrame(rows, ["id", "digit", "features"]).repartition(4, "id").cache()


@pytest.fixture()
def kmeans(spark: SparkSession, aws: LocalSageMaker) -> Estimators:
    """Makes k-means estimators on the local service; keywords override."""
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

    def make(**overrides: Any) -> KMeansSageMakerEstimator:
        return KMeansSageMakerEstimator(**{**settings_of(aws), "k": 10, **overrides})

    return make


@pytest.fixture()
def existing(aws: LocalSageMaker) -> Callable[[], dict[str, Any]]:
    """What the service holds, once endpoints that are being deleted are gone."""

    def settled() -> dict[str, Any]:
        for _ in range(200):
            found = aws.resources()
            if "Deleting" not in found["endpoints"].values():
                return found
            time.sleep(0.05)
        raise AssertionError(f"an endpoint is being deleted for ever: {found['endpoints']}")

    return settled


@pytest.fixture()
def default_keys(spark: SparkSession, aws: LocalSageMaker) -> Iterator[None]:
    """The local service's keys where the JVM's SDK looks by itself: a saved stage has none."""
    system: Any = spark._jvm.java.lang.System  # type: ignore[union-attr]
    keys = {"aws.accessKeyId": aws.access_key_id, "aws.secretAccessKey": aws.secret_access_key}
    for name, value in keys.items():
        system.setProperty(name, value)
    yield
    for name in keys:
        system.clearProperty(name)


@pytest.fixture(scope="module")
def fitted(spark: SparkSession, aws: LocalSageMaker, digits: DataFrame) -> Iterator[SageMakerModel]:
    """One hosted k-means model of the digits, for tests that only ask it."""
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

    model = KMeansSageMakerEstimator(**settings_of(aws), k=10, init_method="kmeans++").fit(digits)
    yield model
    model.delete()
