"""Estimators: data to S3, a training job, and a model that answers."""

from __future__ import annotations

import difflib
import inspect
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any, Callable

from pyspark.ml.wrapper import JavaEstimator

from sagemaker_pyspark._jvm import door, values
from sagemaker_pyspark._jvm.names import SDK
from sagemaker_pyspark._jvm.stage import JavaStage, java_frame, setting
from sagemaker_pyspark._jvm.waiting import wait_for_fit, wait_for_start
from sagemaker_pyspark._settings import EstimatorSettings
from sagemaker_pyspark.model import SageMakerModel
from sagemaker_pyspark.options import ESTIMATOR_OPTIONS, EndpointCreationPolicy, ProgressCallback

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from typing_extensions import Self

    from sagemaker_pyspark.clients import AwsClient
    from sagemaker_pyspark.names import NamePolicyFactory
    from sagemaker_pyspark.roles import IAMRoleResource
    from sagemaker_pyspark.s3 import S3Resource
    from sagemaker_pyspark.transformation.deserializers import ResponseRowDeserializer
    from sagemaker_pyspark.transformation.serializers import RequestRowSerializer

__all__ = ["SageMakerEstimator", "SageMakerEstimatorBase", "given"]


@cache
def _defaults(constructor: Callable[..., None]) -> dict[str, Any]:
    parameters = inspect.signature(constructor).parameters.values()
    return {p.name: p.default for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}


@cache
def _published(constructor: Callable[..., None]) -> frozenset[str]:
    """The arguments that 1.4.5 had: those added since are keywords only."""
    parameters = inspect.signature(constructor).parameters.values()
    return frozenset(p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD)


