"""A store that checks signatures, as S3 and its replacements do; the local service doesn't."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.test_staging import rows, staged, values

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from sagemaker_pyspark.local import LocalSageMaker

    from tests.e2e.support import Estimators


def signature(request: BaseHTTPRequestHandler, secret: str) -> str:
    """The signature that botocore would make of what arrived, with the headers that the client signed."""
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    given = dict(
        part.strip().split("=", 1) for part in request.headers["Authorization"].split(" ", 1)[1].split(",")
    )
    key, _, region, _, _ = given["Credential"].split("/")
    signed = {name: request.headers[name] for name in given["SignedHeaders"].split(";")}
    url = f"http://{request.headers['Host']}{request.path}"
    of = AWSRequest(method=request.command, url=url, headers=signed)
    of.context["timestamp"] = request.headers["x-amz-date"]
    signer = S3SigV4Auth(Credentials(key, secret), "s3", region)
    found: str = signer.signature(signer.string_to_sign(of, signer.canonical_request(of)), of)
    return found


class CheckingStore:
    """Passes on to the service what is signed as it must be, and refuses the rest."""

    def __init__(self, aws: LocalSageMaker) -> None:
        service = urlsplit(aws.endpoint_url)
        self.hashes: set[str] = set()
        self.refused: list[str] = []
        store = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                store.hashes.add(self.headers["x-amz-content-sha256"])
                if f"Signature={signature(self, aws.secret_access_key)}" not in self.headers["Authorization"]:
                    store.refused.append(f"{self.command} {self.path}")
                    self.answer(403, {}, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
                    return
                connection = http.client.HTTPConnection(service.hostname or "", service.port)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                connection.request(self.command, self.path, body, headers)
                found = connection.getresponse()
                self.answer(found.status, dict(found.getheaders()), found.read())
                connection.close()

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

            def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response_only(status)
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", headers.get("content-length", str(len(body))))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nobody reads it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture()
def store(aws: LocalSageMaker) -> Iterator[CheckingStore]:
    made = CheckingStore(aws)
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_store_that_checks_signatures_takes_what_fit_sends(
    spark: SparkSession, aws: LocalSageMaker, kmeans: Estimators, store: CheckingStore
) -> None:
    from sagemaker_pyspark import SageMakerClients

    client = SageMakerClients.create_s3_default_client(
        **{**aws.client_options(), "endpoint_url": store.address}
    )
    estimator = kmeans(
        k=2,
        s3Client=client,
        deleteStagingDataAfterTraining=False,
        endpointCreationPolicy="DO_NOT_CREATE",
        staging_object_bytes=4096,
    )
    model = estimator.fit(rows(spark, 1000, 2))
    bucket, keys, _ = staged(aws, str(model.trainingJobName))
    assert sorted(values(aws, bucket, keys)) == [float(i) for i in range(1000)]
    assert store.refused == []
    # On this machine nobody could exchange a body on the way.
    assert store.hashes == {"UNSIGNED-PAYLOAD"}
