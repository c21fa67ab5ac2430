"""Places in S3 for training data and artifacts."""

from __future__ import annotations

from typing import ClassVar

from sagemaker_pyspark._jvm.names import SDK
from sagemaker_pyspark.wrapper import Value

__all__ = ["S3AutoCreatePath", "S3DataPath", "S3PathFromConfig", "S3Resource"]


class S3Resource(Value):
    """A place in S3."""

    _wrapped_class = f"{SDK}.S3Resource"


class S3DataPath(S3Resource):
    """A prefix in a bucket.

    :param bucket: the bucket's name.
    :param objectPath: the key prefix, without a slash in front.
    """

    _wrapped_class = f"{SDK}.S3DataPath"
    _fields: ClassVar[dict[str, str]] = {"bucket": "bucket", "objectPath": "objectPath"}

    def __init__(self, bucket: str, objectPath: str) -> None:
        super().__init__()
        self.bucket = bucket
        self.objectPath = objectPath

    def toS3UriString(self) -> str:
        """The place as `s3://bucket/prefix`."""
        return f"s3://{self.bucket}/{self.objectPath}"

    @classmethod
    def fromS3URI(cls, uri: str) -> S3DataPath:
        """The place that a URI names.

        :raises ValueError: when it isn't an `s3://bucket/...` URI.
        """
        scheme, separator, rest = uri.partition("://")
        bucket, _, path = rest.partition("/")
        if not separator or scheme.lower() not in ("s3", "s3a", "s3n") or not bucket:
            raise ValueError(f"{uri!r} is no URI of a place in S3: give s3://bucket/prefix.")
        return cls(bucket, path)


class S3AutoCreatePath(S3Resource):
    """A fresh prefix in the bucket `<account>-sagemaker-<region>`, which is created when it isn't there."""

    _wrapped_class = f"{SDK}.S3AutoCreatePath"

    def __init__(self) -> None:
        super().__init__()


class S3PathFromConfig(S3Resource):
    """A fresh prefix in a bucket whose name stands in the Spark configuration.

    :param configKey: the key; the key with `spark.` before it is read too.
    """

    _wrapped_class = f"{SDK}.S3PathFromConfig"
    _fields: ClassVar[dict[str, str]] = {"configKey": "configKey"}

    def __init__(self, configKey: str = f"{SDK}.s3-data-bucket") -> None:
        super().__init__()
        self.configKey = configKey
