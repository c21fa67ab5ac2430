"""Names, arguments, defaults and methods of 1.4.5 are all there."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from typing import Any

import pytest

from tests.unit import contract

CLASSES = contract.classes()


def the_class(module: str, name: str) -> Any:
    return getattr(import_module(module), name)


@pytest.mark.parametrize(("module", "name"), CLASSES)
def test_constructor_takes_the_same_arguments_in_the_same_order(module: str, name: str) -> None:
    expected = contract.API[module][name].get("constructor")
    if expected is None or expected == "(**kwargs)":
        assert callable(the_class(module, name))
        return
    wanted = contract.arguments(expected)
    found = contract.positional(the_class(module, name).__init__)
    assert [p.name for p in found[: len(wanted)]] == [argument.name for argument in wanted]
    assert {p.name for p in found[len(wanted) :]} <= {"javaObject"}
    for argument, parameter in zip(wanted, found):
        check_default(argument, parameter)


def check_default(argument: contract.Argument, parameter: inspect.Parameter) -> None:
    """The same default, or None where 1.4.5 made an object of the JVM at import time."""
    if argument.default is None:
        # An argument that has gained a default can still be given.
        return
    assert parameter.default is not inspect.Parameter.empty, argument.name
    if argument.default.startswith("EndpointCreationPolicy."):
        assert f"EndpointCreationPolicy.{parameter.default.name}" == argument.default
        return
    try:
        expected = ast.literal_eval(argument.default)
    except ValueError:
        assert argument.default.endswith("()") or argument.default.startswith("_")
        assert parameter.default is None or name_policy(parameter.default), argument.name
        return
    if argument.name == "uid":
        # 1.4.5 gave every model of a factory the same uid.
        expected = None
    assert parameter.default == expected and type(parameter.default) is type(expected), argument.name


def name_policy(value: Any) -> bool:
    return type(value).__name__.endswith(("Policy", "Factory"))


@pytest.mark.parametrize(("module", "name"), CLASSES)
def test_methods_properties_and_jvm_class_are_there(module: str, name: str) -> None:
    facts, found = contract.API[module][name], the_class(module, name)
    for method, signature in facts.get("methods", {}).items():
        wanted = contract.arguments(signature)
        parameters = contract.positional(getattr(found, method))
        assert [p.name for p in parameters][: len(wanted)] == [argument.name for argument in wanted], method
        for argument, parameter in zip(wanted, parameters):
            check_default(argument, parameter)
        assert signature.startswith("classmethod") == inspect.ismethod(getattr(found, method)), method
    for name_ in facts.get("properties", []):
        if name_.startswith("("):
            continue
        assert isinstance(inspect.getattr_static(found, name_), property), name_
    for constant in facts.get("constants", []):
        assert getattr(found, constant) == constant
    if "jvm_class" in facts:
        assert found._wrapped_class == facts["jvm_class"]


@pytest.mark.parametrize(("module", "name"), CLASSES)
def test_bases_of_1_4_5_are_still_bases(module: str, name: str) -> None:
    known = {"SageMakerJavaWrapper", "JavaWrapper", "JavaEstimator", "JavaModel", "object"}
    bases = set(contract.API[module][name]["bases"])
    ancestors = {ancestor.__name__ for ancestor in the_class(module, name).__mro__}
    assert bases & known <= ancestors


@pytest.mark.parametrize("name", [name for module, name in CLASSES if module.endswith(".algorithms")])
def test_hyper_parameters_are_params_with_the_same_names_getters_and_defaults(name: str) -> None:
    from pyspark.ml.param import Param

    estimator = the_class("sagemaker_pyspark.algorithms", name)
    defaults = estimator._hyper_parameter_defaults
    for row in contract.hyper_parameters(name):
        param = getattr(estimator, row["wire_name"])
        assert isinstance(param, Param) and param.name == row["wire_name"]
        if row["python_getter"]:
            assert callable(getattr(estimator, row["python_getter"]))
            assert callable(getattr(estimator, "s" + row["python_getter"][1:]))
        expected = row["scala_default"] or row["python_default_if_other_in_1.4.5"].strip("'")
        assert str(defaults.get(row["wire_name"], "")) == expected


def test_the_package_exports_every_name_of_1_4_5() -> None:
    import sagemaker_pyspark

    assert set(contract.API["sagemaker_pyspark"]) <= set(sagemaker_pyspark.__all__)
    for name in sagemaker_pyspark.__all__:
        assert getattr(sagemaker_pyspark, name) is not None
        assert name in dir(sagemaker_pyspark)
