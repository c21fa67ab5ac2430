"""A container of a user's own: takes rows of named fields in JSON, answers an object for each; echoes CSV."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sagemaker_pyspark.local import Algorithm, CustomerError, InferenceRequest, InferenceResponse, Predictor


class Container(Algorithm, Predictor):
    """Answers each row with itself as text, its number of fields and whether it is even."""

    def train(self, job: Any) -> None:
        (job.model_dir / "model.txt").write_text("nothing to learn")

    def load(self, model: Any, environment: Mapping[str, str]) -> Predictor:
        return self

    def predict(self, request: InferenceRequest) -> InferenceResponse:
        if len(request.body) > 2000:
            raise CustomerError("too large for this container", 413)
        if request.content_type == "text/csv":
            return InferenceResponse(request.body, "text/csv")
        if request.content_type == "application/jsonlines":
            rows = [json.loads(line) for line in request.body.decode().split("\n") if line]
        else:
            rows = json.loads(request.body, parse_constant=_refuse)
        answers = [
            {
                "text": json.dumps(row, ensure_ascii=False, sort_keys=True),
                "fields": len(row),
                "even": None if row["id"] is None else row["id"] % 2 == 0,
                "parts": list(row.values())[:1],
            }
            for row in rows
        ]
        if request.accept == "application/jsonlines":
            lines = "".join(json.dumps(answer) + "\n" for answer in answers)
            return InferenceResponse(lines.encode(), "application/x-jsonlines")
        return InferenceResponse(json.dumps(answers).encode(), "application/json; charset=utf-8")


def _refuse(constant: str) -> None:
    raise CustomerError(f"{constant} is not JSON")
