"""Each of the 230 published hyper-parameters: what it takes, what it refuses, and how both reach the JVM."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum, IntEnum
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from sagemaker_pyspark.algorithms import (
    KMeansSageMakerEstimator,
    LinearLearnerBinaryClassifier,
    XGBoostSageMakerEstimator,
)

from tests.bridge import stages
from tests.unit import contract

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ESTIMATORS = [kind for kind in stages.estimator_classes() if kind.__name__ != "SageMakerEstimator"]
NUMBERS = {"IntParam": int, "DoubleParam": float}


class Samples(NamedTuple):
    """Values inside a constraint, outside it, and of a type that it doesn't have."""

    good: list[Any]
    out_of_range: list[Any]
    mistyped: list[Any]


def samples(row: dict[str, str]) -> Samples:
    """Made of the wording of a row."""
    kind, rule = row["scala_type"], row["constraint_in_1.4.5"].strip()
    if kind in NUMBERS:
        good, bad = numbers(NUMBERS[kind], rule)
        wrong: list[Any] = ["7", None, [1], {}]
        if kind == "IntParam":
            wrong.append(1.5)
        else:
            bad += [float("nan"), float("inf"), float("-inf")]
        return Samples(good, bad, wrong)
    good, bad = texts(row["wire_name"], rule)
    return Samples(good, bad, [None, [1], {}])


def numbers(kind: Any, rule: str) -> tuple[list[Any], list[Any]]:
    if rule == "":
        return [kind(1), kind(-3)], []
    if rule == "-1, or > 0":
        return [-1, 1], [0, -2]
    if rule.startswith(">= "):
        low = kind(float(rule[3:]))
        return [low, low + 1], [low - 1]
    if rule.startswith("> "):
        low = kind(float(rule[2:]))
        return [low + 1], [low, low - 1]
    if rule.startswith("one of "):
        allowed = [kind(value) for value in rule[7:].split(", ")]
        return allowed, [max(allowed) + 1, min(allowed) - 1]
    bounds = re.fullmatch(r"in ([\[(])(.*), (.*)([\])])", rule)
    assert bounds, rule
    low, high = kind(float(bounds[2])), kind(float(bounds[3]))
    inside = [low] if bounds[1] == "[" else []
    inside += [high] if bounds[4] == "]" else []
    outside = [value for value in (low, high) if value not in inside]
    between = (low + high) / 2 if kind is float else (low + high) // 2
    return [*inside, between], [low - 1, high + 1, *outside]


def texts(name: str, rule: str) -> tuple[list[Any], list[Any]]:
    if rule == "":
        return (["(1, 0)", "[[0, 1]]"], []) if "constraints" in name else (["1"], [])
    if rule == "auto, or > 0":
        return ["auto", "5", 5], ["0", -1, "often", ""]
    if rule == "one of auto, balanced, or > 0":
        return ["auto", "balanced", 0.5], ["0", "heavy"]
    listed = re.fullmatch(r"a (?:comma )?list out of (.*)", rule)
    if listed:
        words = listed[1].split(", ")
        word = words[0]
        malformed = [f"{word},", f",{word}", f'["{word}"', f"{word}]", f'"{word}', f'{word}"']
        return [*words, ",".join(words), f'["{word}"]'], ["other", f"{word},other", "", *malformed]
    assert rule.startswith("one of "), rule
    words = [word.strip() for word in rule[7:].split(", ")]
    if name == "eval_metric":
        # The placeholders t and n are taken as they stand, as 1.4.5 took them.
        return [*words, "auc, error@0.7", "ndcg@5-"], ["rmsd", "error@", "error@n", "auc,", "ndcg@x", ""]
    if set(words) == {"True", "False"}:
        return [*words, True, False], ["yes", ""]
    return list(words), ["other", ""]


def rows(kind: Any) -> list[dict[str, str]]:
    return [row for row in contract.hyper_parameters(kind.__name__) if row["wire_name"] != "predictor_type"]


def test_the_table_is_complete() -> None:
    assert sum(len(contract.hyper_parameters(kind.__name__)) for kind in ESTIMATORS) == 230


