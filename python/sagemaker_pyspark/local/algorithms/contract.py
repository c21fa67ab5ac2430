"""What an algorithm is to the embedded service, built-in ones and a user's own alike.

An algorithm trains from files in a directory and leaves files in another, as a container does, and loads
such files to answer requests. ``LocalSageMaker.register_image`` takes the name of a callable without
arguments that returns one.
"""

from __future__ import annotations

import gzip
import json
import math
import time
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .archive import ModelArchive
from .joblog import JobLog


class CustomerError(Exception):
    """The caller's data or settings are at fault.

    In training it ends the job with ``ClientError: message``; in inference it is the container's answer with
    ``status`` (400 to 499) and the message.
    """

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Channel:
    """One input channel of a training job, downloaded."""

    name: str
    directory: Path
    content_type: str | None
    compression: str = "None"

    @property
    def files(self) -> list[Path]:
        """All files of the channel, in the order of their names."""
        return sorted(path for path in self.directory.rglob("*") if path.is_file())

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Name and decompressed content of each file."""
        for path in self.files:
            data = path.read_bytes()
            if self.compression == "Gzip":
                try:
                    data = gzip.decompress(data)
                except (OSError, EOFError, zlib.error) as error:
                    raise CustomerError(
                        f"Channel '{self.name}' has CompressionType Gzip, but {path.name} is not gzip data:"
                        f" {error}"
                    ) from error
            yield path.name, data


@dataclass(frozen=True)
class TrainingContext:
    """All that a training run sees of its job."""

    job_name: str
    hyperparameters: Mapping[str, str]
    channels: Mapping[str, Channel]
    model_dir: Path
    metrics_file: Path
    log: JobLog

    def channel(self, name: str) -> Channel:
        """The channel ``name``; a missing one is the customer's error."""
        if name not in self.channels:
            raise CustomerError(
                f"The required channel '{name}' is missing; the job has:"
                f" {', '.join(sorted(self.channels)) or 'none'}."
            )
        return self.channels[name]

    def record_metric(self, name: str, value: float) -> None:
        """Log a metric and report it in the job's ``FinalMetricDataList`` (the last value of a name
        counts). One that is not finite is logged alone: JSON, in which jobs are described, has no such
        number.
        """
        value = float(value)
        self.log.info(f"#quality_metric: host=algo-1, {name}={value!r}")
        if not math.isfinite(value):
            return
        with self.metrics_file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"name": name, "value": value, "timestamp": time.time()}) + "\n")


@dataclass(frozen=True)
class InferenceRequest:
    """One request as the container would get it."""

    body: bytes
    content_type: str | None = None
    accept: str | None = None
    custom_attributes: str | None = None


@dataclass(frozen=True)
class InferenceResponse:
    """What the container answers; ``status`` is one of 200 to 299 (an error is a ``CustomerError``)."""

    body: bytes
    content_type: str
    status: int = 200


class Predictor(ABC):
    """A loaded model. ``predict`` is called from several threads at once."""

    @abstractmethod
    def predict(self, request: InferenceRequest) -> InferenceResponse:
        """Answer one request."""


class Algorithm:
    """Trains and loads models; override what the image can do.

    ``image`` is the whole name of the image that the algorithm was found by, tag included.
    """

    image: str = ""

    def train(self, job: TrainingContext) -> None:
        """Read ``job.channels``, write the model's files to ``job.model_dir``."""
        raise CustomerError(f"{type(self).__name__} does not train: it has no train method.")

    def load(self, model: ModelArchive | None, environment: Mapping[str, str]) -> Predictor:
        """Load a model (``None``: the container has no ModelDataUrl) with the container's environment
        variables.
        """
        raise CustomerError(f"{type(self).__name__} does not serve: it has no load method.")
