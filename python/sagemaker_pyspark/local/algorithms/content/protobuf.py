"""Just enough of the protobuf wire format for ``aialgs.data.Record``, over bytes and numpy.

``Record { map<string, Value> features = 1; map<string, Value> label = 2; ... }``; a ``Value`` holds one
tensor: float32 (field 2), float64 (3) or int32 (7), each with packed ``values`` = 1, ``keys`` = 2,
``shape`` = 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEATURES = 1
LABEL = 2
FLOAT32_TENSOR = 2
FLOAT64_TENSOR = 3
INT32_TENSOR = 7
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_FLOATS: Mapping[int, tuple[np.dtype[Any], int]] = {
    FLOAT32_TENSOR: (np.dtype("<f4"), _FIXED32),
    FLOAT64_TENSOR: (np.dtype("<f8"), _FIXED64),
}


class WireError(ValueError):
    """The bytes are not a well-formed message."""


@dataclass
class Tensor:
    """Values, and for a sparse tensor keys and shape; ``span`` is where packed float32 values lie, if in
    one piece.
    """

    values: NDArray[Any] = field(default_factory=lambda: np.empty(0, dtype=np.float32))
    keys: list[int] | None = None
    shape: list[int] | None = None
    span: tuple[int, int] | None = None


@dataclass
class Record:
    """The tensors of a record by their map keys."""

    features: dict[str, Tensor] = field(default_factory=dict)
    label: dict[str, Tensor] = field(default_factory=dict)


def read_varint(data: bytes, position: int, end: int) -> tuple[int, int]:
    """The number at ``position`` and the position after it."""
    value = shift = 0
    while position < end:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift > 63:
            raise WireError(f"a number at byte {position} is longer than 64 bits")
    raise WireError(f"the message ends inside a number at byte {position}")


def write_varint(value: int) -> bytes:
    """``value`` in the protobuf form for unsigned numbers."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def fields(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """``(number, wire type, start, end)`` of each field between two positions; a varint lies between them
    too.
    """
    position = start
    while position < end:
        tag, position = read_varint(data, position, end)
        kind = tag & 7
        if kind == _VARINT:
            stop = read_varint(data, position, end)[1]
        elif kind == _LENGTH:
            size, position = read_varint(data, position, end)
            stop = position + size
        elif kind in (_FIXED32, _FIXED64):
            stop = position + (4 if kind == _FIXED32 else 8)
        else:
            raise WireError(f"unknown wire type {kind} at byte {position}")
        if stop > end:
            raise WireError(f"field {tag >> 3} at byte {position} is longer than its message")
        yield tag >> 3, kind, position, stop
        position = stop


def read_record(data: bytes, start: int, end: int) -> Record:
    """Parse the record between two positions; fields it does not know are skipped."""
    record = Record()
    for number, kind, first, last in fields(data, start, end):
        if number in (FEATURES, LABEL) and kind == _LENGTH:
            name, tensor = _read_entry(data, first, last)
            (record.features if number == FEATURES else record.label)[name] = tensor
    return record


def _read_entry(data: bytes, start: int, end: int) -> tuple[str, Tensor]:
    name = ""
    tensor = Tensor()
    for number, kind, first, last in fields(data, start, end):
        if number == 1 and kind == _LENGTH:
            name = data[first:last].decode("utf-8", "replace")
        elif number == 2 and kind == _LENGTH:
            for tensor_field, tensor_kind, low, high in fields(data, first, last):
                if tensor_kind != _LENGTH or tensor_field not in (*_FLOATS, INT32_TENSOR):
                    raise WireError(f"the value '{name}' is not a tensor of numbers (field {tensor_field})")
                tensor = _read_tensor(data, low, high, tensor_field)
    return name, tensor


def _read_tensor(data: bytes, start: int, end: int, kind_of_tensor: int) -> Tensor:
    tensor = Tensor()
    pieces: list[NDArray[Any]] = []
    for number, kind, first, last in fields(data, start, end):
        if number == 1 and kind_of_tensor in _FLOATS:
            dtype, single = _FLOATS[kind_of_tensor]
            if kind not in (_LENGTH, single) or (last - first) % dtype.itemsize:
                raise WireError(f"the values at byte {first} are not whole numbers of type {dtype}")
            pieces.append(np.frombuffer(data, dtype, (last - first) // dtype.itemsize, first))
            if kind == _LENGTH and kind_of_tensor == FLOAT32_TENSOR:
                tensor.span = (first, last)
        elif number == 1:
            pieces.append(_varints(data, first, last).astype(np.int64).astype(np.int32))
        elif number == 2:
            tensor.keys = (tensor.keys or []) + [int(key) for key in _varints(data, first, last)]
        elif number == 3:
            tensor.shape = (tensor.shape or []) + [int(size) for size in _varints(data, first, last)]
    if pieces:
        tensor.values = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
    if len(pieces) != 1:
        tensor.span = None
    return tensor


def _varints(data: bytes, start: int, end: int) -> NDArray[np.uint64]:
    """All varints between two positions (packed, or the one of an unpacked field)."""
    raw = np.frombuffer(data, np.uint8, end - start, start)
    last = np.flatnonzero(raw < 0x80)
    if len(last) == len(raw):
        return raw.astype(np.uint64)
    if not len(last) or last[-1] != len(raw) - 1:
        raise WireError(f"the numbers at byte {start} end inside a number")
    first = np.concatenate([[0], last[:-1] + 1])
    length = last - first + 1
    if int(length.max()) > 10:
        raise WireError(f"a number at byte {start} is longer than 64 bits")
    values = np.zeros(len(last), dtype=np.uint64)
    for offset in range(int(length.max())):
        present = length > offset
        septets = (raw[first[present] + offset] & 0x7F).astype(np.uint64)
        values[present] |= septets << np.uint64(7 * offset)
    return values
