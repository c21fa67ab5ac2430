"""An S3 that misbehaves while training data is staged: each row once, or one error and nothing left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.support import eventually, in_a_group, keys_of, nothing_is_held

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark.local import Fault, LocalSageMaker

    from tests.e2e.support import Estimators

ROWS = 240_000


@pytest.fixture(autouse=True)
def _nothing_is_left(spark: SparkSession, aws: LocalSageMaker) -> Iterator[None]:
    """No open upload, object (but artifacts), run, or client in use, beside those of earlier tests."""
    from sagemaker_pyspark import SageMakerClients, list_runs

    client: Any = SageMakerClients.create_s3_default_client(**aws.client_options())

    def there() -> tuple[set[str], set[str]]:
        runs = list_runs(sagemakerClient=client, s3Client=client, stsClient=client)
        objects = {key for key in keys_of(aws) if not key.endswith("model.tar.gz")}
        return objects, {run.run_id for run in runs if run.phase != "Hosted"}

    objects_before, runs_before = there()
    yield
    aws.clear_faults()
    assert aws.resources()["multipart_uploads"] == []
    objects, runs = there()
    assert objects <= objects_before
    assert runs <= runs_before
    nothing_is_held(spark, aws)


@pytest.fixture(scope="module")
def wide(spark: SparkSession) -> DataFrame:
    """Rows of 16 numbers in two partitions: the first row number is the first of them."""
    from pyspark.ml.functions import array_to_vector
    from pyspark.sql import functions as f

    numbers = spark.range(0, ROWS, 1, 2)
    columns = [(f.col("id") + i).cast("double") for i in range(16)]
    return numbers.select(array_to_vector(f.array(*columns)).alias("features"))


def staged_rows(aws: LocalSageMaker, job: str) -> list[int]:
    """The first number of each row that a job was given, by its manifest; then its data is deleted."""
    import numpy as np

    s3 = aws.boto3_client("s3")
    described = aws.boto3_client("sagemaker").describe_training_job(TrainingJobName=job)
    uri = described["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"]
    bucket, _, key = uri[len("s3://") :].partition("/")
    prefix, *names = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    keys = [prefix["prefix"][len(f"s3://{bucket}/") :] + name for name in names]
    found: list[int] = []
    for name in keys:
        body = s3.get_object(Bucket=bucket, Key=name)["Body"].read()
        size = 8 + (int.from_bytes(body[4:8], "little") + 3) // 4 * 4
        length = int.from_bytes(body[4:8], "little")
        assert len(body) % size == 0, "records of one size"
        records = np.frombuffer(body, np.uint8).reshape(-1, size)
        last = records[:, 8 + length - 64 : 8 + length].copy().view("<f4")
        found += last[:, 0].astype(int).tolist()
    for name in (*keys, key):
        s3.delete_object(Bucket=bucket, Key=name)
    return found


def fit(kmeans: Estimators, frame: DataFrame, **options: Any) -> str:
    """A fit that leaves its data and makes no endpoint; the training job's name."""
    model = kmeans(
        k=2, deleteStagingDataAfterTraining=False, endpointCreationPolicy="DO_NOT_CREATE", **options
    ).fit(frame)
    return str(model.trainingJobName)


def passing(case: str) -> list[tuple[str, Fault, int]]:
    from sagemaker_pyspark.local import Fault

    return {
        "slow down": [
            (operation, Fault.slow_down(), 2)
            for operation in (
                "CreateMultipartUpload",
                "UploadPart",
                "CompleteMultipartUpload",
                "PutObject",
                "DeleteObjects",
                "ListObjectsV2",
                "ListMultipartUploads",
            )
        ],
        "a part is cut": [("UploadPart", Fault.cut_request(100_000), 2)],
        "an upload is cut": [("PutObject", Fault.cut_request(100), 2)],
        "answers are lost": [
            (operation, Fault.reset(after_bytes=0), 1)
            for operation in (
                "CreateMultipartUpload",
                "UploadPart",
                "CompleteMultipartUpload",
                "PutObject",
                "DeleteObjects",
            )
        ],
        "errors": [
            ("UploadPart", Fault.server_error(500), 2),
            ("CompleteMultipartUpload", Fault.unavailable(), 2),
        ],
    }[case]


@pytest.mark.parametrize(
    "case", ["slow down", "a part is cut", "an upload is cut", "answers are lost", "errors"]
)
def test_what_passes_by_itself_costs_no_row_and_none_is_there_twice(
    aws: LocalSageMaker, kmeans: Estimators, wide: DataFrame, case: str
) -> None:
    aws.reset_calls()
    for operation, fault, times in passing(case):
        aws.fail_next(operation, fault, times=times)
    job = fit(kmeans, wide)
    met = {(call["operation"], call["fault"]) for call in aws.calls() if call["fault"]}
    wanted = {(operation, fault.kind) for operation, fault, _ in passing(case)}
    assert met == wanted, "every fault came up"
    assert sorted(staged_rows(aws, job)) == list(range(ROWS))


