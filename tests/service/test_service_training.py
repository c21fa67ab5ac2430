"""Training jobs: their states, data, hyper-parameters, ends."""

from __future__ import annotations

import gzip
import json
import os
import re
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError
from sagemaker_pyspark.local import LocalSageMaker
from sagemaker_pyspark.local.algorithms.archive import ModelArchive

from tests.service.support import (
    BUCKET,
    KMEANS_IMAGE,
    channel,
    dense,
    entry,
    finished,
    framed,
    job_request,
    put_data,
    run_job,
    sparse,
    unique,
)

POINTS = [[0.0, 0.0], [0.0, 1.0], [10.0, 10.0], [10.0, 11.0]]
ECHO = {"TrainingImage": "echo", "TrainingInputMode": "File"}


def artifact(aws: LocalSageMaker, job: dict[str, Any], tmp_path: Any) -> ModelArchive:
    bucket, _, key = job["ModelArtifacts"]["S3ModelArtifacts"][len("s3://") :].partition("/")
    path = tmp_path / "model.tar.gz"
    path.write_bytes(aws.boto3_client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    return ModelArchive(path)


def file_of(aws: LocalSageMaker, job: dict[str, Any], tmp_path: Any, name: str) -> str:
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    return artifact(aws, job, tmp_path).read(name).decode()


def names_seen(aws: LocalSageMaker, job: dict[str, Any], tmp_path: Any) -> str:
    return file_of(aws, job, tmp_path, "names.txt")


def test_a_job_walks_through_its_states_and_says_so(aws: LocalSageMaker) -> None:
    hyper_parameters = {
        "k": "2",
        "feature_dim": "2",
        "eval_metrics": '["msd", "ssd"]',
        "half_life_time_size": "5",
    }
    prefix = put_data(aws, {"part-0.pbr": dense(POINTS[:2]), "part-1.pbr": dense(POINTS[2:])})
    job = run_job(aws, prefix, HyperParameters=hyper_parameters)
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Completed"
    transitions = job["SecondaryStatusTransitions"]
    states = [transition["Status"] for transition in transitions]
    assert states == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert all(t["EndTime"] >= t["StartTime"] and t["StatusMessage"] for t in transitions)
    assert job["CreationTime"] <= transitions[0]["StartTime"]
    assert job["TrainingStartTime"] == transitions[2]["StartTime"]
    assert job["TrainingEndTime"] == transitions[-1]["EndTime"] == job["LastModifiedTime"]
    assert job["HyperParameters"] == hyper_parameters and job["BillableTimeInSeconds"] >= 1
    name = job["TrainingJobName"]
    target = f"s3://{BUCKET}/output/{name}/output/model.tar.gz"
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == target
    assert {m["MetricName"]: m["Value"] for m in job["FinalMetricDataList"]} == {
        "train:msd": 0.25,
        "train:ssd": 1.0,
    }
    log = aws.training_log(name)
    assert "half_life_time_size=5 is accepted but not used by the local service" in log
    assert "Training is complete." in log
    assert aws.resources()["training_jobs"][name] == "Completed"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"HyperParameters": {"feature_dim": "2"}},
            (
                "ClientError: No value(s) were specified for 'k' which are required hyperparameter(s)"
                " (caused by "
            ),
        ),
        (
            {"HyperParameters": {"k": "1", "feature_dim": "2"}},
            "'k': expected an integer of at least 2, found '1'",
        ),
        ({"HyperParameters": {"k": "2", "feature_dim": "2", "kk": "1"}}, "not allowed ('kk' unexpected)"),
        (
            {"HyperParameters": {"k": "2", "feature_dim": "3"}},
            "have 2 features, but hyperparameter feature_dim is 3",
        ),
        ({"HyperParameters": {"k": "5", "feature_dim": "2"}}, "4 record(s), fewer than the 5 clusters"),
        (
            {"AlgorithmSpecification": {"TrainingImage": KMEANS_IMAGE, "TrainingInputMode": "Pipe"}},
            "reads training data in File mode only",
        ),
        (
            {
                "AlgorithmSpecification": {
                    "TrainingImage": "1.dkr.ecr.r.amazonaws.com/own:2",
                    "TrainingInputMode": "File",
                }
            },
            "has no algorithm for image '1.dkr.ecr.r.amazonaws.com/own:2'. Built in: ",
        ),
        (
            {"AlgorithmSpecification": {"TrainingImage": "crasher", "TrainingInputMode": "File"}},
            "ended by signal 11 (SIGSEGV), exit code: 139",
        ),
        ({"OutputDataConfig": {"S3OutputPath": "s3://no-such-bucket/x"}}, "the bucket 'no-such-bucket'"),
    ],
)
def test_a_job_that_cannot_succeed_fails_with_the_reason(
    aws: LocalSageMaker, changes: dict[str, Any], reason: str
) -> None:
    job = run_job(aws, put_data(aws, {"points.pbr": dense(POINTS)}), **changes)
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Failed"
    assert reason in job["FailureReason"]
    assert "ModelArtifacts" not in job or not job["ModelArtifacts"].get("S3ModelArtifacts")
    assert reason in aws.training_log(job["TrainingJobName"])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            dense([*POINTS, [float("nan"), 1.0]]),
            "1 value(s) that are NaN or infinite, the first at record 4, feature 0",
        ),
        (dense([[0.0, float("inf")], *POINTS]), "the first at record 0, feature 1: inf"),
        (b"1,2\n3,4\n", "Unable to read file 'points' of channel 'train': Not RecordIO-protobuf"),
    ],
)
def test_bad_data_fails_the_job_and_is_named(aws: LocalSageMaker, body: bytes, reason: str) -> None:
    job = run_job(aws, put_data(aws, {"points": body}))
    assert job["TrainingJobStatus"] == "Failed" and reason in job["FailureReason"]


