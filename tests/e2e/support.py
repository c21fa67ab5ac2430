"""What the end-to-end tests share beside their fixtures."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any, Callable, Protocol

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator
    from sagemaker_pyspark.local import LocalSageMaker


class Estimators(Protocol):
    """Makes k-means estimators on the local service; keywords override."""

    def __call__(self, **overrides: Any) -> KMeansSageMakerEstimator: ...


def settings_of(aws: LocalSageMaker) -> dict[str, Any]:
    """What every estimator needs, on the local service, polled fast."""
    from sagemaker_pyspark import IAMRole, SageMakerClients

    client: dict[str, Any] = aws.client_options()
    return {
        "trainingInstanceType": "ml.m5.large",
        "trainingInstanceCount": 1,
        "endpointInstanceType": "ml.m5.large",
        "endpointInitialInstanceCount": 1,
        "sagemakerRole": IAMRole(aws.role_arn),
        "sagemakerClient": SageMakerClients.create_sagemaker_client(**client),
        "s3Client": SageMakerClients.create_s3_default_client(**client),
        "stsClient": SageMakerClients.create_sts_default_client(**client),
        "training_poll_interval_millis": 50,
        "endpoint_poll_interval_millis": 50,
    }


def schema(**columns: str) -> Any:
    """A schema of types by name: `vector`, or what Spark's DDL has."""
    from pyspark.ml.linalg import VectorUDT
    from pyspark.sql.types import StructField, StructType, _parse_datatype_string

    types = {n: VectorUDT() if t == "vector" else _parse_datatype_string(t) for n, t in columns.items()}
    return StructType([StructField(name, found) for name, found in types.items()])


def rows_of(frame: DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Columns in the order of `id`, vectors as lists, floats as the service's 32 bits."""
    import numpy as np

    def plain(value: Any) -> Any:
        if hasattr(value, "toArray"):
            return [float(np.float32(v)) for v in value]
        if isinstance(value, list):
            return [float(np.float32(v)) for v in value]
        return float(np.float32(value))

    found = frame.orderBy("id").select(*columns).collect()
    assert len(found) == frame.count()
    return [tuple(plain(value) for value in row) for row in found]


def small_requests(fitted: SageMakerModel, **options: Any) -> SageMakerModel:
    """A model on the same endpoint that sends ten rows a request."""
    from sagemaker_pyspark import SageMakerModel

    return SageMakerModel.fromEndpoint(
        str(fitted.endpointName),
        fitted.requestRowSerializer,
        fitted.responseRowDeserializer,
        sagemakerClient=fitted.sagemakerClient,
        **{"max_rows_per_request": 10, **options},
    )


def keys_of(aws: LocalSageMaker) -> set[str]:
    """Every object in the local S3."""
    return {f"{bucket}/{key}" for bucket, keys in aws.resources()["buckets"].items() for key in keys}


def eventually(what: str, holds: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What `holds` gives once that is true; fails when it doesn't become so."""
    end = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"it did not come to this in {seconds} s: {what}")
        time.sleep(0.05)


def held_by_the_jvm(spark: SparkSession) -> dict[str, int]:
    """What this JVM holds for requests: leased clients, and threads that work on one."""
    jvm: Any = spark._jvm
    threads = jvm.java.lang.Thread.getAllStackTraces().keySet().toArray()
    busy = [
        thread
        for thread in threads
        if thread.getName().startswith("sagemaker-request-") and str(thread.getState()) == "RUNNABLE"
    ]
    clients = jvm.com.amazonaws.services.sagemaker.sparksdk.aws.AwsClients
    return {"leases": int(clients.openLeases()), "busy threads": len(busy)}


def nothing_is_held(spark: SparkSession, aws: LocalSageMaker) -> None:
    """Waits until neither the JVM nor the service is busy with a request."""
    idle = {"leases": 0, "busy threads": 0}
    eventually("no client and no thread is in use", lambda: held_by_the_jvm(spark) == idle)
    eventually(
        "the service has ended every request", lambda: all(c["seconds"] is not None for c in aws.calls())
    )


def jobs_of(spark: SparkSession, group: str) -> list[int]:
    """The jobs of a group that have been begun, all of them: Spark hears of jobs late, but in their order."""
    tracker: Any = spark.sparkContext.statusTracker()
    marker = f"marker-{uuid.uuid4()}"
    in_a_group(spark, marker, spark.range(1).count)()
    eventually("Spark has heard of the latest job", lambda: list(tracker.getJobIdsForGroup(marker)))
    return list(tracker.getJobIdsForGroup(group))


def in_a_group(spark: SparkSession, group: str, work: Callable[[], Any]) -> Callable[[], Any]:
    """Runs work on a thread with a job group of its own; what is returned waits and gives its outcome."""
    from concurrent.futures import ThreadPoolExecutor

    def run() -> Any:
        spark.sparkContext.setJobGroup(group, group, interruptOnCancel=True)
        return work()

    pool = ThreadPoolExecutor(1)
    future = pool.submit(run)

    def outcome() -> Any:
        try:
            return future.result(120)
        finally:
            pool.shutdown(wait=False)

    return outcome
