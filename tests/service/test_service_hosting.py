"""Endpoints: states, content types, answers, deletion; and one script as a user would write it."""

from __future__ import annotations

import csv
import io
import json
import math
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from sagemaker_pyspark.local import LocalSageMaker
from sagemaker_pyspark.local.algorithms.content import protobuf, recordio

from tests.service.support import (
    BUCKET,
    KMEANS_IMAGE,
    RECORDIO,
    centers_archive,
    dense,
    host,
    model_archive,
    put_data,
    settled,
    sparse,
    unique,
)

CENTERS = [[0.0, 0.0], [3.0, 4.0]]
# Rows with the centre and the distance that follow from them by hand.
ROWS = [[0.0, 1.0], [3.0, 4.0], [3.0, 6.0]]
EXPECTED = [(0.0, 1.0), (1.0, 0.0), (1.0, 2.0)]
REQUESTS = {
    RECORDIO: dense(ROWS),
    "text/csv": b"0,1\n3,4\n3,6\n",
    "application/json": (
        json.dumps(
            {
                "instances": [
                    {"features": ROWS[0]},
                    {"data": {"features": {"values": ROWS[1]}}},
                    {"data": {"features": {"keys": [0, 1], "shape": [2], "values": ROWS[2]}}},
                ]
            }
        ).encode()
    ),
    "application/jsonlines": (
        b'{"features": [0, 1]}\n{"features": [3, 4]}\n{"data": {"features": {"values": [3, 6]}}}\n'
    ),
}


@pytest.fixture(scope="module")
def endpoint(running_service: LocalSageMaker) -> str:
    return host(running_service, centers_archive(CENTERS))


def invoke(aws: LocalSageMaker, name: str, body: bytes, **arguments: str) -> Any:
    return aws.boto3_client("sagemaker-runtime").invoke_endpoint(EndpointName=name, Body=body, **arguments)


def parsed(content_type: str, body: bytes) -> list[tuple[float, float]]:
    keys = ("closest_cluster", "distance_to_cluster")
    if content_type == RECORDIO:
        records = [protobuf.read_record(body, *frame).label for frame in recordio.frames(body)]
        return [(float(r[keys[0]].values[0]), float(r[keys[1]].values[0])) for r in records]
    if content_type == "text/csv":
        return [(float(row[0]), float(row[1])) for row in csv.reader(io.StringIO(body.decode()))]
    if content_type == "application/json":
        rows = json.loads(body)["predictions"]
    else:
        rows = [json.loads(line) for line in body.splitlines()]
    return [(row[keys[0]], row[keys[1]]) for row in rows]


@pytest.mark.parametrize("accept", list(REQUESTS))
@pytest.mark.parametrize("content_type", list(REQUESTS))
def test_every_request_type_gets_every_response_type(
    aws: LocalSageMaker, endpoint: str, content_type: str, accept: str
) -> None:
    answer = invoke(aws, endpoint, REQUESTS[content_type], ContentType=content_type, Accept=accept)
    assert answer["ContentType"] == accept
    assert answer["InvokedProductionVariant"] == "AllRequests"
    assert parsed(accept, answer["Body"].read()) == EXPECTED


def test_sparse_records_get_the_same_answers(aws: LocalSageMaker, endpoint: str) -> None:
    body = sparse([1], [1.0], 2) + sparse([0, 1], [3.0, 4.0], 2) + sparse([], [], 2)
    answer = invoke(aws, endpoint, body, ContentType=RECORDIO, Accept=RECORDIO)["Body"].read()
    assert parsed(RECORDIO, answer) == [(0.0, 1.0), (1.0, 0.0), (0.0, 0.0)]


@pytest.mark.parametrize("content_type", [RECORDIO, "text/csv", "application/jsonlines"])
def test_no_rows_in_no_rows_out(aws: LocalSageMaker, endpoint: str, content_type: str) -> None:
    answer = invoke(aws, endpoint, b"", ContentType=content_type, Accept=content_type)
    assert answer["Body"].read() == b""