def test_an_unknown_content_type_fails_in_the_words_of_the_service(aws: LocalSageMaker) -> None:
    prefix = put_data(aws, {"points": b"1,2\n"})
    job = run_job(aws, prefix, InputDataConfig=[channel(f"s3://{BUCKET}/{prefix}", ContentType="csv")])
    expected = "ClientError: No iterator has been registered for ContentType ('csv', '1.0')"
    assert job["FailureReason"].startswith(expected)


@pytest.mark.parametrize(
    ("objects", "fields"),
    [
        ({"a.csv": b"0,0\n0,1\n10,10\n10,11\n"}, {"ContentType": "text/csv;label_size=0"}),
        ({"a.csv": b"7,0,0\n7,0,1\n7,10,10\n7,10,11\n"}, {"ContentType": "text/csv"}),
        ({"a.pbr.gz": gzip.compress(dense(POINTS))}, {"CompressionType": "Gzip"}),
        (
            {"a": b"".join(sparse([0, 1], point, 2) for point in POINTS)},
            {"ContentType": "application/x-recordio-protobuf"},
        ),
    ],
)
def test_every_form_of_the_data_trains_the_same_model(
    aws: LocalSageMaker, objects: dict[str, bytes], fields: dict[str, str]
) -> None:
    prefix = put_data(aws, objects)
    job = run_job(aws, prefix, InputDataConfig=[channel(f"s3://{BUCKET}/{prefix}", **fields)])
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert job["FinalMetricDataList"][0]["Value"] == pytest.approx(0.25)


def test_a_manifest_names_exactly_what_is_read(aws: LocalSageMaker, tmp_path: Any) -> None:
    prefix = put_data(aws, {"one": b"1", "two": b"2", "three": b"3"})
    manifest = json.dumps([{"prefix": f"s3://{BUCKET}/{prefix}"}, "three", "one"]).encode()
    place = put_data(aws, {"manifest": manifest})
    data = [channel(f"s3://{BUCKET}/{place}manifest", "ManifestFile")]
    job = run_job(aws, "", InputDataConfig=data, AlgorithmSpecification=ECHO)
    assert names_seen(aws, job, tmp_path) == "one,three"


