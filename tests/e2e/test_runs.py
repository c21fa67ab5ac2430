"""Drivers that are killed in the middle of a fit: what they leave is found, and removed or finished."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.e2e.support import settings_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from sagemaker_pyspark import Run
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator
    from sagemaker_pyspark.local import LocalSageMaker

PROGRAM = Path(__file__).parent / "driver.py"
BUCKET = "training-data"
PATH = f"s3://{BUCKET}/team/spark"
#: What isn't the library's, beside and inside the folders that it uses.
FOREIGN = [
    "team/spark/sagemaker-spark-runs/notes.txt",
    "team/spark/sagemaker-spark-runs/archive/of.json",
    "team/spark/trainingJob-of-mine/0/part-00000.pbr",
    "team/spark/data.manifest",
]


@pytest.fixture(scope="module")
def slow() -> Iterator[LocalSageMaker]:
    """A service whose jobs and endpoints stay in each state for long enough to be met there."""
    from sagemaker_pyspark.local import LocalSageMaker

    with LocalSageMaker(transition_seconds=4.0) as service:
        s3 = service.boto3_client("s3")
        s3.create_bucket(Bucket=BUCKET)
        for key in FOREIGN:
            s3.put_object(Bucket=BUCKET, Key=key, Body=b"mine")
        yield service


@pytest.fixture(autouse=True)
def _nothing_else_is_there(slow: LocalSageMaker) -> Iterator[None]:
    yield
    slow.clear_faults()
    left = settled(slow)
    assert left["buckets"][BUCKET] == sorted(FOREIGN), "nothing is left but what others put there"
    assert left["multipart_uploads"] == []
    assert (left["models"], left["endpoint_configs"], left["endpoints"]) == ([], [], {})
    assert not {"InProgress", "Stopping"} & set(left["training_jobs"].values())


def until(what: str, holds: Callable[[], Any], driver: subprocess.Popen[bytes] | None = None) -> Any:
    for _ in range(900):
        found = holds()
        if found:
            return found
        assert driver is None or driver.poll() is None, "the driver ended by itself"
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come")


def settled(slow: LocalSageMaker) -> dict[str, Any]:
    return dict(
        until(
            "the end of what is being deleted",
            lambda: (found if "Deleting" not in (found := slow.resources())["endpoints"].values() else None),
        )
    )


@contextmanager
def driver(slow: LocalSageMaker, scratch: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A fit in a driver of its own, which is gone with its JVM when the block ends."""
    arguments = [json.dumps(slow.client_options()), slow.role_arn, PATH, str(scratch)]
    with (scratch / "driver.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(PROGRAM), *arguments],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield process
        except AssertionError as error:
            text = (scratch / "driver.log").read_text(errors="replace")
            raise AssertionError(f"{error}\n{text[-3000:]}") from error
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)


def die_in(phase: str, slow: LocalSageMaker, scratch: Path) -> None:
    """Starts a fit and kills its driver in that phase."""
    from sagemaker_pyspark.local import Fault

    def jobs(status: str) -> set[str]:
        return {name for name, found in slow.resources()["training_jobs"].items() if found == status}

    def uploading() -> bool:
        found = slow.resources()
        staged = [key for key in found["buckets"][BUCKET] if "/part-" in key and key not in FOREIGN]
        return bool(found["multipart_uploads"]) and bool(staged)

    before = jobs("Completed")
    if phase == "Staging":
        slow.fail_next("UploadPart", Fault.no_answer(), times=100)
    with driver(slow, scratch) as process:
        if phase == "Staging":
            until("an upload", uploading, process)
        elif phase == "Training":
            until("a job", lambda: jobs("InProgress"), process)
        else:
            until("an endpoint", lambda: slow.resources()["endpoints"], process)
    slow.clear_faults()
    if phase == "Trained":
        until("the end of the job", lambda: jobs("Completed") - before)


def clients(slow: LocalSageMaker) -> dict[str, Any]:
    return {k: v for k, v in settings_of(slow).items() if k.endswith("Client")}


def the_run(slow: LocalSageMaker) -> Run:
    from sagemaker_pyspark import list_runs

    (run,) = list_runs(PATH, **clients(slow))
    return run


