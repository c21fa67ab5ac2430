"""Which service and operation a request is for, and what may come in at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from ..faults import CONTROL, RUNTIME, S3, STS

RESERVED_BUCKET = "endpoints"
INVOKE_ENDPOINT = "InvokeEndpoint"
_RUNTIME_OPERATIONS = {
    "invocations": INVOKE_ENDPOINT,
    "async-invocations": "InvokeEndpointAsync",
    "invocations-response-stream": "InvokeEndpointWithResponseStream",
}
_INVOCATION = re.compile(rf"^/endpoints/([^/]+)/({'|'.join(_RUNTIME_OPERATIONS)})$")
_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/")
_OBJECT = {
    "GET": "GetObject",
    "HEAD": "HeadObject",
    "PUT": "PutObject",
    "DELETE": "DeleteObject",
    "POST": "PostObject",
}
_BUCKET = {
    "GET": "ListObjects",
    "HEAD": "HeadBucket",
    "PUT": "CreateBucket",
    "DELETE": "DeleteBucket",
    "POST": "PostObject",
}
_VERBS = {"GET": "Get", "HEAD": "Head", "PUT": "Put", "DELETE": "Delete", "POST": "Post"}


@dataclass(frozen=True)
class Request:
    """The head of an HTTP request."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @classmethod
    def from_scope(cls, scope: Mapping[str, object]) -> Request:
        """From an ASGI scope; header names in lower case, the last of equal ones counts."""
        pairs = scope["headers"]
        assert isinstance(pairs, (list, tuple))
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}
        raw = scope["query_string"]
        assert isinstance(raw, bytes)
        query = {
            key: values[-1] for key, values in parse_qs(raw.decode("latin-1"), keep_blank_values=True).items()
        }
        return cls(str(scope["method"]), str(scope["path"]), query, headers)


def refused_host(host: str, port: int) -> str | None:
    """Why a Host header is refused, or ``None`` if it names this server."""
    if host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        return None
    if re.fullmatch(rf"[^:]+\.(127\.0\.0\.1|localhost):{port}", host):
        bucket = re.sub(r"\.(127\.0\.0\.1|localhost):\d+$", "", host)
        return (
            f"The bucket '{bucket}' was addressed as a host name ({host}). The local service takes path-style"
            f" addresses: use the endpoint http://127.0.0.1:{port} and path-style access."
        )
    return f"The Host header '{host}' is not this server; use http://127.0.0.1:{port}."


def access_key(request: Request) -> str | None:
    """The access key id that a request was signed with, in its header or, presigned, in its query."""
    header = request.headers.get("authorization", "")
    found = _CREDENTIAL.search(header)
    if found:
        return found.group(1)
    if header.startswith("AWS ") and ":" in header:
        return header[4:].split(":")[0]
    credential = request.query.get("X-Amz-Credential")
    if credential:
        return credential.split("/")[0]
    return request.query.get("AWSAccessKeyId")


def service_of(request: Request) -> str:
    """SageMaker by its target header, its runtime by the path, STS by the form, everything else is S3."""
    if "x-amz-target" in request.headers:
        return CONTROL
    if request.query.get("Action") and request.path == "/":
        return STS
    if request.method == "POST":
        if _INVOCATION.match(request.path):
            return RUNTIME
        content_type = request.headers.get("content-type", "")
        if request.path == "/" and content_type.startswith("application/x-www-form-urlencoded"):
            return STS
    return S3


def endpoint_name(request: Request) -> str:
    """Name of the endpoint that an invocation is for."""
    found = _INVOCATION.match(request.path)
    return unquote(found.group(1)) if found else ""


def runtime_operation(request: Request) -> str:
    """The runtime's operation that a request asks for."""
    found = _INVOCATION.match(request.path)
    return _RUNTIME_OPERATIONS[found.group(2)] if found else INVOKE_ENDPOINT


def split_path(path: str) -> tuple[str, str]:
    """Bucket and key of an S3 path."""
    bucket, _, key = path.lstrip("/").partition("/")
    return bucket, key


def s3_operation(request: Request) -> str:
    """The S3 operation of a request, by its method, path and query."""
    bucket, key = split_path(request.path)
    method, query = request.method, request.query
    if not bucket:
        return "ListBuckets"
    if key:
        return _object_operation(method, query, request.headers)
    special = {
        ("POST", "delete"): "DeleteObjects",
        ("GET", "uploads"): "ListMultipartUploads",
        ("GET", "location"): "GetBucketLocation",
        ("GET", "versions"): "ListObjectVersions",
    }
    for (verb, name), operation in special.items():
        if method == verb and name in query:
            return operation
    if method == "GET" and query.get("list-type") == "2":
        return "ListObjectsV2"
    sub = _subresource(query)
    return f"{_VERBS.get(method, method)}Bucket{sub}" if sub else _BUCKET.get(method, method)


def _object_operation(method: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    copies = "x-amz-copy-source" in headers
    if "uploadId" in query:
        upload = {
            "PUT": "UploadPartCopy" if copies else "UploadPart",
            "POST": "CompleteMultipartUpload",
            "DELETE": "AbortMultipartUpload",
            "GET": "ListParts",
        }
        return upload.get(method, method)
    if method == "POST" and "uploads" in query:
        return "CreateMultipartUpload"
    sub = _subresource(query)
    if sub:
        return f"{_VERBS.get(method, method)}Object{sub}"
    if method == "PUT" and copies:
        return "CopyObject"
    return _OBJECT.get(method, method)


def _subresource(query: Mapping[str, str]) -> str:
    names = (
        "acl",
        "tagging",
        "policy",
        "versioning",
        "lifecycle",
        "encryption",
        "cors",
        "website",
        "notification",
    )
    return next((name.capitalize() for name in names if name in query), "")
