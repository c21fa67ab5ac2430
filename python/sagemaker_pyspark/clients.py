"""How AWS is reached: handles that driver and executors build their clients from."""

from __future__ import annotations

from typing import Any, ClassVar

from sagemaker_pyspark._jvm.names import SDK
from sagemaker_pyspark.wrapper import Value

__all__ = ["AwsClient", "SageMakerClients"]

_SECRETS = ("accessKeyId", "secretAccessKey", "sessionToken")


class AwsClient(Value):
    """The recipe of a client of one AWS service; made by `SageMakerClients`.

    What isn't given is found as in every AWS SDK: `AWS_REGION`, `AWS_PROFILE`, `AWS_ENDPOINT_URL`, the shared
    configuration files, the instance's metadata. Keys given literally are never printed, never saved and
    never read back.
    """

    _wrapped_class = f"{SDK}.settings.AwsClientConfig"
    _fields: ClassVar[dict[str, str]] = {
        "region": "region",
        "profile": "profile",
        "assume_role_arn": "assumeRoleArn",
        "assume_role_external_id": "assumeRoleExternalId",
        "endpoint_url": "endpointUrl",
        "max_attempts": "maxAttempts",
        "connect_timeout_millis": "connectTimeoutMillis",
        "request_timeout_millis": "requestTimeoutMillis",
    }

    def __init__(
        self,
        *,
        region: str | None = None,
        profile: str | None = None,
        assume_role_arn: str | None = None,
        assume_role_external_id: str | None = None,
        endpoint_url: str | None = None,
        max_attempts: int | None = None,
        connect_timeout_millis: int | None = None,
        request_timeout_millis: int | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        session_token: str | None = None,
    ) -> None:
        super().__init__()
        if (access_key_id is None) != (secret_access_key is None):
            raise ValueError("Give access_key_id and secret_access_key together, or neither.")
        self.region = region
        self.profile = profile
        self.assume_role_arn = assume_role_arn
        self.assume_role_external_id = assume_role_external_id
        self.endpoint_url = endpoint_url
        self.max_attempts = max_attempts
        self.connect_timeout_millis = connect_timeout_millis
        self.request_timeout_millis = request_timeout_millis
        self._keys = dict(zip(_SECRETS, (access_key_id, secret_access_key, session_token)))
        self._read_back = False

    def _attach(self, java_object: Any) -> None:
        """Take the JVM's object for the one to hand on: it has the keys, which no description has."""
        self._java_obj = java_object
        self._read_back = True

    def _is_foreign(self) -> bool:
        return self._read_back

    def _to_java(self) -> Any:
        return self._java_obj if self._read_back else super()._to_java()

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), **{name: key for name, key in self._keys.items() if key is not None}}

    def __hash__(self) -> int:
        return hash(repr(self))

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other)

    def __repr__(self) -> str:
        given = [
            f"{name}={getattr(self, name)!r}" for name in self._fields if getattr(self, name) is not None
        ]
        hidden = ["access_key_id=<hidden>"] if self._keys["accessKeyId"] is not None else []
        return f"AwsClient({', '.join(given + hidden)})"


class SageMakerClients:
    """Makes the client handles that estimators and models take.

    All three take the same keyword arguments, those of `AwsClient`: `region`, `profile`, `assume_role_arn`,
    `assume_role_external_id`, `endpoint_url`, `max_attempts` (how often a request is tried in all),
    `connect_timeout_millis`, `request_timeout_millis`, and `access_key_id`, `secret_access_key`,
    `session_token` for services that have keys of their own, such as the local one.
    """

    @classmethod
    def create_sagemaker_client(cls, **options: Any) -> AwsClient:
        """A handle for SageMaker and its runtime."""
        return AwsClient(**options)

    @classmethod
    def create_s3_default_client(cls, **options: Any) -> AwsClient:
        """A handle for S3."""
        return AwsClient(**options)

    @classmethod
    def create_sts_default_client(cls, **options: Any) -> AwsClient:
        """A handle for STS."""
        return AwsClient(**options)
