"""Another S3 service behind this one's port: requests are signed anew and passed on.

The client's own signature covers this server's address, so it cannot be passed on. Bodies in ``aws-chunked``
form, whose chunks are signed too, are unpacked on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import urllib3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

_PIECE = 1 << 20
_NOT_FORWARDED = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "expect",
        "host",
        "transfer-encoding",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-decoded-content-length",
        "x-amz-sdk-checksum-algorithm",
        "x-amz-security-token",
        "x-amz-trailer",
    }
)
_NOT_RETURNED = frozenset({"connection", "date", "keep-alive", "server", "transfer-encoding"})
#: Of addresses that were signed by version 2.
_PRESIGNED = frozenset({"AWSAccessKeyId", "Expires", "Signature"})


class Input(Protocol):
    """A WSGI request body."""

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes."""

    def readline(self) -> bytes:
        """Bytes up to the end of a line."""


class _UnsignedPayload(S3SigV4Auth):  # type: ignore[misc]
    """Signs the head of a request only, so that its body can be streamed."""

    def payload(self, request: Any) -> str:
        return "UNSIGNED-PAYLOAD"


class ExternalS3:
    """A WSGI application that passes requests to an S3 service at another address."""

    def __init__(self, endpoint_url: str, region: str, access_key_id: str | None, secret: str | None) -> None:
        self._endpoint_url = endpoint_url.rstrip("/")
        self._signer: Any = None
        if access_key_id and secret:
            self._signer = _UnsignedPayload(Credentials(access_key_id, secret), "s3", region)
        self._pool = urllib3.PoolManager(maxsize=32, retries=False)

    def __call__(
        self, environ: Mapping[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]
    ) -> Iterable[bytes]:
        scope = environ["asgi.scope"]
        headers = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name.decode("latin-1").lower() not in _NOT_FORWARDED
        }
        encodings = [part.strip() for part in headers.pop("content-encoding", "").split(",")]
        chunked = "aws-chunked" in encodings or _header(scope, "x-amz-content-sha256").startswith(
            "STREAMING-"
        )
        kept = ",".join(part for part in encodings if part and part != "aws-chunked")
        if kept:
            headers["content-encoding"] = kept
        size = int(_header(scope, "x-amz-decoded-content-length" if chunked else "content-length") or 0)
        source: Input = environ["wsgi.input"]
        body = _unchunked(source) if chunked else _limited(source, size)
        url = f"{self._endpoint_url}{scope['raw_path'].decode('ascii')}"
        query = "&".join(
            part
            for part in environ["QUERY_STRING"].split("&")
            if part and not part.startswith("X-Amz-") and part.partition("=")[0] not in _PRESIGNED
        )
        request = AWSRequest(method=scope["method"], url=f"{url}?{query}" if query else url, headers=headers)
        if self._signer is not None:
            self._signer.add_auth(request)
        sent = {**dict(request.headers.items()), "Content-Length": str(size)}
        try:
            response = self._pool.request(
                scope["method"],
                request.url,
                headers=sent,
                body=body if size else None,
                preload_content=False,
                decode_content=False,
                redirect=False,
            )
        except urllib3.exceptions.HTTPError as error:
            start_response("503 Service Unavailable", [("content-type", "application/xml")])
            return [_unreachable(self._endpoint_url, error)]
        answer = [
            (name, value) for name, value in response.headers.items() if name.lower() not in _NOT_RETURNED
        ]
        start_response(f"{response.status} {response.reason or 'Status'}", answer)
        return _drained(response)


def _header(scope: Mapping[str, Any], wanted: str) -> str:
    for name, value in scope["headers"]:
        if name.decode("latin-1").lower() == wanted:
            return str(value.decode("latin-1"))
    return ""


def _limited(source: Input, size: int) -> Iterator[bytes]:
    while size > 0:
        piece = source.read(min(size, _PIECE))
        if not piece:
            return
        size -= len(piece)
        yield piece


def _unchunked(source: Input) -> Iterator[bytes]:
    while True:
        size = int(source.readline().split(b";")[0].strip() or b"0", 16)
        if size == 0:
            while source.read(_PIECE):
                continue
            return
        yield from _limited(source, size)
        source.readline()


def _drained(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    try:
        yield from response.stream(_PIECE)
    finally:
        response.release_conn()


def _unreachable(endpoint_url: str, error: Exception) -> bytes:
    text = f"The S3 service at {endpoint_url} did not answer: {type(error).__name__}"
    return f"<Error><Code>ServiceUnavailable</Code><Message>{text}</Message></Error>".encode()
