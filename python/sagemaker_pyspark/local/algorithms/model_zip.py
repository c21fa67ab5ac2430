"""Models that are a zip file inside ``model.tar.gz``: those of linear learner and factorization machines."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import ndarray
from .archive import MAX_MEMBER_BYTES, ArchiveError

# The same content gives the same bytes.
_STAMP = (1980, 1, 1, 0, 0, 0)


def dumps(members: Mapping[str, bytes]) -> bytes:
    """The members as a zip file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            information = zipfile.ZipInfo(name, _STAMP)
            information.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(information, data)
    return packed.getvalue()


def loads(data: bytes, algorithm: str) -> dict[str, bytes]:
    """The members of a zip file; an ``ArchiveError`` if it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for information in archive.infolist():
                if information.file_size > MAX_MEMBER_BYTES:
                    raise ArchiveError(
                        f"'{information.filename}' in the model has {information.file_size} bytes; the limit"
                        f" is {MAX_MEMBER_BYTES}."
                    )
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
        raise ArchiveError(
            f"The model is no {algorithm} model: its file is not a readable zip file: {error}"
        ) from error


def parameters(members: Mapping[str, bytes], name: str, algorithm: str) -> dict[str, NDArray[np.float64]]:
    """The arrays of a parameter file; the prefixes ``arg:`` and ``aux:`` of their names are left out."""
    try:
        arrays = ndarray.load_dict(_member(members, name, algorithm))
    except ndarray.NDArrayFormatError as error:
        raise ArchiveError(f"The model is no {algorithm} model: {name}: {error}") from error
    return {key.split(":", 1)[-1]: array.astype(np.float64) for key, array in arrays.items()}


def array(arrays: Mapping[str, NDArray[np.float64]], name: str, algorithm: str) -> NDArray[np.float64]:
    """One of the arrays; an ``ArchiveError`` if it is missing."""
    if name not in arrays:
        raise ArchiveError(
            f"The model is no {algorithm} model: it has no array '{name}', only:"
            f" {', '.join(arrays) or 'none'}."
        )
    return arrays[name]


def document(members: Mapping[str, bytes], name: str, algorithm: str) -> dict[str, Any]:
    """A JSON object among the members; empty if there is no such member."""
    if name not in members:
        return {}
    try:
        value = json.loads(members[name])
    except ValueError as error:
        raise ArchiveError(f"The model is no {algorithm} model: {name} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ArchiveError(f"The model is no {algorithm} model: {name} is not a JSON object.")
    return value


def operators(symbol: Mapping[str, Any]) -> set[str]:
    """The operators of an MXNet symbol."""
    nodes = symbol.get("nodes")
    if not isinstance(nodes, list):
        return set()
    return {str(node.get("op")) for node in nodes if isinstance(node, dict)}


def symbol(*nodes: tuple[str, str, tuple[int, ...], dict[str, str]]) -> dict[str, Any]:
    """An MXNet symbol of nodes (operator, name, numbers of the input nodes, attributes); the last is the
    head.
    """
    described = [
        {
            "op": operator,
            "name": name,
            **({"attrs": attributes} if attributes else {}),
            "inputs": [[source, 0, 0] for source in sources],
        }
        for operator, name, sources, attributes in nodes
    ]
    return {
        "nodes": described,
        "arg_nodes": [index for index, node in enumerate(nodes) if node[0] == "null"],
        "node_row_ptr": list(range(len(nodes) + 1)),
        "heads": [[len(nodes) - 1, 0, 0]],
        "attrs": {"mxnet_version": ["int", 10600]},
    }


def to_json(value: Mapping[str, Any]) -> bytes:
    """A JSON object as bytes."""
    return json.dumps(value, indent=2).encode("utf-8")


def _member(members: Mapping[str, bytes], name: str, algorithm: str) -> bytes:
    if name not in members:
        raise ArchiveError(
            f"The model is no {algorithm} model: it has no file '{name}', only:"
            f" {', '.join(members) or 'none'}."
        )
    return members[name]
