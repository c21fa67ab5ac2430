"""Values go to the JVM and come back the same; Scala's collections are made for those who ask."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sagemaker_pyspark import (
    IAMRole,
    Option,
    SageMakerJavaWrapper,
    SageMakerModel,
    SageMakerResourceCleanup,
)
from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator
from sagemaker_pyspark.transformation.deserializers import KMeansProtobufResponseRowDeserializer
from sagemaker_pyspark.transformation.serializers import (
    RequestRowSerializer,
    UnlabeledCSVRequestRowSerializer,
)

from tests.bridge import stages
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


def test_two_python_objects_may_stand_for_one_stage(spark: SparkSession) -> None:
    import copy
    import gc

    first = stages.example(KMeansSageMakerEstimator)
    for other in (KMeansSageMakerEstimator._from_java(first._to_java()), copy.copy(first)):
        assert other.trainingInstanceType == first.trainingInstanceType
        del other
    gc.collect()
    assert first.trainingInstanceType is not None


def test_a_value_can_be_pickled_once_it_has_been_in_the_jvm(spark: SparkSession) -> None:
    import pickle

    role = IAMRole("arn:aws:iam::123456789012:role/r")
    role._to_java()
    assert pickle.loads(pickle.dumps(role)) == role


def test_a_serializer_of_the_users_may_make_its_object_in_the_constructor(spark: SparkSession) -> None:
    class Own(RequestRowSerializer):
        _wrapped_class = UnlabeledCSVRequestRowSerializer._wrapped_class

        def __init__(self) -> None:
            super().__init__()
            self._java_obj = self._new_java_obj(str(self._wrapped_class), Option(None), "own")

    own = Own()
    assert own._call_java("contentType") == "text/csv"
    stage = stages.example(KMeansSageMakerEstimator, requestRowSerializer=own)
    assert stage.requestRowSerializer.featuresColumnName == "own"


def test_the_constructors_of_1_4_5_are_there_for_programs_that_call_them(spark: SparkSession) -> None:
    from sagemaker_pyspark.transformation.deserializers import XGBoostCSVRowDeserializer
    from sagemaker_pyspark.transformation.serializers import LibSVMRequestRowSerializer

    made = SageMakerJavaWrapper()
    assert (
        made._new_java_obj(str(XGBoostCSVRowDeserializer._wrapped_class), "p").predictionColumnName() == "p"
    )
    libsvm = made._new_java_obj(str(LibSVMRequestRowSerializer._wrapped_class), Option(None), "l", "f")
    assert (libsvm.labelColumnName(), libsvm.featuresColumnName()) == ("l", "f")


@pytest.mark.parametrize(
    ("settings", "kind", "said"),
    [
        ({"k": 2**63}, ValueError, r"^k is 9.2233\S+: expected a whole number from"),
        (
            {"trainingInstanceVolumeSizeInGB": 2**31},
            ValueError,
            r"^trainingInstanceVolumeSizeInGB is 2147483648:",
        ),
        ({"trainingMaxRuntimeInSeconds": float("nan")}, ValueError, r"^trainingMaxRuntimeInSeconds is nan:"),
        ({"requestRowSerializer": "x"}, TypeError, r"^requestRowSerializer takes a RequestRowSerializer"),
        (
            {"requestRowSerializer": UnlabeledCSVRequestRowSerializer},
            TypeError,
            r"^requestRowSerializer is the class UnlabeledCSVRequestRowSerializer: give an object",
        ),
        ({"uid": 5}, TypeError, r"^uid is 5, of type int"),
    ],
)
def test_a_wrong_value_is_said_by_the_name_of_its_setting(
    spark: SparkSession, settings: dict[str, Any], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        stages.example(KMeansSageMakerEstimator, **settings)


def test_an_argument_of_a_serializer_that_is_none_has_its_default(spark: SparkSession) -> None:
    serializer = UnlabeledCSVRequestRowSerializer(None, None)  # type: ignore[arg-type]
    stage = stages.example(KMeansSageMakerEstimator, requestRowSerializer=serializer)
    assert stage.requestRowSerializer.featuresColumnName == "features"
    with pytest.raises(TypeError, match=r"schema takes a StructType, found 'features'"):
        stages.example(
            KMeansSageMakerEstimator,
            requestRowSerializer=UnlabeledCSVRequestRowSerializer("features"),  # type: ignore[arg-type]
        )


def test_an_object_of_the_jvm_is_an_argument_as_it_is(spark: SparkSession) -> None:
    from sagemaker_pyspark import CreatedResources, ScalaList, ScalaMap

    role = IAMRole("arn")._to_java()
    assert SageMakerJavaWrapper()._new_java_obj("scala.Some", role).get().equals(role)
    for holder in (Option(role)._to_java(), ScalaList([role])._to_java()):
        assert holder.iterator().next().equals(role)
    assert ScalaMap({"a": role})._to_java().apply("a").equals(role)
    client = stages.example_model()._call_java("sagemakerClient")
    cleanup = SageMakerResourceCleanup(client)
    # Nothing is named, so that nothing is requested.
    cleanup.deleteResources(CreatedResources()._to_java())


def of_a_users_class(spark: SparkSession, interface: str) -> Any:
    """An object of a JVM class that isn't ours and doesn't say how it is made again."""
    jvm: Any = spark._jvm
    loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
    return jvm.java.beans.EventHandler.create(loader.loadClass(interface), jvm.java.lang.Object(), "toString")


SDK = "com.amazonaws.services.sagemaker.sparksdk"
FOREIGN = {
    "requestRowSerializer": f"{SDK}.transformation.RequestRowSerializer",
    "responseRowDeserializer": f"{SDK}.transformation.ResponseRowDeserializer",
}


@pytest.mark.parametrize("setting", FOREIGN)
def test_what_only_the_jvm_knows_is_read_as_a_handle_and_given_on(
    spark: SparkSession, setting: str, tmp_path: Path
) -> None:
    own = of_a_users_class(spark, FOREIGN[setting])
    stage = stages.example(KMeansSageMakerEstimator, **{setting: own})
    handle = getattr(stage, setting)
    assert own.getClass().getName() in repr(handle) and handle._to_java().equals(own)
    again = stages.example(KMeansSageMakerEstimator, **{setting: handle})
    assert getattr(again, setting)._to_java().equals(own)
    with pytest.raises(ValueError, match="can't be saved"):
        stage.save(str(tmp_path / "stage"))


def test_a_models_own_serializers_are_read_as_handles(spark: SparkSession) -> None:
    serializer, deserializer = (of_a_users_class(spark, interface) for interface in FOREIGN.values())
    model = SageMakerModel.fromEndpoint("an-endpoint", serializer, deserializer)
    assert model.requestRowSerializer._to_java().equals(serializer)
    assert model.responseRowDeserializer._to_java().equals(deserializer)


def test_an_object_of_another_kind_is_refused_when_it_is_given(spark: SparkSession) -> None:
    serializer: Any = UnlabeledCSVRequestRowSerializer()._to_java()
    deserializer: Any = KMeansProtobufResponseRowDeserializer()._to_java()
    swapped = r"^requestRowSerializer takes a RequestRowSerializer, found .*\.KMeans\w+Deserializer$"
    with pytest.raises(TypeError, match=swapped):
        stages.example(KMeansSageMakerEstimator, requestRowSerializer=deserializer)
    with pytest.raises(TypeError, match=swapped):
        SageMakerModel.fromEndpoint("an-endpoint", deserializer, deserializer)
    with pytest.raises(TypeError, match=r"^responseRowDeserializer takes a ResponseRowDeserializer, found "):
        stages.example(KMeansSageMakerEstimator, responseRowDeserializer=serializer)
    with pytest.raises(TypeError, match=r"^namePolicyFactory can't be a "):
        stages.example(KMeansSageMakerEstimator, namePolicyFactory=serializer)


def test_what_is_no_spark_frame_is_named_with_the_way_to_one(spark: SparkSession) -> None:
    import pandas

    stage = stages.example(KMeansSageMakerEstimator)
    wrong: Any = pandas.DataFrame({"a": [1]})
    with pytest.raises(TypeError, match=r"of type pandas\..*DataFrame: .*spark\.createDataFrame"):
        stage.fit(wrong)
    for other in ("frame", [1]):
        with pytest.raises(TypeError, match=rf"type {type(other).__name__}: give a Spark DataFrame\.$"):
            stage.fit(other)
