"""The dispatcher: host, key, service, faults, then the service itself; every request of a client is
recorded.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from ..faults import CONTROL, RUNTIME, S3, STS, Fault
from . import digests, routes
from .admin import Admin
from .answers import (
    SPOILING,
    Collector,
    CompositeChecksums,
    Receive,
    Recorder,
    Send,
    read_body,
    read_until,
    read_whole,
    replay,
    send_part,
    send_reply,
    send_slowly,
    spoil,
)
from .call_log import Call, CallLog, PlannedFaults
from .connections import close, cut
from .control.api import ControlPlane
from .errors import ApiError, Reply, error_reply, fault_error, missing_key, too_large, unknown_key
from .routes import Request
from .runtime import Runtime

AsgiApplication = Callable[[Any, Any, Any], Awaitable[None]]
_LOGGER = logging.getLogger("sagemaker_pyspark.local")
_ISSUED_KEY = re.compile(rb"<AccessKeyId>([A-Z0-9]+)</AccessKeyId>")
_ADMIN_PREFIX = "/_local/"
_HIDDEN_AFTER_START = frozenset({"training_failure", "endpoint_failure"})


@dataclass
class Access:
    """The keys that may come in: the client's, the server's own, and those that STS handed out."""

    access_key_id: str
    secret_access_key: str
    internal_key_id: str

    def __post_init__(self) -> None:
        self.issued: set[str] = set()

    def accepts(self, key: str) -> bool:
        """Whether a request signed with this key id may come in."""
        own = (self.access_key_id, self.internal_key_id)
        return any(hmac.compare_digest(key.encode(), known.encode()) for known in own) or key in self.issued


@dataclass(frozen=True)
class Services:
    """What the dispatcher hands requests to; S3 and STS are ASGI applications."""

    s3: AsgiApplication
    sts: AsgiApplication
    control: ControlPlane
    runtime: Runtime
    admin: Admin


class Dispatcher:
    """The ASGI application."""

    def __init__(
        self,
        services: Services,
        access: Access,
        calls: CallLog,
        faults: PlannedFaults,
        max_payload_bytes: int,
        account_id: str,
    ) -> None:
        self._account_id = account_id
        self._services = services
        self._access = access
        self._calls = calls
        self._faults = faults
        self._limit = max_payload_bytes

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"Only HTTP is served, not {scope['type']}.")
        request = Request.from_scope(scope)
        service = routes.service_of(request)
        head = request.method == "HEAD"
        refusal = routes.refused_host(request.headers.get("host", ""), scope["server"][1])
        if refusal is not None:
            await read_body(receive)
            await send_reply(send, error_reply(service, ApiError("InvalidHost", refusal, 400)), head)
            return
        if request.path.startswith(_ADMIN_PREFIX):
            body = await read_body(receive) or b""
            await send_reply(send, await self._services.admin.handle(request, body))
            return
        key = routes.access_key(request)
        if key is None or not self._access.accepts(key):
            await read_body(receive)
            error = missing_key(service) if key is None else unknown_key(service)
            await send_reply(send, error_reply(service, error), head)
            return
        if hmac.compare_digest(key.encode(), self._access.internal_key_id.encode()):
            await self._forward(scope, receive, send)
            return
        await self._serve(scope, request, service, receive, send)

    async def _serve(
        self, scope: Mapping[str, Any], request: Request, service: str, receive: Receive, send: Send
    ) -> None:
        body, connection = b"", receive
        if service != S3:
            read = await read_body(receive, self._limit if service == RUNTIME else None)
            body, receive = read or b"", replay(read or b"")
            operation, resource = self._describe(request, service, body)
            call = self._calls.start(operation, service, resource)
            call.request_bytes = (
                len(body) if read is not None else int(request.headers.get("content-length", "0"))
            )
            early = too_large(self._limit) if read is None else None
        else:
            operation, resource = self._describe(request, service, body)
            call = self._calls.start(operation, service, resource)
            call.request_bytes = int(request.headers.get("content-length", "0") or "0")
            early = _reserved_bucket(request) or _foreign_owner(request, self._account_id)
        recorder = Recorder(send, call)
        head = request.method == "HEAD"
        try:
            fault = self._faults.take(operation, resource)
            call.fault = fault.kind if fault else None
            if fault is not None and fault.kind == "slow":
                await asyncio.sleep(fault.number("seconds"))
            error = early or (
                fault_error(service, operation, resource, fault, self._limit) if fault else None
            )
            if error is not None:
                # Nothing is read of an empty body: that would send "100 Continue", and botocore misreads the
                # answer if an earlier one on the same connection came without.
                if service == S3 and call.request_bytes:
                    await read_body(receive)
                await self._send_error(recorder, service, error, call, head)
            elif fault is not None and fault.kind == "cut_request":
                await read_until(receive, int(fault.number("after_bytes")))
                await cut(scope)
            elif (
                fault is not None
                and fault.kind in ("reset", "no_answer")
                and fault.arguments.get("after_bytes") is None
            ):
                await self._stay_silent(scope, service, connection, fault)
            elif fault is not None and fault.kind in ("reset", "close", "trickle", *SPOILING):
                collector = Collector()
                await self._answer(scope, request, service, body, fault, receive, collector, call)
                await self._send_spoiled(scope, collector.reply(), fault, recorder, head)
            else:
                await self._answer(scope, request, service, body, fault, receive, recorder, call)
        finally:
            self._calls.finish(call)

    async def _answer(
        self,
        scope: Mapping[str, Any],
        request: Request,
        service: str,
        body: bytes,
        fault: Fault | None,
        receive: Receive,
        send: Send | Recorder | Collector,
        call: Call,
    ) -> None:
        if service == S3:
            try:
                await self._forward(scope, receive, send)
            except ApiError as error:
                await self._send_error(send, service, error, call, False)
        elif service == STS:
            collector = Collector()
            await self._services.sts(scope, receive, collector)
            reply = collector.reply()
            self._access.issued.update(key.decode() for key in _ISSUED_KEY.findall(reply.body))
            await send_reply(send, reply)
        else:
            try:
                if service == RUNTIME:
                    failing = fault if fault is not None and fault.kind == "model_error" else None
                    reply = await self._services.runtime.invoke(request, body, failing)
                else:
                    planned = fault if fault is not None and fault.kind in _HIDDEN_AFTER_START else None
                    reply = await asyncio.to_thread(
                        self._services.control.handle, call.operation, body, planned
                    )
            except ApiError as error:
                await self._send_error(send, service, error, call, False)
                return
            except Exception:
                _LOGGER.exception("%s failed", call.operation)
                message = f"The local service failed at {call.operation}; its log has the traceback."
                await self._send_error(send, service, ApiError("InternalFailure", message, 500), call, False)
                return
            await send_reply(send, reply)

    async def _forward(
        self, scope: Mapping[str, Any], receive: Receive, send: Send | Recorder | Collector
    ) -> None:
        """Hand a request to S3, whose few threads mustn't wait for a client that is slow to send it.

        :raises ApiError: when what arrived isn't what the client says that it sent.
        """
        headers = [(name.lower(), value) for name, value in scope["headers"]]
        body = b""
        if any(
            name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
            for name, value in headers
        ):
            read = await read_whole(receive)
            if read is None:
                return
            body = read
            kept = [pair for pair in headers if pair[0] not in (b"transfer-encoding", b"content-length")]
            # WSGI knows a body by its length.
            scope = {**scope, "headers": [*kept, (b"content-length", str(len(body)).encode())]}
            receive = replay(body)
        if scope["method"] in ("PUT", "POST"):
            # A completion's checksum is that of the object, not of the list of its parts.
            completes = scope["method"] == "POST" and b"uploadId=" in scope["query_string"]
            digests.check(headers, body, whole=not completes)
        await self._services.s3(scope, receive, CompositeChecksums(send))

    async def _send_error(
        self, send: Send | Recorder | Collector, service: str, error: ApiError, call: Call, head: bool
    ) -> None:
        call.error = error.code
        await send_reply(send, error_reply(service, error), head)

    async def _send_spoiled(
        self, scope: Mapping[str, Any], reply: Reply, fault: Fault, send: Recorder, head: bool
    ) -> None:
        if fault.kind == "reset":
            await send_part(send, reply, int(fault.number("after_bytes")))
            await cut(scope)
        elif fault.kind == "close":
            await send_part(send, reply, int(fault.number("after_bytes")))
            close(scope)
        elif fault.kind == "trickle" and not head:
            await send_slowly(send, reply, fault.number("seconds"))
        else:
            await send_reply(send, spoil(reply, fault), head)

    async def _stay_silent(
        self, scope: Mapping[str, Any], service: str, receive: Receive, fault: Fault
    ) -> None:
        if service == S3:
            await read_body(receive)
        if fault.kind == "reset":
            await cut(scope)
            return
        while (await receive())["type"] != "http.disconnect":
            continue

    def _describe(self, request: Request, service: str, body: bytes) -> tuple[str, str]:
        if service == CONTROL:
            # Other services' targets stay whole, and are no operation of SageMaker's.
            operation = request.headers["x-amz-target"].removeprefix("SageMaker.")
            return operation, self._services.control.resource_of(operation, body)
        if service == RUNTIME:
            return routes.runtime_operation(request), routes.endpoint_name(request)
        if service == STS:
            form = parse_qs(body.decode("utf-8", "replace"))
            return form.get("Action", ["Unknown"])[0], form.get("RoleArn", [""])[0]
        return routes.s3_operation(request), request.path.lstrip("/")


def _foreign_owner(request: Request, account_id: str) -> ApiError | None:
    """All buckets here are the one account's."""
    expected = request.headers.get("x-amz-expected-bucket-owner", account_id)
    return None if expected == account_id else ApiError("AccessDenied", "Access Denied", 403)


def _reserved_bucket(request: Request) -> ApiError | None:
    bucket, _ = routes.split_path(request.path)
    if bucket != routes.RESERVED_BUCKET:
        return None
    return ApiError(
        "InvalidBucketName",
        f"The local service reserves the bucket name '{bucket}': its path is that of SageMaker's runtime. Use"
        " another name.",
    )
