"""CreateTrainingJob and its companions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...faults import Fault
from ..errors import ApiError, validation
from ..object_store import S3Uri
from .account import Account, present
from .inputs import check_channels
from .paging import page
from .training_run import TrainingRun


class TrainingJobs:
    """The training jobs of an account; as in the real service they are never deleted."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._runs: dict[str, TrainingRun] = {}

    def create(self, request: Mapping[str, Any], fault: Fault | None) -> dict[str, Any]:
        """CreateTrainingJob."""
        name = request["TrainingJobName"]
        arn = self._account.arn("training-job", name)
        self._refuse_taken(name, arn)
        specification = request.get("AlgorithmSpecification", {})
        if not specification.get("TrainingImage"):
            raise validation(
                "You must specify TrainingImage in AlgorithmSpecification; the local service knows no"
                " AlgorithmName."
            )
        if "ResourceConfig" not in request:
            raise validation(
                "You must specify ResourceConfig: the local service trains on no other instances."
            )
        check_channels(self._account, request)
        self._refuse_output(request["OutputDataConfig"])
        reason = fault.text("reason") if fault is not None and fault.kind == "training_failure" else None
        run = TrainingRun(self._account, dict(request), arn, reason)
        with self._account.lock:
            self._refuse_taken(name, arn)
            self._runs[name.lower()] = run
            self._account.set_tags(arn, request.get("Tags", []))
        run.start()
        return {"TrainingJobArn": arn}

    def describe(self, request: Mapping[str, Any], fault: Fault | None) -> dict[str, Any]:
        """DescribeTrainingJob."""
        return self.find(request["TrainingJobName"]).describe()

    def stop(self, request: Mapping[str, Any], fault: Fault | None) -> None:
        """StopTrainingJob."""
        run = self.find(request["TrainingJobName"])
        with self._account.lock:
            if run.status not in ("InProgress", "Stopping"):
                raise validation(
                    f"The request was rejected because the training job is in status {run.status}."
                )
            if run.status == "InProgress":
                run.stop()

    def list_jobs(self, request: Mapping[str, Any], fault: Fault | None) -> dict[str, Any]:
        """ListTrainingJobs."""
        with self._account.lock:
            summaries = [run.summary() for run in self._runs.values()]
        shown, token = page(summaries, request, "TrainingJobName", "TrainingJobStatus", "Ascending")
        return present({"TrainingJobSummaries": shown, "NextToken": token})

    def find(self, name: str) -> TrainingRun:
        """The job of that name; an unknown one is, unlike elsewhere in AWS, a ``ValidationException``."""
        with self._account.lock:
            if name.lower() not in self._runs:
                raise validation("Requested resource not found.")
            return self._runs[name.lower()]

    def all(self) -> list[TrainingRun]:
        """All jobs, oldest first."""
        with self._account.lock:
            return list(self._runs.values())

    def _refuse_output(self, output: Mapping[str, Any]) -> None:
        try:
            S3Uri.parse(output["S3OutputPath"])
        except ValueError as error:
            raise validation(str(error)) from error
        if output.get("CompressionType", "GZIP") != "GZIP":
            raise self._account.unsupported("artifacts that aren't compressed (CompressionType NONE)")

    def _refuse_taken(self, name: str, arn: str) -> None:
        with self._account.lock:
            if name.lower() in self._runs:
                raise ApiError(
                    "ResourceInUse",
                    "Training job names must be unique within an AWS account and region, and a training job"
                    f" with this name already exists ({arn})",
                )
