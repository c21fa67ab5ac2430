"""Training, hosting and asking the built-in algorithms as a user of boto3 does."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import dataclass
from typing import Any

import numpy as np
from botocore.exceptions import ClientError
from numpy.typing import NDArray
from sagemaker_pyspark.local import LocalSageMaker
from sagemaker_pyspark.local.algorithms.content import protobuf, recordio

from tests.service import support

RECORDIO = support.RECORDIO
JSON = "application/json"
JSONLINES = "application/jsonlines"
CSV = "text/csv"
Job = tuple[dict[str, Any], dict[str, Any]]


def image(repository: str, tag: str = "1") -> str:
    """The image of an algorithm, in some account and region."""
    return f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/{repository}:{tag}"


def csv(rows: Any, labels: Any = None) -> bytes:
    """Rows of numbers, the label first."""
    table = np.asarray(rows) if labels is None else np.column_stack([labels, rows])
    return "".join(",".join(map(repr, row)) + "\n" for row in table.tolist()).encode()


def sparse(matrix: Any, labels: Any = None) -> bytes:
    """Sparse records of a dense matrix."""
    records = []
    for index, row in enumerate(np.asarray(matrix)):
        keys = np.flatnonzero(row)
        label = support.entry(2, [labels[index]]) if labels is not None else b""
        records.append(support.framed(label + support.entry(1, row[keys], keys.tolist(), [len(row)])))
    return b"".join(records)


def requests(rows: Any) -> dict[str, bytes]:
    """The rows as a request of each content type."""
    instances = [{"features": row} for row in np.asarray(rows).tolist()]
    return {
        RECORDIO: support.dense(rows),
        CSV: csv(rows),
        JSON: json.dumps({"instances": instances}).encode(),
        JSONLINES: "\n".join(map(json.dumps, instances)).encode(),
    }


def labels(answer: bytes) -> list[dict[str, NDArray[Any]]]:
    """The label tensors of each record of an answer."""
    records = [protobuf.read_record(answer, begin, end) for begin, end in recordio.frames(answer)]
    return [{key: np.asarray(tensor.values) for key, tensor in record.label.items()} for record in records]


@dataclass(frozen=True)
class Endpoint:
    """An endpoint that answers."""

    aws: LocalSageMaker
    name: str

    def ask(self, body: bytes, content_type: str, accept: str = JSON) -> bytes:
        """The body of an answer that must be of the type asked for."""
        answer = self.aws.boto3_client("sagemaker-runtime").invoke_endpoint(
            EndpointName=self.name, Body=body, ContentType=content_type, Accept=accept
        )
        assert answer["ContentType"] == accept
        content: bytes = answer["Body"].read()
        return content

    def json(self, body: bytes, content_type: str) -> Any:
        """The rows of a JSON answer."""
        document = json.loads(self.ask(body, content_type))
        assert len(document) == 1
        return next(iter(document.values()))

    def table(self, body: bytes, content_type: str) -> NDArray[np.float64]:
        """The rows of a CSV answer."""
        return np.loadtxt(self.ask(body, content_type, CSV).decode().splitlines(), delimiter=",")

    def refusal(self, body: bytes, content_type: str, accept: str = JSON) -> tuple[int, str]:
        """Status and message of the container's refusal."""
        try:
            self.ask(body, content_type, accept)
        except ClientError as error:
            return error.response["OriginalStatusCode"], error.response["OriginalMessage"]
        raise AssertionError("The request was answered.")


def same_for_all_types(endpoint: Endpoint, rows: Any, column: str, types: Any = None) -> NDArray[np.float64]:
    """Ask for some rows by each content type, and for an answer of each; returns the column of all."""
    bodies = {name: body for name, body in requests(rows).items() if types is None or name in types}
    expected = np.array([row[column] for row in endpoint.json(bodies[RECORDIO], RECORDIO)])
    for content_type, body in bodies.items():
        found = [row[column] for row in endpoint.json(body, content_type)]
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    lines = endpoint.ask(bodies[RECORDIO], RECORDIO, JSONLINES).splitlines()
    np.testing.assert_allclose([json.loads(line)[column] for line in lines], expected, rtol=1e-5)
    records = labels(endpoint.ask(sparse(rows), RECORDIO, RECORDIO))
    tensors = np.array([record[column] for record in records]).reshape(expected.shape)
    np.testing.assert_allclose(tensors, expected, rtol=1e-3, atol=1e-4)
    return expected


