"""What a client says about the bytes that it sends to S3, compared with what arrived."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterable

from .errors import ApiError

#: Digests by header; CRC32C and CRC64NVME, which Python doesn't come with, are taken as they are.
_CHECKSUMS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "x-amz-checksum-crc32": ("CRC32", lambda body: zlib.crc32(body).to_bytes(4, "big")),
    "x-amz-checksum-sha1": ("SHA1", lambda body: hashlib.sha1(body).digest()),
    "x-amz-checksum-sha256": ("SHA256", lambda body: hashlib.sha256(body).digest()),
}
_HEXADECIMAL = 64


def check(headers: Iterable[tuple[bytes, bytes]], body: bytes, *, whole: bool) -> None:
    """Compare a body with `Content-MD5`, `x-amz-content-sha256` and `x-amz-checksum-*`.

    Bodies in AWS's own chunks aren't looked at: their digests are about what is in the chunks.

    :param whole: whether `x-amz-checksum-*` are about this body.
    :raises ApiError: `InvalidDigest`, `BadDigest`, `InvalidRequest` or `XAmzContentSHA256Mismatch`, with
        the texts of S3.
    """
    found = {name.decode("latin-1").lower(): value.decode("latin-1").strip() for name, value in headers}
    signed = found.get("x-amz-content-sha256", "")
    if signed.startswith("STREAMING-"):
        return
    if len(signed) == _HEXADECIMAL and signed != hashlib.sha256(body).hexdigest():
        raise ApiError(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
            400,
        )
    md5 = found.get("content-md5")
    if md5 is not None:
        expected = _decoded(md5)
        if expected is None or len(expected) != hashlib.md5().digest_size:
            raise ApiError("InvalidDigest", "The Content-MD5 you specified was invalid.", 400)
        if expected != hashlib.md5(body).digest():
            raise ApiError("BadDigest", "The Content-MD5 you specified did not match what we received.", 400)
    for header, (name, digest) in _CHECKSUMS.items():
        if whole and header in found:
            actual = digest(body)
            expected = _decoded(found[header])
            if expected is None or len(expected) != len(actual):
                raise ApiError("InvalidRequest", f"Value for {header} header is invalid.", 400)
            if expected != actual:
                raise ApiError(
                    "BadDigest",
                    f"The {name} you specified did not match the calculated checksum.",
                    400,
                )


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None
