"""One training job on its way through its states, in its own thread; it trains in a process."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...algorithms.archive import pack
from ...algorithms.contract import CustomerError
from ..object_store import S3Uri
from .account import Account, now, present
from .inputs import download_channel

_LOGGER = logging.getLogger("sagemaker_pyspark.local")
_POLL_SECONDS = 0.05
_MOST_SECONDS = 86400
_MESSAGES = {
    "Starting": "Preparing the instances for training",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopping": "Stopping the training job",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
}


_IN_SPECIFICATION_NOT_USED = ("ContainerArguments", "ContainerEntrypoint", "MetricDefinitions")
_NOT_USED = (
    "CheckpointConfig",
    "DebugHookConfig",
    "EnableManagedSpotTraining",
    "EnableNetworkIsolation",
    "ExperimentConfig",
    "InfraCheckConfig",
    "ProfilerConfig",
    "RemoteDebugConfig",
    "RetryStrategy",
    "TensorBoardOutputConfig",
    "VpcConfig",
)


class _Stopped(Exception):
    """The job was told to stop, or ran out of time; carries the last secondary status."""


@dataclass
class TrainingRun:
    """State of a job and the thread that moves it."""

    account: Account
    request: Mapping[str, Any]
    arn: str
    planned_failure: str | None = None
    created: float = field(default_factory=now)
    status: str = "InProgress"
    secondary: str = "Starting"
    transitions: list[dict[str, Any]] = field(default_factory=list)
    failure_reason: str | None = None
    training_started: float | None = None
    ended: float | None = None
    modified: float = field(default_factory=now)
    metrics: dict[str, dict[str, Any]] = field(default_factory=dict)
    artifacts: str | None = None
    stop_requested: threading.Event = field(default_factory=threading.Event)
    process_id: int | None = None

    def __post_init__(self) -> None:
        self._stage("Starting")
        self._thread = threading.Thread(target=self._run, name=f"job-{self.name}", daemon=True)

    @property
    def name(self) -> str:
        """Name of the job."""
        return str(self.request["TrainingJobName"])

    @property
    def directory(self) -> Path:
        """Where the job's files lie while it runs; the log stays."""
        return self.account.work_dir / "jobs" / self.name

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the job to stop."""
        with self.account.lock:
            self.status = "Stopping"
            self.stop_requested.set()
            self._stage("Stopping")

    def log_text(self) -> str:
        """What the job has logged so far."""
        path = self.directory / "log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def _run(self) -> None:
        try:
            self.directory.mkdir(parents=True)
            self._pause()
            self._advance("Downloading")
            self._download()
            self._pause()
            self.training_started = self._advance("Training")
            self._train()
            self._pause()
            self._advance("Uploading")
            self._upload()
            self._pause()
            self._end("Completed", "Completed")
        except _Stopped as stopped:
            self._end("Stopped", str(stopped))
        except CustomerError as error:
            self._fail(f"ClientError: {error.message}")
        except _TrainingFailed as failed:
            self._fail(str(failed))
        except Exception as error:
            _LOGGER.exception("training job %s", self.name)
            self._fail(f"InternalServerError: the local service failed: {type(error).__name__}: {error}")
        finally:
            for leftover in ("input", "model"):
                shutil.rmtree(self.directory / leftover, ignore_errors=True)
            (self.directory / "model.tar.gz").unlink(missing_ok=True)

    def _pause(self) -> None:
        if self.stop_requested.wait(self.account.transition_seconds):
            raise _Stopped("Stopped")

    def _download(self) -> None:
        for channel in self.request.get("InputDataConfig", []):
            mode = channel.get("InputMode", self.request["AlgorithmSpecification"]["TrainingInputMode"])
            if mode != "File":
                raise CustomerError(
                    "The local service reads training data in File mode only; channel"
                    f" '{channel['ChannelName']}' asks for {mode}."
                )
            if channel["DataSource"]["S3DataSource"]["S3DataType"] == "AugmentedManifestFile":
                raise CustomerError(
                    "The local service does not read AugmentedManifestFile, which needs Pipe mode."
                )
            download_channel(self.account, channel, self.directory / "input" / channel["ChannelName"])

    def _train(self) -> None:
        if self.planned_failure is not None:
            raise _TrainingFailed(self.planned_failure)
        (self.directory / "model").mkdir()
        (self.directory / "job.json").write_text(json.dumps(self._description()), encoding="utf-8")
        limit = self.request.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", _MOST_SECONDS)
        deadline = time.monotonic() + limit
        with (self.directory / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "sagemaker_pyspark.local.training", str(self.directory)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={key: value for key, value in os.environ.items() if not key.startswith("AWS_")},
                start_new_session=True,
            )
        self.process_id = process.pid
        try:
            while process.poll() is None:
                if self.stop_requested.wait(_POLL_SECONDS):
                    raise _Stopped("Stopped")
                if time.monotonic() > deadline:
                    raise _Stopped("MaxRuntimeExceeded")
        finally:
            self._kill(process)
        self._read_metrics()
        if process.returncode != 0:
            raise _TrainingFailed(self._failure_text(process.returncode))

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin is not None:
            process.stdin.close()
        self.process_id = None

    def _failure_text(self, code: int) -> str:
        path = self.directory / "failure"
        if path.exists():
            return path.read_text(encoding="utf-8")
        if code < 0:
            name = signal.Signals(-code).name
            return (
                f"AlgorithmError: the training process was ended by signal {-code} ({name}), exit code:"
                f" {128 - code}"
            )
        return f"AlgorithmError: the training process ended without a reason, exit code: {code}"

    def _description(self) -> dict[str, Any]:
        notes = [
            f"{name} is accepted but not used by the local service"
            for name in _NOT_USED
            if self.request.get(name)
        ]
        specification = self.request["AlgorithmSpecification"]
        notes += [
            f"{name} of AlgorithmSpecification is accepted but not used by the local service"
            for name in _IN_SPECIFICATION_NOT_USED
            if specification.get(name)
        ]
        count = self.request["ResourceConfig"].get("InstanceCount", 1)
        if count > 1:
            notes.append(
                "the local service trains on one host, which reads all the data, though InstanceCount is"
                f" {count}"
            )
        channels = {
            channel["ChannelName"]: {
                "content_type": channel.get("ContentType"),
                "compression": channel.get("CompressionType", "None"),
            }
            for channel in self.request.get("InputDataConfig", [])
        }
        return {
            "name": self.name,
            "image": specification["TrainingImage"],
            "environment": self.request.get("Environment", {}),
            "registered": self.account.registered_images,
            "hyperparameters": self.request.get("HyperParameters", {}),
            "channels": channels,
            "notes": notes,
        }

    def _read_metrics(self) -> None:
        path = self.directory / "metrics"
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                metric = json.loads(line)
                self.metrics[metric["name"]] = {
                    "MetricName": metric["name"],
                    "Value": metric["value"],
                    "Timestamp": round(metric["timestamp"], 3),
                }

    def _upload(self) -> None:
        output = self.request["OutputDataConfig"]["S3OutputPath"].rstrip("/")
        target = S3Uri.parse(f"{output}/{self.name}/output/model.tar.gz")
        if not self.account.store.bucket_exists(target.bucket):
            raise CustomerError(
                f"Artifact upload failed: the bucket '{target.bucket}' of S3OutputPath does not exist in"
                f" {self.account.region}."
            )
        archive = self.directory / "model.tar.gz"
        pack(self.directory / "model", archive)
        self.account.store.upload(archive, target)
        self.artifacts = str(target)

    def _fail(self, reason: str) -> None:
        self.failure_reason = reason[:1024]
        # On a full disk the job ends all the same.
        with contextlib.suppress(OSError), (self.directory / "log").open("a", encoding="utf-8") as log:
            log.write(f"The job failed: {reason}\n")
        self._end("Failed", "Failed", reason)

    def _end(self, status: str, secondary: str, message: str | None = None) -> None:
        with self.account.lock:
            self.ended = self.transitions[-1]["EndTime"] = self._stage(secondary, message)
            self.status = status

    def _advance(self, secondary: str) -> float:
        with self.account.lock:
            if self.stop_requested.is_set():
                raise _Stopped("Stopped")
            return self._stage(secondary)

    def _stage(self, secondary: str, message: str | None = None) -> float:
        """Enter a secondary status, and say when, so that the job's other times are the same moment."""
        with self.account.lock:
            moment = now()
            if self.transitions:
                self.transitions[-1].setdefault("EndTime", moment)
            text = message or _MESSAGES[secondary]
            self.transitions.append({"Status": secondary, "StartTime": moment, "StatusMessage": text})
            self.secondary = secondary
            self.modified = moment
            return moment

    def describe(self) -> dict[str, Any]:
        """The answer of DescribeTrainingJob."""
        with self.account.lock:
            seconds = None
            if self.ended is not None and self.training_started is not None:
                seconds = max(1, round(self.ended - self.training_started))
            copied = {
                key: value for key, value in self.request.items() if key not in ("Tags", "HyperParameters")
            }
            return present(
                {
                    # What the service fills in.
                    "EnableInterContainerTrafficEncryption": False,
                    "EnableManagedSpotTraining": False,
                    "EnableNetworkIsolation": False,
                    **copied,
                    "InputDataConfig": [
                        {"CompressionType": "None", "RecordWrapperType": "None", **channel}
                        for channel in self.request.get("InputDataConfig", [])
                    ],
                    "OutputDataConfig": {"KmsKeyId": "", **self.request["OutputDataConfig"]},
                    "StoppingCondition": {
                        "MaxRuntimeInSeconds": _MOST_SECONDS,
                        **self.request.get("StoppingCondition", {}),
                    },
                    "HyperParameters": self.request.get("HyperParameters", {}),
                    "TrainingJobArn": self.arn,
                    "TrainingJobStatus": self.status,
                    "SecondaryStatus": self.secondary,
                    "SecondaryStatusTransitions": [dict(transition) for transition in self.transitions],
                    "FailureReason": self.failure_reason,
                    "ModelArtifacts": {"S3ModelArtifacts": self.artifacts} if self.artifacts else None,
                    "FinalMetricDataList": list(self.metrics.values()) or None,
                    "CreationTime": self.created,
                    "TrainingStartTime": self.training_started,
                    "TrainingEndTime": self.ended,
                    "LastModifiedTime": self.modified,
                    "TrainingTimeInSeconds": seconds,
                    "BillableTimeInSeconds": seconds,
                }
            )

    def summary(self) -> dict[str, Any]:
        """The job's entry in ListTrainingJobs."""
        with self.account.lock:
            return present(
                {
                    "TrainingJobName": self.name,
                    "TrainingJobArn": self.arn,
                    "CreationTime": self.created,
                    "TrainingEndTime": self.ended,
                    "LastModifiedTime": self.modified,
                    "TrainingJobStatus": self.status,
                }
            )


class _TrainingFailed(Exception):
    """The training process ended with this reason."""
