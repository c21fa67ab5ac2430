"""The service's own access to S3: the one it serves itself, over its own port and with its own key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

_URI = re.compile(r"^s3://([^/]+)/?(.*)$", re.DOTALL)


@dataclass(frozen=True)
class S3Uri:
    """Bucket and key (or prefix)."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, text: str) -> S3Uri:
        """From ``s3://bucket/key``; ``ValueError`` for anything else."""
        found = _URI.match(text)
        if found is None:
            raise ValueError(f"'{text}' is not an S3 URI of the form s3://bucket/key.")
        return cls(found.group(1), found.group(2))

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


class ObjectStore:
    """The few S3 calls that training and hosting need. What can't be a bucket's or an object's name is one
    that isn't there.
    """

    def __init__(self, endpoint_url: str, access_key_id: str, secret_access_key: str, region: str) -> None:
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint_url,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret_access_key,
            region_name=region,
            config=Config(s3={"addressing_style": "path"}, proxies={}, max_pool_connections=32),
        )

    def keys(self, bucket: str, prefix: str) -> Iterator[str]:
        """Keys that start with a prefix, in order; none if the bucket does not exist."""
        try:
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
                for item in page.get("Contents", []):
                    yield item["Key"]
        except ParamValidationError:
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise

    def exists(self, uri: S3Uri) -> bool:
        """Whether there is an object under exactly this key."""
        try:
            self._client.head_object(Bucket=uri.bucket, Key=uri.key)
        except ParamValidationError:
            return False
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise
        return True

    def bucket_exists(self, bucket: str) -> bool:
        """Whether there is such a bucket."""
        try:
            self._client.head_bucket(Bucket=bucket)
        except ParamValidationError:
            return False
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise
        return True

    def read(self, uri: S3Uri) -> bytes:
        """Content of one object."""
        content: bytes = self._client.get_object(Bucket=uri.bucket, Key=uri.key)["Body"].read()
        return content

    def download(self, uri: S3Uri, target: Path) -> None:
        """Content of one object into a file."""
        target.parent.mkdir(parents=True, exist_ok=True)
        body = self._client.get_object(Bucket=uri.bucket, Key=uri.key)["Body"]
        with target.open("wb") as file:
            for piece in body.iter_chunks(1 << 20):
                file.write(piece)

    def upload(self, source: Path, uri: S3Uri) -> None:
        """A file into an object."""
        with source.open("rb") as file:
            self._client.put_object(Bucket=uri.bucket, Key=uri.key, Body=file)

    def inventory(self) -> dict[str, Any]:
        """What the store holds: keys by bucket, and the multipart uploads that are still open."""
        buckets: dict[str, list[str]] = {}
        uploads: list[dict[str, str]] = []
        for item in self._client.list_buckets()["Buckets"]:
            name = item["Name"]
            buckets[name] = list(self.keys(name, ""))
            for upload in self._client.list_multipart_uploads(Bucket=name).get("Uploads", []):
                uploads.append({"bucket": name, "key": upload["Key"], "upload_id": upload["UploadId"]})
        return {"buckets": buckets, "multipart_uploads": uploads}
