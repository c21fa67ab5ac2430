"""Reading libsvm, CSV, protobuf and Parquet into the matrices of XGBoost.

A feature that a libsvm or sparse row leaves out is missing, not zero, as is an empty CSV field.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ..content import recordio
from ..contract import Channel, CustomerError
from .versions import Version

Array = NDArray[Any]

CSV = "text/csv"
LIBSVM = "text/libsvm"
RECORDIO = recordio.CONTENT_TYPE
PARQUET = "application/x-parquet"
NAMES = {
    "csv": CSV,
    CSV: CSV,
    "libsvm": LIBSVM,
    LIBSVM: LIBSVM,
    "text/x-libsvm": LIBSVM,
    RECORDIO: RECORDIO,
    "recordio-protobuf": RECORDIO,
    "parquet": PARQUET,
    PARQUET: PARQUET,
}
_EMPTY_FIELD = re.compile(r"(?:(?<=,)|^)[ \t]*(?=,|\r?$)", re.MULTILINE)


@dataclass(frozen=True)
class Rows:
    """``features`` dense or CSR. ``offset`` is 1 if the libsvm indices start there and were shifted."""

    features: Any
    labels: Array | None = None
    weights: Array | None = None
    groups: Array | None = None
    offset: int = 0

    @property
    def width(self) -> int:
        """Number of features."""
        return int(self.features.shape[1])

    def widened(self, width: int) -> Rows:
        """The same rows with missing features appended."""
        if width == self.width:
            return self
        features = self.features
        if sparse.issparse(features):
            features = sparse.csr_matrix(
                (features.data, features.indices, features.indptr), shape=(features.shape[0], width)
            )
        else:
            features = np.pad(features, ((0, 0), (0, width - self.width)), constant_values=np.nan)
        return Rows(features, self.labels, self.weights, self.groups, self.offset)


def read_csv(data: bytes, label: bool, weights: bool = False) -> Rows:
    """Label first if there is one, then the weight if there is one; ``ValueError`` says what is wrong."""
    text = data.decode("utf-8-sig").strip("\r\n")
    if not text.strip():
        raise ValueError("it has no rows")
    filled = _EMPTY_FIELD.sub("nan", text)
    table = np.loadtxt(filled.splitlines(), dtype=np.float64, delimiter=",", ndmin=2, comments=None)
    first = int(label) + int(weights)
    if table.shape[1] <= first:
        raise ValueError(f"{table.shape[1]} column(s), but {first} are label and weight")
    return Rows(
        np.ascontiguousarray(table[:, first:], dtype=np.float32),
        table[:, 0] if label else None,
        table[:, 1] if weights else None,
    )


def read_libsvm(data: bytes, offset: int | None) -> Rows:
    """``label index:value ...`` rows, with ``qid:`` if ranked; ``ValueError`` says what is wrong.

    ``offset`` is what indices are lowered by; ``None`` finds it: 1 if no index is 0, as Spark writes them.
    """
    try:
        features, labels, *groups = _svmlight(data)
    except ValueError as error:
        # XGBoost's parser takes a row's indices in any order.
        if "sorted" not in str(error):
            raise
        features, labels, *groups = _svmlight(_with_sorted_indices(data))
    features = sparse.csr_matrix(features)
    if offset is None:
        offset = int(features.nnz > 0 and int(features.indices.min()) >= 1)
    if offset and features.nnz and int(features.indices.min()) < offset:
        raise ValueError("an index is 0, but the model was trained on indices from 1 on")
    if offset and features.shape[1]:
        shape = (features.shape[0], max(features.shape[1] - offset, 0))
        features = sparse.csr_matrix((features.data, features.indices - offset, features.indptr), shape=shape)
    return Rows(features, labels, None, _numbered(groups[0]) if groups else None, offset)


def _svmlight(data: bytes) -> Any:
    from sklearn.datasets import load_svmlight_file

    first = next((line for line in data.split(b"\n") if line.partition(b"#")[0].strip()), b"")
    return load_svmlight_file(
        io.BytesIO(data), dtype=np.float32, zero_based=True, query_id=b" qid:" in first.partition(b"#")[0]
    )


def _with_sorted_indices(data: bytes) -> bytes:
    lines = []
    for line in data.split(b"\n"):
        label, *rest = line.partition(b"#")[0].split() or [b""]
        groups = [part for part in rest if part.startswith(b"qid:")]
        features = [part for part in rest if not part.startswith(b"qid:")]
        features.sort(key=lambda part: int(part.partition(b":")[0]))
        lines.append(b" ".join([label, *groups, *features]))
    return b"\n".join(lines)


def _numbered(groups: Array) -> Array:
    """Groups in the order of their rows: a new one begins where the id changes, as for XGBoost's parser."""
    return np.cumsum(np.r_[0, np.diff(groups) != 0])


