"""docs/settings.md has the defaults and limits that the JVM has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.bridge import stages

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_PAGE = (Path(__file__).resolve().parents[2] / "docs/settings.md").read_text(encoding="utf-8")
_NUMBERS = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+)(?:, (\d+))? \|", _PAGE, re.MULTILINE)
_CLIENT = re.findall(r"^\| `(\w+)` \| (\d+) \| how", _PAGE, re.MULTILINE)


@pytest.mark.parametrize(("name", "default", "least", "most"), _NUMBERS, ids=[row[0] for row in _NUMBERS])
def test_a_limit_has_the_default_and_the_range_of_the_page(
    spark: SparkSession, name: str, default: str, least: str, most: str
) -> None:
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

    assert getattr(stages.example(KMeansSageMakerEstimator), name) == int(default)
    for value in [int(least), *([int(most)] if most else [])]:
        assert getattr(stages.example(KMeansSageMakerEstimator, **{name: value}), name) == value
    for value in [int(least) - 1, *([int(most) + 1] if most else [])]:
        with pytest.raises(ValueError):
            stages.example(KMeansSageMakerEstimator, **{name: value})


def test_the_page_names_every_argument(spark: SparkSession) -> None:
    import inspect

    from sagemaker_pyspark import SageMakerEstimator
    from sagemaker_pyspark.clients import AwsClient

    own = {"self", "uid", "trainingImage", "modelImage", "hyperParameters"}
    arguments = {*inspect.signature(SageMakerEstimator.__init__).parameters} - own
    named = set(re.findall(r"`(\w+)`", _PAGE))
    assert arguments <= named
    assert {*inspect.signature(AwsClient.__init__).parameters} - {"self"} <= named


@pytest.mark.parametrize(("name", "default"), _CLIENT)
def test_a_client_has_the_default_of_the_page(spark: SparkSession, name: str, default: str) -> None:
    from sagemaker_pyspark import SageMakerClients

    parts = name.split("_")
    getter = parts[0] + "".join(part.title() for part in parts[1:])
    handle = SageMakerClients.create_s3_default_client()
    assert getattr(handle._to_java(), getter)() == int(default)
