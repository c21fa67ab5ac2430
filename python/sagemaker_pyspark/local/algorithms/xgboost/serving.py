"""The answers of the XGBoost images."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..content import recordio
from ..contract import CustomerError, InferenceRequest, InferenceResponse, Predictor
from .data import CSV, LIBSVM, NAMES, RECORDIO, Rows, read_csv, read_libsvm, read_protobuf
from .versions import Version

JSON = "application/json"
JSONLINES = "application/jsonlines"
_ACCEPTED = (JSON, JSONLINES, RECORDIO, CSV)
_DEFAULT_LIMIT = 6 * 1024 * 1024
_WORDS = {CSV: "csv", LIBSVM: "libsvm", RECORDIO: "recordio-protobuf"}


class XGBoostPredictor(Predictor):
    """A loaded booster.

    0.72 answers any request with one line of numbers between commas; later images with one row a line. Both
    read the environment variables ``MAX_CONTENT_LENGTH`` (bytes) and, later ones,
    ``SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT``.
    """

    def __init__(
        self, xgboost: Any, booster: Any, version: Version, environment: Mapping[str, str], offset: int
    ) -> None:
        self._xgboost = xgboost
        self._booster = booster
        self._version = version
        self._offset = offset
        self._width = int(booster.num_features())
        self._limit = int(environment.get("MAX_CONTENT_LENGTH", _DEFAULT_LIMIT))
        self._default_accept = environment.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", CSV)
        # Not all boosters may be asked by several threads at once (dart).
        self._lock = threading.Lock()

    def predict(self, request: InferenceRequest) -> InferenceResponse:
        """One prediction per row; an empty body gets 204."""
        if len(request.body) > self._limit:
            raise CustomerError("The data value transmitted exceeds the capacity limit.", 413)
        if not request.body:
            return InferenceResponse(b"", CSV, 204)
        kind = self._kind(request.content_type)
        accept = CSV if self._version.is_first else self._accept(request.accept)
        rows = self._rows(request.body, kind)
        try:
            rows = self._fitted(rows, kind)
            with self._lock:
                matrix = self._xgboost.DMatrix(rows.features)
                predicted = np.asarray(
                    self._booster.predict(matrix, validate_features=False), dtype=np.float32
                )
        except (ValueError, self._xgboost.core.XGBoostError) as error:
            raise CustomerError(f"Unable to evaluate payload provided: {error}") from error
        return self._answer(predicted, accept)

    def _kind(self, content_type: str | None) -> str:
        name = (content_type or CSV).lower().split(";")[0].strip()
        kind = NAMES.get(name)
        if kind not in _WORDS or "/" not in name:
            raise CustomerError(
                f"Content-type {name} not supported. Supported content-type is text/csv, text/libsvm,"
                " application/x-recordio-protobuf",
                415,
            )
        return str(kind)

    def _accept(self, accept: str | None) -> str:
        name = (accept or "").split(";")[0].strip().lower()
        if name in ("", "*/*"):
            return self._default_accept
        if name not in _ACCEPTED:
            raise CustomerError(
                f"Accept type {accept} is not supported. Please use supported accept types:"
                f" {list(_ACCEPTED)}.",
                406,
            )
        return name

    def _rows(self, body: bytes, kind: str) -> Rows:
        try:
            if kind == CSV:
                return read_csv(body, label=False)
            return read_libsvm(_labelled(body), self._offset) if kind == LIBSVM else read_protobuf(body)
        except (ValueError, OverflowError, CustomerError) as error:
            word = _WORDS[kind]
            text = error.message if isinstance(error, CustomerError) else str(error)
            raise CustomerError(
                f"Loading {word} data failed with Exception, please ensure data is in {word} format:\n"
                f" {type(error)}\n {text}",
                415,
            ) from error

    def _fitted(self, rows: Rows, kind: str) -> Rows:
        """The rows with as many features as the model, or a ``ValueError`` in the container's words."""
        if kind == LIBSVM and rows.width <= self._width:
            return rows.widened(self._width)
        if kind == LIBSVM and rows.width == self._width + 1:
            # No tree can ask for a feature that training never saw.
            return Rows(rows.features[:, : self._width])
        if kind == LIBSVM:
            raise ValueError(
                f"Feature size of libsvm inference data {rows.width} is larger than feature size of trained"
                f" model {self._width}."
            )
        if rows.width != self._width:
            raise ValueError(
                f"Feature size of {_WORDS[kind]} inference data {rows.width} is not consistent with feature"
                f" size of trained model {self._width}."
            )
        return rows

    def _answer(self, predicted: Any, accept: str) -> InferenceResponse:
        table = predicted.reshape(len(predicted), -1).tolist()
        if accept == RECORDIO:
            return InferenceResponse(recordio.write_labels({"score": predicted}), accept)
        if accept == CSV and self._version.is_first:
            return InferenceResponse(",".join(str(value) for row in table for value in row).encode(), CSV)
        if accept == CSV:
            lines = [",".join(map(str, row)) + "\n" for row in table]
            return InferenceResponse("".join(lines).encode(), CSV)
        rows = [{"score": score} for score in predicted.tolist()]
        if accept == JSONLINES:
            return InferenceResponse("".join(json.dumps(row) + "\n" for row in rows).encode(), accept)
        return InferenceResponse(json.dumps({"predictions": rows}).encode(), JSON)


def _labelled(body: bytes) -> bytes:
    """Each line with a label, which requests may leave out."""
    lines = []
    for line in body.strip().splitlines():
        first = line.split(None, 1)[0] if line.strip() else b""
        lines.append(b"0 " + line if not first or b":" in first else line)
    return b"\n".join(lines) + b"\n"