def test_a_manifest_that_names_a_missing_object_fails_the_job(aws: LocalSageMaker) -> None:
    manifest = json.dumps([{"prefix": f"s3://{BUCKET}/"}, "not-there"]).encode()
    place = put_data(aws, {"manifest": manifest})
    data = [channel(f"s3://{BUCKET}/{place}manifest", "ManifestFile")]
    job = run_job(aws, "", InputDataConfig=data, AlgorithmSpecification=ECHO)
    assert "names 1 object(s) that do not exist, the first: s3://" in job["FailureReason"]


def test_addresses_that_cannot_be_are_refused_in_words(aws: LocalSageMaker) -> None:
    client = aws.boto3_client("sagemaker")
    prefix = put_data(aws, {"points": dense(POINTS)})
    placeholder = [channel("s3://<your-bucket>/train")]
    for changes, words in (
        ({"InputDataConfig": placeholder}, 'No S3 objects found under S3 URL "s3://<your-bucket>/train"'),
        ({"OutputDataConfig": {"S3OutputPath": "https://host/x"}}, "'https://host/x' is not an S3 URI"),
        (
            {"OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/x", "CompressionType": "NONE"}},
            "does not support artifacts that aren't compressed",
        ),
    ):
        with pytest.raises(ClientError, match=re.escape(words)) as caught:
            client.create_training_job(**job_request(aws, unique("job"), prefix, **changes))
        assert caught.value.response["Error"]["Code"] == "ValidationException"
    with pytest.raises(ClientError, match="Could not find model data at s3://"):
        client.create_model(
            ModelName=unique("model"),
            ExecutionRoleArn=aws.role_arn,
            PrimaryContainer={"Image": KMEANS_IMAGE, "ModelDataUrl": f"s3://{BUCKET}/"},
        )
    place = put_data(aws, {"manifest": json.dumps([{"prefix": "/data/"}, "one"]).encode()})
    data = [channel(f"s3://{BUCKET}/{place}manifest", "ManifestFile")]
    job = run_job(aws, "", InputDataConfig=data, AlgorithmSpecification=ECHO)
    assert job["FailureReason"].startswith("ClientError: The manifest s3://")


def test_damaged_data_is_the_customers_error(aws: LocalSageMaker) -> None:
    whole = gzip.compress(dense(POINTS * 100))
    broken = whole[:12] + bytes(byte ^ 0xFF for byte in whole[12:40]) + whole[40:]
    prefix = put_data(aws, {"part.gz": broken})
    data = [channel(f"s3://{BUCKET}/{prefix}", CompressionType="Gzip")]
    job = run_job(aws, prefix, InputDataConfig=data)
    assert job["FailureReason"].startswith("ClientError: ")
    assert "part.gz is not gzip data" in job["FailureReason"]
    huge = framed(entry(1, [1.0], [2**63], [2**63]))
    job = run_job(aws, put_data(aws, {"part": huge}))
    assert job["FailureReason"].startswith("ClientError: ") and "too large" in job["FailureReason"]


def test_the_jobs_environment_reaches_its_process(aws: LocalSageMaker, tmp_path: Any) -> None:
    prefix = put_data(aws, {"part": b"x"})
    job = run_job(aws, prefix, AlgorithmSpecification=ECHO, Environment={"NOTE": "from the request"})
    assert file_of(aws, job, tmp_path, "note.txt") == "from the request"


def test_markers_below_a_prefix_are_left_out(aws: LocalSageMaker, tmp_path: Any) -> None:
    objects = dict.fromkeys(["part-0", "sub/part-1", "_SUCCESS", ".crc", "x_$folder$", "sub/"], b"x")
    job = run_job(aws, put_data(aws, objects), AlgorithmSpecification=ECHO)
    assert names_seen(aws, job, tmp_path) == "part-0,part-1"


