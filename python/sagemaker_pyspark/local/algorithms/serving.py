"""Answering requests of records: the part that all algorithms but XGBoost share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from .content.records import FloatArray, refuse_non_finite
from .content.types import (
    CSV,
    JSON,
    JSONLINES,
    RECORDIO,
    read_request,
    response_type,
    write_response,
)
from .contract import CustomerError, InferenceRequest, InferenceResponse, Predictor


class RecordsPredictor(Predictor):
    """Reads records, refuses those of another width or with NaN, writes the columns of ``infer``.

    Subclasses may narrow the request and response ``types`` and name the JSON ``envelope``.
    """

    types: ClassVar[Sequence[str]] = (RECORDIO, CSV, JSON, JSONLINES)
    envelope: ClassVar[str] = "predictions"

    @property
    @abstractmethod
    def width(self) -> int:
        """Number of features that the model expects."""

    @abstractmethod
    def infer(self, features: Any) -> Mapping[str, FloatArray]:
        """The answer's columns, in the order of CSV, for a dense or CSR matrix of rows."""

    def predict(self, request: InferenceRequest) -> InferenceResponse:
        """One row of the answer per record, in the order of the request."""
        answer = response_type(request.accept, self.types)
        records = read_request(request, self.types)
        features = records.features
        if len(records):
            if records.width != self.width:
                raise CustomerError(
                    f"The request's records have {records.width} features, the model expects {self.width}."
                )
            refuse_non_finite(records)
        else:
            features = np.empty((0, self.width), dtype=np.float32)
        return write_response(self.infer(features), answer, self.envelope)
