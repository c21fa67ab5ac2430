"""What can go wrong between Spark and SageMaker, as one tree of exceptions.

Bad arguments aren't in it: they are `ValueError` and `TypeError`. An error that was raised in the JVM is a
`py4j.protocol.Py4JJavaError` too, so that programs which catch that go on working; its text is the one
sentence that says what happened, and `java_stack_trace` holds the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sagemaker_pyspark.cleanup import CreatedResources

__all__ = [
    "AwsConfigurationError",
    "EndpointError",
    "InferenceError",
    "JarNotFoundError",
    "ResourceCleanupError",
    "RowCountError",
    "RunNotFoundError",
    "SageMakerPySparkError",
    "SessionError",
    "SparkLineError",
    "StagingError",
    "TrainingJobError",
    "explain",
    "explained",
]


class SageMakerPySparkError(Exception):
    """The root of this library's errors.

    :param message: what went wrong with which input, and what to do.
    :param created_resources: what this call had created in SageMaker and is still there, if anything.
    """

    #: The Java stack trace, when the error comes from the JVM.
    java_stack_trace: str | None = None
    #: The Java exception, when the error comes from the JVM.
    java_exception: Any = None

    def __init__(self, message: str, created_resources: CreatedResources | None = None) -> None:
        # Not super(): an error of the JVM is a Py4JJavaError too, which takes other arguments.
        Exception.__init__(self, message)
        self.message = message
        self.created_resources = created_resources

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> Any:
        # What came from the JVM has no meaning in another process: a copy keeps the words and the names.
        state = {name: value for name, value in vars(self).items() if name != "java_exception"}
        return _rebuild, (type(self).__name__, self.message, state)


class SessionError(SageMakerPySparkError):
    """No Spark session that can be used: none at all, a Spark Connect one, or one without our jar."""


class JarNotFoundError(SageMakerPySparkError):
    """The jar of this package is missing, or another version of it is on the class path."""


class SparkLineError(SageMakerPySparkError):
    """This version of Spark isn't supported, or the jar was built for another Scala version."""


class AwsConfigurationError(SageMakerPySparkError):
    """No region, no credentials, no role, no bucket: what the account or its configuration lacks."""


class StagingError(SageMakerPySparkError):
    """Writing the training data failed; nothing was trained on what had been written."""


class TrainingJobError(SageMakerPySparkError):
    """A training job that could not be created, failed, or was stopped."""

    #: The job's name, when it exists.
    training_job_name: str | None = None
    #: Its last status, such as `Failed`.
    status: str | None = None
    #: What SageMaker says of the failure.
    failure_reason: str | None = None


class EndpointError(SageMakerPySparkError):
    """A model, endpoint configuration or endpoint that could not be created, did not come up, or is gone."""


class InferenceError(SageMakerPySparkError):
    """A request to an endpoint that failed for good."""


class RowCountError(InferenceError):
    """An endpoint that answered another number of rows than it was sent."""


class RunNotFoundError(SageMakerPySparkError):
    """A run that isn't there: it has ended, was removed, or staged to another path."""


class ResourceCleanupError(SageMakerPySparkError):
    """A deletion that failed; `created_resources` names what is still there."""


def _rebuild(kind: str, message: str, state: dict[str, Any]) -> SageMakerPySparkError:
    error: SageMakerPySparkError = globals()[kind](message)
    vars(error).update(state)
    return error


def explain(exception: BaseException) -> BaseException:
    """The error of this library that is behind an exception of Spark, or the exception itself when there
    is none.

    `transform` is lazy: a request that fails for good does so in an action such as `collect()`, which
    raises Spark's own exception with a long Java stack trace. This finds our error in it.
    """
    from sagemaker_pyspark._jvm.exceptions import find

    return find(exception) or exception


@contextmanager
def explained() -> Iterator[None]:
    """Raise this library's errors instead of Spark's for the actions inside::

    with explained():
        model.transform(frame).collect()
    """
    try:
        yield
    except Exception as exception:
        ours = explain(exception)
        if ours is exception:
            raise
        raise ours from None
