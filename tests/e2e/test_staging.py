"""What lies in S3 when a job trains: each row once, however often tasks ran."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.local import LocalSageMaker

    from tests.e2e.support import Estimators


def staged(aws: LocalSageMaker, job: str) -> tuple[str, list[str], str]:
    """Bucket, keys in the manifest, and the manifest's key of a training job."""
    described = aws.boto3_client("sagemaker").describe_training_job(TrainingJobName=job)
    source = described["InputDataConfig"][0]["DataSource"]["S3DataSource"]
    assert source["S3DataType"] == "ManifestFile"
    bucket, _, key = source["S3Uri"].removeprefix("s3://").partition("/")
    manifest: list[Any] = json.loads(aws.boto3_client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    prefix = manifest[0]["prefix"].removeprefix(f"s3://{bucket}/")
    return bucket, [prefix + name for name in manifest[1:]], key


def values(aws: LocalSageMaker, bucket: str, keys: list[str]) -> list[float]:
    """The first feature of every record in the objects."""
    found: list[float] = []
    for key in keys:
        body = aws.boto3_client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        found += first_features(body)
    return found


def first_features(body: bytes) -> list[float]:
    """Reads framed records by their fixed layout: one dense vector of one float, no label."""
    found, at = [], 0
    while at < len(body):
        magic, length = struct.unpack_from("<II", body, at)
        assert magic == 0xCED7230A
        payload = body[at + 8 : at + 8 + length]
        found.append(struct.unpack("<f", payload[-4:])[0])
        at += 8 + (length + 3) // 4 * 4
    return found


def rows(spark: SparkSession, count: int, partitions: int) -> DataFrame:
    """`count` rows with the vector [row number]."""
    from pyspark.ml.functions import array_to_vector
    from pyspark.sql import functions as f

    frame = spark.range(0, count, 1, partitions)
    return frame.select(array_to_vector(f.array(f.col("id").cast("double"))).alias("features"))


def fit(kmeans: Estimators, frame: DataFrame, **options: Any) -> SageMakerModel:
    """A fit that leaves its data and makes no endpoint."""
    estimator = kmeans(
        k=2, deleteStagingDataAfterTraining=False, endpointCreationPolicy="DO_NOT_CREATE", **options
    )
    model: SageMakerModel = estimator.fit(frame)
    return model


def test_the_manifest_names_each_row_once_and_nothing_else_is_there(
    aws: LocalSageMaker, kmeans: Estimators, spark: SparkSession
) -> None:
    model = fit(kmeans, rows(spark, 1000, 4), staging_object_bytes=4096)
    bucket, keys, manifest = staged(aws, str(model.trainingJobName))
    assert len(keys) > 4, "objects roll at the size given"
    assert sorted(values(aws, bucket, keys)) == [float(i) for i in range(1000)]
    there = {k for k in aws.resources()["buckets"][bucket] if str(model.trainingJobName) in k}
    assert {k for k in there if not k.endswith("model.tar.gz")} == {*keys, manifest}
    assert aws.resources()["multipart_uploads"] == []


def test_the_label_option_of_old_programs_is_no_label_that_must_be_there(
    spark: SparkSession, aws: LocalSageMaker, kmeans: Estimators
) -> None:
    options = {"labelColumnName": "label", "featuresColumnName": "features"}
    model = fit(kmeans, rows(spark, 20, 2), trainingSparkDataFormatOptions=options)
    bucket, keys, _ = staged(aws, str(model.trainingJobName))
    assert sorted(values(aws, bucket, keys)) == [float(i) for i in range(20)]


def test_large_objects_go_in_parts_and_compressed_ones_are_gzip(
    aws: LocalSageMaker, kmeans: Estimators, spark: SparkSession
) -> None:
    import gzip

    model = fit(kmeans, rows(spark, 200_000, 1), staging_object_bytes=64 * 1024 * 1024)
    bucket, keys, _ = staged(aws, str(model.trainingJobName))
    assert sorted(values(aws, bucket, keys)) == [float(i) for i in range(200_000)]
    assert aws.resources()["multipart_uploads"] == []
    packed = fit(kmeans, rows(spark, 100, 1), trainingCompressionCodec="Gzip")
    bucket, keys, _ = staged(aws, str(packed.trainingJobName))
    body = aws.boto3_client("s3").get_object(Bucket=bucket, Key=keys[0])["Body"].read()
    assert first_features(gzip.decompress(body)) == [float(i) for i in range(100)]


@pytest.mark.parametrize("data_format", ["csv", "libsvm", "parquet"])
def test_other_formats(aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame, data_format: str) -> None:
    from sagemaker_pyspark.errors import SageMakerPySparkError

    frame = digits.selectExpr("cast(digit as double) label", "features")
    if data_format == "parquet":
        with pytest.raises((ValueError, SageMakerPySparkError), match=r"hadoop-aws"):
            fit(kmeans, frame, trainingSparkDataFormat="parquet")
    else:
        with pytest.raises(SageMakerPySparkError):
            # k-means takes no such content: the job fails for what arrived, which was staged as asked.
            fit(kmeans, frame, trainingSparkDataFormat=data_format, trainingContentType="text/x-unknown")


def test_files_on_the_local_disk_have_few_checksums_that_hadoop_agrees_with(
    spark: SparkSession, tmp_path: Path
) -> None:
    # Among PySpark's jars are Hive's, which change the class of the local file system.
    out = tmp_path / "out"
    rows(spark, 20_000, 1).write.format("sagemaker").save(str(out))
    (file,) = out.glob("part-*")
    written = file.read_bytes()
    assert first_features(written) == [float(i) for i in range(20_000)]
    magic, piece = struct.unpack_from(">4sI", (out / f".{file.name}.crc").read_bytes())
    assert (magic, piece) == (b"crc\0", 64 * 1024)
    (read,) = spark.read.format("binaryFile").load(str(file)).select("content").collect()
    assert read.content == written


def run_alone(program: str, aws: LocalSageMaker, master: str, tmp_path: Path, **conf: str) -> dict[str, Any]:
    """Runs a program in a session of its own, since a master and its failures belong to one JVM."""
    import os
    import subprocess
    import sys

    script = tmp_path / "program.py"
    script.write_text(program)
    environment = {**os.environ, **aws.environment(), "MASTER": master, "ROLE": aws.role_arn}
    environment["CONF"] = json.dumps(conf)
    done = subprocess.run(
        [sys.executable, str(script)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


PROGRAM = """
import json, os
from pyspark import TaskContext
from pyspark.ml.linalg import Vectors, VectorUDT
from pyspark.sql import SparkSession
from pyspark.sql.types import StructField, StructType
from sagemaker_pyspark import EndpointCreationPolicy, IAMRole, configure_spark
from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

builder = SparkSession.builder.master(os.environ["MASTER"]).config("spark.ui.enabled", "false")
for key, value in json.loads(os.environ["CONF"]).items():
    builder = builder.config(key, value)
spark = configure_spark(builder).getOrCreate()
spark.sparkContext.setLogLevel("ERROR")

def misbehave(rows):
    context = TaskContext.get()
    last = context.partitionId() == 3
    for number, row in enumerate(rows):
        if last and context.attemptNumber() == 0 and number == 40:
            raise RuntimeError("this attempt was made to fail")
        yield (Vectors.dense([float(row[0])]),)

numbers = spark.sparkContext.parallelize([(i,) for i in range(400)], 4)
schema = StructType([StructField("features", VectorUDT())])
frame = spark.createDataFrame(numbers.mapPartitions(misbehave), schema)
model = KMeansSageMakerEstimator(
    "ml.m5.large", 1, "ml.m5.large", 1, IAMRole(os.environ["ROLE"]), k=2,
    deleteStagingDataAfterTraining=False,
    endpointCreationPolicy=EndpointCreationPolicy.DO_NOT_CREATE, training_poll_interval_millis=50,
    staging_object_bytes=256,
).fit(frame)
print(json.dumps({"job": model.trainingJobName}))
"""


def check_each_row_once(aws: LocalSageMaker, job: str) -> None:
    bucket, keys, manifest = staged(aws, job)
    assert sorted(values(aws, bucket, keys)) == [float(i) for i in range(400)]
    there = {k for k in aws.resources()["buckets"][bucket] if job in k and not k.endswith("model.tar.gz")}
    assert there == {*keys, manifest}, "what a failed attempt wrote is gone"
    assert aws.resources()["multipart_uploads"] == []


def test_a_task_attempt_that_fails_and_is_retried_leaves_each_row_once(
    aws: LocalSageMaker, tmp_path: Path
) -> None:
    # Nor must a serializer that takes registered classes only be in the way.
    kryo = {
        "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
        "spark.kryo.registrationRequired": "true",
    }
    made = run_alone(PROGRAM, aws, "local[2,4]", tmp_path, **kryo)
    check_each_row_once(aws, made["job"])
