"""Images of a user, registered by the tests."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagemaker_pyspark.local import (
    Algorithm,
    CustomerError,
    InferenceRequest,
    InferenceResponse,
    Predictor,
    TrainingContext,
)


@dataclass
class Note:
    """What ``Echo`` keeps of its environment; a dataclass looks its own module up."""

    text: str


class Echo(Algorithm, Predictor):
    """Keeps the names of its channel's files, answers with what it was sent."""

    def train(self, job: TrainingContext) -> None:
        names = ",".join(path.name for path in job.channel("train").files)
        (job.model_dir / "names.txt").write_text(names)
        (job.model_dir / "note.txt").write_text(Note(os.environ.get("NOTE", "none")).text)

    def load(self, model: Any, environment: Mapping[str, str]) -> Predictor:
        return self

    def predict(self, request: InferenceRequest) -> InferenceResponse:
        if request.body == b"slow":
            time.sleep(5)
        if request.body == b"refuse":
            raise CustomerError("refused", 422)
        if request.body == b"break":
            raise KeyError("broken")
        if request.body == b"late":
            raise TimeoutError("my own")
        if request.body == b"bare":
            return b"bytes"  # type: ignore[return-value]
        if request.body == b"quit":
            sys.exit(3)
        return InferenceResponse(request.body, request.content_type or "application/octet-stream")


class Quitter(Algorithm):
    """Ends its process when it is loaded."""

    def load(self, model: Any, environment: Mapping[str, str]) -> Predictor:
        sys.exit(2)


class Sleeper(Algorithm):
    """Trains for a minute."""

    def train(self, job: TrainingContext) -> None:
        job.log.info(f"sleeping in process {os.getpid()}")
        time.sleep(60)


class Crasher(Algorithm):
    """Dies as native code dies."""

    def train(self, job: TrainingContext) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)
