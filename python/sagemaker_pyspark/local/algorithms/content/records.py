"""Rows as the algorithms see them, whatever content type they came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ..contract import CustomerError

FloatArray = NDArray[np.float32]
Features = Union[FloatArray, sparse.csr_matrix]


@dataclass(frozen=True)
class Records:
    """``features`` is rows x width, a dense array or a CSR matrix, float32; ``labels`` has one number a
    row, or is ``None``.
    """

    features: Any
    labels: FloatArray | None = None

    def __len__(self) -> int:
        return int(self.features.shape[0])

    @property
    def width(self) -> int:
        """Number of features."""
        return int(self.features.shape[1])

    @property
    def is_sparse(self) -> bool:
        """Whether ``features`` is a CSR matrix."""
        return bool(sparse.issparse(self.features))


def from_rows(rows: Sequence[Row], labels: Sequence[float | None]) -> Records:
    """One ``Records`` of rows that must agree in width and in having a label."""
    widths = {row.width for row in rows}
    if len(widths) > 1:
        first = rows[0].width
        index = next(i for i, row in enumerate(rows) if row.width != first)
        raise CustomerError(
            f"All records must have the same number of features: record 0 has {first}, record {index} has"
            f" {rows[index].width}."
        )
    width = widths.pop() if widths else 0
    if any(row.keys is not None for row in rows):
        features: Any = _csr(rows, width)
    else:
        features = np.array([row.values for row in rows], dtype=np.float32).reshape(len(rows), width)
    return Records(features, _labels(labels))


@dataclass(frozen=True)
class Row:
    """One row: values, and for a sparse one the column of each (``keys``)."""

    values: FloatArray
    width: int
    keys: NDArray[np.int64] | None = None


def make_row(values: Any, keys: Any, shape: Sequence[int] | None, index: int) -> Row:
    """Build a row from a tensor's parts.

    A row is sparse if it has keys, or a shape larger than its values: an all-zero sparse row has a shape
    and nothing else.
    """
    with np.errstate(over="ignore"):
        numbers = np.asarray(values, dtype=np.float32).reshape(-1)
    size = int(np.prod(shape, dtype=np.int64)) if shape is not None and len(shape) else None
    has_keys = keys is not None and len(keys) > 0
    if not has_keys and (size is None or size == len(numbers)):
        return Row(numbers, len(numbers))
    columns = np.asarray(keys if has_keys else [], dtype=np.int64)
    if size is None:
        raise CustomerError(f"Record {index} is sparse (it has keys) but has no shape.")
    if len(columns) != len(numbers):
        raise CustomerError(
            f"Record {index} has {len(columns)} keys and {len(numbers)} values, expected as many."
        )
    if len(columns) and (int(columns.min()) < 0 or int(columns.max()) >= size):
        raise CustomerError(f"Record {index} has key {int(columns.max())}, outside of its shape [{size}].")
    return Row(numbers, size, columns)


def as_table(values: Any) -> FloatArray:
    """Output values as rows x width, float32; one value a row makes a table of width 1."""
    array = np.ascontiguousarray(values, dtype="<f4")
    return array.reshape(array.shape[0], 1) if array.ndim == 1 else array


def concatenate(parts: Sequence[Records]) -> Records:
    """The rows of several files as one; they must agree in width and in having labels."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return Records(np.empty((0, 0), dtype=np.float32))
    if len({part.width for part in filled}) > 1:
        widths = ", ".join(str(width) for width in sorted({part.width for part in filled}))
        raise CustomerError(f"All records must have the same number of features; the files have {widths}.")
    if len({part.labels is None for part in filled}) > 1:
        raise CustomerError("Some records have a label and some have none.")
    if len(filled) == 1:
        return filled[0]
    features: Any
    if any(part.is_sparse for part in filled):
        features = sparse.vstack([sparse.csr_matrix(part.features) for part in filled], format="csr")
    else:
        features = np.concatenate([part.features for part in filled])
    labels = [part.labels for part in filled if part.labels is not None]
    return Records(features, np.concatenate(labels) if labels else None)


def refuse_non_finite(records: Records) -> None:
    """Raise a ``CustomerError`` that names the first record and feature that is NaN or infinite."""
    values = records.features.data if records.is_sparse else records.features
    finite = np.isfinite(values)
    if finite.all():
        return
    if records.is_sparse:
        position = int(np.argmin(finite))
        row = int(np.searchsorted(records.features.indptr, position, side="right")) - 1
        column = int(records.features.indices[position])
        value = values[position]
    else:
        row, column = (int(i) for i in np.unravel_index(int(np.argmin(finite)), finite.shape))
        value = values[row, column]
    bad = int(finite.size - np.count_nonzero(finite))
    raise CustomerError(
        f"The data holds {bad} value(s) that are NaN or infinite, the first at record {row}, feature"
        f" {column}: {value}. Remove or impute them."
    )


def _csr(rows: Sequence[Row], width: int) -> Any:
    keys = [np.arange(row.width, dtype=np.int64) if row.keys is None else row.keys for row in rows]
    pointers = np.concatenate([[0], np.cumsum([len(k) for k in keys])])
    values = np.concatenate([row.values for row in rows])
    matrix = sparse.csr_matrix((values, np.concatenate(keys), pointers), shape=(len(rows), width))
    matrix.sum_duplicates()
    return matrix


def _labels(labels: Sequence[float | None]) -> FloatArray | None:
    if not labels or all(label is None for label in labels):
        return None
    if any(label is None for label in labels):
        index = next(i for i, label in enumerate(labels) if label is None)
        raise CustomerError(
            f"Some records have a label and some have none; the first without is record {index}."
        )
    return np.array(labels, dtype=np.float32)
