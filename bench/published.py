"""The published package's side. It runs as its users run it: only its clients are pointed at the stub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.worker import Worker, spread

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class Published(Worker):
    """`sagemaker_pyspark` 1.4.5."""

    def session(self, builder: Any) -> SparkSession:
        """A session with the published jars, and s3a at the stub."""
        import sagemaker_pyspark

        jars = ":".join(sagemaker_pyspark.classpath_jars())
        settings = {
            "spark.driver.extraClassPath": jars,
            "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
            "spark.hadoop.fs.s3a.endpoint": self.address,
            "spark.hadoop.fs.s3a.path.style.access": "true",
            "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
            "spark.hadoop.fs.s3a.access.key": "benchmark",
            "spark.hadoop.fs.s3a.secret.key": "benchmark",
        }
        for key, value in settings.items():
            builder = builder.config(key, value)
        session: SparkSession = builder.getOrCreate()
        return session

    def java_options(self) -> str:
        """Every side's. The stub doesn't read bodies: it can't send the tag that the client compares."""
        return f"{super().java_options()} -Dcom.amazonaws.services.s3.disablePutObjectMD5Validation=true"

    def s3a(self, frame: DataFrame, format: str = "sagemaker") -> None:
        """Save to the stub's S3, through Hadoop's file system: 1.4.5's own format, or one of Spark's."""
        rows = spread(frame) if format == "csv" else frame
        rows.write.format(format).mode("overwrite").save("s3a://bench/saved")

    def model(self, *, prepend: bool, **settings: Any) -> Any:
        """A model; 1.4.5 has one request in flight for each task, and no choice."""
        batches = self.jvm.com.amazonaws.services.sagemaker.sparksdk.transformation.util.RequestBatchIterator
        runtime = self.jvm.com.amazonaws.services.sagemakerruntime.AmazonSageMakerRuntimeClientBuilder
        getattr(batches, "sagemakerRuntime_$eq")(self._pointed(runtime.standard()))
        return super().model(prepend=prepend, **settings)

    def clients(self) -> dict[str, Any]:
        """The JVM's clients themselves."""
        services = self.jvm.com.amazonaws.services
        s3 = services.s3.AmazonS3ClientBuilder.standard().withPathStyleAccessEnabled(True)
        sts = services.securitytoken.AWSSecurityTokenServiceClientBuilder.standard()
        return {
            "sagemakerClient": self._pointed(services.sagemaker.AmazonSageMakerClientBuilder.standard()),
            "s3Client": self._pointed(s3),
            "stsClient": self._pointed(sts),
        }

    def _pointed(self, builder: Any) -> Any:
        place = getattr(self.jvm.com.amazonaws.client.builder, "AwsClientBuilder$EndpointConfiguration")
        return builder.withEndpointConfiguration(place(self.address, "us-east-1")).build()
