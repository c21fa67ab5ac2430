"""Endpoints that answer as no endpoint should: what never ends is given up, and takes no memory."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark import SageMakerModel

Answer = Callable[[Any], None]


@contextmanager
def endpoint(answer: Answer) -> Iterator[str]:
    """A server that reads each request and answers it so; its address."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            length = 0
            for line in iter(self.rfile.readline, b"\r\n"):
                if not line:
                    return
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            self.rfile.read(length)
            try:
                answer(self.wfile)
            except OSError:
                return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def model(address: str, **options: Any) -> SageMakerModel:
    from sagemaker_pyspark import SageMakerClients, SageMakerModel
    from sagemaker_pyspark.transformation.deserializers import XGBoostCSVRowDeserializer
    from sagemaker_pyspark.transformation.serializers import UnlabeledCSVRequestRowSerializer

    client = SageMakerClients.create_sagemaker_client(
        region="us-east-1", endpoint_url=address, access_key_id="AKIDEXAMPLE", secret_access_key="secret"
    )
    return SageMakerModel.fromEndpoint(
        "foreign",
        UnlabeledCSVRequestRowSerializer(),
        XGBoostCSVRowDeserializer(),
        sagemakerClient=client,
        **{"invoke_attempts": 2, **options},
    )


@pytest.fixture()
def one(spark: SparkSession) -> DataFrame:
    from pyspark.ml.linalg import Vectors

    return spark.createDataFrame([(Vectors.dense([1.0, 2.0]),)], ["features"]).coalesce(1)


def announced(out: Any) -> None:
    """Nearly 2 GiB, it says."""
    out.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 2147483000\r\n\r\n0.5")


def endless(status: bytes) -> Answer:
    def answer(out: Any) -> None:
        out.write(b"HTTP/1.1 " + status + b"\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            out.write(b"10000\r\n" + b"1\n" * 0x8000 + b"\r\n")

    return answer


def dripping(out: Any) -> None:
    """A head of which a byte comes now and then."""
    for byte in b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n" + b"X-Wait: " + b"0" * 1000:
        out.write(bytes([byte]))
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (announced, r"failed 2 times"),
        (endless(b"200 OK"), r"the answer has more than \d+ bytes"),
        (endless(b"500 Oops"), r"failed 2 times.*HTTP status 500"),
        (dripping, r"no whole answer within"),
    ],
    ids=["announced", "endless", "endless error", "dripping head"],
)
def test_an_answer_without_end_is_an_error_and_the_session_lives(
    spark: SparkSession, one: DataFrame, answer: Answer, said: str
) -> None:
    from sagemaker_pyspark.errors import InferenceError, explained

    with endpoint(answer) as address, pytest.raises(InferenceError, match=said), explained():
        model(address, invoke_timeout_millis=1500).transform(one).collect()
    assert spark.range(3).count() == 3


def test_nested_json_is_an_error_and_the_session_lives(spark: SparkSession, one: DataFrame) -> None:
    from sagemaker_pyspark.errors import InferenceError, explained

    body = b'{"a":' * 20000

    def nested(out: Any) -> None:
        head = f"HTTP/1.1 400 Bad\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        out.write(head.encode() + body)

    with endpoint(nested) as address, pytest.raises(InferenceError, match=r"HTTP status 400"), explained():
        model(address).transform(one).collect()
    assert spark.range(3).count() == 3
