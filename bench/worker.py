"""One side of the benchmark: a Spark application that is told what to do and says how long it took.

`python -m bench.worker SIDE CONFIGURATION`: SIDE is `ours` or `published`, the configuration JSON. Commands
come as lines on the standard input; see `bench.protocol`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import frames, processor
from bench.protocol import Shape, own_output, receive, send

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class Worker(ABC):
    """What every side can do."""

    def __init__(self, configuration: dict[str, Any]) -> None:
        self.address = str(configuration["stub"])
        self.data = Path(configuration["data"])
        self.scratch = Path(configuration["scratch"])
        self.configuration = configuration
        self.spark = self.session(self.builder())
        self.spark.sparkContext.setLogLevel("ERROR")
        self._cached: dict[Shape, DataFrame] = {}

    def builder(self) -> Any:
        """A session builder with what all sides have in common."""
        from pyspark.sql import SparkSession

        settings = {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": self.configuration["heap"],
            "spark.sql.warehouse.dir": str(self.scratch / "warehouse"),
            "spark.local.dir": str(self.scratch / "local"),
            "spark.driver.extraClassPath": self.configuration.get("helpers", ""),
            "spark.driver.extraJavaOptions": self.java_options(),
            # Since 4.3 Spark copies each row that goes through a union; those of `frames.repeated` are no
            # part of what is measured.
            "spark.sql.codegen.wholeStage.union.enabled": "false",
        }
        builder: Any = SparkSession.builder.master(self.configuration["master"]).appName("bench")
        for key, value in settings.items():
            if value:
                builder = builder.config(key, value)
        return builder

    def java_options(self) -> str:
        """Options of the JVM.

        Its heap doesn't shrink: with each collection that is asked for it would shrink to what the cached
        frame needs, and be marked all the time from then on.
        """
        return f"-Xms{self.configuration['heap']} {self.configuration.get('java_options', '')}".strip()

    def session(self, builder: Any) -> SparkSession:
        """The session of this side."""
        session: SparkSession = builder.getOrCreate()
        return session

    @property
    def jvm(self) -> Any:
        """The JVM's names."""
        return self.spark.sparkContext._jvm

    def frame(self, shape: Shape) -> DataFrame:
        """The cached frame of a shape; two are cached, that of a case and the one to warm up with."""
        cached = shape._replace(copies=1)
        frame = self._cached.pop(cached, None)
        if frame is None:
            while len(self._cached) > 1:
                self._cached.pop(next(iter(self._cached))).unpersist(True)
            frame = frames.load(self.spark, self.data, cached)
        self._cached[cached] = frame
        return frames.repeated(frame, shape.copies)

    def noop(self, frame: DataFrame) -> None:
        """Spark's own sink that does nothing."""
        frame.write.format("noop").mode("overwrite").save()

    def disk(self, frame: DataFrame, format: str = "sagemaker") -> None:
        """Write to the local disk."""
        frame.write.format(format).mode("overwrite").save(str(self.scratch / "out"))

    def spark_csv(self, frame: DataFrame) -> None:
        """Spark's CSV writer to the local disk."""
        spread(frame).write.format("csv").mode("overwrite").save(str(self.scratch / "out"))

    def transform(self, frame: DataFrame, **settings: Any) -> None:
        """Transform and throw the rows away."""
        self.model(**settings).transform(frame).write.format("noop").mode("overwrite").save()

    @abstractmethod
    def clients(self) -> dict[str, Any]:
        """Clients of the stub's services, by the names of an estimator's arguments."""

    def model(self, *, prepend: bool, **settings: Any) -> Any:
        """A model on the stub's endpoint."""
        from sagemaker_pyspark import EndpointCreationPolicy, SageMakerModel
        from sagemaker_pyspark.transformation.deserializers import KMeansProtobufResponseRowDeserializer
        from sagemaker_pyspark.transformation.serializers import ProtobufRequestRowSerializer

        return SageMakerModel(
            endpointInstanceType=None,
            endpointInitialInstanceCount=None,
            requestRowSerializer=ProtobufRequestRowSerializer(),
            responseRowDeserializer=KMeansProtobufResponseRowDeserializer(),
            existingEndpointName="bench",
            endpointCreationPolicy=EndpointCreationPolicy.DO_NOT_CREATE,
            prependResultRows=prepend,
            **settings,
        )

    def estimator(self) -> Any:
        """A k-means estimator with clients of the stub's services."""
        from sagemaker_pyspark import EndpointCreationPolicy, IAMRole, S3DataPath
        from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

        return KMeansSageMakerEstimator(
            sagemakerRole=IAMRole("arn:aws:iam::123456789012:role/bench"),
            trainingInstanceType="ml.m5.large",
            trainingInstanceCount=1,
            endpointInstanceType="ml.m5.large",
            endpointInitialInstanceCount=1,
            trainingInputS3DataPath=S3DataPath("bench", "input"),
            trainingOutputS3DataPath=S3DataPath("bench", "output"),
            endpointCreationPolicy=EndpointCreationPolicy.DO_NOT_CREATE,
            region="us-east-1",
            **self.clients(),
        )

    def small_fit(self, frame: DataFrame) -> None:
        """A fit, without an endpoint."""
        estimator = self.estimator()
        estimator.setK(2)
        estimator.setFeatureDim(50)
        estimator.fit(frame)

    def make_stages(self, frame: DataFrame, count: int = 20) -> dict[str, Any]:
        """Make estimators; how often Python spoke to the JVM for each."""
        client = self.spark.sparkContext._gateway._gateway_client  # type: ignore[union-attr]
        send_command = client.send_command
        trips = 0

        def counted(*arguments: Any, **named: Any) -> Any:
            nonlocal trips
            trips += 1
            return send_command(*arguments, **named)

        client.send_command = counted
        try:
            for _ in range(count):
                self.estimator()
        finally:
            client.send_command = send_command
        return {"round_trips": round(trips / count, 1)}

    def imports(self, frame: DataFrame, modules: str, count: int = 3) -> None:
        """Import modules in fresh interpreters."""
        for _ in range(count):
            subprocess.run([sys.executable, "-c", f"import {modules}"], check=True)

    def command(self, message: dict[str, Any]) -> dict[str, Any]:
        """Do what a message asks."""
        shape = Shape(**message["frame"])
        if message["operation"] == "prepare":
            frames.prepare(self.spark, self.data, shape)
            return {"seconds": 0.0, "found": {}}
        frame = self.frame(shape)
        self.jvm.java.lang.System.gc()
        used = processor.seconds(os.getpid())
        found: dict[str, Any] = {}
        start = time.perf_counter()
        for _ in range(message["times"]):
            found = getattr(self, message["operation"])(frame, **message["settings"]) or {}
        seconds = time.perf_counter() - start
        if used is not None:
            # Less than none: a Python worker of Spark's has gone with its share.
            found["cpu_seconds"] = round(max((processor.seconds(os.getpid()) or 0.0) - used, 0.0), 2)
        shutil.rmtree(self.scratch / "out", ignore_errors=True)
        times = found.pop("times", 1)
        if "cpu_seconds" in found:
            found["cpu_seconds"] *= times
        return {"seconds": seconds * times, "found": found}


def spread(frame: DataFrame) -> DataFrame:
    """Label and features as columns of numbers: Spark's CSV writer takes no vectors."""
    from pyspark.ml.functions import vector_to_array
    from pyspark.sql import functions as f

    width = len(frame.first()["features"])  # type: ignore[index]
    array = vector_to_array(f.col("features"))
    return frame.select("label", *(array[i].alias(f"f{i}") for i in range(width)))


def main() -> None:
    """Serve commands until the standard input ends."""
    channel = own_output()
    side, configuration = sys.argv[1], json.loads(sys.argv[2])
    if side == "ours":
        from bench.ours import Ours as Side
    else:
        from bench.published import Published as Side  # type: ignore[assignment]
    worker = Side(configuration)
    send(channel, {"ready": worker.spark.version})
    message = receive(sys.stdin)
    while message is not None:
        try:
            send(channel, worker.command(message))
        except Exception as error:  # the benchmark says which case failed, and goes on with the others
            causes = [line for line in str(error).splitlines() if line.startswith("Caused by")]
            send(channel, {"error": "\n".join([f"{type(error).__name__}: {str(error)[:600]}", *causes])})
        message = receive(sys.stdin)
    worker.spark.stop()


if __name__ == "__main__":
    main()
