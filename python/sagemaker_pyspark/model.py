"""A model behind a SageMaker endpoint, as a Spark transformer."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any

from pyspark.ml.wrapper import JavaModel

from sagemaker_pyspark._jvm import door, values
from sagemaker_pyspark._jvm.exceptions import translated
from sagemaker_pyspark._jvm.names import SDK
from sagemaker_pyspark._jvm.stage import JavaStage, java_frame, python_frame
from sagemaker_pyspark._jvm.waiting import wait_for_endpoint
from sagemaker_pyspark._settings import SharedSettings
from sagemaker_pyspark.cleanup import CreatedResources, SageMakerResourceCleanup
from sagemaker_pyspark.options import STAGE_OPTIONS, EndpointCreationPolicy, ProgressCallback

if TYPE_CHECKING:
    from types import TracebackType

    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType
    from typing_extensions import Self

    from sagemaker_pyspark.clients import AwsClient
    from sagemaker_pyspark.names import NamePolicy
    from sagemaker_pyspark.s3 import S3DataPath
    from sagemaker_pyspark.transformation.deserializers import ResponseRowDeserializer
    from sagemaker_pyspark.transformation.serializers import RequestRowSerializer

__all__ = ["SageMakerModel"]


class SageMakerModel(JavaStage, SharedSettings, JavaModel):
    """Appends an endpoint's answers to a DataFrame.

    An estimator's `fit` makes one; `fromTrainingJob`, `fromModelS3Path` and `fromEndpoint` make one of
    what is in SageMaker already. An endpoint is billed until it is deleted: `delete()` removes what the
    model created, and so does leaving a `with` block::

        with estimator.fit(frame) as model:
            model.transform(frame).show()

    :param endpointInstanceType: such as `ml.m5.large`; None for an existing endpoint.
    :param endpointInitialInstanceCount: number of instances; None for an existing endpoint.
    :param requestRowSerializer: writes rows as request bodies.
    :param responseRowDeserializer: reads answers as rows.
    :param existingEndpointName: an endpoint to use, with policy `DO_NOT_CREATE`.
    :param modelImage: the inference image's registry path.
    :param modelPath: where the artifacts are.
    :param modelEnvironmentVariables: environment variables of the container.
    :param modelExecutionRoleARN: the role that the container works with.
    :param endpointCreationPolicy: when the endpoint is created.
    :param sagemakerClient: how SageMaker and its runtime are reached.
    :param prependResultRows: whether `transform` keeps the input columns.
    :param namePolicy: names the model, the endpoint configuration and the endpoint.
    :param uid: the stage's uid.
    :param javaObject: a JVM model, instead of all the others.
    :param progress: called at every poll while an endpoint comes up.
    :raises EndpointError: when the endpoint doesn't come up.
    """

    _wrapped_class = f"{SDK}.SageMakerModel"

    def __init__(
        self,
        endpointInstanceType: str | None,
        endpointInitialInstanceCount: int | None,
        requestRowSerializer: RequestRowSerializer,
        responseRowDeserializer: ResponseRowDeserializer,
        existingEndpointName: str | None = None,
        modelImage: str | None = None,
        modelPath: S3DataPath | None = None,
        modelEnvironmentVariables: dict[str, str] | None = None,
        modelExecutionRoleARN: str | None = None,
        endpointCreationPolicy: EndpointCreationPolicy | str = EndpointCreationPolicy.CREATE_ON_CONSTRUCT,
        sagemakerClient: AwsClient | None = None,
        prependResultRows: bool = True,
        namePolicy: NamePolicy | None = None,
        uid: str | None = None,
        javaObject: Any = None,
        *,
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
        endpoint_poll_interval_millis: int | None = None,
        endpoint_creation_timeout_seconds: int | None = None,
        tags: dict[str, str] | None = None,
        progress: ProgressCallback | None = None,
    ) -> None:
        settings = {name: value for name, value in dict(locals()).items() if name in _SETTINGS}
        if javaObject is None:
            described, objects = _encoded(settings)
            javaObject = door.new_model(uid, described, objects)
        self._become(javaObject)
        self._constructed(progress)

    @classmethod
    def fromTrainingJob(
        cls,
        trainingJobName: str,
        modelImage: str,
        modelExecutionRoleARN: str,
        endpointInstanceType: str,
        endpointInitialInstanceCount: int,
        requestRowSerializer: RequestRowSerializer,
        responseRowDeserializer: ResponseRowDeserializer,
        modelEnvironmentVariables: dict[str, str] | None = None,
        endpointCreationPolicy: EndpointCreationPolicy | str = EndpointCreationPolicy.CREATE_ON_CONSTRUCT,
        sagemakerClient: AwsClient | None = None,
        prependResultRows: bool = True,
        namePolicy: NamePolicy | None = None,
        uid: str | None = None,
        **options: Any,
    ) -> SageMakerModel:
        """A model of the artifacts that a completed training job left.

        An `XGBoostCSVRowDeserializer` that wasn't told the number of classes takes it from the job's
        hyper-parameters.

        :param trainingJobName: the job; SageMaker is asked where its artifacts are.
        :param options: the keyword-only options of the constructor.
        """
        settings = {name: value for name, value in dict(locals()).items() if name in _SETTINGS}
        progress = _check_options(options)
        described, objects = _encoded({**settings, **options})
        model = cls._from_java(door.new_model_from_training_job(trainingJobName, uid, described, objects))
        return model._constructed(progress)

    @classmethod
    def fromModelS3Path(
        cls,
        modelPath: S3DataPath | str,
        modelImage: str,
        modelExecutionRoleARN: str,
        endpointInstanceType: str,
        endpointInitialInstanceCount: int,
        requestRowSerializer: RequestRowSerializer,
        responseRowDeserializer: ResponseRowDeserializer,
        modelEnvironmentVariables: dict[str, str] | None = None,
        endpointCreationPolicy: EndpointCreationPolicy | str = EndpointCreationPolicy.CREATE_ON_CONSTRUCT,
        sagemakerClient: AwsClient | None = None,
        prependResultRows: bool = True,
        namePolicy: NamePolicy | None = None,
        uid: str | None = None,
        **options: Any,
    ) -> SageMakerModel:
        """A model of artifacts in S3.

        :param modelPath: the artifacts, as an `s3://` URI or an `S3DataPath`.
        :param options: the keyword-only options of the constructor.
        """
        from sagemaker_pyspark.s3 import S3DataPath

        path = S3DataPath.fromS3URI(modelPath) if isinstance(modelPath, str) else modelPath
        settings = {
            name: value for name, value in dict(locals()).items() if name in _SETTINGS and name != "modelPath"
        }
        progress = _check_options(options)
        return cls._of({**settings, **options, "modelPath": path}, uid, progress)

    @classmethod
    def fromEndpoint(
        cls,
        endpointName: str,
        requestRowSerializer: RequestRowSerializer,
        responseRowDeserializer: ResponseRowDeserializer,
        modelEnvironmentVariables: dict[str, str] | None = None,
        sagemakerClient: AwsClient | None = None,
        prependResultRows: bool = True,
        namePolicy: NamePolicy | None = None,
        uid: str | None = None,
        **options: Any,
    ) -> SageMakerModel:
        """A model that asks an endpoint which is there already, and never deletes it.

        :param options: the keyword-only options of the constructor.
        """
        settings = {name: value for name, value in dict(locals()).items() if name in _SETTINGS}
        progress = _check_options(options)
        if not isinstance(endpointName, str):
            raise TypeError(f"endpointName is {endpointName!r}: give the name of an endpoint that exists.")
        existing = {
            "existingEndpointName": endpointName,
            "endpointCreationPolicy": EndpointCreationPolicy.DO_NOT_CREATE,
        }
        return cls._of({**settings, **options, **existing}, uid, progress)

    @classmethod
    def _of(
        cls, settings: dict[str, Any], uid: str | None, progress: ProgressCallback | None
    ) -> SageMakerModel:
        described, objects = _encoded(settings)
        model = cls._from_java(door.new_model(uid, described, objects))
        return model._constructed(progress)

    def _constructed(self, progress: ProgressCallback | None) -> Self:
        """What follows construction: by that policy, the endpoint is created now."""
        self._progress = progress
        if self.endpointCreationPolicy is EndpointCreationPolicy.CREATE_ON_CONSTRUCT:
            self._host()
        return self

    def _host(self) -> None:
        """Create the endpoint, when the policy asks for one and there is none, and wait for it."""
        run = door.start_hosting(self._java_obj)
        if run is not None:
            wait_for_endpoint(run, self._progress, self._aws_options())

    def _transform(self, dataset: DataFrame) -> DataFrame:
        frame = java_frame(dataset)
        with translated():
            # Columns that don't fit are refused before an endpoint is created.
            self._java_obj.transformSchema(frame.schema())
            self._host()
            return python_frame(self._java_obj.transform(frame), dataset)

    def transformSchema(self, schema: StructType) -> StructType:
        """The columns that `transform` gives for these.

        :raises ValueError: when a column is missing or of the wrong type.
        """
        from sagemaker_pyspark._jvm.schema import java_schema, python_schema

        with translated():
            return python_schema(self._java_obj.transformSchema(java_schema(schema)))

    def getCreatedResources(self) -> CreatedResources:
        """What this model created in SageMaker and is still there."""
        with translated():
            return CreatedResources(java_object=self._java_obj.getCreatedResources())

    def delete(self) -> None:
        """Delete the endpoint, its configuration and the model, as far as this model created them.

        :raises ResourceCleanupError: for what could not be deleted.
        """
        with translated():
            self._java_obj.delete()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.delete()

    @property
    def endpointName(self) -> str | None:
        """The endpoint that is asked, or None as long as there is none."""
        return self._call_java("endpointName")

    @property
    def trainingJobName(self) -> str | None:
        """The training job that made the model, when it is known."""
        return self._call_java("trainingJobName")

    @property
    def hyperParameters(self) -> dict[str, str]:
        """What the training job was given, when the model comes from `fit` or `fromTrainingJob`."""
        return dict(self._setting("hyperParameters") or {})

    @property
    def existingEndpointName(self) -> str | None:
        """The endpoint that was given to the constructor."""
        return self._setting("existingEndpointName")

    @property
    def endpointInstanceType(self) -> str | None:
        """The instance type behind the endpoint."""
        return self._setting("endpointInstanceType")

    @property
    def endpointInitialInstanceCount(self) -> int | None:
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
    def modelImage(self) -> str | None:
        """The inference image's registry path."""
        return self._setting("modelImage")

    @property
    def modelPath(self) -> S3DataPath | None:
        """Where the artifacts are."""
        return self._setting("modelPath")

    @property
    def modelEnvironmentVariables(self) -> dict[str, str]:
        """Environment variables of the container."""
        return dict(self._setting("modelEnvironmentVariables") or {})

    @property
    def modelExecutionRoleARN(self) -> str | None:
        """The role that the container works with."""
        return self._setting("modelExecutionRoleARN")

    @property
    def endpointCreationPolicy(self) -> EndpointCreationPolicy:
        """When the endpoint is created."""
        return EndpointCreationPolicy(self._setting("endpointCreationPolicy"))

    @property
    def sagemakerClient(self) -> AwsClient:
        """How SageMaker and its runtime are reached."""
        return self._setting("sagemakerClient")

    @property
    def prependResultRows(self) -> bool:
        """Whether `transform` keeps the input columns."""
        return bool(self._setting("prependResultRows"))

    @property
    def namePolicy(self) -> NamePolicy:
        """What names the model, the endpoint configuration and the endpoint."""
        return self._setting("namePolicy")

    @property
    def resourceCleanup(self) -> SageMakerResourceCleanup:
        """Deletes resources through this model's client."""
        live = door.setting_object(self._java_obj, "sagemakerClient")
        cleanup = door.java_class(str(SageMakerResourceCleanup._wrapped_class))
        return SageMakerResourceCleanup(None, java_object=cleanup(live))


_SETTINGS = frozenset(signature(SageMakerModel.__init__).parameters) - {
    "self",
    "uid",
    "javaObject",
    "progress",
}


def _encoded(settings: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return values.encode_settings({STAGE_OPTIONS.get(name, name): value for name, value in settings.items()})


def _check_options(options: dict[str, Any]) -> ProgressCallback | None:
    """Take `progress` out, and refuse what is no option."""
    import difflib

    progress: ProgressCallback | None = options.pop("progress", None)
    for name in options:
        if name not in STAGE_OPTIONS:
            nearest = difflib.get_close_matches(name, [*STAGE_OPTIONS, "progress"], n=1, cutoff=0.0)[0]
            raise TypeError(f"SageMakerModel has no option {name!r}; the nearest known one is {nearest!r}.")
    return progress
