"""Fits that are under way, or whose driver died: found, finished, removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sagemaker_pyspark._jvm import door
from sagemaker_pyspark._jvm.waiting import wait_for_removal

if TYPE_CHECKING:
    from sagemaker_pyspark.clients import AwsClient
    from sagemaker_pyspark.estimator import SageMakerEstimatorBase
    from sagemaker_pyspark.model import SageMakerModel
    from sagemaker_pyspark.options import ProgressCallback
    from sagemaker_pyspark.s3 import S3Resource

__all__ = ["Run", "finish_run", "list_runs", "remove_run"]


@dataclass(frozen=True)
class Run:
    """A fit that is under way, or that left something behind."""

    #: The fit's id: the tag `sagemaker-spark-run` of all that it creates in SageMaker.
    run_id: str
    #: `Staging` (no training job yet), `Training`, `Trained` (the job has completed), `Failed` (it failed or
    #: was stopped), `Hosting` (its endpoint is coming up, or failed, or only its model and configuration
    #: exist), `Hosted` (its endpoint is in service).
    phase: str
    #: Whether SageMaker bills it by the second: its job runs, or its endpoint exists.
    costs_money: bool
    #: When it began, in UTC; None when its record is gone.
    created: datetime | None = None
    #: The `s3://` path that it stages to; None when nothing says.
    path: str | None = None
    #: Its training job, when there is one.
    training_job_name: str | None = None
    #: The job's status, such as `InProgress`.
    training_job_status: str | None = None
    #: The `s3://` URI of the `model.tar.gz` that the job left.
    model_artifacts: str | None = None
    #: Its SageMaker model, if that exists.
    model_name: str | None = None
    #: Its endpoint configuration, if that exists.
    endpoint_config_name: str | None = None
    #: Its endpoint, if that exists.
    endpoint_name: str | None = None
    #: The endpoint's status, such as `InService`.
    endpoint_status: str | None = None
    #: How many of its staged objects are in S3, the manifest included.
    staged_objects: int = 0
    #: Their size, in bytes.
    staged_bytes: int = 0
    #: Multipart uploads that were neither completed nor aborted; S3 bills their parts.
    open_uploads: int = 0

    @classmethod
    def _of(cls, described: dict[str, Any]) -> Run:
        created = described["created"]
        return cls(
            run_id=described["runId"],
            phase=described["phase"],
            costs_money=described["costsMoney"],
            # Older Pythons read no Z, and no fraction of other than three or six digits.
            created=datetime.fromisoformat(f"{created[:19]}+00:00") if created else None,
            path=described["path"],
            training_job_name=described["trainingJobName"],
            training_job_status=described["trainingJobStatus"],
            model_artifacts=described["modelArtifacts"],
            model_name=described["modelName"],
            endpoint_config_name=described["endpointConfigName"],
            endpoint_name=described["endpointName"],
            endpoint_status=described["endpointStatus"],
            staged_objects=described["stagedObjects"],
            staged_bytes=described["stagedBytes"],
            open_uploads=described["openUploads"],
        )


def list_runs(
    path: S3Resource | str | None = None,
    *,
    sagemakerClient: AwsClient | None = None,
    s3Client: AwsClient | None = None,
    stsClient: AwsClient | None = None,
) -> list[Run]:
    """The fits that are under way or left something behind, the oldest first.

    These are the fits that staged below `path` and have not come to their end, and those anywhere in the
    account and region whose training job goes on or whose endpoint exists. Whether a fit's driver lives isn't
    known here.

    :param path: what the estimators were given as `trainingInputS3DataPath`, or its `s3://` URI; by default
        the account's own bucket, as for estimators.
    :param sagemakerClient: how SageMaker is reached, as for estimators; so are `s3Client` and `stsClient`.
    :raises SageMakerPySparkError: when S3 or SageMaker can't be read.
    """
    clients = _clients(sagemakerClient, s3Client, stsClient)
    return [Run._of(described) for described in door.list_runs(_place(path), *clients)]


def remove_run(
    run: Run | str,
    path: S3Resource | str | None = None,
    *,
    sagemakerClient: AwsClient | None = None,
    s3Client: AwsClient | None = None,
    stsClient: AwsClient | None = None,
    timeout_seconds: int | None = None,
    poll_interval_millis: int | None = None,
    progress: ProgressCallback | None = None,
) -> None:
    """Remove what a fit left: stop its training job and wait for its end; delete its endpoint (one that is
    coming up is waited for), endpoint configuration and model; delete its staged objects and abort its open
    uploads.

    Only what carries the run's tag, or lies below the run's own prefix, is removed. The artifacts of its
    training job stay. A fit whose driver lives is removed too, and fails then.

    :param run: what `list_runs` gave, or a run's id.
    :param path: as for `list_runs`; a `Run` knows its own.
    :param timeout_seconds: how long to wait for the job's end and the endpoint, in seconds.
    :param poll_interval_millis: how often to look, in milliseconds.
    :param progress: called with a `Progress` at every look.
    :raises ValueError: when the id isn't that of a run.
    :raises RunNotFoundError: when there is no such run.
    :raises ResourceCleanupError: naming what could not be removed; the rest is, and the call can be repeated.
    """
    run_id, place = _identified(run, path)
    removal = door.start_removal(
        run_id,
        _place(place),
        timeout_seconds,
        poll_interval_millis,
        *_clients(sagemakerClient, s3Client, stsClient),
    )
    wait_for_removal(removal, progress)


def finish_run(run: Run | str, estimator: SageMakerEstimatorBase) -> SageMakerModel:
    """The model of a fit whose driver died: waits for its training job, deletes its staged data, and hosts
    the model by the estimator's policy, as `estimator.fit` would have done. An endpoint that the dead driver
    had begun to create is taken over.

    A run that died in phase `Staging` has no training job, and can't be finished: remove it and fit again.

    :param run: what `list_runs` gave, or a run's id.
    :param estimator: configured as the one that began the fit; its clients and its input path are used.
    :raises RunNotFoundError: when there is no such run below the estimator's input path.
    :raises TrainingJobError: when the run has no training job, or its job failed.
    :raises ValueError: when the estimator trains another image than the run did.
    """
    run_id, _ = _identified(run, None)
    return estimator._resume(run_id)


def _identified(run: Run | str, path: S3Resource | str | None) -> tuple[str, S3Resource | str | None]:
    if isinstance(run, Run):
        return run.run_id, run.path if path is None else path
    if isinstance(run, str):
        return run, path
    raise TypeError(f"run is of type {type(run).__name__}: give a Run or a run's id.")


def _place(path: S3Resource | str | None) -> Any:
    from sagemaker_pyspark.s3 import S3DataPath, S3Resource

    if path is None:
        return None
    if isinstance(path, str):
        path = S3DataPath.fromS3URI(path)
    if not isinstance(path, S3Resource):
        raise TypeError(f"path is of type {type(path).__name__}: give an S3Resource or an s3:// URI.")
    return path._to_java()


def _clients(*clients: AwsClient | None) -> list[Any]:
    return [None if client is None else client._to_java() for client in clients]
