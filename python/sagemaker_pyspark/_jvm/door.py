"""The calls that Python makes: JSON and Java's own types in and out, errors translated."""

from __future__ import annotations

import json
import math
from enum import Enum
from typing import Any

from py4j.java_gateway import JavaClass, JavaObject

from sagemaker_pyspark._jvm import gateway, names
from sagemaker_pyspark._jvm.exceptions import WrongTypeError, translated
from sagemaker_pyspark.errors import JarNotFoundError

Json = Any

_methods: dict[str, Any] = {}
_methods_of: Any = None


def call(name: str, *arguments: Any) -> Any:
    """Call one method of the door.

    :raises SessionError: when there is no classic Spark session.
    :raises JarNotFoundError: when the JVM doesn't have this package's jar.
    """
    method = _method(name)
    with translated():
        return method(*arguments)


def _method(name: str) -> Any:
    # py4j asks the JVM again at every attribute access: keep what it said, as long as it is the same JVM.
    global _methods_of
    context = gateway.active_context()
    if _methods_of is not context._gateway:
        gateway.check_classes(context._jvm, context)
        _methods.clear()
        _methods_of = context._gateway
    if name not in _methods:
        door: Any = gateway.find_class(context._jvm, names.DOOR)
        _methods[name] = getattr(door, name)
    return _methods[name]


def java_class(name: str) -> JavaClass:
    """One of our JVM classes."""
    _method("version")
    found = gateway.find_class(gateway.active_context()._jvm, name)
    if found is None:
        raise JarNotFoundError(f"The jar has no class {name}. {gateway.REMEDY}")
    return found


def to_json(value: Json) -> str:
    """JSON, in which a number that JSON doesn't know is an error."""
    return json.dumps(value, allow_nan=False)


def new_stage(java_class_name: str, uid: str | None, settings: Json, objects: dict[str, Any]) -> JavaObject:
    """A pipeline stage with what the user gave."""
    _check_uid(uid)
    return call("newStage", java_class_name, uid, to_json(settings), objects or None)


def new_model(uid: str | None, settings: Json, objects: dict[str, Any]) -> JavaObject:
    """A model; makes no request."""
    _check_uid(uid)
    return call("newModel", uid, to_json(settings), objects or None)


def new_model_from_training_job(
    training_job_name: str, uid: str | None, settings: Json, objects: dict[str, Any]
) -> JavaObject:
    """A model of the artifacts that a training job left."""
    _check_uid(uid)
    return call("newModelFromTrainingJob", training_job_name, uid, to_json(settings), objects or None)


def _check_uid(uid: Any) -> None:
    if uid is not None and not isinstance(uid, str):
        raise TypeError(f"uid is {uid!r}, of type {type(uid).__name__}: give a string.")


def new_value(description: Json) -> JavaObject:
    """The JVM's object of a described value."""
    return call("newValue", to_json(description))


def describe_value(value: JavaObject) -> Json:
    """The description of a JVM value."""
    return json.loads(call("describeValue", value))


def setting(stage: JavaObject, name: str) -> Json:
    """The description of one setting of a stage, or None when it isn't set."""
    answer = call("setting", stage, name)
    return None if answer is None else json.loads(answer)


def setting_object(stage: JavaObject, name: str) -> JavaObject:
    """The live object behind one setting."""
    return call("settingObject", stage, name)


def set_param(stage: JavaObject, name: str, value: Any) -> Any:
    """Set one hyper-parameter; the JVM checks it, and gives it as it is kept.

    :raises TypeError: when the value's type is wrong.
    :raises ValueError: when the value is out of range.
    """
    return call("setParam", stage, name, _sendable(name, value))


def set_param_default(stage: JavaObject, name: str, value: Any) -> None:
    """Give one hyper-parameter another default; the JVM checks it.

    :raises TypeError: when the value's type is wrong.
    :raises ValueError: when the value is out of range.
    """
    call("setParamDefault", stage, name, _sendable(name, value))


def _sendable(name: str, value: Any) -> Any:
    """The value of a hyper-parameter as py4j can send it."""
    value = plain(value)
    if value is None or not isinstance(value, (bool, int, float, str)):
        raise WrongTypeError(
            f"{name} is {value!r}, of type {type(value).__name__}: a hyper-parameter is a number, a "
            f"string or a bool."
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{name} is {value}: give a finite number.")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        # py4j has no larger ones; a Param of numbers may take it all the same.
        try:
            value = float(value)
        except OverflowError:
            raise ValueError(
                f"{name} is a number of {value.bit_length()} bits: give a smaller one."
            ) from None
    return value


def plain(value: Any) -> Any:
    """What an enumeration's member or a numpy scalar holds, as Python's own value; anything else as it is."""
    if isinstance(value, Enum):
        return plain(value.value)
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        return value.item()
    return value


def start_fit(estimator: JavaObject, dataset: JavaObject) -> JavaObject:
    """Begin to stage the data and to create the training job; the handle is asked whether it is done."""
    return call("startFit", estimator, dataset)


def stop_training(run: JavaObject) -> None:
    """Stop the training job of a fit, if it goes on; any thread may call this."""
    with translated():
        run.stopTraining()


def discard(run: JavaObject) -> None:
    """Delete what the model of a fit created, if there is a model by now; any thread may call this.

    The model creates its endpoint again when it is asked to transform.

    :raises ResourceCleanupError: naming what could not be deleted.
    """
    with translated():
        run.discard()


def delete_model(run: JavaObject) -> None:
    """Delete what the model of a fit created, if there is a model by now, for good; any thread may call this.

    :raises ResourceCleanupError: naming what could not be deleted.
    """
    with translated():
        run.deleteModel()


def resume_fit(estimator: JavaObject, run_id: str) -> JavaObject:
    """Take up the fit of a driver that died; the handle is polled."""
    return call("resumeFit", estimator, run_id)


def list_runs(path: JavaObject | None, *clients: JavaObject | None) -> list[dict[str, Any]]:
    """The runs that are under way or left something behind.

    :param clients: those of SageMaker, S3 and STS.
    """
    runs: list[dict[str, Any]] = json.loads(call("listRuns", path, *clients))
    return runs


def start_removal(
    run_id: str,
    path: JavaObject | None,
    timeout_seconds: int | None,
    poll_interval_millis: int | None,
    *clients: JavaObject | None,
) -> JavaObject:
    """Begin to remove a run; the handle is polled."""
    return call("startRemoval", run_id, path, timeout_seconds, poll_interval_millis, *clients)


def start_hosting(model: JavaObject) -> JavaObject | None:
    """Create what the model needs to answer; the handle is polled. None when nothing is missing."""
    return call("startHosting", model)


def hyper_parameter_spec(java_class_name: str) -> list[dict[str, Any]]:
    """The hyper-parameters of an estimator: names, types, documentation, defaults."""
    spec: list[dict[str, Any]] = json.loads(call("hyperParameterSpec", java_class_name))
    return spec
