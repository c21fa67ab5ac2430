"""A driver that fits k-means, for tests that kill it.

Arguments: the client's keywords as JSON, the role, and the S3 URI to stage to.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pyspark.ml.functions import array_to_vector
from pyspark.sql import SparkSession
from pyspark.sql import functions as f
from sagemaker_pyspark import IAMRole, S3DataPath, SageMakerClients, configure_spark
from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

client: dict[str, Any] = json.loads(sys.argv[1])
builder: SparkSession.Builder = SparkSession.builder
settings = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.local.dir": sys.argv[4],
}
for key, value in settings.items():
    builder = builder.config(key, value)
spark = configure_spark(builder.master("local[2]").appName("driver")).getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
# Two objects: a small one, and one of several parts.
rows = spark.range(0, 260_000, 1, 2).where("id < 40 OR id >= 130000")
features = array_to_vector(f.array(*[(f.col("id") + i).cast("double") for i in range(16)]))
KMeansSageMakerEstimator(
    "ml.m5.large",
    1,
    "ml.m5.large",
    1,
    IAMRole(sys.argv[2]),
    k=2,
    trainingInputS3DataPath=S3DataPath.fromS3URI(sys.argv[3]),
    sagemakerClient=SageMakerClients.create_sagemaker_client(**client),
    s3Client=SageMakerClients.create_s3_default_client(**client),
    stsClient=SageMakerClients.create_sts_default_client(**client),
    training_poll_interval_millis=50,
    endpoint_poll_interval_millis=50,
).fit(rows.select(features.alias("features")))
