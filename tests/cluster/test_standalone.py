"""The main job by spark-submit on a real cluster, also when executors die and tasks run twice."""

from __future__ import annotations

import json
import os
import signal
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sagemaker_pyspark.local import LocalSageMaker

    from tests.cluster.conftest import Cluster

PROGRAM = Path(__file__).parent / "program.py"
SPECULATION = {
    "spark.speculation": "true",
    "spark.speculation.interval": "100ms",
    "spark.speculation.multiplier": "1.1",
    "spark.speculation.quantile": "0.5",
    "spark.speculation.minTaskRuntime": "1s",
}


def start(cluster: Cluster, aws: LocalSageMaker, trouble: str, at_work: Path, **conf: str) -> Any:
    client = json.dumps(aws.client_options())
    return cluster.submit(PROGRAM, client, aws.role_arn, trouble, str(at_work), conf=conf)


def outcome(run: Any) -> dict[str, Any]:
    """What the program prints at its end, and what Spark logged."""
    output, errors = run.communicate(timeout=240)
    assert run.returncode == 0, errors[-4000:]
    return {**json.loads(output.strip().splitlines()[-1]), "log": errors}


def check(aws: LocalSageMaker, found: dict[str, Any]) -> None:
    """All rows came back, each was staged once, and nothing is left open."""
    assert found["ids"] == list(range(400))
    assert found["clusters"] == 2
    assert found["aws_settings_of_executors"] == []
    s3 = aws.boto3_client("s3")
    described = aws.boto3_client("sagemaker").describe_training_job(TrainingJobName=found["job"])
    uri = described["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"]
    bucket, _, manifest = uri[len("s3://") :].partition("/")
    prefix, *names = json.loads(s3.get_object(Bucket=bucket, Key=manifest)["Body"].read())
    keys = [prefix["prefix"][len(f"s3://{bucket}/") :] + name for name in names]
    staged = []
    for key in keys:
        body, at = s3.get_object(Bucket=bucket, Key=key)["Body"].read(), 0
        while at < len(body):
            length = struct.unpack_from("<I", body, at + 4)[0]
            staged.append(struct.unpack("<f", body[at + 4 + length : at + 8 + length])[0])
            at += 8 + (length + 3) // 4 * 4
    assert sorted(staged) == [float(i) for i in range(400)]
    there = {k for k in aws.resources()["buckets"][bucket] if found["job"] in k and "model.tar" not in k}
    assert there == {*keys, manifest}, "what other attempts wrote is gone"
    assert aws.resources()["multipart_uploads"] == []
    names = (found["job"].replace("trainingJob", kind) for kind in ("model", "endpointConfig"))
    left = aws.resources()
    assert not {*names} & {*left["models"], *left["endpoint_configs"]}


def kill_an_executor_at_work(at_work: Path) -> None:
    """Kills an executor in the middle of one of its tasks."""
    for _ in range(1200):
        for process in at_work.iterdir():
            os.kill(int(process.name), signal.SIGKILL)
            return
        time.sleep(0.1)
    raise AssertionError("no executor began to work")


def read_until(run: Any, key: str) -> None:
    for line in run.stdout:
        if line.startswith("{") and key in json.loads(line):
            return
    raise AssertionError(run.stderr.read()[-4000:])


def test_the_job_runs_on_two_workers_with_the_clients_of_the_model(
    cluster: Cluster, aws: LocalSageMaker, tmp_path: Path
) -> None:
    check(aws, outcome(start(cluster, aws, "nothing", tmp_path)))


def test_a_speculative_duplicate_on_another_host_leaves_each_row_once(
    cluster: Cluster, aws: LocalSageMaker, tmp_path: Path
) -> None:
    check(aws, outcome(start(cluster, aws, "speculation", tmp_path, **SPECULATION)))


@pytest.mark.parametrize("phase", ["started", "fitted"])
def test_an_executor_that_dies_while_staging_or_transforming_costs_no_row(
    cluster: Cluster, aws: LocalSageMaker, tmp_path: Path, phase: str
) -> None:
    run = start(cluster, aws, "slow", tmp_path)
    read_until(run, phase)
    for of_an_earlier_phase in tmp_path.iterdir():
        of_an_earlier_phase.unlink()
    kill_an_executor_at_work(tmp_path)
    found = outcome(run)
    assert "Lost executor" in found["log"], "the executor was at work when it was killed"
    check(aws, found)
