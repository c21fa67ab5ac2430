"""A user's program for spark-submit: fits k-means, transforms, and prints what came out as JSON.

Arguments: the client's keywords as JSON, the role, what goes wrong (nothing, `speculation`, `slow`), and a
folder in which a slow task leaves a file named by the process of the executor that it is at work in.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pyspark import TaskContext
from pyspark.ml.linalg import Vectors, VectorUDT
from pyspark.sql import SparkSession
from pyspark.sql.types import IntegerType, StructField, StructType
from sagemaker_pyspark import IAMRole, SageMakerClients
from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

ROWS = 400
client: dict[str, Any] = json.loads(sys.argv[1])
role, trouble, folder = sys.argv[2], sys.argv[3], Path(sys.argv[4])


def executor() -> int:
    """The JVM that this Python worker works for: the parent of the daemon that forked it."""
    status = Path(f"/proc/{os.getppid()}/stat").read_text()
    return int(status.rpartition(")")[2].split()[1])


def produce(rows: Iterable[Any]) -> Iterator[Any]:
    context = TaskContext.get()
    assert context is not None
    first = context.attemptNumber() == 0
    for number, row in enumerate(rows):
        if trouble == "speculation" and context.partitionId() == 3 and first and number == 40:
            # Longer than the test waits: only a duplicate of this attempt brings the job to its end.
            time.sleep(600)
        if trouble == "slow":
            time.sleep(0.05)
            if number == 20:
                (folder / str(executor())).touch()
        yield (row[0], Vectors.dense([float(row[0] % 2), float(row[0])]))


spark = SparkSession.builder.appName("cluster").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
schema = StructType([StructField("id", IntegerType()), StructField("features", VectorUDT())])
numbers = spark.sparkContext.parallelize([(i,) for i in range(ROWS)], 4)
frame = spark.createDataFrame(numbers.mapPartitions(produce), schema)
print(json.dumps({"started": True}), flush=True)
model = KMeansSageMakerEstimator(
    "ml.m5.large",
    1,
    "ml.m5.large",
    1,
    IAMRole(role),
    k=2,
    sagemakerClient=SageMakerClients.create_sagemaker_client(**client),
    s3Client=SageMakerClients.create_s3_default_client(**client),
    stsClient=SageMakerClients.create_sts_default_client(**client),
    deleteStagingDataAfterTraining=False,
    staging_object_bytes=512,
    training_poll_interval_millis=50,
    endpoint_poll_interval_millis=50,
    max_rows_per_request=10,
).fit(frame)
print(json.dumps({"fitted": model.trainingJobName}), flush=True)
aws_settings = spark.sparkContext.parallelize(range(8), 8).map(
    lambda _: [name for name in os.environ if name.startswith("AWS_") and "METADATA" not in name]
)
rows = model.transform(frame).collect()
print(
    json.dumps(
        {
            "job": model.trainingJobName,
            "ids": sorted(r.id for r in rows),
            "clusters": len({r.closest_cluster for r in rows}),
            "aws_settings_of_executors": sorted({name for names in aws_settings.collect() for name in names}),
        }
    ),
    flush=True,
)
model.delete()
spark.stop()
