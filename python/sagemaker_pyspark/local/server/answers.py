"""Sending answers, whole or spoiled by a fault."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ..algorithms.content import recordio
from ..faults import Fault
from .call_log import Call
from .errors import Reply

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SPOILING = frozenset({"drop_rows", "extra_rows", "corrupt", "truncate"})


class Recorder:
    """Passes an answer on while noting status and size in the call's record."""

    def __init__(self, send: Send, call: Call) -> None:
        self._send = send
        self._call = call

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._call.status = message["status"]
        elif message["type"] == "http.response.body":
            self._call.response_bytes += len(message.get("body", b""))
        await self._send(message)


class Collector:
    """Keeps an answer instead of sending it."""

    def __init__(self) -> None:
        self._status = 500
        self._headers: dict[str, str] = {}
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = {
                name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]
            }
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    def reply(self) -> Reply:
        """The answer collected."""
        return Reply(self._status, bytes(self._body), self._headers)


class CompositeChecksums:
    """Passes an answer on, with the checksum of an object of parts marked as such.

    S3 adds the number of parts to it, as to the ETag: it is none of the object's bytes, and SDKs compare it
    with nothing.
    """

    def __init__(self, send: Send | Recorder | Collector) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message["headers"])
            etag = next((value for name, value in headers if name.lower() == b"etag"), b"")
            parts = etag.strip(b'"').partition(b"-")[2]
            if parts:
                headers = [
                    (name, value + b"-" + parts if _is_whole_checksum(name, value) else value)
                    for name, value in headers
                ]
            message = {**message, "headers": headers}
        await self._send(message)


def _is_whole_checksum(name: bytes, value: bytes) -> bool:
    kind = name.lower().removeprefix(b"x-amz-checksum-")
    return kind in (b"crc32", b"crc32c", b"sha1", b"sha256") and b"-" not in value


async def send_reply(send: Send, reply: Reply, head: bool = False) -> None:
    """Send a complete answer; for a HEAD request without its body."""
    headers = {name.lower(): value for name, value in reply.headers.items()}
    if not head or "content-length" not in headers:
        headers["content-length"] = str(len(reply.body))
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
    await send({"type": "http.response.body", "body": b"" if head else reply.body})


async def send_part(send: Send, reply: Reply, size: int) -> None:
    """Announce the whole answer but send only the first ``size`` bytes of its body; the caller then cuts
    the line.
    """
    headers = {
        **{name.lower(): value for name, value in reply.headers.items()},
        "content-length": str(len(reply.body)),
    }
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
    await send({"type": "http.response.body", "body": reply.body[:size], "more_body": True})


async def send_slowly(send: Send, reply: Reply, seconds: float, pieces: int = 20) -> None:
    """Send a complete answer whose body comes in pieces over that time."""
    headers = {
        **{name.lower(): value for name, value in reply.headers.items()},
        "content-length": str(len(reply.body)),
    }
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
    size = max(1, -(-len(reply.body) // pieces))
    starts = range(0, len(reply.body), size)
    for start in starts:
        # The client has the answer with its last byte: the time passes before that.
        await asyncio.sleep(seconds / len(starts))
        await send(
            {"type": "http.response.body", "body": reply.body[start : start + size], "more_body": True}
        )
    await send({"type": "http.response.body", "body": b""})


async def read_until(receive: Receive, size: int) -> None:
    """Read a request's body up to this many bytes, or to its end."""
    read = 0
    while read < size:
        message = await receive()
        read += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return


async def read_body(receive: Receive, limit: int | None = None) -> bytes | None:
    """The body of a request; ``None`` if it is longer than ``limit`` (it is read to its end all the same)."""
    body = bytearray()
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        piece = message.get("body", b"")
        size += len(piece)
        if limit is None or size <= limit:
            body += piece
        if not message.get("more_body", False):
            return bytes(body) if limit is None or size <= limit else None


async def read_whole(receive: Receive) -> bytes | None:
    """The body of a request; ``None`` if the client went away before its end."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def replay(body: bytes) -> Receive:
    """A receive channel that hands out a body already read."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


def spoil(reply: Reply, fault: Fault) -> Reply:
    """The answer as the fault leaves it; error answers stay as they are."""
    if not 200 <= reply.status < 300:
        return reply
    headers = {name: value for name, value in reply.headers.items() if name.lower() != "content-length"}
    return Reply(reply.status, _spoiled_body(reply, fault), headers)


def _spoiled_body(reply: Reply, fault: Fault) -> bytes:
    body = reply.body
    if fault.kind == "truncate":
        return body[: len(body) // 2]
    if fault.kind == "corrupt":
        return bytes(byte ^ 0xFF for byte in body[:16]) + body[16:]
    count = int(fault.number("n"))
    content_type = next(
        (value for name, value in reply.headers.items() if name.lower() == "content-type"), ""
    )
    if content_type.startswith(recordio.CONTENT_TYPE):
        spans = list(recordio.frames(body))
        return recordio.join(body, _resized(spans, fault.kind, count))
    if content_type.startswith("application/json") and not content_type.startswith("application/jsonlines"):
        document = json.loads(body)
        for key, rows in document.items():
            document[key] = _resized(rows, fault.kind, count)
        return json.dumps(document).encode("utf-8")
    return b"".join(_resized(body.splitlines(keepends=True), fault.kind, count))


def _resized(rows: list[Any], kind: str, count: int) -> list[Any]:
    return rows[: max(0, len(rows) - count)] if kind == "drop_rows" else rows + rows[-1:] * count
