"""Errors of the AWS services, and how each service writes them on the wire."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from ..faults import CONTROL, RUNTIME, S3, STS, Fault


class ApiError(Exception):
    """An error answer: code, message, HTTP status, further fields of its JSON body."""

    def __init__(
        self, code: str, message: str, status: int = 400, fields: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.fields = dict(fields or {})


@dataclass(frozen=True)
class Reply:
    """A complete HTTP answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def validation(message: str) -> ApiError:
    """The control plane's most common error."""
    return ApiError("ValidationException", message)


def request_id() -> str:
    """A new request id in the usual form."""
    text = secrets.token_hex(16)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def error_reply(service: str, error: ApiError) -> Reply:
    """The error in the form of the service that was called."""
    number = request_id()
    headers = {"x-amzn-RequestId": number}
    if service == CONTROL:
        body = {"__type": error.code, "message": error.message, **error.fields}
        return Reply(error.status, _json(body), {**headers, "content-type": "application/x-amz-json-1.1"})
    if service == RUNTIME:
        # The proxy in front of the runtime refuses large bodies before any error type is known: its code is
        # the status.
        typed = {} if error.code == "413" else {"x-amzn-ErrorType": error.code}
        body = {"message": error.message, "Message": error.message, **error.fields}
        return Reply(error.status, _json(body), {**headers, **typed, "content-type": "application/json"})
    if service == STS:
        kind = "Receiver" if error.status >= 500 else "Sender"
        text = (
            '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
            f"<Error><Type>{kind}</Type><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message></Error>"
            f"<RequestId>{number}</RequestId></ErrorResponse>"
        )
        return Reply(error.status, text.encode("utf-8"), {**headers, "content-type": "text/xml"})
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        f"<RequestId>{number}</RequestId></Error>"
    )
    return Reply(
        error.status, text.encode("utf-8"), {"x-amz-request-id": number, "content-type": "application/xml"}
    )


def unknown_key(service: str) -> ApiError:
    """The access key id of the request is not one of this service."""
    if service == S3:
        return ApiError(
            "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403
        )
    code = "InvalidClientTokenId" if service == STS else "UnrecognizedClientException"
    return ApiError(code, "The security token included in the request is invalid.", 403)


def missing_key(service: str) -> ApiError:
    """The request is not signed."""
    if service == S3:
        return ApiError("AccessDenied", "Access Denied", 403)
    code = "MissingAuthenticationToken" if service == STS else "MissingAuthenticationTokenException"
    return ApiError(code, "Missing Authentication Token", 403)


def fault_error(service: str, operation: str, resource: str, fault: Fault, limit: int) -> ApiError | None:
    """The error answer that a fault stands for; ``None`` if it does not answer with an error."""
    s3 = service == S3
    if fault.kind == "throttle":
        if s3:
            return _slow_down()
        return ApiError("Throttling" if service == STS else "ThrottlingException", "Rate exceeded")
    if fault.kind == "slow_down":
        return _slow_down()
    if fault.kind == "server_error":
        status = int(fault.number("status"))
        code = "InternalError" if s3 else "InternalFailure"
        return ApiError(code, "We encountered an internal error. Please try again.", status)
    if fault.kind == "unavailable":
        return ApiError(
            "ServiceUnavailable", "The service is temporarily unavailable. Please try again.", 503
        )
    if fault.kind == "model_not_ready":
        message = "Model is not ready to serve inference requests. Please try again."
        return ApiError("ModelNotReadyException", message, 429)
    if fault.kind == "access_denied":
        if s3:
            return ApiError("AccessDenied", "Access Denied", 403)
        prefix = "sts" if service == STS else "sagemaker"
        message = f"User is not authorized to perform: {prefix}:{operation} on resource: {resource or '*'}"
        if service == STS:
            return ApiError("AccessDenied", message, 403)
        return ApiError("AccessDeniedException", message, 403 if service == RUNTIME else 400)
    if fault.kind == "expired_token":
        if s3:
            return ApiError("ExpiredToken", "The provided token has expired.", 400)
        code = "ExpiredToken" if service == STS else "ExpiredTokenException"
        return ApiError(
            code, "The security token included in the request is expired", 400 if service == CONTROL else 403
        )
    if fault.kind == "payload_too_large":
        return entity_too_large() if s3 else too_large(limit)
    return None


def too_large(limit: int) -> ApiError:
    """The runtime's refusal of a body beyond its limit."""
    return ApiError("413", f"HTTP content length exceeded {limit} bytes.", 413)


def entity_too_large() -> ApiError:
    """S3's refusal of an object beyond its limit."""
    return ApiError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size.")


def _slow_down() -> ApiError:
    return ApiError("SlowDown", "Please reduce your request rate.", 503)


def _json(body: Mapping[str, object]) -> bytes:
    return json.dumps(body).encode("utf-8")