def test_folders_that_hadoop_hides_are_left_out_unless_the_prefix_names_them(
    aws: LocalSageMaker, tmp_path: Any
) -> None:
    names = ["part-0", "_temporary/0/part-1", ".tmp/part-2", "a=1/part-3", "a=1/_x/part-4", "_in/part-5"]
    prefix = put_data(aws, dict.fromkeys(names, b"x"))
    for below, expected in (("", "part-3,part-0"), ("_in/", "part-5"), ("_in", "part-5"), ("a=1", "part-3")):
        job = run_job(aws, prefix + below, AlgorithmSpecification=ECHO)
        assert names_seen(aws, job, tmp_path) == expected


def wait_for_training(aws: LocalSageMaker, name: str) -> int:
    while "sleeping in process" not in aws.training_log(name):
        time.sleep(0.05)
    return int(aws.training_log(name).partition("sleeping in process ")[2].split()[0])


def test_stopping_a_job_ends_its_process(aws: LocalSageMaker) -> None:
    client = aws.boto3_client("sagemaker")
    name = unique("job")
    sleeper = {"TrainingImage": "sleeper", "TrainingInputMode": "File"}
    request = job_request(aws, name, put_data(aws, {"a": b"x"}), AlgorithmSpecification=sleeper)
    client.create_training_job(**request)
    process = wait_for_training(aws, name)
    client.stop_training_job(TrainingJobName=name)
    job = finished(aws, name)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert "Stopping" in [transition["Status"] for transition in job["SecondaryStatusTransitions"]]
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    with pytest.raises(ClientError, match="rejected because the training job is in status Stopped"):
        client.stop_training_job(TrainingJobName=name)


def test_a_job_beyond_its_time_is_stopped(aws: LocalSageMaker) -> None:
    sleeper = {"TrainingImage": "sleeper", "TrainingInputMode": "File"}
    job = run_job(
        aws,
        put_data(aws, {"a": b"x"}),
        AlgorithmSpecification=sleeper,
        StoppingCondition={"MaxRuntimeInSeconds": 1},
    )
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_jobs_are_listed_by_name_status_and_page(aws: LocalSageMaker) -> None:
    client = aws.boto3_client("sagemaker")
    prefix, mark = put_data(aws, {"a": b"x"}), unique("listed")
    names = [f"{mark}-{index}" for index in range(3)]
    for name in names:
        client.create_training_job(**job_request(aws, name, prefix, HyperParameters={}))
    for name in names:
        finished(aws, name)
    pages = client.get_paginator("list_training_jobs").paginate(
        NameContains=mark, SortBy="Name", SortOrder="Descending", PaginationConfig={"PageSize": 2}
    )
    found = [[job["TrainingJobName"] for job in page["TrainingJobSummaries"]] for page in pages]
    assert found == [[names[2], names[1]], [names[0]]]
    failed = client.list_training_jobs(NameContains=mark, StatusEquals="Failed")["TrainingJobSummaries"]
    assert [job["TrainingJobName"] for job in failed] == names
    assert (
        client.list_training_jobs(NameContains=mark, StatusEquals="Completed")["TrainingJobSummaries"] == []
    )
    with pytest.raises(ClientError, match="Invalid NextToken"):
        client.list_training_jobs(NextToken="nonsense")


def test_tags_of_a_job(aws: LocalSageMaker) -> None:
    client = aws.boto3_client("sagemaker")
    request = job_request(aws, unique("job"), put_data(aws, {"a": b"x"}), Tags=[{"Key": "a", "Value": "1"}])
    arn = client.create_training_job(**request)["TrainingJobArn"]
    client.add_tags(ResourceArn=arn, Tags=[{"Key": "b", "Value": "zwei ü"}])
    client.delete_tags(ResourceArn=arn, TagKeys=["a"])
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "zwei ü"}]
