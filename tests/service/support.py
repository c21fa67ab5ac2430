"""Helpers of the tests of the embedded service: an encoder of its own, jobs, endpoints."""

from __future__ import annotations

import io
import struct
import tarfile
import time
import uuid
from pathlib import Path
from typing import Any

import numpy as np
from sagemaker_pyspark.local import LocalSageMaker
from sagemaker_pyspark.local.algorithms import ndarray

KMEANS_IMAGE = "382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1"
HANDLERS = str(Path(__file__).with_name("image_handlers.py"))
BUCKET = "service-tests"
RECORDIO = "application/x-recordio-protobuf"


def unique(prefix: str) -> str:
    """A name that no other test uses."""
    return f"{prefix}-{uuid.uuid4().hex[:10]}"


def _length(content: bytes) -> bytes:
    size, out = len(content), b""
    while size > 0x7F:
        out += bytes([size & 0x7F | 0x80])
        size >>= 7
    return out + bytes([size])


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _length(content) + content


def _varints(values: list[int]) -> bytes:
    out = b""
    for value in values:
        while value > 0x7F:
            out += bytes([value & 0x7F | 0x80])
            value >>= 7
        out += bytes([value])
    return out


def entry(field: int, values: Any, keys: list[int] | None = None, shape: list[int] | None = None) -> bytes:
    """A map entry ``"values"`` with one float32 tensor; empty parts are left out, as protobuf does."""
    floats = np.asarray(values, dtype="<f4").tobytes()
    tensor = _field(1, floats) if floats else b""
    tensor += _field(2, _varints(keys)) if keys else b""
    tensor += _field(3, _varints(shape)) if shape else b""
    return _field(field, _field(1, b"values") + _field(2, _field(2, tensor)))


def framed(payload: bytes) -> bytes:
    """One RecordIO record."""
    return struct.pack("<II", 0xCED7230A, len(payload)) + payload + bytes(-len(payload) % 4)


def dense(rows: Any, labels: Any = None) -> bytes:
    """Dense records, labelled or not."""
    records = []
    for index, row in enumerate(rows):
        label = entry(2, [labels[index]]) if labels is not None else b""
        records.append(framed(label + entry(1, row)))
    return b"".join(records)


def sparse(keys: list[int], values: list[float], width: int) -> bytes:
    """One sparse record."""
    return framed(entry(1, values, keys, [width]))


def job_request(aws: LocalSageMaker, name: str, prefix: str, **changes: Any) -> dict[str, Any]:
    """A valid CreateTrainingJob request; ``changes`` replace top-level fields."""
    request = {
        "TrainingJobName": name,
        "RoleArn": aws.role_arn,
        "HyperParameters": {"k": "2", "feature_dim": "2"},
        "AlgorithmSpecification": {"TrainingImage": KMEANS_IMAGE, "TrainingInputMode": "File"},
        "InputDataConfig": [channel(f"s3://{BUCKET}/{prefix}")],
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/output/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
        "StoppingCondition": {"MaxRuntimeInSeconds": 300},
    }
    return {**request, **changes}


def channel(uri: str, kind: str = "S3Prefix", name: str = "train", **fields: Any) -> dict[str, Any]:
    """An input channel."""
    source = {"S3DataType": kind, "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, **fields}


def put_data(aws: LocalSageMaker, objects: dict[str, bytes]) -> str:
    """Objects under a prefix of their own; returns the prefix."""
    prefix = unique("data") + "/"
    s3 = aws.boto3_client("s3")
    for name, body in objects.items():
        s3.put_object(Bucket=BUCKET, Key=prefix + name, Body=body)
    return prefix


def finished(aws: LocalSageMaker, name: str) -> dict[str, Any]:
    """The job's description once it has ended."""
    client = aws.boto3_client("sagemaker")
    while True:
        job: dict[str, Any] = client.describe_training_job(TrainingJobName=name)
        if job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped"):
            return job
        time.sleep(0.05)


def run_job(aws: LocalSageMaker, prefix: str, **changes: Any) -> dict[str, Any]:
    """Create a job and wait for its end."""
    name = unique("job")
    aws.boto3_client("sagemaker").create_training_job(**job_request(aws, name, prefix, **changes))
    return finished(aws, name)


def model_archive(files: dict[str, bytes]) -> bytes:
    """A ``model.tar.gz``."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def centers_archive(centers: Any) -> bytes:
    """The artifact of a k-means model."""
    return model_archive({"model_algo-1": ndarray.dumps([np.asarray(centers, dtype=np.float32)])})


def host(aws: LocalSageMaker, archive: bytes | None, image: str = KMEANS_IMAGE) -> str:
    """Deploy a model; returns the endpoint's name once it is neither creating nor updating."""
    name = unique("endpoint")
    client = aws.boto3_client("sagemaker")
    container: dict[str, Any] = {"Image": image}
    if archive is not None:
        prefix = put_data(aws, {"model.tar.gz": archive})
        container["ModelDataUrl"] = f"s3://{BUCKET}/{prefix}model.tar.gz"
    client.create_model(ModelName=name, ExecutionRoleArn=aws.role_arn, PrimaryContainer=container)
    variant = {"VariantName": "AllRequests", "ModelName": name, "InstanceType": "ml.m5.large"}
    client.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[{**variant, "InitialInstanceCount": 1}]
    )
    client.create_endpoint(EndpointName=name, EndpointConfigName=name)
    settled(aws, name)
    return name


def settled(aws: LocalSageMaker, name: str) -> dict[str, Any]:
    """The endpoint's description once it is neither creating nor updating."""
    client = aws.boto3_client("sagemaker")
    while True:
        endpoint: dict[str, Any] = client.describe_endpoint(EndpointName=name)
        if endpoint["EndpointStatus"] not in ("Creating", "Updating"):
            return endpoint
        time.sleep(0.02)
