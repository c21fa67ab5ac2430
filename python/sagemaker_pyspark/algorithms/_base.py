"""The constructor that the estimators of Amazon's algorithms share."""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import TYPE_CHECKING, Any, Callable, TypeVar, cast

from sagemaker_pyspark.estimator import SageMakerEstimatorBase, given
from sagemaker_pyspark.options import EndpointCreationPolicy, ProgressCallback

if TYPE_CHECKING:
    from sagemaker_pyspark.clients import AwsClient
    from sagemaker_pyspark.names import NamePolicyFactory
    from sagemaker_pyspark.roles import IAMRoleResource
    from sagemaker_pyspark.s3 import S3Resource
    from sagemaker_pyspark.transformation.deserializers import ResponseRowDeserializer
    from sagemaker_pyspark.transformation.serializers import RequestRowSerializer


class AlgorithmEstimator(SageMakerEstimatorBase):
    """The constructor of the estimators of Amazon's algorithms.

    :param trainingInstanceType: such as `ml.m5.large`.
    :param trainingInstanceCount: number of training instances.
    :param endpointInstanceType: such as `ml.m5.large`.
    :param endpointInitialInstanceCount: number of instances behind the endpoint.

    The rest has defaults, which are the JVM's where the signature says None, and is described at the
    property of the same name. `progress` is called at every poll of a job or an endpoint;
    `stop_on_interrupt` says whether Ctrl-C stops the training job, which otherwise goes on and is named.
    Hyper-parameters are keywords too, by the names that the algorithm documents, such as `k=10`; an
    unknown keyword raises a TypeError with the nearest known one.
    """

    def __init__(
        self,
        trainingInstanceType: str,
        trainingInstanceCount: int,
        endpointInstanceType: str,
        endpointInitialInstanceCount: int,
        sagemakerRole: IAMRoleResource | None = None,
        requestRowSerializer: RequestRowSerializer | None = None,
        responseRowDeserializer: ResponseRowDeserializer | None = None,
        trainingInputS3DataPath: S3Resource | None = None,
        trainingOutputS3DataPath: S3Resource | None = None,
        trainingInstanceVolumeSizeInGB: int = 1024,
        trainingProjectedColumns: list[str] | None = None,
        trainingChannelName: str = "train",
        trainingContentType: str | None = None,
        trainingS3DataDistribution: str = "ShardedByS3Key",
        trainingSparkDataFormat: str = "sagemaker",
        trainingSparkDataFormatOptions: dict[str, str] | None = None,
        trainingInputMode: str = "File",
        trainingCompressionCodec: str | None = None,
        trainingMaxRuntimeInSeconds: int = 86400,
        trainingKmsKeyId: str | None = None,
        modelEnvironmentVariables: dict[str, str] | None = None,
        endpointCreationPolicy: EndpointCreationPolicy | str = EndpointCreationPolicy.CREATE_ON_CONSTRUCT,
        sagemakerClient: AwsClient | None = None,
        region: str | None = None,
        s3Client: AwsClient | None = None,
        stsClient: AwsClient | None = None,
        modelPrependInputRowsToTransformationRows: bool = True,
        deleteStagingDataAfterTraining: bool = True,
        namePolicyFactory: NamePolicyFactory | None = None,
        uid: str | None = None,
        javaObject: Any = None,
        *,
        trainingImage: str | None = None,
        modelImage: str | None = None,
        hyperParameters: dict[str, str] | None = None,
        max_in_flight: int | None = None,
        max_payload_bytes: int | None = None,
        max_rows_per_request: int | None = None,
        invoke_timeout_millis: int | None = None,
        invoke_attempts: int | None = None,
        throttle_budget_millis: int | None = None,
        target_variant: str | None = None,
        target_model: str | None = None,
        inference_component: str | None = None,
        custom_attributes: str | None = None,
        staging_object_bytes: int | None = None,
        training_poll_interval_millis: int | None = None,
        endpoint_poll_interval_millis: int | None = None,
        endpoint_creation_timeout_seconds: int | None = None,
        tags: dict[str, str] | None = None,
        progress: ProgressCallback | None = None,
        stop_on_interrupt: bool = False,
        **hyper_parameters: Any,
    ) -> None:
        later = self._left_out(hyper_parameters) if self._has_own_java_obj() else {}
        super().__init__(**given(_constructor(type(self)), locals()))
        if later:
            self.setParams(**later)

    def _left_out(self, hyper_parameters: dict[str, Any]) -> dict[str, Any]:
        """Take out the keywords that a `_get_java_obj` written for 1.4.5 doesn't know, to be set later."""
        known = self._keywords()
        taken = {name: hyper_parameters.pop(name) for name in list(hyper_parameters) if name in known}
        return {name: value for name, value in taken.items() if value is not None}

    @property
    def algorithm_version(self) -> str:
        """The version of the algorithm's image: the one that was chosen, or the newest."""
        return str(self._call_java("algorithmVersion"))


Constructor = TypeVar("Constructor", bound=Callable[..., None])


def with_defaults(constructor: Constructor, **defaults: Any) -> Constructor:
    """A constructor like another, with other defaults, so that one signature serves all algorithms."""
    function = cast(FunctionType, constructor)
    parameters = list(inspect.signature(function).parameters.values())
    positional = [p for p in parameters if p.default is not p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
    changed = tuple(defaults.get(p.name, p.default) for p in positional)
    made = FunctionType(
        function.__code__, function.__globals__, function.__name__, changed, function.__closure__
    )
    made.__kwdefaults__ = function.__kwdefaults__
    made.__annotations__ = function.__annotations__
    made.__doc__ = function.__doc__
    made.__qualname__ = function.__qualname__
    return cast(Constructor, made)


def _constructor(kind: type) -> Callable[..., None]:
    """The constructor of an algorithm's class, below which a user's subclass may have one of its own."""
    code = AlgorithmEstimator.__init__.__code__
    constructors: list[Callable[..., None]] = [
        vars(parent)["__init__"] for parent in kind.__mro__ if "__init__" in vars(parent)
    ]
    return next(c for c in constructors if getattr(c, "__code__", None) is code)
