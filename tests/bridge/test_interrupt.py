"""Ctrl-C, and what else ends the wait for a fit, on the local service."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.bridge import stages

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark.local import LocalSageMaker
    from sagemaker_pyspark.options import Progress


@pytest.fixture()
def points(spark: SparkSession) -> DataFrame:
    from pyspark.ml.linalg import Vectors

    rows = [(Vectors.dense([float(i % 3), 1.0]),) for i in range(30)]
    return spark.createDataFrame(rows, ["features"])


def interrupting(phase: str) -> Any:
    """A callback that presses Ctrl-C when that phase is reported."""

    def press(progress: Progress) -> None:
        if progress.phase == phase:
            raise KeyboardInterrupt

    return press


def estimator(aws: LocalSageMaker, **settings: Any) -> Any:
    from sagemaker_pyspark import IAMRole, SageMakerClients
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

    client: dict[str, Any] = aws.client_options()
    return stages.example(
        KMeansSageMakerEstimator,
        sagemakerRole=IAMRole(aws.role_arn),
        sagemakerClient=SageMakerClients.create_sagemaker_client(**client),
        s3Client=SageMakerClients.create_s3_default_client(**client),
        stsClient=SageMakerClients.create_sts_default_client(**client),
        training_poll_interval_millis=50,
        endpoint_poll_interval_millis=50,
        k=3,
        **settings,
    )


def test_the_training_job_goes_on_and_is_named_with_the_command_that_stops_it(
    aws: LocalSageMaker, points: DataFrame
) -> None:
    stage = estimator(aws, progress=interrupting("Training"))
    with pytest.raises(KeyboardInterrupt) as pressed:
        stage.fit(points)
    message, job = str(pressed.value), stage.latestTrainingJob
    assert f"aws sagemaker stop-training-job --training-job-name {job}" in message
    assert f"--region {aws.client_options()['region']}" in message
    described = aws.boto3_client("sagemaker").describe_training_job(TrainingJobName=job)
    assert described["TrainingJobStatus"] in ("InProgress", "Completed")


def test_the_training_job_is_stopped_when_that_was_asked_for(aws: LocalSageMaker, points: DataFrame) -> None:
    stage = estimator(aws, progress=interrupting("Training"), stop_on_interrupt=True)
    with pytest.raises(KeyboardInterrupt, match="told to stop the training job"):
        stage.fit(points)
    described = aws.boto3_client("sagemaker").describe_training_job(TrainingJobName=stage.latestTrainingJob)
    assert described["TrainingJobStatus"] in ("Stopping", "Stopped")


def test_an_endpoint_that_is_coming_up_is_named(aws: LocalSageMaker, points: DataFrame) -> None:
    stage = estimator(aws, progress=interrupting("Hosting"))
    with pytest.raises(KeyboardInterrupt, match="endpoint was coming up") as pressed:
        stage.fit(points)
    sagemaker = aws.boto3_client("sagemaker")
    names = [endpoint["EndpointName"] for endpoint in sagemaker.list_endpoints()["Endpoints"]]
    mine = [name for name in names if name in str(pressed.value)]
    assert len(mine) == 1
    # The service deletes no endpoint that is still coming up.
    sagemaker.get_waiter("endpoint_in_service").wait(
        EndpointName=mine[0], WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    sagemaker.delete_endpoint(EndpointName=mine[0])


@contextmanager
def signalled(aws: LocalSageMaker, number: int, operation: str, calls: int) -> Iterator[None]:
    """Send the main thread a signal as soon as the service has been asked so often."""
    main = threading.get_ident()
    aws.reset_calls()

    def send() -> None:
        for _ in range(3000):
            if aws.call_counts().get(operation, 0) >= calls:
                break
            time.sleep(0.01)
        signal.pthread_kill(main, number)

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    try:
        yield
    finally:
        sender.join()
        aws.clear_faults()


@contextmanager
def handled(number: int, handler: Any) -> Iterator[None]:
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize("stop", [False, True])
def test_ctrl_c_while_data_is_staged_leaves_neither_data_nor_a_training_job(
    aws: LocalSageMaker, points: DataFrame, stop: bool
) -> None:
    from sagemaker_pyspark.local import Fault

    before = aws.resources()
    aws.fail_next("PutObject", Fault.slow(3.0), times=4)
    with (
        # Python's own handler, which notebooks set for each cell.
        handled(signal.SIGINT, signal.default_int_handler),
        signalled(aws, signal.SIGINT, "PutObject", 2),
        pytest.raises(KeyboardInterrupt, match=r"No training job was created"),
    ):
        estimator(aws, stop_on_interrupt=stop).fit(points)
    after = aws.resources()
    assert "CreateTrainingJob" not in aws.call_counts()
    assert after["buckets"] == before["buckets"] and after["training_jobs"] == before["training_jobs"]


def test_what_else_ends_the_wait_leaves_neither_data_nor_a_training_job_either(
    aws: LocalSageMaker, points: DataFrame
) -> None:
    from sagemaker_pyspark.local import Fault

    def out_of_time(*_: Any) -> None:
        raise TimeoutError("the program's own limit")

    before = aws.resources()
    aws.fail_next("PutObject", Fault.slow(3.0), times=4)
    with (
        handled(signal.SIGALRM, out_of_time),
        signalled(aws, signal.SIGALRM, "PutObject", 2),
        pytest.raises(TimeoutError, match="own limit"),
    ):
        estimator(aws).fit(points)
    after = aws.resources()
    assert "CreateTrainingJob" not in aws.call_counts()
    assert after["buckets"] == before["buckets"] and after["training_jobs"] == before["training_jobs"]


def test_ctrl_c_in_the_middle_of_a_poll_is_heard_after_it(aws: LocalSageMaker, points: DataFrame) -> None:
    from sagemaker_pyspark.local import Fault

    stage = estimator(aws, stop_on_interrupt=True)
    aws.fail_next("DescribeTrainingJob", Fault.slow(1.0), times=3)
    calls: list[str] = []

    def of_pyspark(*_: Any) -> None:
        # PySpark's own handler calls the JVM on the connection of the call that it interrupts.
        calls.append(str(points.sparkSession.sparkContext._jsc.sc().version()))
        raise KeyboardInterrupt

    with handled(signal.SIGINT, of_pyspark):
        with (
            signalled(aws, signal.SIGINT, "DescribeTrainingJob", 1),
            pytest.raises(KeyboardInterrupt, match="told to stop the training job"),
        ):
            stage.fit(points)
        assert len(calls) == 1 and signal.getsignal(signal.SIGINT) is of_pyspark
    described = aws.boto3_client("sagemaker").describe_training_job(TrainingJobName=stage.latestTrainingJob)
    assert described["TrainingJobStatus"] in ("Stopping", "Stopped", "Completed")


def test_an_error_of_the_callback_names_what_goes_on(aws: LocalSageMaker, points: DataFrame) -> None:
    def broken(progress: Progress) -> None:
        raise BrokenPipeError("nobody reads the reports")

    stage = estimator(aws, progress=broken)
    with pytest.raises(BrokenPipeError), pytest.warns(RuntimeWarning, match="is billed") as warned:
        stage.fit(points)
    assert any(str(stage.latestTrainingJob) in str(w.message) for w in warned)
