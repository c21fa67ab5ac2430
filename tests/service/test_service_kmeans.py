"""k-means through the service against scikit-learn's own on the same data."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sagemaker_pyspark.local import LocalSageMaker
from sagemaker_pyspark.local.algorithms import ndarray
from sagemaker_pyspark.local.algorithms.kmeans import assign
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.metrics import adjusted_rand_score

from tests.service.support import RECORDIO, dense, host, model_archive, put_data, run_job


def purity(truth: np.ndarray[Any, Any], clusters: np.ndarray[Any, Any]) -> float:
    largest = [np.bincount(truth[clusters == cluster]).max() for cluster in np.unique(clusters)]
    return float(sum(largest) / len(truth))


def test_digits_are_clustered_about_as_well_as_by_scikit_learn(aws: LocalSageMaker) -> None:
    digits, truth = load_digits(return_X_y=True)
    prefix = put_data(aws, {f"part-{i}": dense(part) for i, part in enumerate(np.array_split(digits, 3))})
    hyper_parameters = {"k": "10", "feature_dim": "64", "epochs": "10", "mini_batch_size": "500"}
    job = run_job(aws, prefix, HyperParameters=hyper_parameters)
    bucket, _, key = job["ModelArtifacts"]["S3ModelArtifacts"][len("s3://") :].partition("/")
    archive = aws.boto3_client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    answer = aws.boto3_client("sagemaker-runtime").invoke_endpoint(
        EndpointName=host(aws, archive), ContentType=RECORDIO, Accept="application/json", Body=dense(digits)
    )
    rows = json.loads(answer["Body"].read())["predictions"]
    found = np.array([int(row["closest_cluster"]) for row in rows])
    plain = KMeans(10, n_init=5, random_state=0).fit(digits)
    assert purity(truth, found) > purity(truth, plain.labels_) - 0.1
    assert adjusted_rand_score(truth, found) > adjusted_rand_score(truth, plain.labels_) - 0.12
    squares = float(np.mean([row["distance_to_cluster"] ** 2 for row in rows]))
    assert squares < 1.08 * plain.inertia_ / len(digits)
    assert job["FinalMetricDataList"][0]["Value"] == pytest.approx(squares, rel=1e-4)


def test_an_artifact_with_the_bytes_of_the_real_service_is_hosted(aws: LocalSageMaker) -> None:
    file = ndarray.dumps([np.array([[0, 0], [6, 8]], dtype=np.float32)])
    name = host(aws, model_archive({"model_algo-1": file, "config.json": b"{}"}))
    answer = aws.boto3_client("sagemaker-runtime").invoke_endpoint(
        EndpointName=name, ContentType="text/csv", Accept="text/csv", Body="3,4.5\n0,0\n"
    )
    first, second = answer["Body"].read().decode().splitlines()
    assert second == "0.0,0.0"
    cluster, distance = first.split(",")
    assert cluster == "1.0" and float(distance) == pytest.approx(np.hypot(3, 3.5), rel=1e-6)


def test_records_most_of_which_are_equal_are_clustered(aws: LocalSageMaker) -> None:
    values = np.zeros(10_000)
    values[:300] = np.arange(300) % 20 + 1
    prefix = put_data(aws, {"part": dense(values.reshape(-1, 1))})
    job = run_job(aws, prefix, HyperParameters={"k": "10", "feature_dim": "1"})
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")


def test_sparse_and_dense_rows_are_assigned_alike() -> None:
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(200, 30)) * (generator.random((200, 30)) < 0.2)
    centers = generator.normal(size=(7, 30))
    closest, distance = assign(rows.astype(np.float32), centers)
    sparse_closest, sparse_distance = assign(sparse.csr_matrix(rows.astype(np.float32)), centers)
    np.testing.assert_array_equal(closest, sparse_closest)
    np.testing.assert_allclose(distance, sparse_distance, rtol=1e-9)
    by_hand = np.linalg.norm(rows.astype(np.float32)[:, None, :] - centers[None], axis=2)
    np.testing.assert_allclose(distance, by_hand.min(axis=1), rtol=1e-6)
