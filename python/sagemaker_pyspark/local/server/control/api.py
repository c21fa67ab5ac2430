"""The control plane as one function: operation, body and fault in, answer out."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from ...faults import Fault
from ..errors import ApiError, Reply, request_id
from ..validation import check
from .account import Account
from .endpoints import Endpoints
from .models import EndpointConfigs, Models
from .tags import Tags
from .training_jobs import TrainingJobs

Operation = Callable[[Mapping[str, Any], "Fault | None"], "dict[str, Any] | None"]
# Those of 64 bits have 19 digits and a sign.
_LONGEST_WHOLE = 20
_NAME_FIELDS = (
    "TrainingJobName",
    "EndpointName",
    "EndpointConfigName",
    "ModelName",
    "ResourceArn",
    "NameContains",
)


class ControlPlane:
    """All operations of SageMaker that the local service has."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.jobs = TrainingJobs(account)
        self.models = Models(account)
        self.configs = EndpointConfigs(account, self.models)
        self.endpoints = Endpoints(account, self.models, self.configs)
        tags = Tags(account)
        self._operations: dict[str, Operation] = {
            "CreateTrainingJob": self.jobs.create,
            "DescribeTrainingJob": self.jobs.describe,
            "StopTrainingJob": self.jobs.stop,
            "ListTrainingJobs": self.jobs.list_jobs,
            "CreateModel": self.models.create,
            "DescribeModel": self.models.describe,
            "DeleteModel": self.models.delete,
            "ListModels": self.models.list_values,
            "CreateEndpointConfig": self.configs.create,
            "DescribeEndpointConfig": self.configs.describe,
            "DeleteEndpointConfig": self.configs.delete,
            "ListEndpointConfigs": self.configs.list_values,
            "CreateEndpoint": self.endpoints.create,
            "UpdateEndpoint": self.endpoints.update,
            "DescribeEndpoint": self.endpoints.describe,
            "DeleteEndpoint": self.endpoints.delete,
            "ListEndpoints": self.endpoints.list_endpoints,
            "AddTags": tags.add,
            "ListTags": tags.list_tags,
            "DeleteTags": tags.delete,
        }

    def handle(self, operation: str, body: bytes, fault: Fault | None) -> Reply:
        """Check a request against the service model and answer it; errors are ``ApiError``."""
        handler = self._operations.get(operation)
        if operation.startswith("Logs_"):
            # SageMaker's Python SDK follows the logs of a job, and goes on when there are none.
            raise ApiError("ResourceNotFoundException", "The specified log group does not exist.")
        if handler is None:
            near = difflib.get_close_matches(operation, self._operations, 1)
            hint = f" The nearest it has is {near[0]}." if near else ""
            raise ApiError(
                "UnknownOperationException", f"The local service has no operation {operation}.{hint}"
            )
        request = _parse(body)
        check(operation, request)
        answer = handler(request, fault)
        headers = {"x-amzn-RequestId": request_id(), "content-type": "application/x-amz-json-1.1"}
        return Reply(
            200, b"" if answer is None else json.dumps(answer, allow_nan=False).encode("utf-8"), headers
        )

    @staticmethod
    def resource_of(operation: str, body: bytes) -> str:
        """The name that a request is about, for the record of calls."""
        try:
            request = _parse(body)
        except ApiError:
            return ""
        names = [request[field] for field in _NAME_FIELDS if isinstance(request.get(field), str)]
        kind = (
            operation.replace("Describe", "")
            .replace("Create", "")
            .replace("Delete", "")
            .replace("Update", "")
        )
        own = request.get(f"{kind}Name")
        return str(own) if isinstance(own, str) else (names[0] if names else "")


def _parse(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(
            body or b"{}", parse_constant=_no_constant, parse_float=_finite, parse_int=_whole
        )
    except ValueError as error:
        raise ApiError("SerializationException", f"The request body is not JSON: {error}") from error
    if not isinstance(request, dict):
        raise ApiError("SerializationException", "The request body must be a JSON object.")
    return {name: _without_nulls(value) for name, value in request.items() if value is not None}


def _no_constant(name: str) -> Any:
    raise ValueError(f"it holds {name}, which is no JSON number")


def _finite(text: str) -> float:
    """A number with a fraction or an exponent; one beyond all 64-bit floats could not be described."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"it holds {text}, which is no 64-bit float")
    return number


def _whole(text: str) -> int:
    if len(text) > _LONGEST_WHOLE:
        raise ValueError(f"it holds a whole number of {len(text)} digits")
    return int(text)


def _without_nulls(value: Any) -> Any:
    """A member that is null is one that is absent."""
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