@pytest.mark.parametrize(
    ("body", "headers", "status", "message"),
    [
        (b"1,2,3\n", {"ContentType": "text/csv"}, 400, "have 3 features, the model expects 2"),
        (b"nan,1\n", {"ContentType": "text/csv"}, 400, "NaN or infinite, the first at record 0, feature 0"),
        (b"{}", {"ContentType": "application/json"}, 400, 'list under "instances"'),
        (b"", {"ContentType": "application/json"}, 400, "The JSON body is not JSON"),
        (b"x", {"ContentType": "image/png"}, 415, "Content-Type header value 'image/png' not supported"),
        (
            b"1,2\n",
            {"ContentType": "text/csv", "Accept": "image/png"},
            406,
            "Accept type 'image/png' is not supported",
        ),
        (b"12345678", {"ContentType": RECORDIO}, 400, "Not RecordIO-protobuf"),
    ],
)
def test_what_the_container_refuses_is_a_model_error(
    aws: LocalSageMaker, endpoint: str, body: bytes, headers: dict[str, str], status: int, message: str
) -> None:
    with pytest.raises(ClientError) as caught:
        invoke(aws, endpoint, body, **headers)
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 424 and answer["Error"]["Code"] == "ModelError"
    assert answer["OriginalStatusCode"] == status and message in answer["OriginalMessage"]
    assert answer["LogStreamArn"].endswith(f"/aws/sagemaker/Endpoints/{endpoint}")
    text = answer["Error"]["Message"]
    assert text.startswith(f'Received client error ({status}) from primary with message "')
    assert text.endswith(
        ". See"
        f" https://{aws.region}.console.aws.amazon.com/cloudwatch/home?region={aws.region}#logEventViewer:group=/aws/sagemaker/Endpoints/{endpoint}"
        f" in account {aws.account_id} for more information."
    )


def test_an_unknown_endpoint_is_a_validation_error_of_the_runtime(aws: LocalSageMaker) -> None:
    with pytest.raises(ClientError) as caught:
        invoke(aws, "nobody", b"")
    error = caught.value.response["Error"]
    assert error["Code"] == "ValidationError"
    assert error["Message"] == f"Endpoint nobody of account {aws.account_id} not found."


def test_a_body_beyond_the_limit_is_refused(aws: LocalSageMaker, endpoint: str) -> None:
    with pytest.raises(ClientError) as caught:
        invoke(aws, endpoint, bytes(6_291_457), ContentType=RECORDIO)
    assert caught.value.response["Error"]["Code"] == "413"
    assert caught.value.response["Error"]["Message"] == "HTTP content length exceeded 6291456 bytes."
    assert aws.calls()[-1]["request_bytes"] == 6_291_457


def test_variants_are_chosen_by_name(aws: LocalSageMaker, endpoint: str) -> None:
    body = {"ContentType": "text/csv", "Accept": "text/csv"}
    answer = invoke(aws, endpoint, b"0,0\n", TargetVariant="AllRequests", **body)
    assert answer["Body"].read() == b"0.0,0.0\n"
    with pytest.raises(ClientError, match="Variant Other not found"):
        invoke(aws, endpoint, b"0,0\n", TargetVariant="Other", **body)


@pytest.mark.parametrize(
    ("archive", "image", "reason"),
    [
        (b"no archive", KMEANS_IMAGE, "not a tar archive"),
        (model_archive({"weights": b"x"}), KMEANS_IMAGE, "has no file named 'model_...'; it has: weights"),
        (model_archive({"model_algo-1": b"x" * 64}), KMEANS_IMAGE, "is no k-means model"),
        (None, KMEANS_IMAGE, "needs a ModelDataUrl"),
        (centers_archive(CENTERS), "nobody/knows:1", "no algorithm for image 'nobody/knows:1'"),
        (centers_archive(CENTERS), "sleeper", "Sleeper does not serve"),
        (None, "quitter", "SystemExit: 2"),
    ],
)
def test_a_model_that_cannot_be_loaded_fails_the_endpoint(
    aws: LocalSageMaker, archive: bytes | None, image: str, reason: str
) -> None:
    name = host(aws, archive, image)
    endpoint = settled(aws, name)
    assert endpoint["EndpointStatus"] == "Failed"
    assert (
        "did not pass the ping health check" in endpoint["FailureReason"]
        and reason in endpoint["FailureReason"]
    )
    with pytest.raises(ClientError, match="not found"):
        invoke(aws, name, b"")
    client = aws.boto3_client("sagemaker")
    with pytest.raises(ClientError, match="Cannot update failed endpoint"):
        client.update_endpoint(EndpointName=name, EndpointConfigName=name)
    client.delete_endpoint(EndpointName=name)


