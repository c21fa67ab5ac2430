"""Who may come in, by which address, and what the dispatcher leaves alone."""

from __future__ import annotations

import http.client
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError
from sagemaker_pyspark.local import LocalSageMaker

from tests.service.support import BUCKET, unique


def ask(aws: LocalSageMaker, method: str, path: str, **headers: str) -> tuple[int, str]:
    host, _, port = aws.endpoint_url.rpartition("/")[2].partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    response = connection.getresponse()
    return response.status, response.read().decode()


def stranger(aws: LocalSageMaker, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=aws.endpoint_url,
        region_name=aws.region,
        aws_access_key_id="AKIAAAAAAAAAAAAAAAAA",
        aws_secret_access_key=aws.secret_access_key,
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("s3", lambda c: c.list_buckets(), "InvalidAccessKeyId"),
        ("sts", lambda c: c.get_caller_identity(), "InvalidClientTokenId"),
        ("sagemaker", lambda c: c.list_models(), "UnrecognizedClientException"),
        (
            "sagemaker-runtime",
            lambda c: c.invoke_endpoint(EndpointName="e", Body=b""),
            "UnrecognizedClientException",
        ),
    ],
)
def test_a_key_that_was_not_given_out_is_refused(
    aws: LocalSageMaker, service: str, call: Any, code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        call(stranger(aws, service))
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert aws.calls() == []


def test_requests_without_a_signature_are_refused_by_every_service(aws: LocalSageMaker) -> None:
    assert ask(aws, "GET", f"/{BUCKET}")[0] == 403
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert "MissingAuthenticationToken" in ask(aws, "POST", "/", **form)[1]
    assert (
        "MissingAuthenticationTokenException" in ask(aws, "POST", "/", X_Amz_Target="SageMaker.ListModels")[1]
    )
    assert ask(aws, "POST", "/endpoints/e/invocations")[0] == 403


def test_the_administration_path_needs_the_secret_key(aws: LocalSageMaker) -> None:
    assert ask(aws, "POST", "/_local/calls")[0] == 403
    assert ask(aws, "POST", "/_local/calls", Authorization=f"Bearer {aws.access_key_id}")[0] == 403
    assert ask(aws, "POST", "/_local/calls", Authorization=f"Bearer {aws.secret_access_key}")[0] == 200


def test_a_foreign_host_is_refused_and_the_message_names_the_right_one(aws: LocalSageMaker) -> None:
    status, text = ask(aws, "GET", "/", Host="evil.example.com")
    assert status == 400
    assert "evil.example.com" in text and aws.endpoint_url in text


def test_virtual_host_addressing_is_refused_with_a_sentence_about_path_style(aws: LocalSageMaker) -> None:
    port = aws.endpoint_url.rpartition(":")[2]
    status, text = ask(aws, "GET", "/key", Host=f"some-bucket.localhost:{port}")
    assert status == 400
    assert "path-style" in text and "some-bucket" in text


def test_the_name_localhost_is_this_server_too(aws: LocalSageMaker) -> None:
    port = aws.endpoint_url.rpartition(":")[2]
    assert ask(aws, "GET", f"/{BUCKET}", Host=f"localhost:{port}")[0] == 403


def test_a_bucket_called_endpoints_is_refused_with_the_reason(aws: LocalSageMaker) -> None:
    with pytest.raises(ClientError, match="reserves the bucket name 'endpoints'") as caught:
        aws.boto3_client("s3").create_bucket(Bucket="endpoints")
    assert caught.value.response["Error"]["Code"] == "InvalidBucketName"


def test_a_bucket_is_refused_to_who_expects_another_owner(aws: LocalSageMaker) -> None:
    s3 = aws.boto3_client("s3")
    s3.head_bucket(Bucket=BUCKET, ExpectedBucketOwner=aws.account_id)
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=BUCKET, Key="x", Body=b"1", ExpectedBucketOwner="999999999999")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"


@pytest.mark.parametrize("size", [0, 1, 256, 6 * 1024 * 1024 + 1])
def test_binary_objects_come_back_as_they_were_put(aws: LocalSageMaker, size: int) -> None:
    body = (bytes(range(256)) * (size // 256 + 1))[:size]
    s3 = aws.boto3_client("s3")
    key = unique("binary")
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == body
    assert aws.call_counts() == {"PutObject": 1, "GetObject": 1}
    assert [call["resource"] for call in aws.calls()] == [f"{BUCKET}/{key}"] * 2


def test_a_multipart_upload_is_open_until_it_is_completed(aws: LocalSageMaker) -> None:
    s3 = aws.boto3_client("s3")
    key = unique("parts")
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"]
    part = s3.upload_part(Bucket=BUCKET, Key=key, UploadId=upload, PartNumber=1, Body=b"x" * 5_242_880)
    assert {"bucket": BUCKET, "key": key, "upload_id": upload} in aws.resources()["multipart_uploads"]
    parts = {"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]}
    s3.complete_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload, MultipartUpload=parts)
    resources = aws.resources()
    assert key in resources["buckets"][BUCKET] and resources["multipart_uploads"] == []
    assert set(aws.call_counts()) == {"CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"}


def test_a_presigned_address_works_and_one_by_a_stranger_does_not(aws: LocalSageMaker) -> None:
    key = unique("signed")
    aws.boto3_client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"content")
    http_client = urllib3.PoolManager()
    parameters = {"Bucket": BUCKET, "Key": key}
    good = aws.boto3_client("s3").generate_presigned_url("get_object", Params=parameters)
    assert http_client.request("GET", good).data == b"content"
    bad = stranger(aws, "s3").generate_presigned_url("get_object", Params=parameters)
    assert http_client.request("GET", bad).status == 403


def test_keys_of_an_assumed_role_come_in(aws: LocalSageMaker) -> None:
    answer = aws.boto3_client("sts").assume_role(RoleArn=aws.role_arn, RoleSessionName="session")
    keys = answer["Credentials"]
    client = boto3.client(
        "sts",
        endpoint_url=aws.endpoint_url,
        region_name=aws.region,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    assert client.get_caller_identity()["Account"] == aws.account_id
    assert "assumed-role" in client.get_caller_identity()["Arn"]


def test_the_secret_key_is_neither_in_the_arguments_nor_the_environment_nor_the_log(
    aws: LocalSageMaker,
) -> None:
    process = Path(f"/proc/{aws.process_id}")
    if not process.exists():
        pytest.skip("needs /proc")
    secret = aws.secret_access_key.encode()
    assert secret not in (process / "cmdline").read_bytes()
    assert secret not in (process / "environ").read_bytes()
    assert secret not in (process / "fd" / "2").read_bytes()
    assert aws.secret_access_key not in repr(aws)


def test_it_listens_on_the_loopback_address_only(aws: LocalSageMaker) -> None:
    table = Path("/proc/net/tcp")
    if not table.exists():
        pytest.skip("needs /proc")
    port = f":{int(aws.endpoint_url.rpartition(':')[2]):04X}"
    listening = [line.split()[1] for line in table.read_text().splitlines()[1:] if line.split()[3] == "0A"]
    assert [address for address in listening if address.endswith(port)] == [f"0100007F{port}"]