@pytest.mark.parametrize(
    ("operation", "kind", "said"),
    [
        ("UploadPart", "slow_down", "reduce your request rate"),
        ("UploadPart", "reset", "could not be reached"),
        ("UploadPart", "expired_token", "expired"),
        ("CreateMultipartUpload", "access_denied", "Access Denied"),
        ("CompleteMultipartUpload", "access_denied", "completing the upload of .*Access Denied"),
        ("CompleteMultipartUpload", "expired_token", "expired"),
    ],
)
def test_what_does_not_pass_is_one_error_and_every_upload_is_aborted(
    aws: LocalSageMaker, kmeans: Estimators, wide: DataFrame, operation: str, kind: str, said: str
) -> None:
    from sagemaker_pyspark.errors import SageMakerPySparkError
    from sagemaker_pyspark.local import Fault

    aws.reset_calls()
    aws.fail_at_random(operation, [getattr(Fault, kind)()], 1.0, seed=1)
    with pytest.raises(SageMakerPySparkError, match=said) as failed:
        fit(kmeans, wide)
    assert "\n" not in str(failed.value) and "Nothing is left of it in S3" in str(failed.value)
    assert "CreateTrainingJob" not in aws.call_counts()


def test_a_manifest_that_is_refused_takes_the_data_with_it(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    from sagemaker_pyspark.errors import StagingError
    from sagemaker_pyspark.local import Fault

    aws.reset_calls()
    aws.fail_next("PutObject", Fault.access_denied(), times=10, match=".manifest")
    with pytest.raises(StagingError, match=r"writing the manifest s3://.*\.manifest failed.*Access Denied"):
        fit(kmeans, digits)
    assert aws.call_counts()["PutObject"] > 2 and "CreateTrainingJob" not in aws.call_counts()


def test_a_bucket_that_goes_while_data_is_written_is_named(
    aws: LocalSageMaker, kmeans: Estimators, spark: SparkSession
) -> None:
    from pyspark.ml.linalg import Vectors, VectorUDT
    from pyspark.sql.types import StructField, StructType
    from sagemaker_pyspark import S3DataPath
    from sagemaker_pyspark.errors import StagingError

    bucket = "soon-gone"
    aws.boto3_client("s3").create_bucket(Bucket=bucket)
    address = aws.client_options()

    def remove_it(_: Any) -> Iterator[Any]:
        import boto3
        from botocore.config import Config

        client = boto3.client(
            "s3",
            endpoint_url=address["endpoint_url"],
            region_name=address["region"],
            aws_access_key_id=address["access_key_id"],
            aws_secret_access_key=address["secret_access_key"],
            config=Config(s3={"addressing_style": "path"}, proxies={}),
        )
        for found in client.list_objects_v2(Bucket=bucket).get("Contents", []):
            client.delete_object(Bucket=bucket, Key=found["Key"])
        client.delete_bucket(Bucket=bucket)
        yield (Vectors.dense([1.0]),)

    rows = spark.sparkContext.parallelize([0], 1).mapPartitions(remove_it)
    frame = spark.createDataFrame(rows, StructType([StructField("features", VectorUDT())]))
    with pytest.raises(StagingError, match=rf"s3://{bucket}/.*NoSuchBucket.*Nothing is left"):
        fit(kmeans, frame, trainingInputS3DataPath=S3DataPath(bucket, "here"))


def test_what_credentials_that_expired_leave_is_named_and_found_as_a_run(
    aws: LocalSageMaker, kmeans: Estimators, wide: DataFrame, spark: SparkSession
) -> None:
    from sagemaker_pyspark import SageMakerClients, list_runs, remove_run
    from sagemaker_pyspark.errors import SageMakerPySparkError
    from sagemaker_pyspark.local import Fault

    client: Any = SageMakerClients.create_s3_default_client(**aws.client_options())
    clients = {"sagemakerClient": client, "s3Client": client, "stsClient": client}
    for operation in (
        "CompleteMultipartUpload",
        "AbortMultipartUpload",
        "ListMultipartUploads",
        "ListObjectsV2",
        "DeleteObjects",
    ):
        aws.fail_at_random(operation, [Fault.expired_token()], 1.0, seed=1)
    with pytest.raises(SageMakerPySparkError, match=r"left in S3 and could not be removed: the open upload"):
        fit(kmeans, wide)
    aws.clear_faults()
    (run,) = [run for run in list_runs(**clients) if run.phase == "Staging"]
    assert run.open_uploads == 2 and not run.costs_money
    remove_run(run, **clients)


def test_a_fit_that_the_user_cancels_leaves_nothing(
    aws: LocalSageMaker, kmeans: Estimators, spark: SparkSession
) -> None:
    from pyspark.ml.functions import array_to_vector
    from pyspark.sql import functions as f
    from sagemaker_pyspark import SageMakerClients
    from sagemaker_pyspark.errors import StagingError
    from sagemaker_pyspark.local import Fault

    options: dict[str, Any] = aws.client_options()
    numbers = spark.range(0, 400, 1, 2)
    frame = numbers.select(array_to_vector(f.array(f.col("id").cast("double"))).alias("features"))
    # One task has written its objects, the other one waits for the answer to its first.
    aws.fail_next("PutObject", Fault.no_answer(), times=100, match="/part-00001")
    aws.reset_calls()
    # Nothing wakes a thread that waits for a socket: the request's time-out ends it.
    patient = SageMakerClients.create_s3_default_client(**options, request_timeout_millis=3000)
    cancelled = in_a_group(
        spark, "a fit", lambda: fit(kmeans, frame, staging_object_bytes=1024, s3Client=patient)
    )
    eventually("some data is staged", lambda: [k for k in keys_of(aws) if "/part-00000" in k])
    eventually("a request waits", lambda: [c for c in aws.calls() if c["fault"] == "no_answer"])
    spark.sparkContext.cancelJobGroup("a fit")
    with pytest.raises(StagingError, match=r"(?i)cancel.*Nothing is left of it in S3"):
        cancelled()
