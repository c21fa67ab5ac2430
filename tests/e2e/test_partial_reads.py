"""Jobs that end early: who takes a few rows, stops, fails or is cancelled leaves nothing under way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.e2e.support import eventually, in_a_group, jobs_of, nothing_is_held, small_requests

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.local import LocalSageMaker


@pytest.fixture(autouse=True)
def _nothing_stays_under_way(spark: SparkSession, aws: LocalSageMaker) -> Iterator[None]:
    yield
    nothing_is_held(spark, aws)


def test_who_takes_a_few_rows_asks_for_little_more(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame
) -> None:
    frame = small_requests(fitted, max_in_flight=2).transform(digits)
    aws.reset_calls()
    ids = [row["id"] for row in digits.select("id").collect()]
    assert [row["id"] for row in frame.take(5)] == ids[:5]
    assert [row["id"] for row in frame.limit(5).collect()] == ids[:5]
    assert frame.first() is not None and not frame.isEmpty()
    # 180 requests answer the whole frame; a task asks at most for its window and one more.
    assert aws.call_counts()["InvokeEndpoint"] < 60


def test_an_iterator_that_is_given_up_leaves_nothing_under_way(
    spark: SparkSession, aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame
) -> None:
    rows = small_requests(fitted, max_in_flight=2).transform(digits).toLocalIterator()
    assert next(rows)["closest_cluster"] is not None
    del rows
    nothing_is_held(spark, aws)
    aws.reset_calls()
    assert small_requests(fitted).transform(digits).count() == digits.count(), "the session goes on"


def test_an_exception_downstream_leaves_nothing_under_way(
    spark: SparkSession, aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame
) -> None:
    from pyspark.sql import functions as f

    def refuse(cluster: float) -> float:
        raise ValueError(f"no cluster {cluster} here")

    frame = small_requests(fitted, max_in_flight=2).transform(digits)
    with pytest.raises(Exception, match="no cluster"):
        frame.select(f.udf(refuse, "double")("closest_cluster")).collect()
    nothing_is_held(spark, aws)
    with pytest.raises(Exception, match="too far"):
        frame.select(f.expr("IF(distance_to_cluster > 20, raise_error('too far'), 0)")).collect()


def test_a_job_that_the_user_cancels_leaves_nothing_under_way(
    spark: SparkSession, aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame
) -> None:
    from sagemaker_pyspark.local import Fault

    frame = small_requests(fitted, max_in_flight=4).transform(digits)
    aws.reset_calls()
    aws.fail_at_random("InvokeEndpoint", [Fault.no_answer()], 1.0, seed=1)
    cancelled = in_a_group(spark, "a transform", frame.collect)
    eventually(
        "requests are under way", lambda: [c for c in aws.calls() if c["operation"] == "InvokeEndpoint"]
    )
    spark.sparkContext.cancelJobGroup("a transform")
    with pytest.raises(Exception, match=r"(?i)cancel"):
        cancelled()
    nothing_is_held(spark, aws)
    aws.clear_faults()
    assert frame.count() == digits.count(), "the frame can be asked again"


def test_transform_starts_no_job_and_calls_nobody(
    spark: SparkSession, aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame
) -> None:
    shuffled = digits.repartition(3, "digit")
    aws.reset_calls()
    spark.sparkContext.setJobGroup("transforming", "")
    try:
        frame = small_requests(fitted).transform(shuffled)
        assert frame.columns[-2:] == ["distance_to_cluster", "closest_cluster"]
        assert jobs_of(spark, "transforming") == []
        assert aws.calls() == []
        assert frame.count() == digits.count()
        assert jobs_of(spark, "transforming") != []
    finally:
        for name in ("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel"):
            spark.sparkContext.setLocalProperty(name, None)  # type: ignore[arg-type]