def test_an_updated_endpoint_answers_with_the_new_model(aws: LocalSageMaker) -> None:
    client = aws.boto3_client("sagemaker")
    first, second = host(aws, centers_archive([[0, 0]])), host(aws, centers_archive([[0, 0], [9, 9]]))
    client.update_endpoint(EndpointName=first, EndpointConfigName=second)
    assert client.describe_endpoint(EndpointName=first)["EndpointStatus"] == "Updating"
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        client.delete_endpoint(EndpointName=first)
    assert settled(aws, first)["EndpointConfigName"] == second
    assert (
        invoke(aws, first, b"9,9\n", ContentType="text/csv", Accept="text/csv")["Body"].read() == b"1.0,0.0\n"
    )


def test_a_registered_image_trains_nothing_but_answers(aws: LocalSageMaker) -> None:
    name = host(aws, None, "echo")
    answer = invoke(aws, name, bytes(range(256)), ContentType="application/x-own")
    assert answer["Body"].read() == bytes(range(256)) and answer["ContentType"] == "application/x-own"
    for body, status, text in (
        (b"refuse", 422, "refused"),
        (b"break", 500, "KeyError: 'broken'"),
        (b"late", 500, "TimeoutError: my own"),
        (b"bare", 500, "TypeError: predict returned bytes, not an InferenceResponse"),
        (b"quit", 500, "SystemExit: 3"),
    ):
        with pytest.raises(ClientError) as caught:
            invoke(aws, name, body)
        assert caught.value.response["OriginalStatusCode"] == status
        assert caught.value.response["OriginalMessage"] == text
    with pytest.raises(
        ClientError, match=r"Received server error \(0\) from model.*Your invocation timed out"
    ):
        invoke(aws, name, b"slow")


def test_a_model_that_does_not_return_keeps_no_other_endpoint_from_answering(
    aws: LocalSageMaker, endpoint: str
) -> None:
    stuck = host(aws, None, "echo")
    client = aws.boto3_client("sagemaker-runtime")
    with ThreadPoolExecutor(20) as threads:
        calls = [threads.submit(client.invoke_endpoint, EndpointName=stuck, Body=b"slow") for _ in range(20)]
        assert all("timed out" in str(call.exception()) for call in calls)
    answer = invoke(aws, endpoint, b"3,4\n", ContentType="text/csv", Accept="text/csv")
    assert answer["Body"].read() == b"1.0,0.0\n"


def test_the_runtimes_other_operations_are_refused_by_name(aws: LocalSageMaker, endpoint: str) -> None:
    runtime = aws.boto3_client("sagemaker-runtime")
    with pytest.raises(ClientError, match="does not support InvokeEndpointWithResponseStream"):
        runtime.invoke_endpoint_with_response_stream(EndpointName=endpoint, Body=b"1,2")
    with pytest.raises(ClientError, match="does not support InvokeEndpointAsync"):
        runtime.invoke_endpoint_async(EndpointName=endpoint, InputLocation="s3://bucket/key")


def test_what_has_no_effect_here_is_refused(aws: LocalSageMaker, endpoint: str) -> None:
    client = aws.boto3_client("sagemaker")
    variants = client.describe_endpoint_config(EndpointConfigName=endpoint)["ProductionVariants"]
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 10,
        "DestinationS3Uri": "s3://bucket/captured",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    with pytest.raises(ClientError, match="does not support data capture"):
        client.create_endpoint_config(
            EndpointConfigName=unique("config"), ProductionVariants=variants, DataCaptureConfig=capture
        )