def given(constructor: Callable[..., None], local_variables: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a constructor that differ from its signature's defaults, with its `**` ones.

    Those that are equal to the signature's defaults aren't sent: the defaults are the JVM's, and are
    compared with the signatures by the tests. But a class with a `_get_java_obj` of its own is given all
    published arguments, as it was by 1.4.5.
    """
    defaults = _defaults(constructor)
    arguments = {name: local_variables[name] for name in defaults if name != "self"}
    stage = local_variables["self"]
    if stage._has_own_java_obj():
        return {
            **_complete(type(stage), arguments, _published(constructor)),
            **local_variables.get("hyper_parameters", {}),
        }
    changed = {
        name: value
        for name, value in arguments.items()
        if value is not None and (type(value) is not type(defaults[name]) or value != defaults[name])
    }
    return {**changed, **local_variables.get("hyper_parameters", {})}


def _complete(
    kind: type[SageMakerEstimatorBase], arguments: dict[str, Any], published: frozenset[str]
) -> dict[str, Any]:
    """The published arguments with the values that None stands for, and the others that were given."""
    ours = [k for k in kind.__mro__ if k.__module__.startswith("sagemaker_pyspark.")]
    java_class = next(filter(None, (getattr(k, "_wrapped_class", None) for k in ours)))
    plain = door.new_stage(java_class, None, {}, {})
    complete = {name: value for name, value in arguments.items() if value is not None or name in published}
    for name in complete.keys() & kind._setting_names():
        if complete[name] is None:
            complete[name] = setting(plain, name)
    if complete["uid"] is None:
        complete["uid"] = str(plain.uid())
    return complete


class SageMakerEstimatorBase(JavaStage, EstimatorSettings, JavaEstimator[SageMakerModel]):
    """What all estimators share.

    :param kwargs: settings by their published names, options by their Python names, and hyper-parameters
        by the names that the algorithm documents (`lambda_` for `lambda`).
    :raises TypeError: for a name that is none of these, with the nearest known one.
    """

    _stop_on_interrupt: bool = False
    #: Whether the training job is stopped too when another error breaks off the wait, such as the callback's.
    _stop_on_error: bool = False
    #: Who is told of the fits of this estimator and of its copies, once the training job exists.
    _watchers: tuple[Callable[[Any], None], ...] = ()

    def __init__(self, **kwargs: Any) -> None:
        progress = kwargs.pop("progress", None)
        stop_on_interrupt = kwargs.pop("stop_on_interrupt", False)
        hyper_parameters: dict[str, Any] = {}
        if not self._has_own_java_obj():
            kwargs = {name: value for name, value in kwargs.items() if value is not None}
            hyper_parameters = self._take_hyper_parameters(kwargs)
        self._become(self._get_java_obj(**kwargs))
        self._progress = progress
        self._stop_on_interrupt = bool(stop_on_interrupt)
        for name, value in hyper_parameters.items():
            self.set(self.getParam(name), value)

    @classmethod
    def _has_own_java_obj(cls) -> bool:
        """Whether a subclass of the user's makes the JVM's estimator itself."""
        return cls._get_java_obj is not SageMakerEstimatorBase._get_java_obj

    def _get_java_obj(self, **kwargs: Any) -> Any:
        """The JVM's estimator of these settings.

        A subclass that makes another one is given all arguments of its constructor, whatever they are called:
        below one of ours, all that 1.4.5 had, with the default values, and those added since that were given.
        """
        java_object = kwargs.pop("javaObject", None)
        if java_object is not None:
            return java_object
        uid = kwargs.pop("uid", None)
        settings = {ESTIMATOR_OPTIONS.get(name, name): value for name, value in kwargs.items()}
        described, objects = values.encode_settings(settings)
        return door.new_stage(str(self._wrapped_class), uid, described, objects)

    def _become(self, java_stage: Any) -> None:
        super()._become(java_stage)
        for name, value in self._hyper_parameter_defaults.items():
            self._defaultParamMap[self.getParam(name)] = value

    @classmethod
    def _take_hyper_parameters(cls, kwargs: dict[str, Any]) -> dict[str, Any]:
        known = cls._keywords()
        settings = {*cls._setting_names(), *ESTIMATOR_OPTIONS, "uid", "javaObject"}
        taken = {}
        for name in list(kwargs):
            if name in known:
                taken[known[name]] = kwargs.pop(name)
            elif name not in settings:
                nearest = difflib.get_close_matches(name, [*known, *settings], n=1, cutoff=0.0)
                raise TypeError(
                    f"{cls.__name__} has no argument {name!r}; the nearest known one is {nearest[0]!r}."
                )
        return taken

    @classmethod
    def _keywords(cls) -> dict[str, str]:
        """The keywords that name hyper-parameters, and the Params they stand for."""
        from keyword import iskeyword

        from pyspark.ml.param import Param

        wire = [name for name in dir(cls) if isinstance(getattr(cls, name, None), Param)]
        return {f"{name}_" if iskeyword(name) else name: name for name in wire}

    def setParams(self, **kwargs: Any) -> Self:
        """Set hyper-parameters by their names (`lambda_` for `lambda`).

        :raises TypeError: for an unknown name, with the nearest known one, or a value of the wrong type.
        :raises ValueError: for a value out of range.
        """
        known = self._keywords()
        for name, value in kwargs.items():
            if name not in known:
                nearest = difflib.get_close_matches(name, list(known), n=1, cutoff=0.0)
                hint = f"; the nearest known one is {nearest[0]!r}" if nearest else ""
                raise TypeError(f"{type(self).__name__} has no hyper-parameter {name!r}{hint}.")
            self.set(self.getParam(known[name]), value)
        return self

    def _create_model(self, java_model: Any) -> SageMakerModel:
        model = SageMakerModel._from_java(java_model)
        model._progress = self._progress
        return model

    def _fit(self, dataset: DataFrame) -> SageMakerModel:
        self._warn_of_unsent_params()
        self._transfer_params_to_java()
        starting = door.start_fit(self._java_obj, java_frame(dataset))
        stopping = (self._stop_on_interrupt, self._stop_on_error)
        run = wait_for_start(starting, self._tell, *stopping, self._aws_options())
        return self._awaited(run)

    def _warn_of_unsent_params(self) -> None:
        """Name the Params that were set, that only the Python class has, and that the job isn't sent."""
        own = {param.name for param, value in self._paramMap.items() if value is not None}
        unsent = {name for name in own if not self._java_obj.hasParam(name)}
        if unsent:
            unsent -= set(self.hyperParameters)
        if unsent:
            warnings.warn(
                f"{', '.join(sorted(unsent))} of {type(self).__name__} {self.uid} was set and isn't sent to "
                "the training job: the JVM's class has no such Param. To send a hyper-parameter of your own, "
                "give it in the argument hyperParameters.",
                RuntimeWarning,
                stacklevel=4,
            )

    def _tell(self, run: Any) -> None:
        for watcher in self._watchers:
            watcher(run)

    def _resume(self, run_id: str) -> SageMakerModel:
        """Wait for a fit that another driver began."""
        self._transfer_params_to_java()
        return self._awaited(door.resume_fit(self._java_obj, run_id))

    def _awaited(self, run: Any) -> SageMakerModel:
        stopping = (self._stop_on_interrupt, self._stop_on_error)
        wait_for_fit(run, self._progress, *stopping, self._aws_options())
        left = [str(sentence) for sentence in run.undeletedStagingData()]
        if left:
            warnings.warn(
                "The model is there. What could not be deleted of the fit's data is still in S3: "
                + "; ".join(left),
                # Python shows no ResourceWarning unless it is told to.
                RuntimeWarning,
                stacklevel=4,
            )
        return self._create_model(run.model())


class SageMakerEstimator(SageMakerEstimatorBase):
    """Trains any image on a DataFrame, and hosts any image on what it leaves.

    :param trainingImage: the training image's registry path.
    :param modelImage: the inference image's registry path.
    :param trainingInstanceType: such as `ml.m5.large`.
    :param trainingInstanceCount: number of training instances.
    :param endpointInstanceType: such as `ml.m5.large`.
    :param endpointInitialInstanceCount: number of instances behind the endpoint.
    :param requestRowSerializer: writes rows as request bodies.
    :param responseRowDeserializer: reads answers as rows.
    :param hyperParameters: sent to the training job as they are.

    The rest has the defaults that every estimator has, and is described at the property of the same name.
    Options that are not settings of the job: `progress`, a function called at every poll, such as
    `sagemaker_pyspark.options.print_progress`; `stop_on_interrupt`, whether Ctrl-C stops the training job,
    which otherwise goes on and is named.
    """

    _wrapped_class = f"{SDK}.SageMakerEstimator"

    def __init__(
        self,
        trainingImage: str,
        modelImage: str,
        trainingInstanceType: str,
        trainingInstanceCount: int,
        endpointInstanceType: str,
        endpointInitialInstanceCount: int,
        requestRowSerializer: RequestRowSerializer,
        responseRowDeserializer: ResponseRowDeserializer,
        hyperParameters: dict[str, str] | None = None,
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
        sagemakerRole: IAMRoleResource | None = None,
        s3Client: AwsClient | None = None,
        stsClient: AwsClient | None = None,
        modelPrependInputRowsToTransformationRows: bool = True,
        deleteStagingDataAfterTraining: bool = True,
        namePolicyFactory: NamePolicyFactory | None = None,
        uid: str | None = None,
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
        staging_object_bytes: int | None = None,
        training_poll_interval_millis: int | None = None,
        endpoint_poll_interval_millis: int | None = None,
        endpoint_creation_timeout_seconds: int | None = None,
        tags: dict[str, str] | None = None,
        progress: ProgressCallback | None = None,
        stop_on_interrupt: bool = False,
    ) -> None:
        super().__init__(**given(SageMakerEstimator.__init__, locals()))
