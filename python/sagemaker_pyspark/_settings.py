"""The settings of an estimator, readable under their published names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sagemaker_pyspark.clients import AwsClient
    from sagemaker_pyspark.names import NamePolicyFactory
    from sagemaker_pyspark.options import EndpointCreationPolicy
    from sagemaker_pyspark.roles import IAMRoleResource
    from sagemaker_pyspark.s3 import S3Resource


class SharedSettings:
    """Options that estimators hand to their models."""

    if TYPE_CHECKING:

        def _setting(self, name: str) -> Any: ...

        def _call_java(self, name: str, *args: Any) -> Any: ...

    @property
    def max_in_flight(self) -> int:
        """How many requests a task keeps in flight."""
        return self._setting("maxInFlight")

    @property
    def max_payload_bytes(self) -> int:
        """The largest request body, in bytes."""
        return self._setting("maxPayloadBytes")

    @property
    def max_rows_per_request(self) -> int:
        """The most rows in one request."""
        return self._setting("maxRowsPerRequest")

    @property
    def invoke_timeout_millis(self) -> int:
        """How long to wait for one answer, in milliseconds."""
        return self._setting("invokeTimeoutMillis")

    @property
    def invoke_attempts(self) -> int:
        """How often a request is tried in all."""
        return self._setting("invokeAttempts")

    @property
    def throttle_budget_millis(self) -> int:
        """How long a task waits for a throttled endpoint without one answer, in milliseconds."""
        return self._setting("throttleBudgetMillis")

    @property
    def target_variant(self) -> str | None:
        """The production variant that is asked."""
        return self._setting("targetVariant")

    @property
    def target_model(self) -> str | None:
        """The model of a multi-model endpoint that is asked."""
        return self._setting("targetModel")

    @property
    def inference_component(self) -> str | None:
        """The inference component that is asked."""
        return self._setting("inferenceComponent")

    @property
    def custom_attributes(self) -> str | None:
        """The custom attributes sent with each request."""
        return self._setting("customAttributes")

    @property
    def endpoint_poll_interval_millis(self) -> int:
        """The time between two looks at the endpoint, in milliseconds."""
        return self._setting("endpointPollIntervalMillis")

    @property
    def endpoint_creation_timeout_seconds(self) -> int:
        """How long an endpoint may take to come up, in seconds."""
        return self._setting("endpointCreationTimeoutSeconds")

    @property
    def tags(self) -> dict[str, str]:
        """Tags of everything that is created."""
        return dict(self._setting("tags") or {})


class EstimatorSettings(SharedSettings):
    """What was given to the constructor, or the JVM's default."""

    @classmethod
    def _setting_names(cls) -> frozenset[str]:
        return _NAMES

    @property
    def trainingImage(self) -> str:
        """The training image's registry path."""
        return self._setting("trainingImage")

    @property
    def modelImage(self) -> str:
        """The inference image's registry path."""
        return self._setting("modelImage")

    @property
    def sagemakerRole(self) -> IAMRoleResource:
        """The IAM role that SageMaker works with."""
        return self._setting("sagemakerRole")

    @property
    def trainingInstanceType(self) -> str:
        """The instance type of the training job."""
        return self._setting("trainingInstanceType")

    @property
    def trainingInstanceCount(self) -> int:
        """The number of training instances."""
        return self._setting("trainingInstanceCount")

    @property
    def endpointInstanceType(self) -> str:
        """The instance type behind the endpoint."""
        return self._setting("endpointInstanceType")

    @property
    def endpointInitialInstanceCount(self) -> int:
        """The number of instances behind the endpoint."""
        return self._setting("endpointInitialInstanceCount")

    @property
    def requestRowSerializer(self) -> Any:
        """What writes rows as request bodies."""
        return self._setting("requestRowSerializer")

    @property
    def responseRowDeserializer(self) -> Any:
        """What reads answers as rows."""
        return self._setting("responseRowDeserializer")

    @property
    def trainingInputS3DataPath(self) -> S3Resource:
        """Where the training data is staged."""
        return self._setting("trainingInputS3DataPath")

    @property
    def trainingOutputS3DataPath(self) -> S3Resource:
        """Where the training job leaves its artifacts."""
        return self._setting("trainingOutputS3DataPath")

    @property
    def trainingInstanceVolumeSizeInGB(self) -> int:
        """The disk of each training instance, in GB."""
        return self._setting("trainingInstanceVolumeSizeInGB")

    @property
    def trainingProjectedColumns(self) -> list[str] | None:
        """The columns that are staged; None for all."""
        return self._setting("trainingProjectedColumns")

    @property
    def trainingChannelName(self) -> str:
        """The name of the training channel."""
        return self._setting("trainingChannelName")

    @property
    def trainingContentType(self) -> str | None:
        """The MIME type of the training data, when the image has to be told."""
        return self._setting("trainingContentType")

    @property
    def trainingS3DataDistribution(self) -> str:
        """`ShardedByS3Key` or `FullyReplicated`."""
        return self._setting("trainingS3DataDistribution")

    @property
    def trainingSparkDataFormat(self) -> str:
        """The Spark format that the training data is written in."""
        return self._setting("trainingSparkDataFormat")

    @property
    def trainingSparkDataFormatOptions(self) -> dict[str, str]:
        """Options of that format."""
        return dict(self._setting("trainingSparkDataFormatOptions") or {})

    @property
    def trainingInputMode(self) -> str:
        """`File`, `Pipe` or `FastFile`."""
        return self._setting("trainingInputMode")

    @property
    def trainingCompressionCodec(self) -> str | None:
        """`Gzip`, or None."""
        return self._setting("trainingCompressionCodec")

    @property
    def trainingMaxRuntimeInSeconds(self) -> int:
        """The time, in seconds, after which SageMaker stops the job."""
        return self._setting("trainingMaxRuntimeInSeconds")

    @property
    def trainingKmsKeyId(self) -> str | None:
        """The KMS key for the training volumes, the artifacts, and the staged data, unless that is written by
        Spark's own writers (`trainingSparkDataFormat` other than `sagemaker`, `libsvm` and `csv`)."""
        return self._setting("trainingKmsKeyId")

    @property
    def modelEnvironmentVariables(self) -> dict[str, str]:
        """Environment variables of the inference container."""
        return dict(self._setting("modelEnvironmentVariables") or {})

    @property
    def endpointCreationPolicy(self) -> EndpointCreationPolicy:
        """When the endpoint is created."""
        from sagemaker_pyspark.options import EndpointCreationPolicy

        return EndpointCreationPolicy(self._setting("endpointCreationPolicy"))

    @property
    def sagemakerClient(self) -> AwsClient:
        """How SageMaker and its runtime are reached."""
        return self._setting("sagemakerClient")

    @property
    def region(self) -> str | None:
        """The region whose image is used, when it isn't the client's."""
        return self._setting("region")

    @property
    def s3Client(self) -> AwsClient:
        """How S3 is reached."""
        return self._setting("s3Client")

    @property
    def stsClient(self) -> AwsClient:
        """How STS is reached."""
        return self._setting("stsClient")

    @property
    def modelPrependInputRowsToTransformationRows(self) -> bool:
        """Whether `transform` keeps the input columns."""
        return self._setting("modelPrependInputRowsToTransformationRows")

    @property
    def deleteStagingDataAfterTraining(self) -> bool:
        """Whether the staged training data is deleted after the job."""
        return self._setting("deleteStagingDataAfterTraining")

    @property
    def namePolicyFactory(self) -> NamePolicyFactory:
        """What names jobs, models and endpoints."""
        return self._setting("namePolicyFactory")

    @property
    def hyperParameters(self) -> dict[str, str]:
        """Hyper-parameters sent as they are, beside the Params."""
        return dict(self._setting("hyperParameters") or {})

    @property
    def latestTrainingJob(self) -> str | None:
        """The name of the training job of the latest fit, by this estimator or a copy."""
        return self._call_java("latestTrainingJob")

    @property
    def staging_object_bytes(self) -> int:
        """The size at which a staged object is closed and the next one begun, in bytes."""
        return self._setting("stagingObjectBytes")

    @property
    def training_poll_interval_millis(self) -> int:
        """The time between two looks at the training job, in milliseconds."""
        return self._setting("trainingPollIntervalMillis")


_NAMES = frozenset(
    name
    for name, member in vars(EstimatorSettings).items()
    if isinstance(member, property) and name != "latestTrainingJob"
)
