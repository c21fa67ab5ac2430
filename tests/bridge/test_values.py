"""Values go to the JVM and come back the same; Scala's collections are made for those who ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.test_values import all_values

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def test_every_value_survives_the_way_to_the_jvm_and_back(spark: SparkSession) -> None:
    from sagemaker_pyspark import SageMakerJavaWrapper

    for value in all_values():
        java = value._to_java()
        assert java.getClass().getName() == type(value)._wrapped_class
        again = SageMakerJavaWrapper._from_java(java)
        assert again == value and type(again) is type(value)
        assert value._to_java() is java


def test_methods_of_values_give_python_values(spark: SparkSession) -> None:
    from sagemaker_pyspark import CreatedResources, RandomNamePolicy, RandomNamePolicyFactory, S3DataPath

    assert S3DataPath("b", "p")._call_java("toS3UriString") == "s3://b/p"
    assert RandomNamePolicyFactory("p")._call_java("createNamePolicy") == RandomNamePolicy("p")
    created = CreatedResources("model")
    assert created._call_java("modelName") == "model" and created._call_java("endpointName") is None


def test_option_map_and_list_are_scalas(spark: SparkSession) -> None:
    from sagemaker_pyspark import IAMRole, Option, ScalaList, ScalaMap

    assert Option(["a", "b"])._to_java().get().apply(1) == "b"
    assert Option.empty()._to_java().isEmpty()
    assert Option(IAMRole("arn"))._to_java().get().role() == "arn"
    assert ScalaMap({"a": ["b"]})._to_java().apply("a").head() == "b"
    assert ScalaList([{"a": 1}])._to_java().head().apply("a") == 1
    assert ScalaMap({"a": 1})._call_java("size") == 1
    assert ScalaList([1, 2])._call_java("reverse") == [2, 1]


def test_a_jvm_serializer_of_the_user_is_used_and_shown_by_its_class(spark: SparkSession) -> None:
    from sagemaker_pyspark import IAMRole
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator
    from sagemaker_pyspark.transformation.serializers import (
        RequestRowSerializer,
        UnlabeledCSVRequestRowSerializer,
    )

    class OwnSerializer(RequestRowSerializer):
        """As 1.4.5 had its users write it."""

        _wrapped_class = UnlabeledCSVRequestRowSerializer._wrapped_class

        def _to_java(self) -> object:
            return UnlabeledCSVRequestRowSerializer(featuresColumnName="own")._to_java()

    stage = KMeansSageMakerEstimator(
        "ml.m5.large", 1, "ml.m5.large", 1, IAMRole("arn:aws:iam::123456789012:role/r"), OwnSerializer()
    )
    assert stage.requestRowSerializer == UnlabeledCSVRequestRowSerializer(featuresColumnName="own")


def test_wrong_descriptions_are_refused_by_the_jvm(spark: SparkSession) -> None:
    from sagemaker_pyspark import IAMRole

    with pytest.raises(TypeError, match="role"):
        IAMRole(3)._to_java()  # type: ignore[arg-type]
