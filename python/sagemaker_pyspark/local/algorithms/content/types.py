"""Content types: reading channels and requests, writing responses, for all that works on records."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..contract import Channel, CustomerError, InferenceRequest, InferenceResponse
from . import recordio, text
from .records import FloatArray, Records, as_table, concatenate

RECORDIO = recordio.CONTENT_TYPE
CSV = "text/csv"
JSON = "application/json"
JSONLINES = "application/jsonlines"
_SYNONYMS = {"csv": CSV, "json": JSON, "jsonlines": JSONLINES, "recordio-protobuf": RECORDIO}


def media_type(value: str) -> tuple[str, dict[str, str]]:
    """``"text/csv; label_size=0"`` as ``("text/csv", {"label_size": "0"})``."""
    name, *pieces = value.split(";")
    parameters = (piece.partition("=") for piece in pieces)
    return name.strip().lower(), {key.strip().lower(): setting.strip() for key, _, setting in parameters}


def read_channel(channel: Channel, types: Sequence[str] = (RECORDIO, CSV)) -> Records:
    """All records of a training channel in one of ``types``, the first if the channel names none. For CSV
    the label comes first, unless ``label_size=0``.
    """
    name, parameters = media_type(channel.content_type or types[0])
    if name not in types:
        version = parameters.get("version", "1.0")
        raise CustomerError(
            f"No iterator has been registered for ContentType ('{name}', '{version}'); channel"
            f" '{channel.name}' takes {' or '.join(types)}"
        )
    label_size = _label_size(parameters) if name == CSV else 0
    parts = []
    for file, data in channel.contents():
        try:
            parts.append(recordio.read(data) if name == RECORDIO else text.read_csv(data, label_size))
        except CustomerError as error:
            raise CustomerError(
                f"Unable to read file '{file}' of channel '{channel.name}': {error.message}"
            ) from error
    records = concatenate(parts)
    if not len(records):
        raise CustomerError(f"Channel '{channel.name}' holds no records in its {len(parts)} file(s).")
    return records


def read_request(
    request: InferenceRequest, types: Sequence[str] = (RECORDIO, CSV, JSON, JSONLINES)
) -> Records:
    """The records of a request body; a content type outside ``types`` is answered with 415."""
    name, parameters = media_type(request.content_type or "")
    name = _SYNONYMS.get(name, name)
    if name not in types:
        raise CustomerError(f"Content-Type header value '{request.content_type or ''}' not supported", 415)
    if name == RECORDIO:
        return recordio.read(request.body)
    if name == CSV:
        return text.read_csv(request.body, int(parameters.get("label_size", "0") == "1"))
    return text.read_json(request.body) if name == JSON else text.read_jsonlines(request.body)


def response_type(accept: str | None, types: Sequence[str] = (RECORDIO, CSV, JSON, JSONLINES)) -> str:
    """The type to answer in: the first of the Accept header that is supported, JSON if it names none, else
    406.
    """
    wanted = [media_type(piece)[0] for piece in (accept or "*/*").split(",") if piece.strip()]
    for name in wanted or ["*/*"]:
        name = _SYNONYMS.get(name, name)
        if name in types:
            return name
        if name in ("*/*", "application/*"):
            return JSON
    raise CustomerError(f"Accept type '{accept}' is not supported.", 406)


def write_response(
    columns: Mapping[str, FloatArray], name: str, envelope: str = "predictions"
) -> InferenceResponse:
    """One row per record: ``columns`` maps output names to arrays of rows, or rows x width, in the order of
    CSV.
    """
    if name == RECORDIO:
        return InferenceResponse(recordio.write_labels(columns), name)
    if name == CSV:
        table = np.concatenate([as_table(values) for values in columns.values()], axis=1)
        lines = [",".join(map(repr, row)) + "\n" for row in table.tolist()]
        return InferenceResponse("".join(lines).encode("ascii"), name)
    rows = _as_objects(columns)
    if name == JSONLINES:
        return InferenceResponse("".join(json.dumps(row) + "\n" for row in rows).encode("utf-8"), name)
    return InferenceResponse(json.dumps({envelope: rows}).encode("utf-8"), JSON)


def _as_objects(columns: Mapping[str, FloatArray]) -> list[dict[str, Any]]:
    lists = [np.asarray(values, dtype=np.float32).tolist() for values in columns.values()]
    return [dict(zip(columns, row)) for row in zip(*lists)]


def _label_size(parameters: Mapping[str, str]) -> int:
    value = parameters.get("label_size", "1")
    if value not in ("0", "1"):
        raise CustomerError(f"label_size of the content type must be 0 or 1, found '{value}'.")
    return int(value)
