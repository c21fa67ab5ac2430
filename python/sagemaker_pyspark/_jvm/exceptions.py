"""Java exceptions as Python ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from py4j.java_gateway import JavaObject, is_instance_of
from py4j.protocol import Py4JError, Py4JJavaError
from pyspark import SparkContext

from sagemaker_pyspark import errors
from sagemaker_pyspark._jvm import names

#: The JVM's exceptions and ours, the special before the general.
KINDS: dict[str, type[errors.SageMakerPySparkError]] = {
    f"{names.EXCEPTIONS}.AwsConfigurationException": errors.AwsConfigurationError,
    f"{names.EXCEPTIONS}.StagingException": errors.StagingError,
    f"{names.EXCEPTIONS}.TrainingJobException": errors.TrainingJobError,
    f"{names.EXCEPTIONS}.EndpointException": errors.EndpointError,
    f"{names.EXCEPTIONS}.RowCountException": errors.RowCountError,
    f"{names.EXCEPTIONS}.InferenceException": errors.InferenceError,
    f"{names.EXCEPTIONS}.SageMakerResourceCleanupException": errors.ResourceCleanupError,
    f"{names.EXCEPTIONS}.RunNotFoundException": errors.RunNotFoundError,
    f"{names.EXCEPTIONS}.SageMakerSparkSDKException": errors.SageMakerPySparkError,
}

# Spark's driver repeats a task's exception as text when it can't hold the object.
_IN_TEXT = re.compile(rf"({re.escape(names.EXCEPTIONS)}\.\w+): ([^\n]*)")
_DEEPEST_CAUSE = 30


class JavaValueError(ValueError, Py4JJavaError):  # type: ignore[misc]
    """A value that the JVM refused."""

    java_stack_trace: str | None = None

    def __str__(self) -> str:
        return str(self.args[0])


class WrongTypeError(TypeError, ValueError):
    """A value of a type that isn't taken: 1.4.5 raised a ValueError for some and a TypeError for others."""


class JavaTypeError(WrongTypeError, Py4JJavaError):  # type: ignore[misc]
    """A value of a type that the JVM refused."""

    java_stack_trace: str | None = None

    def __str__(self) -> str:
        return str(self.args[0])


def _both(kind: type[errors.SageMakerPySparkError]) -> type[errors.SageMakerPySparkError]:
    """The same error, that `except Py4JJavaError` catches too."""
    body = {"__module__": kind.__module__, "__doc__": kind.__doc__}
    return type(kind.__name__, (kind, Py4JJavaError), body)


_JAVA_KINDS = {name: _both(kind) for name, kind in KINDS.items()}


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the JVM raises inside as Python's own or this library's errors."""
    try:
        yield
    except Exception as exception:
        ours = find(exception, arguments_too=True)
        if ours is None or ours is exception:
            raise
        raise ours from None


def find(exception: BaseException, arguments_too: bool = False) -> BaseException | None:
    """This library's error behind an exception, wherever in the chain of causes it is.

    :param arguments_too: take an `IllegalArgumentException` for a ValueError, as the answers of our own
        calls are.
    """
    if isinstance(exception, (errors.SageMakerPySparkError, JavaValueError, JavaTypeError)):
        return exception
    java = java_exception_of(exception)
    gateway = SparkContext._gateway
    if java is None or gateway is None:
        return None
    link, depth = java, 0
    while link is not None and depth < _DEEPEST_CAUSE:
        found = _translate(gateway, link, arguments_too and depth == 0)
        if found is not None:
            return found
        link, depth = link.getCause(), depth + 1
    return _from_text(java)


def java_exception_of(exception: BaseException) -> JavaObject | None:
    """The Java exception that a py4j or PySpark exception stands for."""
    if isinstance(exception, Py4JJavaError):
        return exception.java_exception
    # PySpark turns what SQL raises into exceptions of its own, which keep the Java one.
    origin = getattr(exception, "_origin", None)
    return origin if isinstance(origin, JavaObject) else None


def _translate(gateway: Any, java: JavaObject, arguments_too: bool) -> BaseException | None:
    for name, kind in _JAVA_KINDS.items():
        if is_instance_of(gateway, java, name):
            return _fill(kind(_message(java), _created_resources(java)), java)
    if not arguments_too:
        return None
    if is_instance_of(gateway, java, names.SETTING_TYPE_EXCEPTION):
        return _argument_error(JavaTypeError, java)
    if is_instance_of(gateway, java, names.ILLEGAL_ARGUMENT_EXCEPTION):
        return _argument_error(JavaValueError, java)
    return None


def _argument_error(kind: type[JavaValueError | JavaTypeError], java: JavaObject) -> BaseException:
    error = kind(_message(java))
    # ValueError's constructor, written in C, leaves out that of the second parent.
    error.java_exception, error.errmsg, error.exception_cmd = java, _message(java), None
    error.java_stack_trace = _stack_trace(java)
    return error


def _fill(error: errors.SageMakerPySparkError, java: JavaObject) -> errors.SageMakerPySparkError:
    vars(error).update(java_exception=java, errmsg=error.message, exception_cmd=None)
    error.java_stack_trace = _stack_trace(java)
    if isinstance(error, errors.TrainingJobError):
        error.training_job_name = _option(java.trainingJobName())
        error.status = _option(java.status())
        error.failure_reason = _option(java.failureReason())
    return error


def _from_text(java: JavaObject) -> BaseException | None:
    found = _IN_TEXT.search(str(java.getMessage() or ""))
    kind = _JAVA_KINDS.get(found.group(1)) if found else None
    if found is None or kind is None:
        return None
    error = kind(found.group(2).strip())
    vars(error).update(java_exception=java, errmsg=error.message, exception_cmd=None)
    error.java_stack_trace = _stack_trace(java)
    return error


def _message(java: JavaObject) -> str:
    message = str(java.getMessage() or java.toString())
    # Scala's `require` puts this in front of every sentence.
    return message[len("requirement failed: ") :] if message.startswith("requirement failed: ") else message


def _created_resources(java: JavaObject) -> Any:
    from sagemaker_pyspark.cleanup import CreatedResources

    created = java.createdResources()
    if created is None:
        return None
    return CreatedResources(
        _option(created.modelName()), _option(created.endpointConfigName()), _option(created.endpointName())
    )


def _option(option: Any) -> str | None:
    return str(option.get()) if option is not None and option.isDefined() else None


def _stack_trace(java: JavaObject) -> str:
    jvm = SparkContext._jvm
    if jvm is None:
        return "the JVM is gone"
    try:
        return str(getattr(jvm, "org.apache.spark.util.Utils").exceptionString(java))
    except Py4JError as error:
        return f"the JVM gave no stack trace: {error}"
