"""Exceptions that are raised in the JVM, as Python sees them."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

import pytest

from tests.bridge import stages

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PACKAGE = "com.amazonaws.services.sagemaker.sparksdk"


def nothing(jvm: Any) -> Any:
    return getattr(jvm, f"{PACKAGE}.CreatedResources")(*[jvm.scala.Option.empty()] * 3)


def jvm_exceptions(jvm: Any) -> dict[str, Any]:
    """One exception of each of our classes in the JVM, by the name of the Python class that it becomes."""

    def made(name: str, *arguments: Any) -> Any:
        return getattr(jvm, f"{PACKAGE}.exceptions.{name}")(*arguments)

    some = jvm.scala.Option.apply
    created = getattr(jvm, f"{PACKAGE}.CreatedResources")(some("model"), some(None), some("endpoint"))
    return {
        "AwsConfigurationError": made("AwsConfigurationException", "no region", None),
        "StagingError": made("StagingException", "no upload", None),
        "TrainingJobError": made(
            "TrainingJobException", "it failed", None, some("job"), some("Failed"), some("why")
        ),
        "EndpointError": made("EndpointException", "it is gone", None, created),
        "InferenceError": made("InferenceException", "no answer", None),
        "RowCountError": made("RowCountException", "10 rows sent, 7 answered"),
        "RunNotFoundError": made("RunNotFoundException", "there is no such run"),
        "ResourceCleanupError": made("SageMakerResourceCleanupException", "it stays", None, created),
        "SageMakerPySparkError": made("SageMakerSparkSDKException", "something else", None, nothing(jvm)),
    }


def test_each_exception_of_the_jvm_has_its_class_its_sentence_and_its_facts(spark: SparkSession) -> None:
    from py4j.protocol import Py4JJavaError
    from sagemaker_pyspark import CreatedResources, errors
    from sagemaker_pyspark._jvm.exceptions import KINDS, translated

    made = jvm_exceptions(spark._jvm)
    assert set(made) == {kind.__name__ for kind in KINDS.values()}
    for name, exception in made.items():
        kind = getattr(errors, name)
        with pytest.raises(kind) as caught, translated():
            stages.raised(spark._jvm, exception)()
        error = caught.value
        assert isinstance(error, Py4JJavaError) and type(error).__name__ == name
        assert str(error) == exception.getMessage()
        assert f"{PACKAGE}.exceptions." in error.java_stack_trace
        shown = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        assert f"{name}: {exception.getMessage()}" in shown and "\tat " not in shown
        if name in ("EndpointError", "ResourceCleanupError"):
            assert error.created_resources == CreatedResources("model", None, "endpoint")
        if name == "TrainingJobError":
            assert (error.training_job_name, error.status, error.failure_reason) == ("job", "Failed", "why")


def test_arguments_that_the_jvm_refuses_are_value_and_type_errors(spark: SparkSession) -> None:
    from py4j.protocol import Py4JJavaError
    from sagemaker_pyspark._jvm.exceptions import translated

    jvm: Any = spark._jvm
    cases = (
        (ValueError, jvm.java.lang.IllegalArgumentException("requirement failed: too large")),
        (TypeError, getattr(jvm, f"{PACKAGE}.settings.SettingTypeException")("too large")),
    )
    for kind, exception in cases:
        with pytest.raises(kind, match=r"^too large$") as caught, translated():
            stages.raised(jvm, exception)()
        assert isinstance(caught.value, Py4JJavaError)
        assert caught.value.java_exception is not None
        assert "IllegalArgumentException" in caught.value.java_stack_trace or kind is TypeError


def test_an_exception_that_is_not_ours_passes_unchanged(spark: SparkSession) -> None:
    from py4j.protocol import Py4JJavaError
    from sagemaker_pyspark._jvm.exceptions import translated
    from sagemaker_pyspark.errors import SageMakerPySparkError

    jvm: Any = spark._jvm
    with pytest.raises(Py4JJavaError, match="IOException: disk") as caught, translated():
        stages.raised(jvm, jvm.java.io.IOException("disk"))()
    assert not isinstance(caught.value, SageMakerPySparkError)


def test_our_error_is_found_among_the_causes_and_in_the_text_of_sparks(spark: SparkSession) -> None:
    from sagemaker_pyspark import explained
    from sagemaker_pyspark.errors import InferenceError, RowCountError

    jvm: Any = spark._jvm
    ours = jvm_exceptions(jvm)["RowCountError"]
    spark_exception = getattr(jvm, "org.apache.spark.SparkException")
    wrapped = spark_exception("Job aborted", jvm.java.lang.RuntimeException("task failed", ours))
    with pytest.raises(RowCountError, match=r"^10 rows sent, 7 answered$"), explained():
        stages.raised(jvm, wrapped)()
    text = (
        "Job aborted due to stage failure: Lost task 0.0 in stage 1.0 (TID 1): "
        f"{PACKAGE}.exceptions.InferenceException: the endpoint e said no\n\tat somewhere"
    )
    with pytest.raises(InferenceError, match=r"^the endpoint e said no$"), explained():
        stages.raised(jvm, spark_exception(text))()


def test_actions_of_spark_that_fail_for_other_reasons_keep_their_exception(spark: SparkSession) -> None:
    from sagemaker_pyspark import explained

    with pytest.raises(Exception, match=r"DIVIDE_BY_ZERO|raise_error|boom"), explained():
        spark.sql("select raise_error('boom')").collect()


def test_errors_of_the_jvm_are_copied_by_pickle_without_the_jvm(spark: SparkSession) -> None:
    import pickle

    from sagemaker_pyspark.errors import TrainingJobError

    exception = jvm_exceptions(spark._jvm)["TrainingJobError"]
    from sagemaker_pyspark._jvm.exceptions import translated

    with pytest.raises(TrainingJobError) as caught, translated():
        stages.raised(spark._jvm, exception)()
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is TrainingJobError and str(again) == "it failed"
    assert again.failure_reason == "why" and again.java_exception is None
