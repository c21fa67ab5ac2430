"""Faults that a test can ask the embedded service for, as values.

``aws.fail_next("InvokeEndpoint", Fault.throttle(), times=2)`` makes the next two invocations answer what
the real service answers when it throttles. A fault is plain data, so it travels to the server process as
JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CONTROL = "sagemaker"
RUNTIME = "runtime"
S3 = "s3"
STS = "sts"

OPERATIONS: Mapping[str, frozenset[str]] = {
    CONTROL: frozenset(
        [
            "AddTags",
            "CreateEndpoint",
            "CreateEndpointConfig",
            "CreateModel",
            "CreateTrainingJob",
            "DeleteEndpoint",
            "DeleteEndpointConfig",
            "DeleteModel",
            "DeleteTags",
            "DescribeEndpoint",
            "DescribeEndpointConfig",
            "DescribeModel",
            "DescribeTrainingJob",
            "ListEndpointConfigs",
            "ListEndpoints",
            "ListModels",
            "ListTags",
            "ListTrainingJobs",
            "StopTrainingJob",
            "UpdateEndpoint",
        ]
    ),
    RUNTIME: frozenset({"InvokeEndpoint"}),
    S3: frozenset(
        [
            "AbortMultipartUpload",
            "CompleteMultipartUpload",
            "CopyObject",
            "CreateBucket",
            "CreateMultipartUpload",
            "DeleteBucket",
            "DeleteObject",
            "DeleteObjects",
            "GetBucketLocation",
            "GetObject",
            "HeadBucket",
            "HeadObject",
            "ListBuckets",
            "ListMultipartUploads",
            "ListObjectVersions",
            "ListObjects",
            "ListObjectsV2",
            "ListParts",
            "PutObject",
            "UploadPart",
            "UploadPartCopy",
        ]
    ),
    STS: frozenset({"AssumeRole", "GetAccessKeyInfo", "GetCallerIdentity", "GetSessionToken"}),
}
"""Operations that a fault can name, by service, as the AWS API spells them."""

ANY_OPERATION = "*"

_INVOCATION_ONLY = frozenset({"model_not_ready", "drop_rows", "extra_rows", "model_error"})
_ACCEPTED_BY: Mapping[str, frozenset[str]] = {
    **{kind: OPERATIONS[RUNTIME] for kind in _INVOCATION_ONLY},
    "training_failure": frozenset({"CreateTrainingJob"}),
    "endpoint_failure": frozenset({"CreateEndpoint", "UpdateEndpoint"}),
    "slow_down": OPERATIONS[S3],
    "payload_too_large": OPERATIONS[RUNTIME] | {"PutObject", "UploadPart"},
    "cut_request": frozenset({"PutObject", "UploadPart"}),
}


@dataclass(frozen=True)
class Fault:
    """One kind of misbehaviour. Make it with the class methods below, not with the constructor."""

    kind: str
    arguments: Mapping[str, object] = field(default_factory=dict)

    def applies_to(self, operation: str) -> bool:
        """Whether a request of this operation can misbehave so."""
        accepted = _ACCEPTED_BY.get(self.kind)
        return accepted is None or operation in accepted

    def text(self, name: str) -> str:
        """The argument ``name`` as text."""
        return str(self.arguments[name])

    def number(self, name: str) -> float:
        """The argument ``name`` as a number."""
        value = self.arguments[name]
        if not isinstance(value, (int, float)):
            raise TypeError(f"Fault {self.kind}: {name} must be a number, got {value!r}.")
        return float(value)

    @classmethod
    def throttle(cls) -> Fault:
        """The service's throttling error: ``ThrottlingException`` (S3: ``SlowDown``)."""
        return cls("throttle")

    @classmethod
    def server_error(cls, status: int = 500) -> Fault:
        """An internal error with this HTTP status (500 to 599)."""
        return cls("server_error", {"status": _between("status", status, 500, 599)})

    @classmethod
    def unavailable(cls) -> Fault:
        """HTTP 503 ``ServiceUnavailable``."""
        return cls("unavailable")

    @classmethod
    def model_not_ready(cls) -> Fault:
        """InvokeEndpoint: HTTP 429 ``ModelNotReadyException``."""
        return cls("model_not_ready")

    @classmethod
    def reset(cls, after_bytes: int | None = None) -> Fault:
        """Cut the connection: before the answer, or after this many bytes of its body (the request then
        took effect).
        """
        return cls("reset", {"after_bytes": after_bytes})

    @classmethod
    def close(cls, after_bytes: int) -> Fault:
        """Close the connection in order after this many bytes of the answer's body, of which more were
        announced (the request took effect).
        """
        return cls("close", {"after_bytes": _between("after_bytes", after_bytes, 0, 2**31)})

    @classmethod
    def cut_request(cls, after_bytes: int) -> Fault:
        """S3 uploads: cut the connection after this many bytes of the request's body; it takes no effect."""
        return cls("cut_request", {"after_bytes": _between("after_bytes", after_bytes, 0, 2**31)})

    @classmethod
    def trickle(cls, seconds: float) -> Fault:
        """Send the answer's body in pieces, over so long a time."""
        return cls("trickle", {"seconds": seconds})

    @classmethod
    def slow(cls, seconds: float) -> Fault:
        """Wait so long before the request is handled."""
        return cls("slow", {"seconds": seconds})

    @classmethod
    def no_answer(cls) -> Fault:
        """Read the request and never answer; the connection stays open until the client gives up."""
        return cls("no_answer")

    @classmethod
    def drop_rows(cls, n: int) -> Fault:
        """InvokeEndpoint: leave out the last ``n`` rows of the answer."""
        return cls("drop_rows", {"n": _between("n", n, 1, 2**31)})

    @classmethod
    def extra_rows(cls, n: int) -> Fault:
        """InvokeEndpoint: repeat the last row of the answer ``n`` times."""
        return cls("extra_rows", {"n": _between("n", n, 1, 2**31)})

    @classmethod
    def corrupt(cls) -> Fault:
        """Damage the start of the answer's body; status and length stay."""
        return cls("corrupt")

    @classmethod
    def truncate(cls) -> Fault:
        """Send a complete HTTP answer with only the first half of the body."""
        return cls("truncate")

    @classmethod
    def access_denied(cls) -> Fault:
        """The caller may not do this: ``AccessDeniedException`` (S3: ``AccessDenied``)."""
        return cls("access_denied")

    @classmethod
    def slow_down(cls) -> Fault:
        """S3: HTTP 503 ``SlowDown``."""
        return cls("slow_down")

    @classmethod
    def expired_token(cls) -> Fault:
        """The caller's temporary credentials have expired."""
        return cls("expired_token")

    @classmethod
    def training_failure(cls, reason: str) -> Fault:
        """CreateTrainingJob succeeds; the job then ends as ``Failed`` with this reason."""
        return cls("training_failure", {"reason": reason})

    @classmethod
    def endpoint_failure(cls, reason: str) -> Fault:
        """CreateEndpoint or UpdateEndpoint succeeds; loading the models then fails with this reason."""
        return cls("endpoint_failure", {"reason": reason})

    @classmethod
    def payload_too_large(cls) -> Fault:
        """InvokeEndpoint: code ``413``; S3 uploads: ``EntityTooLarge``."""
        return cls("payload_too_large")

    @classmethod
    def model_error(cls, status: int, message: str) -> Fault:
        """InvokeEndpoint: HTTP 424 ``ModelError``, as if the container had answered ``status`` and
        ``message``.
        """
        return cls("model_error", {"status": _between("status", status, 400, 599), "message": message})


def _between(name: str, value: int, low: int, high: int) -> int:
    if not low <= value <= high:
        raise ValueError(f"{name} must be between {low} and {high}, got {value}.")
    return value


def check_fault(operation: str, fault: Fault) -> None:
    """Raise ``ValueError`` if ``operation`` is no operation of the service, or cannot misbehave like
    ``fault``.
    """
    known = frozenset().union(*OPERATIONS.values())
    if operation != ANY_OPERATION and operation not in known:
        raise ValueError(
            f"Unknown operation {operation!r}. Known: {', '.join(sorted(known))}, or '*' for any."
        )
    if operation != ANY_OPERATION and not fault.applies_to(operation):
        accepted = ", ".join(sorted(_ACCEPTED_BY[fault.kind]))
        raise ValueError(f"Fault {fault.kind!r} does not apply to {operation}; it applies to: {accepted}.")
