"""The NDArray file format of MXNet, read and written with numpy alone.

The built-in algorithms keep their models in it: k-means and LDA as a list of arrays, PCA as a dictionary.
All numbers are little endian: ``u64 0x112``, ``u64 0``, ``u64`` number of arrays, the arrays, ``u64``
number of names (0 for a list), each name as ``u64`` length and bytes. An array: ``u32`` magic, ``i32``
storage type (0, dense), ``u32`` number of dimensions, ``i64`` each, ``i32`` device type, ``i32`` device id,
``i32`` element type, the elements in C order.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_FILE_MAGIC = 0x112
_MAGIC_V1 = 0xF993FAC8
_MAGIC_V2 = 0xF993FAC9
_MAGIC_V3 = 0xF993FACA
_CPU = 1
_TYPES = {0: "<f4", 1: "<f8", 2: "<f2", 3: "|u1", 4: "<i4", 5: "|i1", 6: "<i8"}
_FLAGS = {np.dtype(name): flag for flag, name in _TYPES.items()}


class NDArrayFormatError(ValueError):
    """The bytes are not an NDArray file of dense arrays."""


def dumps(arrays: Sequence[Array] | Mapping[str, Array]) -> bytes:
    """Encode a list of arrays, or a dictionary of named arrays."""
    names = list(arrays) if isinstance(arrays, Mapping) else []
    values = list(arrays.values()) if isinstance(arrays, Mapping) else list(arrays)
    parts = [struct.pack("<QQQ", _FILE_MAGIC, 0, len(values))]
    parts += [_dump_array(np.asarray(value)) for value in values]
    parts.append(struct.pack("<Q", len(names)))
    for name in names:
        encoded = name.encode("utf-8")
        parts.append(struct.pack("<Q", len(encoded)) + encoded)
    return b"".join(parts)


def loads(data: bytes) -> list[Array] | dict[str, Array]:
    """Decode a file: a list if its arrays have no names, else a dictionary."""
    reader = _Reader(data)
    magic, _ = reader.unpack("<QQ")
    if magic != _FILE_MAGIC:
        raise NDArrayFormatError(
            f"Not an NDArray file: it starts with {magic:#x}, expected {_FILE_MAGIC:#x}."
        )
    arrays = [_load_array(reader) for _ in range(reader.count())]
    names = [reader.take(reader.count()).decode("utf-8") for _ in range(reader.count())]
    if names and len(names) != len(arrays):
        raise NDArrayFormatError(f"The NDArray file has {len(arrays)} arrays and {len(names)} names.")
    return dict(zip(names, arrays)) if names else arrays


def load_list(data: bytes) -> list[Array]:
    """Decode a file that must hold a list."""
    arrays = loads(data)
    if isinstance(arrays, dict):
        raise NDArrayFormatError(f"Expected a list of arrays, found named ones: {', '.join(arrays)}.")
    return arrays


def load_dict(data: bytes) -> dict[str, Array]:
    """Decode a file that must hold named arrays."""
    arrays = loads(data)
    if not isinstance(arrays, dict):
        raise NDArrayFormatError(f"Expected named arrays, found a list of {len(arrays)}.")
    return arrays


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def take(self, size: int) -> bytes:
        end = self._position + size
        if size < 0 or end > len(self._data):
            raise NDArrayFormatError(
                f"The NDArray file ends at byte {len(self._data)}; {size} bytes were expected at"
                f" {self._position}."
            )
        piece = self._data[self._position : end]
        self._position = end
        return piece

    def unpack(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def count(self) -> int:
        return self.unpack("<Q")[0]


def _dump_array(array: Array) -> bytes:
    flag = _FLAGS.get(array.dtype.newbyteorder("<"))
    if flag is None:
        raise NDArrayFormatError(f"An NDArray file cannot hold elements of type {array.dtype}.")
    shape = struct.pack(f"<I{array.ndim}q", array.ndim, *array.shape)
    head = struct.pack("<Ii", _MAGIC_V2, 0) + shape + struct.pack("<iii", _CPU, 0, flag)
    return head + np.ascontiguousarray(array, dtype=_TYPES[flag]).tobytes()


def _load_array(reader: _Reader) -> Array:
    (magic,) = reader.unpack("<I")
    if magic in (_MAGIC_V2, _MAGIC_V3):
        (storage,) = reader.unpack("<i")
        if storage != 0:
            raise NDArrayFormatError(f"Only dense arrays can be read, found storage type {storage}.")
    if magic in (_MAGIC_V1, _MAGIC_V2, _MAGIC_V3):
        (dimensions,) = reader.unpack("<I")
        layout = f"<{_dimensions(dimensions)}q"
    else:
        # The oldest form has no magic: its first number is the count of 32-bit dimensions.
        layout = f"<{_dimensions(magic)}I"
    shape = reader.unpack(layout)
    reader.unpack("<ii")
    (flag,) = reader.unpack("<i")
    if flag not in _TYPES or any(size < 0 for size in shape):
        raise NDArrayFormatError(
            f"The NDArray file holds an array of unknown type {flag} or bad shape {shape}."
        )
    dtype = np.dtype(_TYPES[flag])
    size = dtype.itemsize
    for dimension in shape:
        size *= dimension
    return np.frombuffer(reader.take(size), dtype=dtype).reshape(shape)


def _dimensions(count: int) -> int:
    if not 1 <= count <= 32:
        raise NDArrayFormatError(f"The NDArray file holds an array with {count} dimensions.")
    return count
