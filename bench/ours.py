"""This checkout's side."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bench.worker import Worker

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class Ours(Worker):
    """`sagemaker_pyspark` of this checkout, and the limits, which need a JVM."""

    def session(self, builder: Any) -> SparkSession:
        """A session with this checkout's jar."""
        from sagemaker_pyspark import configure_spark

        session: SparkSession = configure_spark(builder).getOrCreate()
        return session

    def encode(self, frame: DataFrame, format: str = "sagemaker") -> None:
        """Encode and forget the bytes."""
        self.jvm.bench.EncodeOnly.run(frame._jdf, format, "label" in frame.columns)

    def s3(self, frame: DataFrame) -> None:
        """Save to S3 with the data source."""
        writer = frame.write.format("sagemaker").mode("overwrite")
        writer.option("endpointUrl", self.address).option("region", "us-east-1").save("s3://bench/saved")

    def stage(self, frame: DataFrame, format: str = "sagemaker") -> None:
        """Stage as `fit` does."""
        if format == "csv":
            # A line of CSV begins with the label; vectors become as many fields as they have elements.
            frame = frame.select("label", "features")
        self.jvm.bench.Stage.run(frame._jdf, format, self.address)

    def clients(self) -> dict[str, Any]:
        """Handles on what the JVM makes clients of."""
        from sagemaker_pyspark import SageMakerClients

        reach = {
            "endpoint_url": self.address,
            "region": "us-east-1",
            "access_key_id": "benchmark",
            "secret_access_key": "benchmark",
        }
        return {
            "sagemakerClient": SageMakerClients.create_sagemaker_client(**reach),
            "s3Client": SageMakerClients.create_s3_default_client(**reach),
            "stsClient": SageMakerClients.create_sts_default_client(**reach),
        }

    def model(self, *, prepend: bool, in_flight: int = 8, **settings: Any) -> Any:
        """A model with so many requests in flight for each task."""
        client = self.clients()["sagemakerClient"]
        return super().model(prepend=prepend, sagemakerClient=client, max_in_flight=in_flight, **settings)

    def bare(self, frame: DataFrame, rows: int, record_bytes: int, in_flight: int) -> None:
        """The SDK's client with bodies that are there already."""
        self.jvm.bench.BareClient.sdk(self.address, rows, record_bytes, in_flight)

    def socket(self, frame: DataFrame, rows: int, record_bytes: int, in_flight: int) -> None:
        """Sockets, unsigned: the stub's own limit."""
        self.jvm.bench.BareClient.socket(self.address, rows, record_bytes, in_flight)

    def by_hand(self, frame: DataFrame, parts: int) -> dict[str, Any]:
        """`mapInPandas` and boto3 on one of so many parts of the rows; the time of all would be as many times
        as long."""
        from bench import by_hand

        answers = by_hand.transform(frame, self.address, 1 / parts)
        answers.write.format("noop").mode("overwrite").save()
        return {"times": parts}

    def watched_stage(self, frame: DataFrame, **settings: Any) -> dict[str, Any]:
        """Stage, and see what the heap holds meanwhile."""
        return self._watched(lambda: self.stage(frame, **settings))

    def watched_transform(self, frame: DataFrame, **settings: Any) -> dict[str, Any]:
        """Transform, and see what the heap holds meanwhile."""
        return self._watched(lambda: self.transform(frame, **settings))

    def _watched(self, work: Callable[[], None]) -> dict[str, Any]:
        watch = self.jvm.bench.HeapWatch()
        try:
            work()
        finally:
            most = watch.stop()
        return {"held_mib": most}
