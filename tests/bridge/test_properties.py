"""Every property of every public class gives a Python value, never a raw object of the JVM."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

from tests.bridge import stages
from tests.unit.test_values import all_values

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def examples() -> dict[str, Any]:
    """One object of each public class, by the class's name."""
    from pyspark.ml.evaluation import ClusteringEvaluator
    from sagemaker_pyspark import Option, SageMakerClients, SageMakerResourceCleanup, ScalaList, ScalaMap
    from sagemaker_pyspark import tuning as ours

    client = SageMakerClients.create_sagemaker_client(region="eu-west-1")
    made: list[Any] = [stages.example(kind, sagemakerClient=client) for kind in stages.estimator_classes()]
    made += [client, stages.example_model(sagemakerClient=client), SageMakerResourceCleanup(client)]
    made += [*all_values(), Option(["a"]), ScalaMap({"a": 1}), ScalaList([1])]
    model = stages.example_model()
    given = {"estimator": made[0], "estimatorParamMaps": [{}], "evaluator": ClusteringEvaluator()}
    made += [ours.CrossValidator(**given), ours.TrainValidationSplit(**given)]
    made += [ours.CrossValidatorModel(model, [1.0]), ours.TrainValidationSplitModel(model, [1.0])]
    named = {type(one).__name__ for one in made}
    made += [kind() for kind in concrete() if kind.__name__ not in named and not required(kind)]
    return {type(one).__name__: one for one in made}


#: What others derive from, a user's own classes too; there are no objects of these themselves.
ABSTRACT = {
    "IAMRoleResource",
    "NamePolicy",
    "NamePolicyFactory",
    "RequestRowSerializer",
    "ResponseRowDeserializer",
    "S3Resource",
}


def concrete() -> list[Any]:
    """The public classes with a counterpart in the JVM of which there are objects."""
    from sagemaker_pyspark.wrapper import SageMakerJavaWrapper

    known = [kind for kind in stages.subclasses(SageMakerJavaWrapper) if kind._wrapped_class is not None]
    return [kind for kind in known if kind.__name__ not in ABSTRACT]


def required(kind: Any) -> bool:
    """Whether a constructor has arguments without a default."""
    arguments = inspect.signature(kind).parameters.values()
    return any(a.default is a.empty and a.kind is a.POSITIONAL_OR_KEYWORD for a in arguments)


def test_every_public_class_with_a_counterpart_in_the_jvm_has_an_example(spark: SparkSession) -> None:
    found = examples()
    assert len(found) > 35
    assert {kind.__name__ for kind in concrete()} - set(found) == set()


def raw(value: Any) -> bool:
    """Whether there is an object of the JVM in a value."""
    if isinstance(value, dict):
        return any(raw(item) for pair in value.items() for item in pair)
    if isinstance(value, (list, tuple, set)):
        return any(raw(item) for item in value)
    return type(value).__module__.startswith("py4j.")


def test_properties_give_python_values(spark: SparkSession) -> None:
    looked_at = 0
    for name, one in examples().items():
        for attribute, _ in inspect.getmembers(type(one), lambda member: isinstance(member, property)):
            value = getattr(one, attribute)
            assert not raw(value), f"{name}.{attribute} is {value!r}"
            looked_at += 1
    assert looked_at > 300


@pytest.mark.parametrize("kind", stages.estimator_classes(), ids=lambda kind: str(kind.__name__))
def test_images_and_free_hyper_parameters_can_be_given_to_every_estimator(
    spark: SparkSession, kind: Any
) -> None:
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:7"
    extra = {"hyperParameters": {"own": "1", "epochs": "9"}}
    if kind.__name__ == "SageMakerEstimator":
        stage = stages.example(kind, **extra)
    else:
        stage = stages.example(kind, trainingImage=image, modelImage=image, region="eu-west-1", **extra)
        assert (stage.trainingImage, stage.modelImage) == (image, image)
    sent = stage._to_java().makeHyperParameters()
    assert (sent["own"], sent["epochs"]) == ("1", "9")
    assert stage.hyperParameters == extra["hyperParameters"]


def test_versions_of_the_xgboost_image(spark: SparkSession) -> None:
    from sagemaker_pyspark.algorithms import XGBoostSageMakerEstimator

    newest = stages.example(XGBoostSageMakerEstimator, region="eu-west-1")
    chosen = stages.example(XGBoostSageMakerEstimator, region="eu-west-1", algorithm_version="1.7-1")
    assert chosen.algorithm_version == "1.7-1" and ":1.7-1" in chosen.trainingImage
    assert newest.algorithm_version.startswith("3.") and newest.algorithm_version in newest.trainingImage
    assert "eu-west-1" in newest.modelImage and "sagemaker-xgboost" in newest.modelImage
    wrong = stages.example(XGBoostSageMakerEstimator, region="eu-west-1", algorithm_version="99.1")
    with pytest.raises(ValueError, match=r"99\.1.*1\.7-1"):
        assert wrong.trainingImage
