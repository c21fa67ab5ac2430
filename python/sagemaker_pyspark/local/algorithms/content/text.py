"""CSV, JSON and JSON Lines bodies to records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..contract import CustomerError
from .records import Records, Row, from_rows, make_row


def read_csv(data: bytes, label_size: int = 0) -> Records:
    """Rows of comma-separated numbers without a header; the first ``label_size`` (0 or 1) columns are the
    label.
    """
    text = _decode(data, "CSV")
    if not text.strip():
        return Records(np.empty((0, 0), dtype=np.float32))
    try:
        table = np.loadtxt(text.splitlines(), dtype=np.float64, delimiter=",", ndmin=2, comments=None)
    except ValueError as error:
        raise CustomerError(
            f"The CSV data is not rows of numbers of one width without a header: {error}"
        ) from error
    if table.shape[1] <= label_size:
        raise CustomerError(
            f"The CSV data has {table.shape[1]} column(s), of which {label_size} is the label."
        )
    with np.errstate(over="ignore"):
        features = np.ascontiguousarray(table[:, label_size:], dtype=np.float32)
        labels = table[:, 0].astype(np.float32) if label_size else None
    return Records(features, labels)


def read_json(data: bytes) -> Records:
    """``{"instances": [...]}``, each instance ``{"features": [...]}``, ``{"data": {"features": {...}}}`` or
    a list.
    """
    document = _loads(_decode(data, "JSON"), "The JSON body")
    if not isinstance(document, dict) or not isinstance(document.get("instances"), list):
        raise CustomerError('The JSON body must be an object with a list under "instances".')
    return _from_instances(document["instances"])


def read_jsonlines(data: bytes) -> Records:
    """One instance, as in JSON, per line."""
    # Not splitlines(), which also splits inside of strings, at the line separators that Unicode has.
    lines = [line for line in _decode(data, "JSON Lines").split("\n") if line.strip()]
    return _from_instances(
        [_loads(line, f"Line {index} of the JSON Lines body") for index, line in enumerate(lines)]
    )


def _from_instances(instances: Sequence[Any]) -> Records:
    rows = [_instance(instance, index) for index, instance in enumerate(instances)]
    return from_rows(rows, [None] * len(rows))


def _instance(instance: Any, index: int) -> Row:
    features = instance
    if isinstance(features, dict) and isinstance(features.get("data"), dict):
        features = features["data"]
    if isinstance(features, dict) and "features" in features:
        features = features["features"]
    keys = shape = None
    if isinstance(features, dict):
        keys, shape = features.get("keys"), features.get("shape")
        features = features.get("values", [] if shape is not None else None)
    if not isinstance(features, list):
        raise CustomerError(
            f'Instance {index} must be {{"features": [...]}}, {{"data": {{"features": {{"values": [...]}}}}}}'
            ' or, sparse, {"data": {"features": {"keys": [...], "shape": [n], "values": [...]}}}.'
        )
    try:
        return make_row(features, keys, shape, index)
    except (TypeError, ValueError, OverflowError) as error:
        raise CustomerError(f"Instance {index} holds something that is not a number: {error}") from error


def _decode(data: bytes, what: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CustomerError(f"The {what} data is not UTF-8 text: {error}") from error


def _loads(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise CustomerError(f"{where} is not JSON: {error}") from error
