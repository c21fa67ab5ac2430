"""An endpoint that is slow, silent, throttled for long, replaced or deleted while rows are under way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.support import eventually, nothing_is_held, small_requests

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.local import LocalSageMaker

    from tests.e2e.support import Estimators


@pytest.fixture(autouse=True)
def _nothing_stays_under_way(spark: SparkSession, aws: LocalSageMaker) -> Iterator[None]:
    yield
    nothing_is_held(spark, aws)


@pytest.fixture(scope="module")
def expected(fitted: SageMakerModel, digits: DataFrame) -> list[Any]:
    """The rows as an endpoint gives them that is well."""
    return [tuple(row) for row in fitted.transform(digits).collect()]


def rows_of(frame: DataFrame) -> list[Any]:
    return [tuple(row) for row in frame.collect()]


def test_throttling_for_long_is_put_up_with_and_answered_rows_stay_in_order(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame, expected: list[Any]
) -> None:
    from sagemaker_pyspark.local import Fault

    aws.reset_calls()
    # More often in a row than any other failure is tried, then in bursts.
    aws.fail_next("InvokeEndpoint", Fault.throttle(), times=40)
    aws.fail_at_random("InvokeEndpoint", [Fault.throttle(), Fault.model_not_ready()], 0.3, seed=5)
    assert rows_of(small_requests(fitted, invoke_attempts=2).transform(digits)) == expected
    throttled = [c for c in aws.calls() if c["fault"] in ("throttle", "model_not_ready")]
    assert len(throttled) > 60


def test_throttling_without_end_is_an_error_when_the_budget_is_spent(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame
) -> None:
    from sagemaker_pyspark.errors import InferenceError, explained
    from sagemaker_pyspark.local import Fault

    aws.fail_at_random("InvokeEndpoint", [Fault.throttle()], 1.0, seed=1)
    model = small_requests(fitted, throttle_budget_millis=1000)
    with pytest.raises(InferenceError, match="throttled this task for 1000 ms without") as spent, explained():
        model.transform(digits.coalesce(1)).collect()
    assert str(fitted.endpointName) in str(spent.value) and "Rate exceeded" in str(spent.value)


@pytest.mark.parametrize("kind", ["silent", "trickling", "slow", "closed at once", "failing at random"])
def test_what_is_late_cut_or_failing_now_and_then_costs_no_row(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame, expected: list[Any], kind: str
) -> None:
    from sagemaker_pyspark.local import Fault

    aws.reset_calls()
    if kind == "silent":
        aws.fail_next("InvokeEndpoint", Fault.no_answer(), times=3)
    elif kind == "trickling":
        # Never silent for as long as the time-out, and as a whole longer than that.
        aws.fail_next("InvokeEndpoint", Fault.trickle(20.0), times=2)
    elif kind == "slow":
        aws.fail_next("InvokeEndpoint", Fault.slow(0.5), times=6)
    elif kind == "closed at once":
        aws.fail_next("InvokeEndpoint", Fault.close(after_bytes=0), times=3)
    else:
        faults = [
            Fault.server_error(),
            Fault.unavailable(),
            Fault.reset(),
            Fault.reset(after_bytes=30),
            Fault.close(after_bytes=30),
            Fault.slow(0.05),
            Fault.model_error(503, "busy"),
        ]
        aws.fail_at_random("InvokeEndpoint", faults, 0.2, seed=11)
    model = small_requests(fitted, invoke_timeout_millis=4000)
    assert rows_of(model.transform(digits)) == expected
    met = [call for call in aws.calls() if call["fault"] is not None]
    assert len(met) >= 2, "the faults came up"


def test_an_endpoint_that_never_answers_is_an_error_that_says_for_which_rows(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame
) -> None:
    from sagemaker_pyspark.errors import InferenceError, explained
    from sagemaker_pyspark.local import Fault

    ten = digits.limit(10).coalesce(1).cache()
    ten.count()
    aws.fail_at_random("InvokeEndpoint", [Fault.no_answer()], 1.0, seed=1)
    model = small_requests(fitted, invoke_timeout_millis=300, invoke_attempts=2)
    with pytest.raises(InferenceError, match="failed 2 times, for rows 1 to 10 of partition 0"), explained():
        model.transform(ten).collect()


def test_a_containers_server_error_is_tried_three_times_and_its_message_and_log_are_said(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame
) -> None:
    from sagemaker_pyspark.errors import InferenceError, explained
    from sagemaker_pyspark.local import Fault

    one = digits.limit(5).coalesce(1).cache()
    one.count()
    aws.reset_calls()
    aws.fail_at_random("InvokeEndpoint", [Fault.model_error(500, "out of memory")], 1.0, seed=1)
    with pytest.raises(InferenceError, match="out of memory") as failed, explained():
        small_requests(fitted).transform(one).collect()
    assert f"/aws/sagemaker/Endpoints/{fitted.endpointName}" in str(failed.value)
    # Spark in local mode doesn't repeat a task.
    assert aws.call_counts()["InvokeEndpoint"] == 3


def test_credentials_that_expire_meanwhile_are_said_at_once(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame
) -> None:
    from sagemaker_pyspark.errors import AwsConfigurationError, explained
    from sagemaker_pyspark.local import Fault

    model = small_requests(fitted)
    for fault in (Fault.expired_token(), Fault.access_denied()):
        aws.clear_faults()
        aws.fail_at_random("InvokeEndpoint", [fault], 0.5, seed=3)
        with pytest.raises(AwsConfigurationError, match="sagemaker:InvokeEndpoint"), explained():
            model.transform(digits).collect()


def test_rows_go_on_while_an_endpoint_is_updated(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame, fitted: SageMakerModel
) -> None:
    by_id = {row["id"]: row for row in fitted.transform(digits).collect()}
    model, sagemaker = kmeans(k=3).fit(digits), aws.boto3_client("sagemaker")
    before = {row["id"]: row for row in model.transform(digits).collect()}
    other = sagemaker.describe_endpoint(EndpointName=fitted.endpointName)["EndpointConfigName"]
    rows = small_requests(model).transform(digits).toLocalIterator()
    found = [next(rows)]
    sagemaker.update_endpoint(EndpointName=model.endpointName, EndpointConfigName=other)
    found += [next(rows) for _ in range(600)]
    eventually(
        "the endpoint is updated",
        lambda: aws.resources()["endpoints"][str(model.endpointName)] == "InService",
    )
    found += list(rows)
    assert [row["id"] for row in found] == [row["id"] for row in digits.select("id").collect()]
    assert all(row in (before[row["id"]], by_id[row["id"]]) for row in found)
    assert found[0] == before[found[0]["id"]]
    assert found[-400:] == [by_id[row["id"]] for row in found[-400:]], "the new model answers"
    model.delete()


def test_an_endpoint_deleted_while_rows_are_under_way_is_named(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    from sagemaker_pyspark.errors import InferenceError, explained

    model = kmeans(k=3).fit(digits)
    rows = small_requests(model).transform(digits).toLocalIterator()
    assert next(rows)["id"] is not None
    aws.boto3_client("sagemaker").delete_endpoint(EndpointName=model.endpointName)
    eventually("the endpoint is gone", lambda: str(model.endpointName) not in aws.resources()["endpoints"])
    with pytest.raises(InferenceError, match=f"{model.endpointName}' doesn't exist"), explained():
        list(rows)
    model.delete()
