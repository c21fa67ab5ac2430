"""The S3 of the local service, as foreign clients use it."""

from __future__ import annotations

import base64
import hashlib
import http.client
import io
import socket
import urllib.request
import zlib
from typing import Any

import pytest
from botocore.exceptions import ClientError
from sagemaker_pyspark.local import LocalSageMaker

from tests.service.support import BUCKET, unique


def put(aws: LocalSageMaker, key: str, body: Any, **headers: str) -> int:
    """A PUT to a presigned address, by a client that knows nothing of S3."""
    address = aws.boto3_client("s3").generate_presigned_url(
        "put_object", Params={"Bucket": BUCKET, "Key": key}, ExpiresIn=60
    )
    host, _, path = address.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request("PUT", f"/{path}", body, {k.replace("_", "-"): v for k, v in headers.items()})
    return connection.getresponse().status


def read(aws: LocalSageMaker, key: str) -> bytes:
    found: bytes = aws.boto3_client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return found


def test_a_body_in_chunks_is_stored_whole(aws: LocalSageMaker) -> None:
    key = unique("chunks")
    assert put(aws, key, iter([b"abc", b"def"])) == 200
    assert read(aws, key) == b"abcdef"


def test_signed_chunks_of_a_chunked_body_are_unpacked(aws: LocalSageMaker) -> None:
    key = unique("signed")
    piece = b"5;chunk-signature=" + b"0" * 64 + b"\r\nhello\r\n0;chunk-signature=" + b"0" * 64 + b"\r\n\r\n"
    status = put(
        aws,
        key,
        iter([piece[:20], piece[20:]]),
        Content_Encoding="aws-chunked",
        X_Amz_Content_Sha256="STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        X_Amz_Decoded_Content_Length="5",
    )
    assert status == 200 and read(aws, key) == b"hello"


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_body_is_stored_whatever_its_type_says(aws: LocalSageMaker, kind: str) -> None:
    key = unique("form")
    assert put(aws, key, b"a=1&b=2", Content_Type=kind) == 200
    assert read(aws, key) == b"a=1&b=2"


def test_urllib_sends_a_forms_type_by_itself(aws: LocalSageMaker) -> None:
    key = unique("urllib")
    address = aws.boto3_client("s3").generate_presigned_url(
        "put_object", Params={"Bucket": BUCKET, "Key": key}, ExpiresIn=60
    )
    request = urllib.request.Request(address, method="PUT", data=b"abc")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200
    assert read(aws, key) == b"abc"


def test_keys_that_differ_are_different_objects(aws: LocalSageMaker) -> None:
    s3, prefix = aws.boto3_client("s3"), unique("keys")
    keys = [f"{prefix}/{name}" for name in ("a b", "a%20b", "a+b", "x;1", "x;2", "p=a%2Fb", "é", "q?r#s")]
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{prefix}/")["Contents"]
    assert sorted(item["Key"] for item in found) == sorted(keys)
    assert [read(aws, key).decode() for key in keys] == keys


def test_an_object_of_parts_can_be_read_by_clients_that_compare_checksums(aws: LocalSageMaker) -> None:
    key, body = unique("parts"), bytes(range(256)) * 4096 * 9
    aws.boto3_client("s3").upload_fileobj(io.BytesIO(body), BUCKET, key)
    assert read(aws, key) == body


@pytest.mark.parametrize(
    ("header", "wrong"),
    [
        ("Content-MD5", "A" * 22 + "=="),
        ("x-amz-checksum-crc32", "AAAAAA=="),
        ("x-amz-checksum-sha256", "A" * 43 + "="),
    ],
)
def test_what_did_not_arrive_as_it_was_sent_is_refused(aws: LocalSageMaker, header: str, wrong: str) -> None:
    key = unique("digest")
    body = b"what arrived"
    digest = {
        "Content-MD5": hashlib.md5(body).digest(),
        "x-amz-checksum-crc32": zlib.crc32(body).to_bytes(4, "big"),
        "x-amz-checksum-sha256": hashlib.sha256(body).digest(),
    }[header]
    assert put(aws, key, body, **{header: wrong}) == 400
    assert put(aws, key, b"", **{header: wrong if header == "Content-MD5" else "AQAAAA=="}) == 400
    with pytest.raises(ClientError, match="NoSuchKey"):
        read(aws, key)
    assert put(aws, key, body, **{header: base64.b64encode(digest).decode()}) == 200
    assert read(aws, key) == body


def test_an_object_of_parts_is_completed_with_a_checksum_of_all_of_it(aws: LocalSageMaker) -> None:
    client, key = aws.boto3_client("s3"), unique("parts")
    upload = client.create_multipart_upload(
        Bucket=BUCKET, Key=key, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT"
    )
    place = {"Bucket": BUCKET, "Key": key, "UploadId": upload["UploadId"]}
    part = client.upload_part(**place, PartNumber=1, Body=b"whole")
    crc = base64.b64encode(zlib.crc32(b"whole").to_bytes(4, "big")).decode()
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    client.complete_multipart_upload(
        **place, MultipartUpload=parts, ChecksumCRC32=crc, ChecksumType="FULL_OBJECT"
    )
    assert read(aws, key) == b"whole"


def test_clients_that_stall_hold_up_nobody(aws: LocalSageMaker) -> None:
    key = unique("stalled")
    address = aws.boto3_client("s3").generate_presigned_url(
        "put_object", Params={"Bucket": BUCKET, "Key": key}, ExpiresIn=60
    )
    host, _, path = address.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    stalled = [socket.create_connection((name, int(port))) for _ in range(40)]
    for client in stalled:
        head = f"PUT /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 10\r\n\r\nabc"
        client.sendall(head.encode())
    assert aws.boto3_client("s3").head_bucket(Bucket=BUCKET)["ResponseMetadata"]["HTTPStatusCode"] == 200
    for client in stalled:
        client.close()
    with pytest.raises(Exception, match="404"):
        aws.boto3_client("s3").head_object(Bucket=BUCKET, Key=key)
