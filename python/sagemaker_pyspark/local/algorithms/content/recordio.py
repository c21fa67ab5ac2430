"""RecordIO-protobuf: ``u32 0xced7230a``, ``u32`` length, a protobuf ``Record``, zero bytes up to a multiple
of 4.

Files of equal dense records, which is what nearly all are, are read through one strided numpy view: the
first record is parsed, and every byte of the others that is not a float must equal the first one's. All
else takes the general way.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ..contract import CustomerError
from . import protobuf
from .records import FloatArray, Records, as_table, from_rows, make_row

CONTENT_TYPE = "application/x-recordio-protobuf"
MAGIC = 0xCED7230A
_HEAD = struct.Struct("<II")
_KEY = "values"


def frames(data: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of each record's payload."""
    position = 0
    index = 0
    while position < len(data):
        if position + _HEAD.size > len(data):
            raise CustomerError(
                f"The RecordIO data ends inside the header of record {index} (byte {position})."
            )
        magic, size = _HEAD.unpack_from(data, position)
        if magic != MAGIC:
            raise CustomerError(
                f"Not RecordIO-protobuf: record {index} at byte {position} starts with {magic:#010x},"
                f" expected {MAGIC:#010x}."
            )
        start = position + _HEAD.size
        if start + size > len(data):
            raise CustomerError(
                f"The RecordIO data ends inside record {index}: {size} bytes announced at byte {position}, "
                f"{len(data) - start} left."
            )
        yield start, start + size
        position = start + size + (-size % 4)
        index += 1


def read(data: bytes) -> Records:
    """All records of a file or request body."""
    records = read_uniform(data)
    return read_general(data) if records is None else records


def read_uniform(data: bytes) -> Records | None:
    """The records, if all are dense, of one width and alike in form; else ``None``."""
    first = next(frames(data), None)
    if first is None:
        return None
    stride = first[1] + (-(first[1] - first[0]) % 4)
    if len(data) % stride:
        return None
    record = _parse(data, *first, 0)
    if set(record.features) != {_KEY} or not set(record.label) <= {_KEY}:
        return None
    tensors = [record.features[_KEY], *record.label.values()]
    if any(tensor.span is None or tensor.keys is not None or tensor.shape is not None for tensor in tensors):
        return None
    rows = np.frombuffer(data, np.uint8).reshape(-1, stride)
    spans = [tensor.span for tensor in tensors if tensor.span is not None]
    position = 0
    for start, end in sorted(spans):
        if not (rows[:, position:start] == rows[0, position:start]).all():
            return None
        position = end
    if not (rows[:, position:] == rows[0, position:]).all():
        return None
    features = _floats(rows, spans[0])
    labels = _floats(rows, spans[1]) if len(spans) > 1 else None
    if labels is not None and labels.shape[1] != 1:
        return None
    return Records(features, None if labels is None else labels[:, 0])


def read_general(data: bytes) -> Records:
    """The records, one at a time: sparse, mixed, or with further fields."""
    rows = []
    labels: list[float | None] = []
    for index, (start, end) in enumerate(frames(data)):
        record = _parse(data, start, end, index)
        if _KEY not in record.features:
            found = ", ".join(sorted(record.features)) or "none"
            raise CustomerError(f"Record {index} has no features under the key '{_KEY}'; it has: {found}.")
        tensor = record.features[_KEY]
        try:
            rows.append(make_row(tensor.values, tensor.keys, tensor.shape, index))
        except (OverflowError, ValueError) as error:
            raise CustomerError(
                f"Record {index} holds a key or a shape that is too large: {error}"
            ) from error
        label = record.label.get(_KEY)
        if label is not None and len(label.values) > 1:
            raise CustomerError(f"Record {index} has a label of {len(label.values)} values, expected 1.")
        labels.append(float(label.values[0]) if label is not None and len(label.values) else None)
    return from_rows(rows, labels)


def write_labels(columns: Mapping[str, FloatArray]) -> bytes:
    """One record per row with each column (rows, or rows x width) as a float32 tensor of its label map.

    All records are alike in form, so one template is repeated and the floats are filled in.
    """
    arrays = [as_table(values) for values in columns.values()]
    count = len(arrays[0]) if arrays else 0
    payload = bytearray()
    offsets: list[int] = []
    for name, values in zip(columns, arrays):
        before, entry = _label_entry(name, values.shape[1])
        offsets.append(_HEAD.size + len(payload) + before)
        payload += entry
    template = _HEAD.pack(MAGIC, len(payload)) + bytes(payload) + bytes(-len(payload) % 4)
    rows = np.tile(np.frombuffer(template, np.uint8), (count, 1))
    for offset, values in zip(offsets, arrays):
        size = 4 * values.shape[1]
        rows[:, offset : offset + size] = np.ascontiguousarray(values).view(np.uint8).reshape(count, size)
    return rows.tobytes()


def join(data: bytes, spans: Sequence[tuple[int, int]]) -> bytes:
    """The framed records whose payloads lie at ``spans`` of ``data``, in that order."""
    parts = []
    for start, end in spans:
        parts.append(_HEAD.pack(MAGIC, end - start) + data[start:end] + bytes(-(end - start) % 4))
    return b"".join(parts)


def _parse(data: bytes, start: int, end: int, index: int) -> protobuf.Record:
    try:
        return protobuf.read_record(data, start, end)
    except protobuf.WireError as error:
        raise CustomerError(f"Record {index} is not a protobuf Record: {error}.") from error


def _floats(rows: np.ndarray[tuple[int, int], np.dtype[np.uint8]], span: tuple[int, int]) -> FloatArray:
    return np.ascontiguousarray(rows[:, span[0] : span[1]]).view("<f4")


def _label_entry(name: str, width: int) -> tuple[int, bytes]:
    floats = bytes(4 * width)
    tensor = b"\x0a" + protobuf.write_varint(len(floats)) + floats
    value = b"\x12" + protobuf.write_varint(len(tensor)) + tensor
    key = name.encode("utf-8")
    entry = (
        b"\x0a" + protobuf.write_varint(len(key)) + key + b"\x12" + protobuf.write_varint(len(value)) + value
    )
    whole = b"\x12" + protobuf.write_varint(len(entry)) + entry
    return len(whole) - len(floats), whole
