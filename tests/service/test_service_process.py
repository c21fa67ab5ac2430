"""The server process: it starts clearly, ends with its parent, and works from the command line."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest
from sagemaker_pyspark.local import LocalSageMaker, LocalServiceError
from sagemaker_pyspark.local import session as session_module

from tests.service.support import BUCKET, HANDLERS

PARENT = """
import sys, time
from sagemaker_pyspark.local import LocalSageMaker
aws = LocalSageMaker(transition_seconds=0.01)
aws.start()
aws.register_image("sleeper", sys.argv[1])
s3, sagemaker = aws.boto3_client("s3"), aws.boto3_client("sagemaker")
s3.create_bucket(Bucket="parent")
s3.put_object(Bucket="parent", Key="data/x", Body=b"x")
source = {"S3DataType": "S3Prefix", "S3Uri": "s3://parent/data", "S3DataDistributionType": "FullyReplicated"}
sagemaker.create_training_job(
    TrainingJobName="job", RoleArn=aws.role_arn,
    AlgorithmSpecification={"TrainingImage": "sleeper", "TrainingInputMode": "File"},
    InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": source}}],
    OutputDataConfig={"S3OutputPath": "s3://parent/out"}, StoppingCondition={"MaxRuntimeInSeconds": 100},
    ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1})
while "sleeping in process" not in aws.training_log("job"):
    time.sleep(0.05)