@dataclass(frozen=True)
class Trained:
    """A training job that has ended."""

    aws: LocalSageMaker
    image: str
    job: dict[str, Any]

    @property
    def log(self) -> str:
        """The job's log."""
        return self.aws.training_log(self.job["TrainingJobName"])

    @property
    def metrics(self) -> dict[str, float]:
        """``FinalMetricDataList`` by name."""
        return {item["MetricName"]: item["Value"] for item in self.job.get("FinalMetricDataList", [])}

    @property
    def archive(self) -> bytes:
        """``model.tar.gz``."""
        assert self.job["TrainingJobStatus"] == "Completed", self.job.get("FailureReason")
        bucket, key = self.job["ModelArtifacts"]["S3ModelArtifacts"][len("s3://") :].split("/", 1)
        body: bytes = self.aws.boto3_client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    @property
    def files(self) -> dict[str, bytes]:
        """The files of ``model.tar.gz``."""
        found = {}
        with tarfile.open(fileobj=io.BytesIO(self.archive), mode="r:gz") as tar:
            for member in tar.getmembers():
                content = tar.extractfile(member)
                assert content is not None
                found[member.name] = content.read()
        return found

    def host(self) -> Endpoint:
        """An endpoint of the model."""
        return hosted(self.aws, self.archive, self.image)


def hosted(aws: LocalSageMaker, archive: bytes, image_name: str) -> Endpoint:
    """An endpoint of a ``model.tar.gz``."""
    endpoint = Endpoint(aws, support.host(aws, archive, image_name))
    state = support.settled(aws, endpoint.name)
    assert state["EndpointStatus"] == "InService", state.get("FailureReason")
    return endpoint


def hosting_failure(aws: LocalSageMaker, files: dict[str, bytes], image_name: str) -> str:
    """Why an endpoint of some model files does not come up."""
    state = support.settled(aws, support.host(aws, support.model_archive(files), image_name))
    assert state["EndpointStatus"] == "Failed"
    reason: str = state["FailureReason"]
    return reason


def start(aws: LocalSageMaker, image_name: str, settings: dict[str, Any], channels: dict[str, Any]) -> str:
    """Start a job and return its name; a channel is its bytes (protobuf), or bytes and content type."""
    inputs = []
    for name, data in channels.items():
        body, content_type = data if isinstance(data, tuple) else (data, None)
        prefix = support.put_data(aws, {"part-0": body})
        extra = {"ContentType": content_type} if content_type else {}
        inputs.append(support.channel(f"s3://{support.BUCKET}/{prefix}", name=name, **extra))
    job = support.unique("job")
    request = support.job_request(
        aws,
        job,
        "none",
        HyperParameters={key: str(value) for key, value in settings.items()},
        AlgorithmSpecification={"TrainingImage": image_name, "TrainingInputMode": "File"},
        InputDataConfig=inputs,
    )
    aws.boto3_client("sagemaker").create_training_job(**request)
    return job


def train(
    aws: LocalSageMaker, image_name: str, settings: dict[str, Any], channels: dict[str, Any]
) -> Trained:
    """Train to the end."""
    return Trained(aws, image_name, support.finished(aws, start(aws, image_name, settings, channels)))


def check_failures(aws: LocalSageMaker, image_name: str, cases: list[tuple[Job, str]]) -> None:
    """Run jobs (settings, channels) side by side that must all fail with a ClientError that holds a text."""
    names = [start(aws, image_name, *job) for job, _ in cases]
    for name, (_, text) in zip(names, cases):
        job = support.finished(aws, name)
        assert job["TrainingJobStatus"] == "Failed", text
        assert job["FailureReason"].startswith("ClientError: ")
        assert text in job["FailureReason"]
