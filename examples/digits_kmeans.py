"""Cluster handwritten digits with the k-means of Amazon SageMaker, end to end.

    python examples/digits_kmeans.py                          # on the embedded service, no AWS account
    python examples/digits_kmeans.py --role arn:aws:iam::...:role/... --region eu-central-1       # on AWS

The DataFrame goes to S3 as RecordIO-protobuf, a training job runs, an endpoint comes up, `transform` appends
`distance_to_cluster` and `closest_cluster`, and everything is deleted again.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import boto3
from pyspark.ml.linalg import Vectors
from pyspark.sql import DataFrame, SparkSession
from sagemaker_pyspark import IAMRole, SageMakerClients, configure_spark
from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator
from sagemaker_pyspark.local import LocalSageMaker
from sagemaker_pyspark.options import print_progress
from sklearn.datasets import load_digits

DIGITS = range(10)


@contextmanager
def step(name: str, times: dict[str, float]) -> Iterator[None]:
    """Notes how long a step takes."""
    print(f"{name} ...", flush=True)
    begin = time.monotonic()
    yield
    times[name] = time.monotonic() - begin


def digits(spark: SparkSession) -> DataFrame:
    """1,797 images of 8 x 8 pixels: `digit` (as written) and `features` (a vector of 64 grey values)."""
    data = load_digits()
    rows = [
        (int(digit), Vectors.dense([float(v) for v in pixels]))
        for digit, pixels in zip(data.target, data.data)
    ]
    return spark.createDataFrame(rows, ["digit", "features"]).repartition(2).cache()


def show(clusters: DataFrame) -> None:
    """Prints the clusters against the digits that were written, and the purity of the clustering."""
    counts = {
        (int(row["closest_cluster"]), int(row["digit"])): int(row["count"])
        for row in clusters.groupBy("closest_cluster", "digit").count().collect()
    }
    numbers = sorted({cluster for cluster, _ in counts})
    print("\ncluster " + "".join(f"{digit:>6}" for digit in DIGITS) + "   <- digit written")
    for cluster in numbers:
        print(f"{cluster:>7} " + "".join(f"{counts.get((cluster, digit), 0) or '.':>6}" for digit in DIGITS))
    majority = sum(max(counts.get((cluster, digit), 0) for digit in DIGITS) for cluster in numbers)
    total = sum(counts.values())
    print(
        f"purity {majority / total:.3f}: {majority} of {total} rows lie with a majority of their own digit\n"
    )


def run(options: argparse.Namespace, aws: LocalSageMaker | None) -> None:
    """The whole job."""
    times: dict[str, float] = {}
    client: dict[str, Any] = aws.client_options() if aws else {"region": options.region}
    with step("start Spark", times):
        builder = SparkSession.builder.appName("digits").master("local[2]")
        builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
        spark = configure_spark(builder).getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        images = digits(spark)
    estimator = KMeansSageMakerEstimator(
        sagemakerRole=IAMRole(aws.role_arn if aws else options.role),
        trainingInstanceType="ml.m5.large",
        trainingInstanceCount=1,
        endpointInstanceType="ml.m5.large",
        endpointInitialInstanceCount=1,
        sagemakerClient=SageMakerClients.create_sagemaker_client(**client),
        s3Client=SageMakerClients.create_s3_default_client(**client),
        stsClient=SageMakerClients.create_sts_default_client(**client),
        training_poll_interval_millis=200 if aws else 5000,
        endpoint_poll_interval_millis=200 if aws else 5000,
        progress=print_progress,
    )
    estimator.setK(10).setFeatureDim(64).setInitMethod("kmeans++")

    with step("fit: upload, train, host", times):
        model = estimator.fit(images)
    print(f"training job {model.trainingJobName}, endpoint {model.endpointName}")
    try:
        with step("transform", times):
            clusters = model.transform(images).cache()
            clusters.select("digit", "distance_to_cluster", "closest_cluster").show(5)
            show(clusters)
    finally:
        with step("delete endpoint, configuration, model and artifacts", times):
            model.delete()
            s3 = aws.boto3_client("s3") if aws else boto3.client("s3", region_name=options.region)
            if model.modelPath:
                s3.delete_object(Bucket=model.modelPath.bucket, Key=model.modelPath.objectPath)
    spark.stop()

    if aws:
        print(
            "\nAWS calls: "
            + ", ".join(f"{name} {count}" for name, count in sorted(aws.call_counts().items()))
        )
        left(aws)
    print("Time: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in times.items()))


def left(aws: LocalSageMaker) -> None:
    """Shows that nothing is left."""
    there = aws.resources()
    while "Deleting" in there["endpoints"].values():
        time.sleep(0.1)
        there = aws.resources()
    for kind in ("models", "endpoint_configs", "endpoints", "multipart_uploads"):
        print(f"left of {kind}: {there[kind] or 'nothing'}")
    for bucket, keys in there["buckets"].items():
        print(f"left in s3://{bucket}: {', '.join(keys) or 'nothing'}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--role", help="the role that SageMaker assumes; without it the embedded service is used"
    )
    parser.add_argument("--region", help="the AWS region, such as eu-central-1")
    options = parser.parse_args()
    with nullcontext() if options.role else LocalSageMaker() as aws:
        run(options, aws)


if __name__ == "__main__":
    main()