@pytest.mark.parametrize("kind", ESTIMATORS, ids=lambda kind: str(kind.__name__))
def test_each_takes_what_it_should_and_both_sides_agree(spark: SparkSession, kind: Any) -> None:
    stage = stages.example(kind)
    for row in rows(kind):
        name = row["wire_name"]
        for value in samples(row).good:
            setter = getattr(stage, "s" + row["python_getter"][1:])
            assert setter(value) is stage, name
            read = getattr(stage, row["python_getter"])()
            held = stage.getOrDefault(name)
            java = stage._to_java()
            assert held == java.getOrDefault(java.getParam(name)), name
            assert read == stage._call_java(row["python_getter"]), name
            if isinstance(value, bool) or value in ("True", "False"):
                assert read is (value in (True, "True")), name
            else:
                assert str(read) == str(value) or read == value, name
            # The same by keyword, which isn't more lenient and isn't stricter.
            keyword = f"{name}_" if name == "lambda" else name
            assert stages.example(kind, **{keyword: value}).getOrDefault(name) == held, name


@pytest.mark.parametrize("kind", ESTIMATORS, ids=lambda kind: str(kind.__name__))
def test_each_refuses_what_it_should_and_keeps_what_it_had(spark: SparkSession, kind: Any) -> None:
    stage = stages.example(kind)
    for row in rows(kind):
        name = row["wire_name"]
        param, setter = stage.getParam(name), getattr(stage, "s" + row["python_getter"][1:])
        cases = samples(row)
        setter(cases.good[0])
        held = stage.getOrDefault(name)
        for value in cases.out_of_range:
            attempts: list[Callable[[], Any]] = [
                partial(setter, value),
                partial(stage.set, param, value),
                partial(stage.copy, {param: value}),
            ]
            for attempt in attempts:
                with pytest.raises(ValueError, match=f"^{name} is ") as refused:
                    attempt()
                assert "\n" not in str(refused.value)
        for value in cases.mistyped:
            with pytest.raises(TypeError, match=f"^{name} ") as mistyped:
                setter(value)
            assert str(value) in str(mistyped.value), "the message names what was found"
        java = stage._to_java()
        assert stage.getOrDefault(name) == held == java.getOrDefault(java.getParam(name)), name


@pytest.mark.parametrize("kind", ESTIMATORS, ids=lambda kind: str(kind.__name__))
def test_an_unknown_keyword_names_the_nearest(spark: SparkSession, kind: Any) -> None:
    with pytest.raises(
        TypeError, match="'trainingInstanceTyp'; the nearest known one is 'trainingInstanceType'"
    ):
        stages.example(kind, trainingInstanceTyp="ml.m5.large")
    name = next(row["wire_name"] for row in rows(kind) if row["wire_name"] != "lambda")
    with pytest.raises(TypeError, match=f"'{name}x'; the nearest known one is '{name}'"):
        stages.example(kind, **{f"{name}x": 1})


REQUIRED = {
    "PCASageMakerEstimator": ["num_components"],
    "LDASageMakerEstimator": ["num_topics"],
    "FactorizationMachinesBinaryClassifier": ["num_factors"],
    "FactorizationMachinesRegressor": ["num_factors"],
    "LinearLearnerMultiClassClassifier": ["num_classes"],
    "XGBoostSageMakerEstimator": ["num_round"],
}


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_required_is_asked_for_before_anything_is_sent(spark: SparkSession, name: str) -> None:
    from pyspark.ml.linalg import Vectors
    from sagemaker_pyspark import SageMakerClients, algorithms

    # Nobody listens there: a request would be another error.
    nobody = SageMakerClients.create_sagemaker_client(
        region="eu-west-1", endpoint_url="http://127.0.0.1:9", access_key_id="x", secret_access_key="y"
    )
    clients = {"sagemakerClient": nobody, "s3Client": nobody, "stsClient": nobody}
    stage = stages.example(getattr(algorithms, name), **clients)
    frame = spark.createDataFrame([(1.0, Vectors.dense([1.0, 2.0]))], ["label", "features"])
    for missing in REQUIRED[name]:
        with pytest.raises(ValueError, match=f"hyper-parameter {missing} of {name} is not set"):
            stage.fit(frame)


