"""Serializers and deserializers in Python against their classes in the JVM, found by looking."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from pyspark.sql.types import DoubleType, StructField, StructType
from sagemaker_pyspark import Option, ScalaList
from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator
from sagemaker_pyspark.transformation.deserializers import (
    LibSVMResponseRowDeserializer,
    ProtobufResponseRowDeserializer,
)
from sagemaker_pyspark.transformation.serializers import ProtobufRequestRowSerializer

from tests.bridge import stages
from tests.unit.test_values import all_values

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SCORE = StructType([StructField("score", DoubleType())])


def jvm_classes(spark: SparkSession, package: str) -> dict[str, Any]:
    """The classes of a package of our jar that can be made, by their simple names."""
    from sagemaker_pyspark import classpath_jars

    folder = package.replace(".", "/") + "/"
    jvm: Any = spark._jvm
    loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
    found = {}
    for jar in classpath_jars():
        with ZipFile(jar) as archive:
            names = [n for n in archive.namelist() if n.startswith(folder) and n.endswith(".class")]
        for name in names:
            kind = loader.loadClass(name[: -len(".class")].replace("/", "."))
            abstract = jvm.java.lang.reflect.Modifier.isAbstract(kind.getModifiers())
            if "$" not in name and not abstract and kind.getConstructors():
                found[str(kind.getSimpleName())] = kind
    return found


def python_classes(module: ModuleType) -> dict[str, Any]:
    kinds = {name: getattr(module, name) for name in module.__all__}
    return {name: kind for name, kind in kinds.items() if kind._wrapped_class is not None}


@pytest.mark.parametrize("package", ["serializers", "deserializers"])
def test_both_sides_have_the_same_classes(spark: SparkSession, package: str) -> None:
    from sagemaker_pyspark._jvm import door, names
    from sagemaker_pyspark.transformation import deserializers, serializers

    door.call("version")
    here = python_classes(serializers if package == "serializers" else deserializers)
    there = jvm_classes(spark, names.SERIALIZERS if package == "serializers" else names.DESERIALIZERS)
    assert set(here) == set(there) and len(here) >= 8
    for name, kind in here.items():
        assert kind._wrapped_class == there[name].getName()
        assert kind.__doc__, name


def test_arguments_have_the_names_that_the_jvm_saves(spark: SparkSession) -> None:
    from sagemaker_pyspark._jvm import scala
    from sagemaker_pyspark.transformation._base import Transformation

    seen = set()
    for value in all_values():
        if isinstance(value, Transformation):
            saved = scala.to_python(value._to_java().arguments())
            assert set(saved) == set(value._describe()["arguments"]), type(value).__name__
            seen.add(type(value).__name__)
    assert "JSONRequestRowSerializer" in seen and "XGBoostCSVRowDeserializer" in seen


def test_each_is_copied_saved_and_loaded_with_estimators_and_models(
    spark: SparkSession, tmp_path: Path
) -> None:
    from sagemaker_pyspark import SageMakerEstimator, SageMakerModel
    from sagemaker_pyspark.transformation.deserializers import ResponseRowDeserializer
    from sagemaker_pyspark.transformation.serializers import RequestRowSerializer

    found = all_values()
    serializers = [value for value in found if isinstance(value, RequestRowSerializer)]
    deserializers = [value for value in found if isinstance(value, ResponseRowDeserializer)]
    assert len(serializers) > 5 and len(deserializers) > 5
    for i in range(max(len(serializers), len(deserializers))):
        pair = (serializers[i % len(serializers)], deserializers[i % len(deserializers)])
        model = SageMakerModel.fromEndpoint("an-endpoint", *pair)
        image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1"
        estimator = SageMakerEstimator(image, image, *stages.INSTANCES, *pair)
        for kind, stage in ((SageMakerModel, model), (SageMakerEstimator, estimator)):
            path = str(tmp_path / "stage")
            stage.write().overwrite().save(path)
            for one in (stage, stage.copy(), kind.load(path)):
                assert (one.requestRowSerializer, one.responseRowDeserializer) == pair


def test_mistakes_are_found_when_a_stage_is_made(spark: SparkSession) -> None:
    from pyspark.sql.types import DateType, DoubleType, StructField, StructType
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.transformation import deserializers as d
    from sagemaker_pyspark.transformation import serializers as s

    score = StructType([StructField("score", DoubleType())])
    day = StructType([StructField("day", DateType())])
    fine = (s.JSONRequestRowSerializer(), d.JSONResponseRowDeserializer(score))
    SageMakerModel.fromEndpoint("an-endpoint", *fine)
    for serializer, deserializer, said in (
        (s.CSVColumnsRequestRowSerializer([]), fine[1], "columns is empty"),
        (s.JSONRequestRowSerializer(columns=["a", "a"]), fine[1], 'names "a" twice'),
        (fine[0], d.JSONResponseRowDeserializer(day), 'column "day" can\'t be read from JSON as date'),
        (fine[0], d.CSVResponseRowDeserializer(day), 'column "day" can\'t be read from CSV as date'),
        (fine[0], d.JSONLinesResponseRowDeserializer(score, ["a", "b"]), "2 JSON keys are given"),
        (fine[0], d.XGBoostCSVRowDeserializer(num_class=1), "numClass is 1"),
    ):
        with pytest.raises(ValueError, match=said):
            SageMakerModel.fromEndpoint("an-endpoint", serializer, deserializer)


def test_keys_are_taken_as_1_4_5_took_them(spark: SparkSession) -> None:
    expected = ProtobufResponseRowDeserializer(SCORE, ["other"])
    for keys in (Option(["other"]), ScalaList(["other"]), Option(ScalaList(["other"])), ("other",)):
        given: Any = keys
        deserializer = ProtobufResponseRowDeserializer(SCORE, given)
        assert deserializer._call_java("accepts") == "application/x-recordio-protobuf"
        stage = stages.example(KMeansSageMakerEstimator, responseRowDeserializer=deserializer)
        assert stage.responseRowDeserializer == deserializer == expected
    nothing: Any = Option(None)
    assert ProtobufResponseRowDeserializer(SCORE, nothing) == ProtobufResponseRowDeserializer(SCORE)


@pytest.mark.parametrize(
    ("kind", "arguments", "said"),
    [
        (ProtobufResponseRowDeserializer, (SCORE, {"a": 1}), "protobufKeys takes a list of strings"),
        (ProtobufResponseRowDeserializer, (SCORE, "score"), "protobufKeys takes a list of strings"),
        (ProtobufRequestRowSerializer, (SCORE, 5), "featuresColumnName takes a string, found 5, of type int"),
        (LibSVMResponseRowDeserializer, (4.0, "l", "f"), "dim takes a whole number, found 4.0"),
    ],
)
def test_arguments_of_transformations_of_another_type_are_refused(
    spark: SparkSession, kind: Any, arguments: Any, said: str
) -> None:
    with pytest.raises(TypeError, match=said):
        kind(*arguments)._to_java()
