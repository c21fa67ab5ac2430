"""Every fault as a client meets it, and its trace in the record of calls."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectionError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from sagemaker_pyspark.local import Fault, LocalSageMaker

from tests.service.support import (
    BUCKET,
    RECORDIO,
    centers_archive,
    dense,
    host,
    put_data,
    run_job,
    settled,
    unique,
)

ROWS = [[0.0, 1.0], [0.0, 2.0], [0.0, 3.0]]
ONE_TRY = Config(retries={"total_max_attempts": 1})
IMPATIENT = ONE_TRY.merge(Config(read_timeout=1))


@pytest.fixture(scope="module")
def endpoint(running_service: LocalSageMaker) -> str:
    return host(running_service, centers_archive([[0.0, 0.0]]))


def invoke(aws: LocalSageMaker, name: str, accept: str = "text/csv", content_type: str = RECORDIO) -> bytes:
    client = aws.boto3_client("sagemaker-runtime", config=ONE_TRY)
    answer = client.invoke_endpoint(
        EndpointName=name, ContentType=content_type, Accept=accept, Body=dense(ROWS)
    )
    body: bytes = answer["Body"].read()
    return body


def code_of(call: Any, **arguments: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        (Fault.throttle(), "ThrottlingException", 400),
        (Fault.server_error(), "InternalFailure", 500),
        (Fault.server_error(530), "InternalFailure", 530),
        (Fault.unavailable(), "ServiceUnavailable", 503),
        (Fault.model_not_ready(), "ModelNotReadyException", 429),
        (Fault.access_denied(), "AccessDeniedException", 403),
        (Fault.expired_token(), "ExpiredTokenException", 403),
        (Fault.payload_too_large(), "413", 413),
        (Fault.model_error(500, "out of memory"), "ModelError", 424),
    ],
)
def test_errors_of_the_runtime(
    aws: LocalSageMaker, endpoint: str, fault: Fault, code: str, status: int
) -> None:
    aws.fail_next("InvokeEndpoint", fault)
    assert code_of(invoke, aws=aws, name=endpoint) == (code, status)
    assert invoke(aws, endpoint) == b"0.0,1.0\n0.0,2.0\n0.0,3.0\n"
    calls = aws.calls()
    assert [(c["operation"], c["status"], c["fault"]) for c in calls] == [
        ("InvokeEndpoint", status, fault.kind),
        ("InvokeEndpoint", 200, None),
    ]
    assert calls[0]["error"] == code and calls[0]["resource"] == endpoint


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        (Fault.throttle(), "ThrottlingException", 400),
        (Fault.server_error(), "InternalFailure", 500),
        (Fault.unavailable(), "ServiceUnavailable", 503),
        (Fault.access_denied(), "AccessDeniedException", 400),
        (Fault.expired_token(), "ExpiredTokenException", 400),
    ],
)
def test_a_denied_deletion_deletes_nothing(
    aws: LocalSageMaker, endpoint: str, fault: Fault, code: str, status: int
) -> None:
    client = aws.boto3_client("sagemaker", config=ONE_TRY)
    aws.fail_next("DeleteEndpoint", fault)
    assert code_of(client.delete_endpoint, EndpointName=endpoint) == (code, status)
    assert aws.resources()["endpoints"][endpoint] == "InService"


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        (Fault.throttle(), "SlowDown", 503),
        (Fault.slow_down(), "SlowDown", 503),
        (Fault.server_error(), "InternalError", 500),
        (Fault.access_denied(), "AccessDenied", 403),
        (Fault.expired_token(), "ExpiredToken", 400),
        (Fault.payload_too_large(), "EntityTooLarge", 400),
    ],
)
def test_errors_of_s3_put_nothing(aws: LocalSageMaker, fault: Fault, code: str, status: int) -> None:
    client = aws.boto3_client("s3", config=ONE_TRY)
    key = unique("refused")
    aws.fail_next("PutObject", fault)
    assert code_of(client.put_object, Bucket=BUCKET, Key=key, Body=bytes(100_000)) == (code, status)
    assert key not in aws.resources()["buckets"][BUCKET]


def test_errors_of_sts(aws: LocalSageMaker) -> None:
    client = aws.boto3_client("sts", config=ONE_TRY)
    for fault, code in ((Fault.throttle(), "Throttling"), (Fault.access_denied(), "AccessDenied")):
        aws.fail_next("GetCallerIdentity", fault)
        assert code_of(client.get_caller_identity)[0] == code


def test_an_sdk_that_retries_comes_through_two_throttled_requests(aws: LocalSageMaker, endpoint: str) -> None:
    aws.fail_next("InvokeEndpoint", Fault.throttle(), times=2)
    client = aws.boto3_client("sagemaker-runtime")
    client.invoke_endpoint(EndpointName=endpoint, ContentType=RECORDIO, Body=dense(ROWS))
    assert [call["status"] for call in aws.calls()] == [400, 400, 200]
    assert aws.call_counts() == {"InvokeEndpoint": 3}


def test_a_reset_before_the_answer(aws: LocalSageMaker, endpoint: str) -> None:
    aws.fail_next("InvokeEndpoint", Fault.reset())
    with pytest.raises((ConnectionClosedError, ConnectionError)):
        invoke(aws, endpoint)
    assert [(call["status"], call["fault"]) for call in aws.calls()] == [(None, "reset")]


def test_a_reset_in_the_middle_of_the_answer(aws: LocalSageMaker, endpoint: str) -> None:
    aws.fail_next("InvokeEndpoint", Fault.reset(after_bytes=9))
    with pytest.raises((IncompleteReadError, ResponseStreamingError, ConnectionError)):
        invoke(aws, endpoint)
    assert aws.calls()[0]["response_bytes"] == 9


def test_a_reset_while_uploading(aws: LocalSageMaker) -> None:
    client = aws.boto3_client("s3", config=ONE_TRY)
    aws.fail_next("PutObject", Fault.reset())
    with pytest.raises((ConnectionClosedError, ConnectionError)):
        client.put_object(Bucket=BUCKET, Key=unique("reset"), Body=bytes(300_000))


def test_no_answer_and_a_late_answer(aws: LocalSageMaker, endpoint: str) -> None:
    aws.fail_next("InvokeEndpoint", Fault.no_answer())
    impatient = aws.boto3_client("sagemaker-runtime", config=IMPATIENT)
    with pytest.raises(ReadTimeoutError):
        impatient.invoke_endpoint(EndpointName=endpoint, ContentType=RECORDIO, Body=dense(ROWS))
    aws.fail_next("InvokeEndpoint", Fault.slow(0.2))
    assert invoke(aws, endpoint).count(b"\n") == 3
    assert aws.calls()[-1]["seconds"] >= 0.2


@pytest.mark.parametrize("accept", [RECORDIO, "text/csv", "application/json", "application/jsonlines"])
@pytest.mark.parametrize(
    ("fault", "rows"), [(Fault.drop_rows(2), 1), (Fault.extra_rows(2), 5), (Fault.drop_rows(9), 0)]
)
def test_short_and_long_answers(
    aws: LocalSageMaker, endpoint: str, accept: str, fault: Fault, rows: int
) -> None:
    aws.fail_next("InvokeEndpoint", fault)
    body = invoke(aws, endpoint, accept)
    if accept == "application/json":
        assert len(json.loads(body)["predictions"]) == rows
    elif accept == RECORDIO:
        assert len(body) == rows * len(invoke(aws, endpoint, accept)) // 3
    else:
        assert len(body.splitlines()) == rows


def test_damaged_answers(aws: LocalSageMaker, endpoint: str) -> None:
    good = invoke(aws, endpoint, RECORDIO)
    aws.fail_next("InvokeEndpoint", Fault.truncate())
    assert invoke(aws, endpoint, RECORDIO) == good[: len(good) // 2]
    aws.fail_next("InvokeEndpoint", Fault.corrupt())
    corrupt = invoke(aws, endpoint, RECORDIO)
    assert len(corrupt) == len(good) and corrupt[:4] != good[:4]


def test_a_training_job_can_be_made_to_fail(aws: LocalSageMaker) -> None:
    aws.fail_next("CreateTrainingJob", Fault.training_failure("AlgorithmError: planned"))
    job = run_job(aws, put_data(aws, {"a.pbr": dense(ROWS)}))
    assert (job["TrainingJobStatus"], job["FailureReason"]) == ("Failed", "AlgorithmError: planned")
    assert aws.calls()[-1]["fault"] is None and aws.call_counts()["CreateTrainingJob"] == 1


def test_an_endpoint_can_be_made_to_fail(aws: LocalSageMaker) -> None:
    aws.fail_next("CreateEndpoint", Fault.endpoint_failure("Unable to provision"))
    endpoint = settled(aws, host(aws, centers_archive([[0, 0]])))
    assert (endpoint["EndpointStatus"], endpoint["FailureReason"]) == ("Failed", "Unable to provision")


def test_faults_wait_for_the_resource_they_are_meant_for(aws: LocalSageMaker, endpoint: str) -> None:
    aws.fail_next("PutObject", Fault.access_denied(), match="wanted/")
    client = aws.boto3_client("s3", config=ONE_TRY)
    client.put_object(Bucket=BUCKET, Key="other/x", Body=b"")
    assert code_of(client.put_object, Bucket=BUCKET, Key="wanted/x", Body=b"")[0] == "AccessDenied"
    aws.fail_next("*", Fault.drop_rows(1))
    client.put_object(Bucket=BUCKET, Key="other/x", Body=b"")
    assert invoke(aws, endpoint).count(b"\n") == 2
    aws.fail_next("PutObject", Fault.access_denied())
    aws.clear_faults()
    client.put_object(Bucket=BUCKET, Key="other/x", Body=b"")


def test_faults_that_make_no_sense_are_refused_at_once(aws: LocalSageMaker) -> None:
    with pytest.raises(ValueError, match="Unknown operation 'InvokeEndpoints'"):
        aws.fail_next("InvokeEndpoints", Fault.throttle())
    with pytest.raises(ValueError, match="does not apply to PutObject"):
        aws.fail_next("PutObject", Fault.drop_rows(1))
    with pytest.raises(ValueError, match="times must be at least 1"):
        aws.fail_next("PutObject", Fault.throttle(), times=0)
    with pytest.raises(ValueError, match="status must be between 500 and 599"):
        Fault.server_error(400)


def test_connections_that_end_in_the_middle(aws: LocalSageMaker, endpoint: str) -> None:
    aws.fail_next("InvokeEndpoint", Fault.close(after_bytes=5))
    with pytest.raises((ResponseStreamingError, IncompleteReadError, ConnectionClosedError)):
        invoke(aws, endpoint)
    assert aws.calls()[-1]["status"] == 200
    client = aws.boto3_client("s3", config=ONE_TRY)
    aws.fail_next("PutObject", Fault.cut_request(after_bytes=1000))
    with pytest.raises((ConnectionError, ConnectionClosedError)):
        client.put_object(Bucket=BUCKET, Key="cut", Body=b"x" * 4_000_000)
    assert "cut" not in aws.resources()["buckets"][BUCKET]
    with pytest.raises(ValueError, match="does not apply to GetObject"):
        aws.fail_next("GetObject", Fault.cut_request(after_bytes=1))


def test_an_answer_can_trickle_in(aws: LocalSageMaker, endpoint: str) -> None:
    whole = invoke(aws, endpoint)
    aws.fail_next("InvokeEndpoint", Fault.trickle(seconds=0.5))
    assert invoke(aws, endpoint) == whole
    # The client has all of it a little before the service has noted that.
    for _ in range(200):
        if aws.calls()[-1]["seconds"] is not None:
            break
        time.sleep(0.05)
    assert float(aws.calls()[-1]["seconds"]) >= 0.5


def test_faults_at_random_meet_a_share_of_the_requests_as_the_seed_says(
    aws: LocalSageMaker, endpoint: str
) -> None:
    def statuses(seed: int) -> list[int]:
        aws.clear_faults()
        aws.reset_calls()
        aws.fail_at_random("InvokeEndpoint", [Fault.throttle(), Fault.unavailable()], 0.5, seed)
        for _ in range(40):
            try:
                invoke(aws, endpoint)
            except ClientError:
                continue
        return [int(call["status"]) for call in aws.calls()]

    first = statuses(7)
    assert set(first) == {200, 400, 503} and 8 < first.count(200) < 32
    assert statuses(7) == first
    assert statuses(8) != first
    aws.fail_next("InvokeEndpoint", Fault.model_not_ready())
    assert code_of(invoke, aws=aws, name=endpoint)[1] == 429, "what is due at once comes first"
    aws.clear_faults()
    for _ in range(10):
        invoke(aws, endpoint)
    with pytest.raises(ValueError, match="rate must be above 0"):
        aws.fail_at_random("InvokeEndpoint", [Fault.throttle()], 0.0, 1)
    with pytest.raises(ValueError, match="faults is empty"):
        aws.fail_at_random("InvokeEndpoint", [], 0.5, 1)
    with pytest.raises(ValueError, match="does not apply to PutObject"):
        aws.fail_at_random("PutObject", [Fault.drop_rows(1)], 0.5, 1)
