"""SageMaker's runtime: InvokeEndpoint."""

from __future__ import annotations

import asyncio
import logging
from typing import Union

from ..algorithms.contract import CustomerError, InferenceRequest, InferenceResponse, Predictor
from ..faults import Fault
from .control.account import Account
from .control.endpoints import Endpoints, Variant
from .errors import ApiError, Reply, request_id
from .routes import INVOKE_ENDPOINT, Request, endpoint_name, runtime_operation

_LOGGER = logging.getLogger("sagemaker_pyspark.local")


#: What a model answers: it, or what it raised. A time-out that a model raises is not one of the invocation.
Answer = Union[InferenceResponse, BaseException]


def _answer(predictor: Predictor, inference: InferenceRequest) -> Answer:
    try:
        answer: object = predictor.predict(inference)
    except (Exception, SystemExit) as error:
        return error
    if isinstance(answer, InferenceResponse):
        return answer
    return TypeError(f"predict returned {type(answer).__name__}, not an InferenceResponse")


class Runtime:
    """Hands invocations to the loaded models."""

    def __init__(self, account: Account, endpoints: Endpoints, timeout_seconds: float) -> None:
        self._account = account
        self._endpoints = endpoints
        self._timeout = timeout_seconds

    async def invoke(self, request: Request, body: bytes, failing: Fault | None = None) -> Reply:
        """Answer an invocation; ``failing`` makes the container answer with an error."""
        name = endpoint_name(request)
        headers = request.headers
        operation = runtime_operation(request)
        if operation != INVOKE_ENDPOINT:
            raise ApiError(
                "ValidationError", f"The local service does not support {operation} (endpoint {name}).", 400
            )
        for header in ("x-amzn-sagemaker-target-model", "x-amzn-sagemaker-inference-component"):
            if header in headers:
                raise ApiError(
                    "ValidationError", f"The local service does not support {header} (endpoint {name}).", 400
                )
        target = headers.get("x-amzn-sagemaker-target-variant")
        variant = self._endpoints.variant_for(name, target)
        if failing is not None:
            raise self._model_error(name, int(failing.number("status")), failing.text("message"))
        inference = InferenceRequest(
            body,
            headers.get("content-type"),
            headers.get("accept"),
            headers.get("x-amzn-sagemaker-custom-attributes"),
        )
        try:
            work = self._begin(variant, inference)
        except RuntimeError:
            # Meanwhile the endpoint was updated, or deleted.
            variant = self._endpoints.variant_for(name, target)
            work = self._begin(variant, inference)
        try:
            answer = await asyncio.wait_for(work, self._timeout)
        except asyncio.TimeoutError as error:
            raise self._timed_out(name) from error
        if isinstance(answer, InferenceResponse):
            return self._reply(answer, variant.name)
        if isinstance(answer, CustomerError):
            raise self._model_error(name, answer.status, answer.message) from answer
        _LOGGER.error("the model of endpoint %s failed", name, exc_info=answer)
        raise self._model_error(name, 500, f"{type(answer).__name__}: {answer}") from answer

    @staticmethod
    def _begin(variant: Variant, inference: InferenceRequest) -> asyncio.Future[Answer]:
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(variant.workers, _answer, variant.predictor, inference)

    def _reply(self, response: InferenceResponse, variant: str) -> Reply:
        return Reply(
            response.status,
            response.body,
            {
                "content-type": response.content_type,
                "x-Amzn-Invoked-Production-Variant": variant,
                "x-amzn-RequestId": request_id(),
            },
        )

    def _model_error(self, name: str, status: int, message: str) -> ApiError:
        side = "client" if status < 500 else "server"
        return self._error(
            name, status, message, f'Received {side} error ({status}) from primary with message "{message}".'
        )

    def _timed_out(self, name: str) -> ApiError:
        message = (
            "Your invocation timed out while waiting for a response from container model. Review the latency"
            " metrics for each container in Amazon CloudWatch, resolve the issue, and try again."
        )
        return self._error(
            name, 0, message, f'Received server error (0) from model with message "{message}".'
        )

    def _error(self, name: str, status: int, message: str, sentence: str) -> ApiError:
        group = f"/aws/sagemaker/Endpoints/{name}"
        account = self._account
        text = (
            f"{sentence} See {account.log_address(group)} in account {account.account_id} for more"
            " information."
        )
        fields = {
            "ErrorCode": "CLIENT_ERROR_FROM_MODEL" if 400 <= status < 500 else "SERVER_ERROR_FROM_MODEL",
            "LogStreamArn": (
                f"arn:{account.partition}:logs:{account.region}:{account.account_id}:log-group:{group}"
            ),
            "OriginalMessage": message,
            "OriginalStatusCode": status,
        }
        return ApiError("ModelError", text, 424, fields)