def test_what_is_registered_must_have_the_right_form(aws: LocalSageMaker) -> None:
    with pytest.raises(ValueError, match=r"'package\.module:name' or '/path/to/file\.py:name'"):
        aws.register_image("own", "no-colon")


def test_a_script_of_the_public_api_creates_describes_lists_invokes_and_deletes(aws: LocalSageMaker) -> None:
    sagemaker, s3 = aws.boto3_client("sagemaker"), aws.boto3_client("s3")
    runtime = aws.boto3_client("sagemaker-runtime")
    account = aws.boto3_client("sts").get_caller_identity()["Account"]
    bucket, name = f"{account}-script", unique("script")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="data/points.csv", Body=b"0,0\n0,1\n10,10\n10,11\n")
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": f"s3://{bucket}/data",
        "S3DataDistributionType": "ShardedByS3Key",
    }
    channel = {
        "ChannelName": "train",
        "ContentType": "text/csv;label_size=0",
        "DataSource": {"S3DataSource": source},
    }
    sagemaker.create_training_job(
        TrainingJobName=name,
        RoleArn=aws.role_arn,
        AlgorithmSpecification={"TrainingImage": KMEANS_IMAGE, "TrainingInputMode": "File"},
        HyperParameters={"k": "2", "feature_dim": "2"},
        InputDataConfig=[channel],
        OutputDataConfig={"S3OutputPath": f"s3://{bucket}/out"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )
    fast = {"Delay": 1, "MaxAttempts": 60}
    sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=name, WaiterConfig=fast)
    job = sagemaker.describe_training_job(TrainingJobName=name)
    container = {"Image": KMEANS_IMAGE, "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"]}
    sagemaker.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=aws.role_arn)
    variant = {
        "VariantName": "v",
        "ModelName": name,
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig=fast)
    listed = {
        "TrainingJobName": sagemaker.list_training_jobs(NameContains=name)["TrainingJobSummaries"],
        "ModelName": sagemaker.list_models(NameContains=name)["Models"],
        "EndpointConfigName": sagemaker.list_endpoint_configs(NameContains=name)["EndpointConfigs"],
        "EndpointName": sagemaker.list_endpoints(NameContains=name, StatusEquals="InService")["Endpoints"],
    }
    names = {key: [item[key] for item in items] for key, items in listed.items()}
    assert names == {key: [name] for key in listed}
    assert sagemaker.describe_model(ModelName=name)["PrimaryContainer"] == container
    config = sagemaker.describe_endpoint_config(EndpointConfigName=name)
    assert config["ProductionVariants"] == [variant]
    body = runtime.invoke_endpoint(
        EndpointName=name, ContentType="text/csv", Accept="application/json", Body="0,0.5\n"
    )
    (row,) = json.loads(body["Body"].read())["predictions"]
    assert math.isclose(row["distance_to_cluster"], 0.0)
    deleted = sagemaker.delete_endpoint(EndpointName=name)
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"] == "Deleting"
    sagemaker.delete_endpoint_config(EndpointConfigName=name)
    sagemaker.delete_model(ModelName=name)
    sagemaker.get_waiter("endpoint_deleted").wait(EndpointName=name, WaiterConfig=fast)
    left = aws.resources()
    assert name not in left["models"] + left["endpoint_configs"] + list(left["endpoints"])


def test_an_endpoint_is_deleted_after_a_while(aws: LocalSageMaker) -> None:
    client = aws.boto3_client("sagemaker")
    name = host(aws, centers_archive(CENTERS))
    client.delete_endpoint(EndpointName=name)
    with pytest.raises(ClientError, match="not found"):
        invoke(aws, name, b"0,0\n", ContentType="text/csv")
    while name in aws.resources()["endpoints"]:
        time.sleep(0.02)
    client.create_endpoint(EndpointName=name, EndpointConfigName=name)
    assert settled(aws, name)["EndpointStatus"] == "InService"
    prefix = put_data(aws, {"x": b"1"})
    assert f"{prefix}x" in aws.resources()["buckets"][BUCKET]
