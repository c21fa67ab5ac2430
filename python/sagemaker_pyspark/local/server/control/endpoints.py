"""Endpoints: models that are loaded and answer, and the states on the way there."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ...algorithms.archive import ArchiveError, ModelArchive
from ...algorithms.contract import CustomerError, Predictor
from ...faults import Fault
from ...images import ImageError, algorithm_of
from ..errors import ApiError, request_id, validation
from ..object_store import S3Uri
from .account import Account, now, present
from .models import EndpointConfigs, Models, container_of
from .paging import page

_MOST_AT_ONCE = 16
_LOGGER = logging.getLogger("sagemaker_pyspark.local")


@dataclass(frozen=True)
class Variant:
    """A production variant that answers."""

    name: str
    weight: float
    instances: int
    image: str
    predictor: Predictor
    # Its own: a model that doesn't return mustn't keep other endpoints from answering.
    workers: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_MOST_AT_ONCE, "invocation"), compare=False
    )


@dataclass
class Endpoint:
    """One endpoint."""

    name: str
    arn: str
    config_name: str
    status: str = "Creating"
    variants: tuple[Variant, ...] = ()
    failure_reason: str | None = None
    created: float = field(default_factory=now)
    modified: float = field(default_factory=now)


class Endpoints:
    """The endpoints of an account."""

    def __init__(self, account: Account, models: Models, configs: EndpointConfigs) -> None:
        self._account = account
        self._models = models
        self._configs = configs
        self._endpoints: dict[str, Endpoint] = {}

    def create(self, request: Mapping[str, Any], fault: Fault | None) -> dict[str, Any]:
        """CreateEndpoint."""
        name = request["EndpointName"]
        arn = self._account.arn("endpoint", name)
        config = self._configs.find(request["EndpointConfigName"])
        with self._account.lock:
            if name.lower() in self._endpoints:
                raise validation(f'Cannot create already existing endpoint "{arn}".')
            endpoint = Endpoint(name, arn, config["EndpointConfigName"])
            self._endpoints[name.lower()] = endpoint
            self._account.set_tags(arn, request.get("Tags", []))
        self._begin(endpoint, config, fault)
        return {"EndpointArn": arn}

    def update(self, request: Mapping[str, Any], fault: Fault | None) -> dict[str, Any]:
        """UpdateEndpoint: the old variants answer until the new ones are loaded."""
        with self._account.lock:
            endpoint = self.find(request["EndpointName"])
            config = self._configs.find(request["EndpointConfigName"])
            self._refuse_in_progress(endpoint)
            if endpoint.status == "Failed":
                raise validation(f'Cannot update failed endpoint "{endpoint.arn}": it can only be deleted.')
            endpoint.status, endpoint.modified = "Updating", now()
        self._begin(endpoint, config, fault)
        return {"EndpointArn": endpoint.arn}

    def delete(self, request: Mapping[str, Any], fault: Fault | None) -> None:
        """DeleteEndpoint; refused while the endpoint is on its way to another state."""
        with self._account.lock:
            endpoint = self.find(request["EndpointName"])
            self._refuse_in_progress(endpoint)
            endpoint.status, endpoint.modified = "Deleting", now()
        threading.Thread(target=self._remove, args=(endpoint,), daemon=True).start()

    def describe(self, request: Mapping[str, Any], fault: Fault | None) -> dict[str, Any]:
        """DescribeEndpoint."""
        with self._account.lock:
            endpoint = self.find(request["EndpointName"])
            variants = [_described(variant, endpoint.modified) for variant in endpoint.variants]
            return present(
                {
                    "EndpointName": endpoint.name,
                    "EndpointArn": endpoint.arn,
                    "EndpointConfigName": endpoint.config_name,
                    "ProductionVariants": variants or None,
                    "EndpointStatus": endpoint.status,
                    "FailureReason": endpoint.failure_reason,
                    "CreationTime": endpoint.created,
                    "LastModifiedTime": endpoint.modified,
                }
            )

    def list_endpoints(self, request: Mapping[str, Any], fault: Fault | None) -> dict[str, Any]:
        """ListEndpoints."""
        with self._account.lock:
            summaries = [
                {
                    "EndpointName": endpoint.name,
                    "EndpointArn": endpoint.arn,
                    "CreationTime": endpoint.created,
                    "LastModifiedTime": endpoint.modified,
                    "EndpointStatus": endpoint.status,
                }
                for endpoint in self._endpoints.values()
            ]
        shown, token = page(summaries, request, "EndpointName", "EndpointStatus")
        return present({"Endpoints": shown, "NextToken": token})

    def find(self, name: str) -> Endpoint:
        """The endpoint of that name, or the service's error."""
        with self._account.lock:
            endpoint = self._endpoints.get(name.lower())
        if endpoint is None:
            raise validation(f'Could not find endpoint "{self._account.arn("endpoint", name)}".')
        return endpoint

    def names(self) -> dict[str, str]:
        """Status of each endpoint by its name."""
        with self._account.lock:
            return {endpoint.name: endpoint.status for endpoint in self._endpoints.values()}

    def variant_for(self, name: str, target: str | None) -> Variant:
        """The variant that answers an invocation, by weight or by name."""
        with self._account.lock:
            endpoint = self._endpoints.get(name.lower())
            if endpoint is None or endpoint.status == "Deleting" or not endpoint.variants:
                message = f"Endpoint {name} of account {self._account.account_id} not found."
                raise ApiError("ValidationError", message, 400)
            variants = endpoint.variants
        if target is not None:
            for variant in variants:
                if variant.name == target:
                    return variant
            raise ApiError("ValidationError", f"Variant {target} not found for endpoint {name}.", 400)
        weights = [variant.weight for variant in variants]
        return variants[0] if not any(weights) else random.choices(variants, weights)[0]

    def _refuse_in_progress(self, endpoint: Endpoint) -> None:
        if endpoint.status not in ("InService", "Failed"):
            raise validation(f'Cannot update in-progress endpoint "{endpoint.arn}".')

    def _begin(self, endpoint: Endpoint, config: Mapping[str, Any], fault: Fault | None) -> None:
        planned = fault.text("reason") if fault is not None and fault.kind == "endpoint_failure" else None
        thread = threading.Thread(target=self._deploy, args=(endpoint, config, planned), daemon=True)
        thread.start()

    def _deploy(self, endpoint: Endpoint, config: Mapping[str, Any], planned: str | None) -> None:
        self._account.closing.wait(self._account.transition_seconds)
        variants: tuple[Variant, ...] = ()
        reason = planned
        if reason is None:
            try:
                variants = tuple(self._load(variant) for variant in config["ProductionVariants"])
            except _LoadFailure as failure:
                reason = str(failure)
        with self._account.lock:
            endpoint.modified = now()
            endpoint.failure_reason = reason
            if reason is None:
                _retire(endpoint.variants)
                endpoint.variants = variants
                endpoint.config_name = config["EndpointConfigName"]
            # A failed update leaves the endpoint serving what it served before.
            endpoint.status = "InService" if endpoint.variants else "Failed"

    def _load(self, variant: Mapping[str, Any]) -> Variant:
        name = variant["VariantName"]
        try:
            container = container_of(self._models.find(variant["ModelName"])) or {}
            predictor = self._predictor(container)
        except ApiError as error:
            raise _LoadFailure(error.message) from error
        except (ArchiveError, CustomerError, ImageError) as error:
            raise _LoadFailure(
                f"The primary container for production variant {name} did not pass the ping health check."
                f" Please check CloudWatch logs for this endpoint. The local service says: {error}"
            ) from error
        except (Exception, SystemExit) as error:
            _LOGGER.exception("loading variant %s", name)
            raise _LoadFailure(
                f"The primary container for production variant {name} did not pass the ping health check."
                " Please check CloudWatch logs for this endpoint. The container raised"
                f" {type(error).__name__}: {error}"
            ) from error
        weight = float(variant.get("InitialVariantWeight", 1.0))
        return Variant(
            name, weight, int(variant.get("InitialInstanceCount", 1)), container["Image"], predictor
        )

    def _predictor(self, container: Mapping[str, Any]) -> Predictor:
        algorithm = algorithm_of(container["Image"], self._account.registered_images)
        environment = container.get("Environment", {})
        url = container.get("ModelDataUrl")
        if url is None:
            return algorithm.load(None, environment)
        uri = S3Uri.parse(url)
        if not self._account.store.bucket_exists(uri.bucket) or not self._account.store.exists(uri):
            raise ArchiveError(f"Could not find model data at {url}.")
        directory = self._account.work_dir / "hosting"
        path = directory / f"{request_id()}.tar.gz"
        try:
            self._account.store.download(uri, path)
            return algorithm.load(ModelArchive(path), environment)
        finally:
            path.unlink(missing_ok=True)

    def _remove(self, endpoint: Endpoint) -> None:
        self._account.closing.wait(self._account.transition_seconds)
        with self._account.lock:
            self._endpoints.pop(endpoint.name.lower(), None)
            _retire(endpoint.variants)
            self._account.drop_tags(endpoint.arn)


class _LoadFailure(Exception):
    """A variant could not be loaded; the text is the endpoint's FailureReason."""


def _retire(variants: tuple[Variant, ...]) -> None:
    """Let variants that answer no more finish what they have begun."""
    for variant in variants:
        variant.workers.shutdown(wait=False)


def _described(variant: Variant, moment: float) -> dict[str, Any]:
    return {
        "VariantName": variant.name,
        "DeployedImages": [
            {"SpecifiedImage": variant.image, "ResolvedImage": variant.image, "ResolutionTime": moment}
        ],
        "CurrentWeight": variant.weight,
        "DesiredWeight": variant.weight,
        "CurrentInstanceCount": variant.instances,
        "DesiredInstanceCount": variant.instances,
    }