def _without_weights(data: bytes) -> tuple[bytes, Array | None]:
    """``label:weight index:value ...`` lines without the weights, and these; all lines have one, or none."""
    lines = [line for line in data.split(b"\n") if line.strip() and not line.lstrip().startswith(b"#")]
    labels = [line.split(None, 1)[0].partition(b":") for line in lines]
    weighted = [colon for _, colon, _ in labels if colon]
    if not weighted:
        return data, None
    if len(weighted) < len(lines):
        raise ValueError(f"{len(weighted)} of {len(lines)} rows have a weight behind their label")
    rest = [line.split(None, 1)[1:] for line in lines]
    bare = [b" ".join([label, *features]) for (label, _, _), features in zip(labels, rest)]
    return b"\n".join(bare) + b"\n", np.array([float(weight) for _, _, weight in labels])


def read_protobuf(data: bytes) -> Rows:
    """Records, labelled or not."""
    records = recordio.read(data)
    return Rows(records.features, records.labels)


def read_channel(channel: Channel, version: Version, csv_weights: bool, offset: int | None) -> Rows:
    """All rows of a channel; a label that is missing or not finite is the customer's error."""
    name = (channel.content_type or LIBSVM).split(";")[0].strip().lower()
    kind = NAMES.get(name)
    if kind is None or (version.is_first and kind not in (CSV, LIBSVM)):
        known = ["csv", "libsvm"] if version.is_first else ["csv", "libsvm", "parquet", "recordio-protobuf"]
        raise CustomerError(
            f"{name} is not an accepted ContentType: {', '.join(known)} (channel '{channel.name}')"
        )
    if csv_weights and kind != CSV:
        raise CustomerError("csv_weights can only be used with data of ContentType csv")
    contents = list(channel.contents())
    if kind == LIBSVM:
        # As one file, so that the lowest index of all decides where they start.
        contents = [
            ("all files", b"".join(body if body.endswith(b"\n") else body + b"\n" for _, body in contents))
        ]
    parts = []
    for file, body in contents:
        if not body.strip():
            continue
        try:
            parts.append(_read(body, kind, csv_weights, offset))
        except CustomerError:
            raise
        except (ValueError, OverflowError) as error:
            raise CustomerError(
                f"Failed to load {name} data of channel '{channel.name}' with exception: {file}: {error}"
            ) from error
    if not parts:
        raise CustomerError(f"Channel '{channel.name}' holds no rows in its {len(channel.files)} file(s).")
    rows = _joined(parts, channel.name)
    _check(rows, channel.name)
    return rows


def _read(body: bytes, kind: str, csv_weights: bool, offset: int | None) -> Rows:
    if kind == CSV:
        return read_csv(body, True, csv_weights)
    if kind == LIBSVM:
        lines, weights = _without_weights(body)
        return replace(read_libsvm(lines, offset), weights=weights)
    return read_protobuf(body) if kind == RECORDIO else _read_parquet(body)


def _read_parquet(body: bytes) -> Rows:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise CustomerError(
            "The local service reads Parquet with pyarrow, which is not installed."
        ) from error
    try:
        table = parquet.read_table(io.BytesIO(body))
        columns = [column.to_numpy(zero_copy_only=False).astype(np.float64) for column in table.columns]
    except (pyarrow.ArrowException, TypeError) as error:
        raise ValueError(f"not Parquet of numbers: {error}") from error
    if len(columns) < 2:
        raise ValueError(f"{len(columns)} column(s), expected the label and at least one feature")
    return Rows(np.column_stack(columns[1:]).astype(np.float32), columns[0])


def _joined(parts: Sequence[Rows], channel: str) -> Rows:
    if len(parts) == 1:
        return parts[0]
    if len({part.width for part in parts}) > 1:
        widths = ", ".join(str(width) for width in sorted({part.width for part in parts}))
        raise CustomerError(f"The files of channel '{channel}' have different numbers of features: {widths}.")
    if any(sparse.issparse(part.features) for part in parts):
        features = sparse.vstack([sparse.csr_matrix(part.features) for part in parts], format="csr")
    else:
        features = np.concatenate([part.features for part in parts])
    labels = [part.labels for part in parts if part.labels is not None]
    weights = [part.weights for part in parts if part.weights is not None]
    return Rows(
        features,
        np.concatenate(labels) if len(labels) == len(parts) else None,
        np.concatenate(weights) if len(weights) == len(parts) else None,
    )


def _check(rows: Rows, channel: str) -> None:
    if rows.labels is None:
        raise CustomerError(f"The rows of channel '{channel}' have no label.")
    finite = np.isfinite(rows.labels)
    if not finite.all():
        index = int(np.argmin(finite))
        raise CustomerError(f"The label of row {index} of channel '{channel}' is {rows.labels[index]}.")
