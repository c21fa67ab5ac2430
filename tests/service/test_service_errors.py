"""The error texts of the control plane, as the real service was seen to give them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError
from sagemaker_pyspark.local import LocalSageMaker
from sagemaker_pyspark.local.server import validation

from tests.service.support import (
    BUCKET,
    KMEANS_IMAGE,
    centers_archive,
    channel,
    host,
    job_request,
    put_data,
    unique,
)


def refused(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def arn(aws: LocalSageMaker, kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{aws.region}:{aws.account_id}:{kind}/{name}"


def model_request(aws: LocalSageMaker, name: str, **container: Any) -> dict[str, Any]:
    return {
        "ModelName": name,
        "ExecutionRoleArn": aws.role_arn,
        "PrimaryContainer": {"Image": KMEANS_IMAGE, **container},
    }


def config_request(name: str, model: str, **variant: Any) -> dict[str, Any]:
    base = {
        "VariantName": "AllRequests",
        "ModelName": model,
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    return {"EndpointConfigName": name, "ProductionVariants": [{**base, **variant}]}


def test_names_of_training_jobs_are_unique(aws: LocalSageMaker) -> None:
    client = aws.boto3_client("sagemaker")
    request = job_request(aws, unique("twice"), put_data(aws, {"a.csv": b"1,2\n"}))
    client.create_training_job(**request)
    name = request["TrainingJobName"]
    assert refused(client.create_training_job, **request) == (
        "ResourceInUse",
        (
            "Training job names must be unique within an AWS account and region, and a training job with"
            f" this name already exists ({arn(aws, 'training-job', name)})"
        ),
    )


def test_unknown_resources(aws: LocalSageMaker) -> None:
    client = aws.boto3_client("sagemaker")
    job = refused(client.describe_training_job, TrainingJobName="nobody")
    assert job == ("ValidationException", "Requested resource not found.")
    for call in (client.describe_endpoint, client.delete_endpoint):
        expected = ("ValidationException", f'Could not find endpoint "{arn(aws, "endpoint", "nobody")}".')
        assert refused(call, EndpointName="nobody") == expected
    for call in (client.describe_endpoint_config, client.delete_endpoint_config):
        text = f'Could not find endpoint configuration "{arn(aws, "endpoint-config", "nobody")}".'
        assert refused(call, EndpointConfigName="nobody") == ("ValidationException", text)
    for call in (client.describe_model, client.delete_model):
        text = f'Could not find model "{arn(aws, "model", "nobody")}".'
        assert refused(call, ModelName="nobody") == ("ValidationException", text)


def test_an_endpoint_needs_its_configuration_and_that_its_model(aws: LocalSageMaker) -> None:
    client = aws.boto3_client("sagemaker")
    code, text = refused(client.create_endpoint, EndpointName="e1", EndpointConfigName="nobody")
    assert (code, text) == (
        "ValidationException",
        f'Could not find endpoint configuration "{arn(aws, "endpoint-config", "nobody")}".',
    )
    code, text = refused(client.create_endpoint_config, **config_request("c1", "nobody"))
    assert (code, text) == ("ValidationException", f'Could not find model "{arn(aws, "model", "nobody")}".')


def test_existing_models_configurations_and_endpoints_are_not_created_again(aws: LocalSageMaker) -> None:
    client = aws.boto3_client("sagemaker")
    name = host(aws, centers_archive([[0, 0]]))
    texts = [
        refused(client.create_model, **model_request(aws, name)),
        refused(client.create_endpoint_config, **config_request(name, name)),
        refused(client.create_endpoint, EndpointName=name, EndpointConfigName=name),
    ]
    assert texts == [
        ("ValidationException", f'Cannot create already existing model "{arn(aws, "model", name)}".'),
        (
            "ValidationException",
            f'Cannot create already existing endpoint configuration "{arn(aws, "endpoint-config", name)}".',
        ),
        ("ValidationException", f'Cannot create already existing endpoint "{arn(aws, "endpoint", name)}".'),
    ]


@pytest.mark.parametrize("uri", [f"s3://{BUCKET}/nothing-here", "s3://no-such-bucket/data"])
def test_no_input(aws: LocalSageMaker, uri: str) -> None:
    request = job_request(aws, unique("job"), "", InputDataConfig=[channel(uri)])
    code, text = refused(aws.boto3_client("sagemaker").create_training_job, **request)
    bucket = uri.split("/")[2]
    assert code == "ValidationException"
    assert (
        text == f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the'
        f" bucket exists in the selected region ({aws.region}), that objects exist under that S3 prefix,"
        f' and that the role "{aws.role_arn}" has "s3:ListBucket" permissions on bucket "{bucket}".'
    )


@pytest.mark.parametrize("uri", [f"s3://{BUCKET}/nothing/model.tar.gz", "s3://no-such-bucket/model.tar.gz"])
def test_model_data_that_does_not_exist(aws: LocalSageMaker, uri: str) -> None:
    request = model_request(aws, unique("model"), ModelDataUrl=uri)
    answer = refused(aws.boto3_client("sagemaker").create_model, **request)
    assert answer == ("ValidationException", f"Could not find model data at {uri}.")


def test_a_bad_name_inside_a_list_is_told_with_its_place_and_pattern(aws: LocalSageMaker) -> None:
    code, text = refused(
        aws.boto3_client("sagemaker").create_endpoint_config, **config_request("c", "bad_name")
    )
    assert code == "ValidationException"
    assert text.startswith(
        "1 validation error detected: Value 'bad_name' at 'productionVariants.1.member.modelName' failed to"
        " satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9]"
    )


def test_several_errors_are_counted(aws: LocalSageMaker) -> None:
    request = job_request(aws, "x" * 64, "data", RoleArn="arn:aws:iam::1:role/short-account")
    code, text = refused(aws.boto3_client("sagemaker").create_training_job, **request)
    assert code == "ValidationException" and text.startswith("3 validation errors detected: ")
    assert (
        "at 'trainingJobName' failed to satisfy constraint: Member must have length less than or equal to 63"
        in text
    )
    assert (
        "at 'roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: " in text
    )


def test_an_instance_type_that_does_not_exist(aws: LocalSageMaker) -> None:
    resources = {"InstanceType": "ml.huge", "InstanceCount": 1, "VolumeSizeInGB": 5}
    request = job_request(aws, unique("job"), "data", ResourceConfig=resources)
    code, text = refused(aws.boto3_client("sagemaker").create_training_job, **request)
    assert code == "ValidationException"
    assert "Value 'ml.huge' at 'resourceConfig.instanceType' failed to satisfy constraint: " in text
    assert "Member must satisfy enum value set: [" in text and "ml.m5.large" in text


def test_hyper_parameters_beyond_their_limits(aws: LocalSageMaker) -> None:
    create = aws.boto3_client("sagemaker").create_training_job
    many = job_request(aws, unique("job"), "d", HyperParameters={f"p{i}": "1" for i in range(101)})
    assert (
        "'hyperParameters' failed to satisfy constraint: Member must have length less than or equal to 100"
        in (refused(create, **many)[1])
    )
    long = job_request(aws, unique("job"), "d", HyperParameters={"p": "v" * 2501})
    assert (
        "Map value must satisfy constraint: [Member must have length less than or equal to 2500"
        in (refused(create, **long)[1])
    )


def send(aws: LocalSageMaker, operation: str, body: bytes) -> tuple[int, dict[str, Any]]:
    headers = {
        "X-Amz-Target": f"SageMaker.{operation}",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": (
            f"AWS4-HMAC-SHA256 Credential={aws.access_key_id}/d/r/sagemaker/aws4_request, Signature=0"
        ),
    }
    response = urllib3.PoolManager().request("POST", aws.endpoint_url, headers=headers, body=body)
    assert response.headers["x-amzn-RequestId"]
    return response.status, json.loads(response.data)


@pytest.mark.parametrize("number", [b"NaN", b"-Infinity", b"1e999", b"9" * 400])
def test_a_number_that_no_answer_could_hold_is_refused(aws: LocalSageMaker, number: bytes) -> None:
    status, body = send(aws, "ListTrainingJobs", b'{"CreationTimeAfter": ' + number + b"}")
    assert status == 400 and body["__type"] == "SerializationException"
    assert body["message"].startswith("The request body is not JSON: it holds ")


def test_what_no_sdk_would_send(aws: LocalSageMaker) -> None:
    status, body = send(aws, "CreateModel", b"{}")
    assert status == 400 and body["__type"] == "ValidationException"
    assert (
        "Value null at 'modelName' failed to satisfy constraint: Member must not be null" in body["message"]
    )
    assert send(aws, "CreateModel", b"not json")[1]["__type"] == "SerializationException"
    assert send(aws, "CreateModel", b'{"ModelName": 5}')[1]["__type"] == "SerializationException"
    unknown = send(aws, "CreateTrainingJobs", b"{}")[1]
    assert unknown["__type"] == "UnknownOperationException" and "CreateTrainingJob." in unknown["message"]


def test_what_the_local_service_cannot_do_is_refused_with_the_reason(aws: LocalSageMaker) -> None:
    client = aws.boto3_client("sagemaker")
    two = {
        "ModelName": unique("m"),
        "ExecutionRoleArn": aws.role_arn,
        "Containers": [{"Image": KMEANS_IMAGE}] * 2,
    }
    assert "does not support inference pipelines" in refused(client.create_model, **two)[1]
    name = host(aws, centers_archive([[0, 0]]))
    config = config_request(unique("c"), name)
    config["AsyncInferenceConfig"] = {"OutputConfig": {"S3OutputPath": "s3://b/p"}}
    assert "does not support AsyncInferenceConfig" in refused(client.create_endpoint_config, **config)[1]


def test_every_pattern_of_the_service_model_can_be_checked() -> None:
    model = validation.service_model()
    seen: set[str] = set()

    def patterns(shape: Any) -> list[str]:
        if shape.name in seen:
            return []
        seen.add(shape.name)
        inner = list(getattr(shape, "members", {}).values())
        inner += [getattr(shape, part) for part in ("member", "key", "value") if hasattr(shape, part)]
        own = [shape.metadata["pattern"]] if "pattern" in shape.metadata else []
        return own + [pattern for child in inner for pattern in patterns(child)]

    operations = ("CreateTrainingJob", "CreateModel", "CreateEndpointConfig", "CreateEndpoint", "AddTags")
    found = [p for name in operations for p in patterns(model.operation_model(name).input_shape)]
    assert len(found) > 50
    assert all(validation.compiled(pattern).pattern for pattern in found)