def estimator(slow: LocalSageMaker, **overrides: Any) -> KMeansSageMakerEstimator:
    from sagemaker_pyspark import S3DataPath
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

    place = {"trainingInputS3DataPath": S3DataPath.fromS3URI(PATH)}
    return KMeansSageMakerEstimator(**{**settings_of(slow), **place, "k": 2, **overrides})


@pytest.mark.parametrize("phase", ["Staging", "Training", "Hosting"])
def test_what_a_driver_leaves_that_is_killed_in_a_fit_is_listed_and_removed(
    spark: SparkSession, slow: LocalSageMaker, tmp_path: Path, phase: str
) -> None:
    from sagemaker_pyspark import list_runs, remove_run
    from sagemaker_pyspark.errors import RunNotFoundError

    die_in(phase, slow, tmp_path)
    run = the_run(slow)
    # On a machine that is very busy the endpoint is in service by now.
    assert run.phase in {"Hosting": ("Hosting", "Hosted")}.get(phase, (phase,)) and run.path == PATH
    assert run.created is not None and abs(run.created.timestamp() - time.time()) < 600
    assert run.costs_money == (phase != "Staging")
    assert (run.training_job_status, run.open_uploads) == {
        "Staging": (None, 1),
        "Training": ("InProgress", 0),
        "Hosting": ("Completed", 0),
    }[phase]
    if phase == "Hosting":
        assert run.endpoint_status == {"Hosting": "Creating", "Hosted": "InService"}[run.phase]
        assert run.model_name and run.endpoint_config_name
        assert run.staged_objects == 0, "the fit had deleted its data when the job had completed"
    else:
        assert run.staged_objects == (1 if phase == "Staging" else 3) and run.staged_bytes > 0
    said: list[str] = []
    remove_run(run, **clients(slow), poll_interval_millis=50, progress=lambda p: said.append(str(p.message)))
    assert list_runs(PATH, **clients(slow)) == []
    if phase == "Training":
        assert slow.resources()["training_jobs"][str(run.training_job_name)] == "Stopped"
    if run.phase in ("Training", "Hosting"):
        assert any(str(run.endpoint_name or run.training_job_name) in text for text in said)
    with pytest.raises(RunNotFoundError, match=run.run_id):
        remove_run(run, **clients(slow))


@pytest.mark.parametrize("phase", ["Training", "Hosting"])
def test_a_run_is_finished_as_its_own_fit_would_have_been(
    spark: SparkSession, slow: LocalSageMaker, tmp_path: Path, phase: str
) -> None:
    from pyspark.ml.linalg import Vectors
    from sagemaker_pyspark import finish_run, list_runs

    die_in(phase, slow, tmp_path)
    run = the_run(slow)
    finisher = estimator(slow)
    with finish_run(run, finisher) as model:
        assert model.trainingJobName == run.training_job_name == finisher.latestTrainingJob
        if phase == "Hosting":
            assert model.endpointName == run.endpoint_name, "what was begun is taken over"
        rows = [(float(i), Vectors.dense([float(i)] * 16)) for i in (0, 1, 200_000)]
        found = model.transform(spark.createDataFrame(rows, ["id", "features"])).collect()
        clusters = {row["id"]: row["closest_cluster"] for row in found}
        assert clusters[0.0] == clusters[1.0] != clusters[200_000.0]
        hosted = the_run(slow)
        assert (hosted.run_id, hosted.phase, hosted.costs_money) == (run.run_id, "Hosted", True)
        assert hosted.endpoint_name == model.endpointName and hosted.staged_objects == 0
    settled(slow)
    assert list_runs(PATH, **clients(slow)) == []


