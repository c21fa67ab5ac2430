"""One embedded service for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sagemaker_pyspark.local import LocalSageMaker

from tests.service.support import BUCKET, HANDLERS


@pytest.fixture(scope="session")
def running_service() -> Iterator[LocalSageMaker]:
    with LocalSageMaker(
        transition_seconds=0.05, max_payload_bytes=6_291_456, invocation_timeout_seconds=1.0
    ) as aws:
        aws.boto3_client("s3").create_bucket(Bucket=BUCKET)
        for handler in ("Echo", "Sleeper", "Crasher", "Quitter"):
            aws.register_image(handler.lower(), f"{HANDLERS}:{handler}")
        yield aws


@pytest.fixture
def aws(running_service: LocalSageMaker) -> Iterator[LocalSageMaker]:
    """The service without faults left over from another test, and with no calls recorded."""
    running_service.clear_faults()
    running_service.reset_calls()
    yield running_service
