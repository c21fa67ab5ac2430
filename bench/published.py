"""The published package's side. It runs as its users run it: only its clients are pointed at the stub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.worker import Worker

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
            # The stub doesn't read bodies, so it can't send the tag that this compares.
            "spark.driver.extraJavaOptions": "-Dcom.amazonaws.services.s3.disablePutObjectMD5Validation=true",
        }
        for key, value in settings.items():
            builder = builder.config(key, value)
        session: SparkSession = builder.getOrCreate()
        return session

    def s3a(self, frame: DataFrame) -> None:
        """Save to the stub's S3, through Hadoop's file system."""
        frame.write.format("sagemaker").mode("overwrite").save("s3a://bench/saved")

    def model(self, *, prepend: bool, **settings: Any) -> Any:
        """A model on the stub's endpoint; 1.4.5 has one request in flight for each task, and no choice."""
        from sagemaker_pyspark import EndpointCreationPolicy, SageMakerModel
        from sagemaker_pyspark.transformation.deserializers import KMeansProtobufResponseRowDeserializer
        from sagemaker_pyspark.transformation.serializers import ProtobufRequestRowSerializer

        batches = self.jvm.com.amazonaws.services.sagemaker.sparksdk.transformation.util.RequestBatchIterator
        runtime = self.jvm.com.amazonaws.services.sagemakerruntime.AmazonSageMakerRuntimeClientBuilder
        getattr(batches, "sagemakerRuntime_$eq")(self._pointed(runtime.standard()))
        return SageMakerModel(
            endpointInstanceType=None,
            endpointInitialInstanceCount=None,
            requestRowSerializer=ProtobufRequestRowSerializer(),
            responseRowDeserializer=KMeansProtobufResponseRowDeserializer(),
            existingEndpointName="bench",
            endpointCreationPolicy=EndpointCreationPolicy.DO_NOT_CREATE,
            prependResultRows=prepend,
        )

    def estimator(self, **settings: Any) -> Any:
        """A k-means estimator with clients of the stub's services."""
        from sagemaker_pyspark import EndpointCreationPolicy, IAMRole, S3DataPath
        from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

        services = self.jvm.com.amazonaws.services
        s3 = services.s3.AmazonS3ClientBuilder.standard().withPathStyleAccessEnabled(True)
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
            sagemakerClient=self._pointed(services.sagemaker.AmazonSageMakerClientBuilder.standard()),
            s3Client=self._pointed(s3),
            stsClient=self._pointed(services.securitytoken.AWSSecurityTokenServiceClientBuilder.standard()),
            **settings,
        )

    def _pointed(self, builder: Any) -> Any:
        place = getattr(self.jvm.com.amazonaws.client.builder, "AwsClientBuilder$EndpointConfiguration")
        return builder.withEndpointConfiguration(place(self.address, "us-east-1")).build()