def test_a_run_that_trained_is_finished_or_hosted_by_its_job_and_one_that_only_staged_is_not(
    spark: SparkSession, slow: LocalSageMaker, tmp_path: Path
) -> None:
    from sagemaker_pyspark import SageMakerModel, finish_run, remove_run
    from sagemaker_pyspark.errors import RunNotFoundError, TrainingJobError

    die_in("Staging", slow, tmp_path)
    staged = the_run(slow)
    with pytest.raises(TrainingJobError, match=f"{staged.run_id} has no training job"):
        finish_run(staged, estimator(slow))
    remove_run(staged, **clients(slow))
    with pytest.raises(RunNotFoundError, match=staged.run_id):
        finish_run(staged, estimator(slow))

    before = set(slow.resources()["training_jobs"])
    die_in("Training", slow, tmp_path)
    (job,) = set(slow.resources()["training_jobs"]) - before
    until("the job's end", lambda: slow.resources()["training_jobs"][job] == "Completed")
    run = the_run(slow)
    assert (run.phase, run.costs_money, run.training_job_name) == ("Trained", False, job)
    other = estimator(slow, trainingImage="1.dkr.ecr.us-east-1.amazonaws.com/other:1")
    with pytest.raises(ValueError, match="other:1"):
        finish_run(run, other)
    made = estimator(slow)
    by_job = SageMakerModel.fromTrainingJob(
        job,
        made.modelImage,
        slow.role_arn,
        "ml.m5.large",
        1,
        made.requestRowSerializer,
        made.responseRowDeserializer,
        sagemakerClient=made.sagemakerClient,
        endpointCreationPolicy="CREATE_ON_TRANSFORM",
    )
    assert by_job.modelPath is not None and by_job.modelPath.toS3UriString() == run.model_artifacts
    kept = finish_run(run.run_id, estimator(slow, endpointCreationPolicy="DO_NOT_CREATE"))
    assert kept.modelPath == by_job.modelPath


def test_what_cannot_be_removed_is_named_and_removed_by_the_next_call(
    spark: SparkSession, slow: LocalSageMaker, tmp_path: Path
) -> None:
    from sagemaker_pyspark import remove_run
    from sagemaker_pyspark.errors import ResourceCleanupError
    from sagemaker_pyspark.local import Fault

    die_in("Hosting", slow, tmp_path)
    run = the_run(slow)
    slow.fail_next("DeleteEndpoint", Fault.access_denied(), times=10)
    slow.fail_next("DeleteModel", Fault.access_denied(), times=10)
    with pytest.raises(ResourceCleanupError) as kept:
        remove_run(run, **clients(slow), poll_interval_millis=50)
    left = kept.value.created_resources
    assert left is not None
    assert (left.endpoint_name, left.model_name) == (run.endpoint_name, run.model_name)
    assert left.endpoint_config_name is None
    assert str(run.endpoint_name) in str(kept.value) and str(run.model_name) in str(kept.value)
    slow.clear_faults()
    assert the_run(slow).run_id == run.run_id, "the run is still found"
    remove_run(run.run_id, PATH, **clients(slow), poll_interval_millis=50)

    die_in("Staging", slow, tmp_path)
    run = the_run(slow)
    slow.fail_next("DeleteObjects", Fault.access_denied(), times=10)
    slow.fail_next("AbortMultipartUpload", Fault.access_denied(), times=10)
    with pytest.raises(ResourceCleanupError, match=r"(?s)open upload of s3://.*part-00000"):
        remove_run(run, **clients(slow))
    slow.clear_faults()
    assert the_run(slow) == run
    remove_run(run, **clients(slow))


def test_an_endpoint_that_does_not_settle_in_time_is_named(
    spark: SparkSession, slow: LocalSageMaker, tmp_path: Path
) -> None:
    from sagemaker_pyspark import remove_run
    from sagemaker_pyspark.errors import ResourceCleanupError

    die_in("Hosting", slow, tmp_path)
    run = the_run(slow)
    with pytest.raises(ResourceCleanupError, match=r"After 0 s the endpoint .* is Creating") as kept:
        remove_run(run, **clients(slow), timeout_seconds=0, poll_interval_millis=1)
    assert kept.value.created_resources is not None
    assert kept.value.created_resources.endpoint_name == run.endpoint_name
    remove_run(run, **clients(slow), poll_interval_millis=50)


