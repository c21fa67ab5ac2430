"""Models and endpoint configurations: values that are created, described, listed and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...faults import Fault
from ..errors import ApiError, validation
from ..object_store import S3Uri
from .account import Account, now, present
from .paging import page


@dataclass(frozen=True)
class Kind:
    """What a kind of value is called in requests, ARNs and messages."""

    arn_part: str
    words: str
    name_field: str
    arn_field: str
    list_field: str


MODEL = Kind("model", "model", "ModelName", "ModelArn", "Models")
ENDPOINT_CONFIG = Kind(
    "endpoint-config", "endpoint configuration", "EndpointConfigName", "EndpointConfigArn", "EndpointConfigs"
)


class Values:
    """The values of one kind."""

    def __init__(self, account: Account, kind: Kind) -> None:
        self.account = account
        self._kind = kind
        self._values: dict[str, dict[str, Any]] = {}

    def check(self, request: Mapping[str, Any]) -> None:
        """Refuse what the service refuses beyond its model."""

    def create(self, request: Mapping[str, Any], fault: Fault | None) -> dict[str, Any]:
        """Create...: names are unique."""
        name = request[self._kind.name_field]
        arn = self.account.arn(self._kind.arn_part, name)
        self._refuse_taken(name, arn)
        self.check(request)
        value = {key: item for key, item in request.items() if key != "Tags"}
        with self.account.lock:
            self._refuse_taken(name, arn)
            self._values[name.lower()] = {**value, self._kind.arn_field: arn, "CreationTime": now()}
            self.account.set_tags(arn, request.get("Tags", []))
        return {self._kind.arn_field: arn}

    def describe(self, request: Mapping[str, Any], fault: Fault | None) -> dict[str, Any]:
        """Describe..."""
        return dict(self.find(request[self._kind.name_field]))

    def delete(self, request: Mapping[str, Any], fault: Fault | None) -> None:
        """Delete..."""
        with self.account.lock:
            value = self.find(request[self._kind.name_field])
            del self._values[request[self._kind.name_field].lower()]
            self.account.drop_tags(value[self._kind.arn_field])

    def list_values(self, request: Mapping[str, Any], fault: Fault | None) -> dict[str, Any]:
        """List..."""
        fields = (self._kind.name_field, self._kind.arn_field, "CreationTime")
        with self.account.lock:
            summaries = [{field: value[field] for field in fields} for value in self._values.values()]
        shown, token = page(summaries, request, self._kind.name_field)
        return present({self._kind.list_field: shown, "NextToken": token})

    def find(self, name: str) -> dict[str, Any]:
        """The value of that name, or the service's error."""
        with self.account.lock:
            value = self._values.get(name.lower())
        if value is None:
            raise validation(
                f'Could not find {self._kind.words} "{self.account.arn(self._kind.arn_part, name)}".'
            )
        return value

    def names(self) -> list[str]:
        """Names of all values."""
        with self.account.lock:
            return [value[self._kind.name_field] for value in self._values.values()]

    def _refuse_taken(self, name: str, arn: str) -> None:
        with self.account.lock:
            if name.lower() in self._values:
                raise validation(f'Cannot create already existing {self._kind.words} "{arn}".')


class Models(Values):
    """Models of one container."""

    def __init__(self, account: Account) -> None:
        super().__init__(account, MODEL)

    def check(self, request: Mapping[str, Any]) -> None:
        """A model has a role and one container with an image, and its model data exists."""
        containers = request.get("Containers", [])
        if len(containers) > 1:
            raise self.account.unsupported("inference pipelines (more than one container in a model)")
        container = container_of(request)
        if container is None:
            raise validation("You must provide either PrimaryContainer or Containers in CreateModel.")
        if not request.get("ExecutionRoleArn"):
            raise validation("You must specify an ExecutionRoleArn.")
        if container.get("Mode") == "MultiModel":
            raise self.account.unsupported("multi-model containers")
        if not container.get("Image"):
            raise validation(
                "You must specify an Image in the container definition; the local service has no model"
                " packages."
            )
        if container.get("ModelDataSource"):
            raise self.account.unsupported("ModelDataSource; use ModelDataUrl with a model.tar.gz")
        url = container.get("ModelDataUrl")
        if url is not None and not _exists(self.account, url):
            raise validation(f"Could not find model data at {url}.")


class EndpointConfigs(Values):
    """Endpoint configurations."""

    def __init__(self, account: Account, models: Models) -> None:
        super().__init__(account, ENDPOINT_CONFIG)
        self._models = models

    def check(self, request: Mapping[str, Any]) -> None:
        """Every variant has a name of its own, an existing model, and instances."""
        for field in ("AsyncInferenceConfig", "ShadowProductionVariants"):
            if request.get(field):
                raise self.account.unsupported(f"{field} in CreateEndpointConfig")
        if request.get("ExplainerConfig"):
            raise self.account.unsupported("ExplainerConfig in CreateEndpointConfig")
        if request.get("DataCaptureConfig", {}).get("EnableCapture"):
            raise self.account.unsupported("data capture (DataCaptureConfig in CreateEndpointConfig)")
        variants = request["ProductionVariants"]
        names = [variant["VariantName"] for variant in variants]
        if len(set(names)) != len(names):
            raise validation("Production variant names must be unique within an endpoint configuration.")
        for variant in variants:
            if not variant.get("ModelName"):
                raise self.account.unsupported(
                    "inference components (a production variant without ModelName)"
                )
            self._models.find(variant["ModelName"])
            if not variant.get("ServerlessConfig") and not (
                variant.get("InstanceType") and variant.get("InitialInstanceCount")
            ):
                raise validation(
                    f"Production variant '{variant['VariantName']}' needs InstanceType and"
                    " InitialInstanceCount, or ServerlessConfig."
                )


def container_of(model: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The one container of a model."""
    containers = model.get("Containers", [])
    container: Mapping[str, Any] | None = model.get("PrimaryContainer") or (
        containers[0] if containers else None
    )
    return container


def _exists(account: Account, url: str) -> bool:
    try:
        uri = S3Uri.parse(url)
    except ValueError as error:
        raise ApiError("ValidationException", str(error)) from error
    return account.store.bucket_exists(uri.bucket) and account.store.exists(uri)
