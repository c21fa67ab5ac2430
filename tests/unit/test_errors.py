"""Errors without a JVM."""

from __future__ import annotations

import pickle

import pytest


def test_everything_is_an_error_of_one_root_and_reads_as_its_sentence() -> None:
    from sagemaker_pyspark import errors

    kinds = [getattr(errors, name) for name in errors.__all__ if name.endswith("Error")]
    assert len(kinds) == 12
    for kind in kinds:
        error = kind("what went wrong")
        assert isinstance(error, errors.SageMakerPySparkError)
        assert str(error) == "what went wrong"
        assert error.created_resources is None
        assert str(pickle.loads(pickle.dumps(error))) == "what went wrong"


def test_an_exception_that_is_not_ours_stays_as_it_is() -> None:
    from sagemaker_pyspark import explain, explained

    error = RuntimeError("something else")
    assert explain(error) is error
    with pytest.raises(RuntimeError) as caught, explained():
        raise error
    assert caught.value is error


def test_without_a_session_every_stage_says_how_to_start_one() -> None:
    from pyspark import SparkContext
    from sagemaker_pyspark import IAMRole, SageMakerEstimator, SageMakerResourceCleanup
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator
    from sagemaker_pyspark.errors import SessionError

    if SparkContext._active_spark_context is not None:
        pytest.skip("another test of this process has a session")
    attempts = (
        lambda: KMeansSageMakerEstimator("ml.m5.large", 1, "ml.m5.large", 1),
        lambda: KMeansSageMakerEstimator.load("/nowhere"),
        lambda: SageMakerEstimator("i", "i", "ml.m5.large", 1, "ml.m5.large", 1, None, None),  # type: ignore[arg-type]
        lambda: SageMakerResourceCleanup(None),
        lambda: IAMRole("arn")._to_java(),
    )
    for attempt in attempts:
        with pytest.raises(SessionError, match="configure_spark"):
            attempt()


def test_an_unknown_keyword_is_named_with_the_nearest_known_one() -> None:
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

    with pytest.raises(
        TypeError, match="'trainingInstancetype'; the nearest known one is 'trainingInstanceType'"
    ):
        KMeansSageMakerEstimator("ml.m5.large", 1, "ml.m5.large", 1, trainingInstancetype="x")
    with pytest.raises(TypeError, match="'epoch'; the nearest known one is 'epochs'"):
        KMeansSageMakerEstimator("ml.m5.large", 1, "ml.m5.large", 1, epoch=1)
