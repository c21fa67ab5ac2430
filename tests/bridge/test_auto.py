"""`auto`, wherever the service documents it, beside the numbers and truth values of 1.4.5."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.bridge import stages

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LEARNERS = ("LinearLearnerBinaryClassifier", "LinearLearnerMultiClassClassifier", "LinearLearnerRegressor")
#: By the developer guide: what takes `auto`, and a value of its other type.
NUMBERS: dict[str, int | float] = {
    "beta_1": 0.5,
    "beta_2": 0.5,
    "bias_lr_mult": 2.0,
    "bias_wd_mult": 0.0,
    "feature_dim": 7,
    "l1": 0.0,
    "lr_scheduler_factor": 0.5,
    "lr_scheduler_minimum_lr": 0.001,
    "lr_scheduler_step": 10,
    "momentum": 0.9,
    "num_calibration_samples": 100,
    "wd": 0.1,
}
TRUTHS = ("normalize_data", "normalize_label", "unbias_data", "unbias_label")
TEXTS = ("learning_rate", "loss", "num_models", "optimizer")


def learner(name: str, **given: Any) -> Any:
    from sagemaker_pyspark import algorithms

    return stages.example(getattr(algorithms, name), **given)


def sent(stage: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in stage._to_java().makeHyperParameters().items()}


def accessor(prefix: str, name: str) -> str:
    return prefix + "".join(part.capitalize() for part in name.split("_"))


@pytest.mark.parametrize("name", LEARNERS)
def test_auto_is_set_read_sent_copied_and_saved(spark: SparkSession, tmp_path: Path, name: str) -> None:
    every = (*NUMBERS, *TRUTHS, *TEXTS)
    kind = type(learner(name))
    stage = learner(name, **dict.fromkeys(every, "auto"))
    stage.save(str(tmp_path / "stage"))
    for one in (stage, stage.copy(), kind.load(str(tmp_path / "stage")), kind._from_java(stage._to_java())):
        for param in every:
            assert getattr(one, accessor("get", param))() == "auto", param
            assert sent(one)[param] == "auto", param
        assert "current: auto" in one.explainParam("wd")
        assert "current: auto" in one._to_java().explainParam(one._to_java().getParam("wd"))
        assert "current: auto" in one._to_java().explainParam(one._to_java().getParam("lr_scheduler_step"))


@pytest.mark.parametrize("name", LEARNERS)
def test_numbers_and_truth_values_are_as_they_were(spark: SparkSession, name: str) -> None:
    stage = learner(name)
    for param, value in NUMBERS.items():
        setter, getter = accessor("set", param), accessor("get", param)
        assert getattr(getattr(stage, setter)("auto"), getter)() == "auto"
        assert getattr(stage, setter)(value) is stage
        read = getattr(stage, getter)()
        assert read == value and type(read) is type(value)
        assert stage._call_java(getter) == value
        for wrong in ("Auto", "0.1", "", None, [1]):
            with pytest.raises(TypeError, match=f"^{param} "):
                getattr(stage, setter)(wrong)
        for outside in (-1, -1e300, float("nan"), float("inf")):
            with pytest.raises((ValueError, TypeError), match=f"^{param} "):
                getattr(stage, setter)(outside)
    for param in TRUTHS:
        setter, getter = accessor("set", param), accessor("get", param)
        for given, read in (("auto", "auto"), ("True", True), (False, False)):
            assert getattr(getattr(stage, setter)(given), getter)() is read or read == "auto"
        with pytest.raises(ValueError, match=f"{param} is yes: expected one of True, False, auto"):
            getattr(stage, setter)("yes")


def test_a_scala_getter_says_that_there_is_no_number(spark: SparkSession) -> None:
    stage = learner("LinearLearnerRegressor", wd="auto")._to_java()
    assert stage.isAuto(stage.getParam("wd")) and not stage.isAuto(stage.getParam("l1"))
    with pytest.raises(Exception, match="wd is auto: SageMaker chooses its value"):
        stage.getWd()


def test_elsewhere_auto_is_a_wrong_type(spark: SparkSession) -> None:
    stage = learner("LinearLearnerRegressor")
    for setter in ("setEpochs", "setQuantile", "setHuberDelta", "setMiniBatchSize"):
        with pytest.raises(TypeError):
            getattr(stage, setter)("auto")
    with pytest.raises(ValueError, match="use_bias is auto"):
        stage.setUseBias("auto")
