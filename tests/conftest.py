"""What all tests share: no AWS settings of the machine, one Spark session and one local service."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import lines
import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from sagemaker_pyspark.local import LocalSageMaker


def pytest_configure(config: pytest.Config) -> None:
    """Take the developer's own AWS settings away before a JVM or boto3 can read them."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
        # Workers and subprocesses run this Python and see this checkout.
        PYSPARK_PYTHON=sys.executable,
        PYSPARK_DRIVER_PYTHON=sys.executable,
        PYTHONPATH=str(lines.ROOT / "python"),
        SPARK_LOCAL_IP="127.0.0.1",
    )


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """One local session with this package's jars, made as the documentation says."""
    from pyspark.sql import SparkSession
    from sagemaker_pyspark import configure_spark

    scratch = tmp_path_factory.mktemp("spark")
    builder: SparkSession.Builder = SparkSession.builder
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.local.dir": str(scratch / "local"),
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = configure_spark(builder.master("local[2]").appName("tests")).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def aws() -> Iterator[LocalSageMaker]:
    """The local service; faults that a test asked for are gone before the next test."""
    from sagemaker_pyspark.local import LocalSageMaker

    with LocalSageMaker() as service:
        yield service


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    uses_service = "aws" in request.fixturenames
    if uses_service:
        request.getfixturevalue("aws").clear_faults()
    yield
    if uses_service:
        request.getfixturevalue("aws").clear_faults()
