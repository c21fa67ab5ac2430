"""Choices that estimators and models take, and what they report while they work."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Callable

__all__ = ["EndpointCreationPolicy", "Progress", "ProgressCallback", "print_progress"]


class EndpointCreationPolicy(str, Enum):
    """When the endpoint of a model is created."""

    CREATE_ON_CONSTRUCT = "CREATE_ON_CONSTRUCT"
    CREATE_ON_TRANSFORM = "CREATE_ON_TRANSFORM"
    DO_NOT_CREATE = "DO_NOT_CREATE"

    def _to_java(self) -> Any:
        """The value of Scala's enumeration."""
        from sagemaker_pyspark._jvm import door, names

        return getattr(door.java_class(f"{names.SDK}.EndpointCreationPolicy"), self.value)()


#: Options added since 1.4.5 that the JVM keeps: their Python names and the JVM's.
STAGE_OPTIONS = {
    "max_in_flight": "maxInFlight",
    "max_payload_bytes": "maxPayloadBytes",
    "max_rows_per_request": "maxRowsPerRequest",
    "invoke_timeout_millis": "invokeTimeoutMillis",
    "invoke_attempts": "invokeAttempts",
    "throttle_budget_millis": "throttleBudgetMillis",
    "target_variant": "targetVariant",
    "target_model": "targetModel",
    "inference_component": "inferenceComponent",
    "custom_attributes": "customAttributes",
    "endpoint_poll_interval_millis": "endpointPollIntervalMillis",
    "endpoint_creation_timeout_seconds": "endpointCreationTimeoutSeconds",
    "tags": "tags",
}
#: Those that only an estimator has.
ESTIMATOR_OPTIONS = {
    **STAGE_OPTIONS,
    "staging_object_bytes": "stagingObjectBytes",
    "training_poll_interval_millis": "trainingPollIntervalMillis",
    "algorithm_version": "algorithmVersion",
}


@dataclass(frozen=True)
class Progress:
    """Where a fit or the creation of an endpoint stands."""

    #: `Training`, `Hosting` or `Done`; `Removing` while `remove_run` waits.
    phase: str
    #: The training job, when there is one.
    training_job_name: str | None = None
    #: SageMaker's status, such as `InProgress`.
    status: str | None = None
    #: SageMaker's finer status, such as `Downloading`.
    secondary_status: str | None = None
    #: What SageMaker says about it.
    message: str | None = None
    #: The endpoint, when there is one.
    endpoint_name: str | None = None
    #: Seconds since the work began.
    elapsed_seconds: float = 0.0
    #: Whether nothing is left to wait for.
    finished: bool = False
    #: The training job's final metrics.
    metrics: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, report: dict[str, Any]) -> Progress:
        """The progress that the JVM reports."""
        return cls(
            phase=report["phase"],
            training_job_name=report.get("trainingJobName"),
            status=report.get("status"),
            secondary_status=report.get("secondaryStatus"),
            message=report.get("message"),
            endpoint_name=report.get("endpointName"),
            elapsed_seconds=float(report.get("elapsedSeconds") or 0.0),
            finished=bool(report.get("finished")),
            metrics=dict(report.get("metrics") or {}),
        )

    def __str__(self) -> str:
        name = self.endpoint_name if self.phase == "Hosting" else self.training_job_name
        parts = [self.phase, name, self.status, self.secondary_status, self.message]
        said: list[str] = []
        for part in parts:
            if part and part not in said:
                said.append(part)
        return f"[{self.elapsed_seconds:6.1f} s] {' · '.join(said)}"


#: A function that is called at every poll.
ProgressCallback = Callable[[Progress], None]


def print_progress(progress: Progress) -> None:
    """Show progress as one line on standard error; give it as `progress=print_progress`.

    On a terminal the line is written over; elsewhere, as in a log file, every change of status is a line
    of its own.
    """
    line = str(progress)
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{line}", end="\n" if progress.finished else "", file=sys.stderr, flush=True)
        return
    work = progress.training_job_name or progress.endpoint_name
    state = (progress.phase, progress.status, progress.secondary_status, progress.finished)
    if state != _shown.get(work):
        _shown[work] = state
        print(line, file=sys.stderr, flush=True)
    if progress.finished:
        _shown.pop(work, None)


#: What was shown last of each job, or endpoint, that is under way.
_shown: dict[str | None, tuple[Any, ...]] = {}