trainer = aws.training_log("job").partition("sleeping in process ")[2].split()[0]
print(aws.process_id, trainer, aws._work_dir, flush=True)
time.sleep(100)
"""


def is_running(process: int) -> bool:
    stat = Path(f"/proc/{process}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_server_and_training_end_with_the_process_that_started_them(ending: signal.Signals) -> None:
    command = [sys.executable, "-c", PARENT, f"{HANDLERS}:Sleeper"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as parent:
        assert parent.stdout is not None
        server, trainer, work_dir = parent.stdout.readline().split()
        assert is_running(int(server)) and is_running(int(trainer))
        parent.send_signal(ending)
    for _ in range(1200):
        if not (is_running(int(server)) or is_running(int(trainer)) or Path(work_dir).exists()):
            break
        time.sleep(0.05)
    assert not is_running(int(server)) and not is_running(int(trainer))
    assert not Path(work_dir).exists()


def test_leaving_the_context_ends_the_server_and_its_files() -> None:
    with LocalSageMaker() as aws:
        process, work_dir = aws.process_id, aws._work_dir
        assert work_dir is not None and work_dir.exists()
    assert not is_running(process) and not work_dir.exists()
    with pytest.raises(LocalServiceError, match="not running"):
        _ = aws.endpoint_url


def test_a_port_in_use_is_an_error_with_the_log_of_the_server() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LocalServiceError) as caught:
            LocalSageMaker(port=port).start()
    text = str(caught.value)
    assert (
        text.startswith(f"The local service did not start on port {port}: ")
        and "Address already in use" in text
    )


def test_a_missing_package_is_a_sentence_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "_NEEDED", ("numpy", "no_such_package"))
    with pytest.raises(
        LocalServiceError, match=r"\(no_such_package\): pip install 'sagemaker-pyspark-bridge\[local\]'"
    ):
        LocalSageMaker().start()


def test_importing_it_imports_neither_spark_nor_what_the_server_needs() -> None:
    script = "import json, sys, sagemaker_pyspark.local; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment()
    )
    loaded = {name.partition(".")[0] for name in json.loads(answer.stdout)}
    assert loaded.isdisjoint({"pyspark", "py4j", "moto", "flask", "uvicorn", "sklearn", "boto3", "numpy"})


def test_the_command_prints_what_a_shell_needs_and_ends_on_interrupt() -> None:
    # A job that a shell runs in the background ignores Ctrl-C, and so would its children: a terminal's don't.
    program = (
        "import runpy, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); sys.argv = "
        "['local', '--region', 'eu-west-1']; runpy.run_module('sagemaker_pyspark.local', run_name='__main__')"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdout is not None
        settings: dict[str, str] = {}
        for line in process.stdout:
            if line.strip().startswith("export "):
                name, _, value = line.strip()[len("export ") :].partition("=")
                settings[name] = value.strip("'")
            if line.startswith("Ctrl-C"):
                break
        client = boto3.client(
            "sts",
            endpoint_url=settings["AWS_ENDPOINT_URL"],
            region_name=settings["AWS_REGION"],
            aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
        )
        assert client.get_caller_identity()["Account"] == "123456789012"
        assert settings["AWS_REGION"] == "eu-west-1"
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def test_the_environment_sends_every_sdk_here(aws: LocalSageMaker) -> None:
    script = (
        "import boto3\nboto3.client('s3').put_object(Bucket='"
        + BUCKET
        + "', Key='by-environment', Body=b'x')\nboto3.client('sagemaker').list_models()\n"
    )
    hostile = {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"}
    variables = {**os.environ, **hostile, **aws.environment()}
    subprocess.run([sys.executable, "-c", script], check=True, env=variables)
    assert aws.call_counts() == {"PutObject": 1, "ListModels": 1}
    assert set(aws.client_options()) == {"region", "endpoint_url", "access_key_id", "secret_access_key"}


def test_objects_can_be_kept_in_another_s3_service(
    aws: LocalSageMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws.secret_access_key)
    with LocalSageMaker(s3_endpoint_url=aws.endpoint_url) as front:
        client = front.boto3_client("s3")
        key, body = "external/a b+ü.bin", bytes(range(256)) * 5000
        client.put_object(Bucket=BUCKET, Key=key, Body=body)
        assert client.get_object(Bucket=BUCKET, Key=key)["Body"].read() == body
        assert client.head_object(Bucket=BUCKET, Key=key)["ContentLength"] == len(body)
        client.copy_object(Bucket=BUCKET, Key="external/copy", CopySource={"Bucket": BUCKET, "Key": key})
        listed = client.list_objects_v2(Bucket=BUCKET, Prefix="external/")["Contents"]
        assert [item["Key"] for item in listed] == [key, "external/copy"]
        assert "external/copy" in front.resources()["buckets"][BUCKET]
        client.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key}, {"Key": "external/copy"}]})
        assert front.call_counts()["PutObject"] == 1
    assert aws.boto3_client("s3").list_objects_v2(Bucket=BUCKET, Prefix="external/")["KeyCount"] == 0


@pytest.mark.parametrize("kept", ["here", "in another service"])
def test_bodies_whose_pieces_are_signed_are_stored_without_the_signatures(
    aws: LocalSageMaker, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    """As Java's clients and s3a send them."""
    import urllib3
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws.secret_access_key)
    body = bytes(range(256)) * 700
    pieces = [body[:131072], body[131072:], b""]
    framed = b"".join(b"%x;chunk-signature=%s\r\n%s\r\n" % (len(p), b"0" * 64, p) for p in pieces)
    with LocalSageMaker(s3_endpoint_url=aws.endpoint_url) as front:
        asked = aws if kept == "here" else front
        url = f"{asked.endpoint_url}/{BUCKET}/signed-pieces"
        request = AWSRequest("PUT", url, {"x-amz-decoded-content-length": str(len(body))}, framed)
        keys = Credentials(asked.access_key_id, asked.secret_access_key)
        S3SigV4Auth(keys, "s3", asked.region).add_auth(request)
        headers = {
            **dict(request.headers.items()),
            "X-Amz-Content-SHA256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "Content-Encoding": "aws-chunked",
        }
        assert urllib3.PoolManager().request("PUT", url, body=framed, headers=headers).status == 200
    client = aws.boto3_client("s3")
    assert client.get_object(Bucket=BUCKET, Key="signed-pieces")["Body"].read() == body
    client.delete_object(Bucket=BUCKET, Key="signed-pieces")


def test_an_s3_service_that_does_not_answer_is_named() -> None:
    with LocalSageMaker(s3_endpoint_url="http://127.0.0.1:1") as front:
        from botocore.config import Config
        from botocore.exceptions import ClientError

        client = front.boto3_client("s3", config=Config(retries={"total_max_attempts": 1}))
        with pytest.raises(ClientError, match=r"S3 service at http://127\.0\.0\.1:1 did not answer"):
            client.list_buckets()
