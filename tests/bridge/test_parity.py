"""Every stage in Python against its class in the JVM, found by looking: what one side has, the other has."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.bridge import stages

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

KINDS = stages.estimator_classes()
TYPES = {"IntParam": int, "IntHyperParam": int, "DoubleParam": float, "DoubleHyperParam": float}


def java_params(stage: Any) -> dict[str, Any]:
    """The Params of the JVM's stage by name, but for the one that holds the settings."""
    params = {param.name(): param for param in stage._to_java().params()}
    return {name: p for name, p in params.items() if not p.getClass().getName().endswith(".SettingParam")}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__name__))
def test_params_have_the_same_names_docs_types_and_defaults(spark: SparkSession, kind: Any) -> None:
    stage = stages.example(kind)
    java = java_params(stage)
    assert {param.name for param in stage.params} == set(java)
    for param in stage.params:
        counterpart = java[param.name]
        assert param.doc == counterpart.doc()
        expected = TYPES.get(counterpart.getClass().getSimpleName(), str)
        truth = counterpart.getClass().getSimpleName() == "BooleanHyperParam"
        sample: Any = {int: 7, float: 0.5, str: "True" if truth else "auto"}[expected]
        assert type(param.typeConverter(sample)) is expected, param.name
        has_default = stage._to_java().hasDefault(counterpart)
        assert stage.hasDefault(param) == has_default, param.name
        if has_default:
            assert stage.getOrDefault(param) == stage._to_java().getDefault(counterpart).get()


def test_models_have_no_params_but_their_settings(spark: SparkSession) -> None:
    model = stages.example_model()
    assert model.params == [] and java_params(model) == {}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__name__))
def test_defaults_of_the_signature_are_the_jvms(spark: SparkSession, kind: Any) -> None:
    stage = stages.example(kind)
    own_arguments = ("uid", "javaObject", "progress", "stop_on_interrupt")
    for name, parameter in inspect.signature(kind.__init__).parameters.items():
        no_value = (None, inspect.Parameter.empty)
        if parameter.default in no_value or name in own_arguments:
            continue
        assert getattr(stage, name) == parameter.default, name


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__name__))
def test_every_setting_can_be_read(spark: SparkSession, kind: Any) -> None:
    stage = stages.example(kind, sagemakerClient=region())
    for name in sorted(kind._setting_names()):
        value = getattr(stage, name)
        assert type(value).__name__ not in ("JavaObject", "ForeignObject"), name


def region() -> Any:
    from sagemaker_pyspark import SageMakerClients

    return SageMakerClients.create_sagemaker_client(region="eu-west-1")


def test_every_jvm_class_that_python_names_can_be_loaded(spark: SparkSession) -> None:
    from sagemaker_pyspark._jvm import door
    from sagemaker_pyspark.transformation import deserializers, serializers
    from sagemaker_pyspark.wrapper import SageMakerJavaWrapper

    assert serializers and deserializers
    named = {c._wrapped_class for c in stages.subclasses(SageMakerJavaWrapper)} - {None}
    ours = sorted(str(name) for name in named if str(name).startswith("com.amazonaws."))
    assert len(ours) > 30
    jvm: Any = spark._jvm
    loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
    door.call("version")
    missing = []
    for name in ours:
        try:
            loader.loadClass(name)
        except Exception:
            missing.append(name)
    assert missing == []


def test_generated_parameters_are_what_the_jvm_exports(spark: SparkSession) -> None:
    import generate_python_params as generator

    changed = generator.drift(generator.files(generator.specifications()))
    assert changed == [], f"run: {generator.COMMAND}"


def test_only_one_room_knows_py4j() -> None:
    from pathlib import Path

    import sagemaker_pyspark

    package = Path(str(sagemaker_pyspark.__file__)).parent
    elsewhere = [p for p in package.rglob("*.py") if "_jvm" not in p.parts and "local" not in p.parts]
    knowing = [
        str(p.relative_to(package))
        for p in elsewhere
        if "import py4j" in p.read_text() or "from py4j" in p.read_text()
    ]
    assert elsewhere and knowing == []
    assert "py4j" in sys.modules