def test_what_has_a_runs_names_and_not_its_tag_is_not_removed(
    spark: SparkSession, slow: LocalSageMaker, tmp_path: Path
) -> None:
    from sagemaker_pyspark import CustomNamePolicyFactory, list_runs, remove_run

    fixed = CustomNamePolicyFactory("nightly", "nightly-model", "nightly-config", "nightly-endpoint")
    points = spark.range(0, 20).selectExpr("cast(id as double) id")
    from pyspark.ml.feature import VectorAssembler

    frame = VectorAssembler(inputCols=["id"], outputCol="features").transform(points).select("features")
    first = estimator(slow, namePolicyFactory=fixed).fit(frame)
    # The record of a second fit with the same names, whose driver died before it had a job of its own.
    run_id, s3 = str(uuid4()), slow.boto3_client("s3")
    record = {
        "format": 1,
        "runId": run_id,
        "created": "2026-01-01T00:00:00Z",
        "trainingJobName": "nightly",
        "modelName": "nightly-model",
        "endpointConfigName": "nightly-config",
        "endpointName": "nightly-endpoint",
    }
    key = f"team/spark/sagemaker-spark-runs/{run_id}.json"
    s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(record).encode())
    runs = {run.run_id: run for run in list_runs(PATH, **clients(slow))}
    assert len(runs) == 2 and runs[run_id].phase == "Staging" and not runs[run_id].costs_money
    remove_run(run_id, PATH, **clients(slow))
    assert first.transform(frame).count() == 20, "the first fit's endpoint is still there"
    first.delete()


def test_damaged_records_and_ids_that_are_none(
    spark: SparkSession, slow: LocalSageMaker, caplog: pytest.LogCaptureFixture
) -> None:
    from sagemaker_pyspark import list_runs, remove_run
    from sagemaker_pyspark.errors import AwsConfigurationError, RunNotFoundError, SageMakerPySparkError
    from sagemaker_pyspark.local import Fault

    run_id, s3 = str(uuid4()), slow.boto3_client("s3")
    key = f"team/spark/sagemaker-spark-runs/{run_id}.json"
    for body, said in (
        (b"no json", "Not JSON"),
        (b'{"format": 2}', "format 2"),
        (
            json.dumps({"format": 1, "runId": run_id, "trainingJobName": "../.."}).encode(),
            r"has no 'modelName'",
        ),
    ):
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        assert list_runs(PATH, **clients(slow)) == []
        with pytest.raises(SageMakerPySparkError, match=said):
            remove_run(run_id, PATH, **clients(slow))
    s3.delete_object(Bucket=BUCKET, Key=key)
    with pytest.raises(ValueError, match="is not the id of a run"):
        remove_run("../../everything", PATH, **clients(slow))
    with pytest.raises(RunNotFoundError, match=run_id):
        remove_run(run_id, PATH, **clients(slow))
    with pytest.raises(TypeError, match="path is of type int"):
        list_runs(7, **clients(slow))  # type: ignore[arg-type]
    assert list_runs("s3://no-such-bucket-here/", **clients(slow)) == []
    slow.fail_next("ListObjectsV2", Fault.access_denied(), times=10)
    with pytest.raises(AwsConfigurationError, match="could not be listed"):
        list_runs(PATH, **clients(slow))


def test_a_fit_that_ends_well_or_badly_leaves_no_run(spark: SparkSession, slow: LocalSageMaker) -> None:
    from pyspark.ml.feature import VectorAssembler
    from sagemaker_pyspark import list_runs
    from sagemaker_pyspark.errors import SageMakerPySparkError
    from sagemaker_pyspark.local import Fault

    points = spark.range(0, 20).selectExpr("cast(id as double) id")
    frame = VectorAssembler(inputCols=["id"], outputCol="features").transform(points).select("features")
    estimator(slow, endpointCreationPolicy="DO_NOT_CREATE").fit(frame)
    slow.fail_next("CreateTrainingJob", Fault.training_failure("out of luck"))
    with pytest.raises(SageMakerPySparkError, match="out of luck"):
        estimator(slow).fit(frame)
    slow.fail_next("CreateTrainingJob", Fault.access_denied(), times=10)
    with pytest.raises(SageMakerPySparkError, match=r"(?i)not authorized"):
        estimator(slow).fit(frame)
    slow.clear_faults()
    slow.fail_next("CreateEndpoint", Fault.endpoint_failure("no capacity"))
    with pytest.raises(SageMakerPySparkError, match="no capacity"):
        estimator(slow).fit(frame)
    with pytest.raises(ValueError, match="no rows"):
        estimator(slow).fit(frame.limit(0))
    for match in ("sagemaker-spark-runs", "/part-", ".manifest"):
        slow.fail_next("PutObject", Fault.access_denied(), times=100, match=match)
        with pytest.raises(SageMakerPySparkError, match=r"(?i)access ?denied"):
            estimator(slow).fit(frame)
        slow.clear_faults()
    assert list_runs(PATH, **clients(slow)) == []