def test_what_is_refused_when_it_is_set_is_an_error_of_both_kinds(spark: SparkSession) -> None:
    xgboost = stages.example(XGBoostSageMakerEstimator)
    kmeans = stages.example(KMeansSageMakerEstimator)
    for setter, value in (
        (xgboost.setOneDrop, 0.5),
        (xgboost.setRefreshLeaf, 0.5),
        (xgboost.setNumRound, 0.5),
        (xgboost.setSilent, "0"),
        (kmeans.setInitMethod, None),
        (kmeans.setEvalMetrics, ["msd"]),
        (kmeans.setK, "0"),
    ):
        for kind in (ValueError, TypeError):
            with pytest.raises(kind):
                setter(value)
    with pytest.raises(ValueError, match=r"^k is 1") as refused:
        kmeans.setK(1)
    assert not isinstance(refused.value, TypeError)


def test_whole_numbers_may_be_written_with_a_point(spark: SparkSession) -> None:
    kmeans = stages.example(KMeansSageMakerEstimator)
    learner = stages.example(LinearLearnerBinaryClassifier)
    assert kmeans.setCenterFactor(2.0).getCenterFactor() == kmeans._call_java("getCenterFactor") == "2"
    assert kmeans.setTrialNum(1e7).getTrialNum() == kmeans._call_java("getTrialNum") == "10000000"
    assert learner.setNumModels(2.0).getNumModels() == learner._call_java("getNumModels") == "2"
    for value in (2.5, 0.0, -1.0, 1e10):
        with pytest.raises(ValueError, match=r"^extra_center_factor is "):
            kmeans.setCenterFactor(value)
    assert learner.setLearningRate(2.0).getLearningRate() == "2.0"
    for text in ("5d", "1f", "0x1p3"):
        with pytest.raises(ValueError, match=f"^learning_rate is {text}"):
            learner.setLearningRate(text)


def test_a_number_is_the_same_text_by_setter_keyword_and_grid(spark: SparkSession) -> None:
    from pyspark.ml.tuning import ParamGridBuilder

    def texts(kind: Any, name: str, value: Any) -> set[str]:
        """As Python and the JVM have it, by each way."""
        stage = stages.example(kind)
        (values,) = ParamGridBuilder().addGrid(stage.getParam(name), [value]).build()
        ways = [stages.example(kind, **{name: value}), stage.copy(values)]
        sent = {str(way._call_java("makeHyperParameters")[name]) for way in ways}
        return sent | {str(way.getOrDefault(name)) for way in ways}

    for value, text in (
        *((0.0005, "0.0005"), (1e-5, "0.00001"), (0.1, "0.1"), (np.float64(0.0005), "0.0005")),
        *((2.0, "2.0"), (1e7, "10000000.0"), (1e16, "10000000000000000.0"), (5, "5"), (np.int64(5), "5")),
    ):
        assert texts(LinearLearnerBinaryClassifier, "learning_rate", value) == {text}
        assert stages.example(LinearLearnerBinaryClassifier).setLearningRate(value).getLearningRate() == text
    for whole, text in ((2.0, "2"), (1e7, "10000000"), (3, "3"), ("auto", "auto")):
        assert texts(KMeansSageMakerEstimator, "local_lloyd_num_trials", whole) == {text}
        assert texts(LinearLearnerBinaryClassifier, "num_models", whole) == {text}


def test_a_member_of_an_enumeration_is_its_value(spark: SparkSession) -> None:
    class Size(IntEnum):
        SMALL = 3
        # As up to Python 3.10; py4j sends this text.
        __str__ = Enum.__str__

    kmeans = stages.example(KMeansSageMakerEstimator, epochs=Size.SMALL)
    assert kmeans.setK(Size.SMALL)._call_java("getK") == kmeans._call_java("getEpochs") == 3
    assert (
        stages.example(KMeansSageMakerEstimator, trainingInstanceVolumeSizeInGB=Size.SMALL)._call_java(
            "trainingInstanceVolumeSizeInGB"
        )
        == 3
    )
