"""Rows that say themselves whether they are right: every value follows from the row's id."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING, Any

import numpy as np
from sagemaker_pyspark.local.algorithms import ndarray

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark.local import LocalSageMaker

#: Where the columns' factors come from; small enough for exact products in float64 and in Spark's longs.
_STEP, _SHIFT, _RANGE = 7919, 104_729, 1009


def frame(spark: SparkSession, rows: int, width: int, partitions: int) -> DataFrame:
    """`id`, and `features`: the id, then numbers that follow from it."""
    from pyspark.ml.functions import array_to_vector
    from pyspark.sql import functions as f

    identity = f.col("id")
    numbers = [((identity * _STEP + column * _SHIFT) % _RANGE).cast("double") for column in range(1, width)]
    return spark.range(0, rows, 1, partitions).select(
        "id", array_to_vector(f.array(identity.cast("double"), *numbers)).alias("features")
    )


def features(ids: Any, width: int) -> Any:
    """The same features by numpy."""
    ids = np.asarray(ids, np.int64)
    columns = [ids] + [(ids * _STEP + column * _SHIFT) % _RANGE for column in range(1, width)]
    return np.stack(columns, axis=1).astype(np.float64)


def staged(body: bytes, width: int) -> Any:
    """The features in an object of RecordIO records, which are all of one size."""
    length = int.from_bytes(body[4:8], "little")
    size = 8 + (length + 3) // 4 * 4
    assert len(body) % size == 0, f"{len(body)} bytes are no records of {size} bytes"
    records = np.frombuffer(body, np.uint8).reshape(-1, size)
    assert (records[:, :8] == records[0, :8]).all(), "every record has the same frame"
    return records[:, 8 + length - 4 * width : 8 + length].copy().view("<f4")


def centers(aws: LocalSageMaker, uri: str) -> Any:
    """The centres in a k-means model's artifacts."""
    bucket, _, key = uri[len("s3://") :].partition("/")
    body = aws.boto3_client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        member = archive.extractfile("model_algo-1")
        assert member is not None
        return ndarray.load_list(member.read())[0].astype(np.float64)


def check_answers(rows: list[Any], width: int, clusters: Any) -> None:
    """Each row's distance is that of its features to its cluster's centre, and no centre is nearer."""
    if not rows:
        return
    points = features([row["id"] for row in rows], width)
    distances = np.sqrt(((points[:, None, :] - clusters[None, :, :]) ** 2).sum(axis=2))
    chosen = np.array([int(row["closest_cluster"]) for row in rows])
    found = np.array([row["distance_to_cluster"] for row in rows])
    tolerance = 1e-4 * (1.0 + distances.min(axis=1))
    assert (np.abs(distances[np.arange(len(rows)), chosen] - found) <= tolerance).all()
    assert (np.abs(distances.min(axis=1) - found) <= tolerance).all()
