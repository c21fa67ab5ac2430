"""What estimators and models have in common: a pipeline stage that lives in the JVM."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar

from pyspark.ml.param import Param, Params
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable, JavaMLWriter
from pyspark.ml.wrapper import JavaParams

from sagemaker_pyspark._jvm import door, gateway, values
from sagemaker_pyspark._jvm.exceptions import translated
from sagemaker_pyspark.options import ProgressCallback
from sagemaker_pyspark.wrapper import SageMakerJavaWrapper

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from typing_extensions import Self


class StageWriter(JavaMLWriter):
    """Saves a stage; errors are Python's."""

    def save(self, path: str) -> None:
        """Save to a path."""
        with translated():
            super().save(path)


class StageReader(JavaMLReader[Any]):
    """Loads a stage; errors are Python's."""

    @classmethod
    def _java_loader_class(cls, clazz: Any) -> str:
        return str(clazz._wrapped_class)

    @classmethod
    def _load_java_obj(cls, clazz: Any) -> Any:
        return door.java_class(cls._java_loader_class(clazz))

    def load(self, path: str) -> Any:
        """Load from a path."""
        with translated():
            java_stage = self._jread.load(path)
        found, wanted = str(java_stage.getClass().getName()), self._java_loader_class(self._clazz)
        if found != wanted:
            raise ValueError(
                f"{path} holds a {found}, not a {wanted}: load it with {found.rpartition('.')[2]}.load."
            )
        kind: Any = self._clazz
        return kind._from_java(java_stage)


class JavaStage(SageMakerJavaWrapper, JavaParams, JavaMLReadable[Any], JavaMLWritable):
    """A stage whose settings and Params are the JVM's; Python keeps what was set for PySpark's use."""

    _wrapped_class: ClassVar[str | None] = None
    #: Defaults of hyper-parameters, as the JVM has them.
    _hyper_parameter_defaults: ClassVar[dict[str, Any]] = {}
    #: What PySpark's Params can't hold: where progress is reported.
    _progress: ProgressCallback | None = None

    def _become(self, java_stage: Any) -> None:
        """Make this object, of which nothing is initialized yet, the Python side of a JVM stage."""
        # JavaModel's constructor would turn every Param of the JVM into one of Python's, settings too.
        JavaParams.__init__(self, java_stage)
        self._resetUid(java_stage.uid())

    @classmethod
    def _from_java(cls, java_object: Any) -> Self:  # type: ignore[override]
        """The Python side of a JVM stage of this class."""
        stage = cls.__new__(cls)
        stage._become(java_object)
        with translated():
            stage._transfer_params_from_java()
        return stage

    def _to_java(self) -> Any:
        self._transfer_params_to_java()
        return self._java_obj

    def _transfer_params_to_java(self) -> None:
        """Push what was set, and the defaults that a subclass of the user's gave; the rest are the JVM's own.

        Params that only the Python class has stay in Python: an algorithm may know none of them.
        """
        for param, value in self._defaultParamMap.items():
            if value != self._hyper_parameter_defaults.get(param.name) and self._is_jvms(param):
                door.set_param_default(self._java_obj, param.name, value)
        for param, value in self._paramMap.items():
            if self._is_jvms(param):
                door.set_param(self._java_obj, param.name, value)

    def _is_jvms(self, param: Param[Any]) -> bool:
        return bool(self._java_obj.hasParam(param.name))

    def _push(self, param: Param[Any], value: Any) -> None:
        if self._is_jvms(param):
            # The JVM first: it is the judge of types and ranges, and Python must not hold what it refused.
            value = door.plain(door.set_param(self._java_obj, param.name, value))
        self._paramMap[param] = param.typeConverter(value)

    def _set(self, **kwargs: Any) -> Self:
        for name, value in kwargs.items():
            param = getattr(self, name)
            if value is None and not self._is_jvms(param):
                # As PySpark's own: None stands for "not chosen", which no converter knows.
                self._paramMap[param] = None
            else:
                self._push(param, value)
        return self

    def clear(self, param: Param[Any]) -> None:
        """Take back what was set; the default is there again."""
        if self._is_jvms(param):
            super().clear(param)
        else:
            Params.clear(self, param)

    def set(self, param: Param[Any], value: Any) -> None:
        """Set one Param; the JVM checks it at once.

        :raises TypeError: when the value's type is wrong.
        :raises ValueError: when the value is out of range, or the Param is another stage's.
        """
        self._shouldOwn(param)
        self._push(self.getParam(param.name), value)

    def _transfer_params_from_java(self) -> None:
        for param in filter(self._is_jvms, self.params):
            java_param = self._java_obj.getParam(param.name)
            for found, kept in (
                (self._java_obj.get(java_param), self._paramMap),
                (self._java_obj.getDefault(java_param), self._defaultParamMap),
            ):
                if found.isDefined():
                    kept[param] = param.typeConverter(found.get())

    def copy(self, extra: Any | None = None) -> Self:
        """A copy with the same uid, in Python and the JVM, with these Params over it."""
        with translated():
            java_copy = self._java_obj.copy(self._empty_java_param_map())
        that = copy.copy(self)
        that._java_obj = java_copy
        that._paramMap = dict(self._paramMap)
        that._defaultParamMap = dict(self._defaultParamMap)
        for param, value in (extra or {}).items():
            if param.parent == that.uid and that.hasParam(param.name):
                that._push(that.getParam(param.name), value)
        return that

    def write(self) -> JavaMLWriter:
        """A writer of this stage; secrets are never saved."""
        with translated():
            return StageWriter(self)

    @classmethod
    def read(cls) -> Any:
        """A reader of stages of this class."""
        return StageReader(cls)

    def _setting(self, name: str) -> Any:
        """One setting as a Python value."""
        return setting(self._java_obj, name)

    def onProgress(self, callback: ProgressCallback | None) -> Self:
        """Call a function with a `Progress` at every poll of a job or an endpoint; None ends that."""
        self._progress = callback
        return self

    def _aws_options(self) -> str:
        """The options of the `aws` command for the place where this stage works."""
        client = self._setting("sagemakerClient")
        given = (("region", "region"), ("profile", "profile"), ("endpoint_url", "endpoint-url"))
        pairs = [(option, getattr(client, attribute, None)) for attribute, option in given]
        return "".join(f" --{option} {value}" for option, value in pairs if value)


def setting(java_stage: Any, name: str) -> Any:
    """One setting of a JVM stage as a Python value."""
    return values.decode(door.setting(java_stage, name), lambda: door.setting_object(java_stage, name))


def java_frame(dataset: DataFrame) -> Any:
    """The JVM's side of a DataFrame.

    :raises SessionError: for a Spark Connect DataFrame.
    :raises TypeError: for anything else that is no DataFrame.
    """
    kind = type(dataset)
    if kind.__module__.startswith("pyspark.sql.connect"):
        raise gateway.connect_error()
    frame = getattr(dataset, "_jdf", None)
    if frame is None:
        ways = {"pandas": ", by spark.createDataFrame", "pyspark.pandas": ", by its to_spark()"}
        way = next((ways[home] for home in ways if kind.__module__.startswith(f"{home}.")), "")
        name = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
        raise TypeError(f"The dataset is of type {name}{kind.__qualname__}: give a Spark DataFrame{way}.")
    return frame


def python_frame(java_dataset: Any, like: DataFrame) -> DataFrame:
    """A DataFrame of the JVM's, in the session of another one."""
    from pyspark.sql import DataFrame

    return DataFrame(java_dataset, like.sparkSession)
