"""Saved stages that are damaged, newer, or not ours are refused in a sentence, and nothing of them runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.bridge import stages

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

KINDS = stages.estimator_classes()
KEY = "spark.sagemaker.savedClasses"


def edited(change: Callable[[dict[str, Any]], None]) -> Callable[[str], str]:
    def apply(text: str) -> str:
        metadata = json.loads(text)
        change(metadata)
        return json.dumps(metadata)

    return apply


def settings(change: Callable[[dict[str, Any]], None]) -> Callable[[str], str]:
    """A change of the settings, which are saved as a text of JSON or as an object of it."""

    def apply(metadata: dict[str, Any]) -> None:
        held = metadata["paramMap"]["sagemakerSettings"]
        value = json.loads(held) if isinstance(held, str) else held
        change(value)
        metadata["paramMap"]["sagemakerSettings"] = json.dumps(value) if isinstance(held, str) else value

    return edited(apply)


def other_class(name: str) -> Callable[[str], str]:
    return edited(lambda metadata: metadata.update({"class": name}))


@pytest.fixture(scope="module")
def saved(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A stage of each class, saved."""
    folder = tmp_path_factory.mktemp("saved")
    for kind in KINDS:
        stages.example(kind).save(str(folder / kind.__name__))
    stages.example_model().save(str(folder / "SageMakerModel"))
    yield folder


CASES: dict[str, tuple[Callable[[str], str], str]] = {
    "a newer format": (
        settings(lambda s: s.update(formatVersion=99)),
        "saved in format 99, newer than format 1",
    ),
    "an unknown setting": (settings(lambda s: s["settings"].update(taggs={})), "no setting 'taggs'.*'tags'"),
    "a setting of the wrong type": (
        settings(lambda s: s["settings"].update(endpointPollIntervalMillis="soon")),
        "endpointPollIntervalMillis takes a whole number",
    ),
    "settings that are none": (settings(lambda s: s.pop("settings")), "damaged"),
    "broken JSON": (lambda text: text[: len(text) // 2], "damaged: Not JSON"),
    "no metadata": (lambda text: "", "damaged"),
    "JSON of another kind": (lambda text: "[1, 2]", "damaged"),
    "no uid": (edited(lambda metadata: metadata.pop("uid")), "damaged"),
    "a parameter that there isn't": (
        edited(lambda metadata: metadata["paramMap"].update(nonsense=1)),
        "damaged: .*nonsense",
    ),
    "a class of Spark": (other_class("org.apache.spark.ml.clustering.KMeans"), "isn't one of this library's"),
    "a class of Java": (other_class("java.io.FileOutputStream"), "isn't one of this library's"),
    "a class of ours that is no stage": (
        other_class("com.amazonaws.services.sagemaker.sparksdk.IAMRole"),
        "isn't one of this library's",
    ),
    "a class that there isn't": (other_class("com.example.Nothing"), KEY),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", ["KMeansSageMakerEstimator", "SageMakerModel"])
def test_what_was_tampered_with_is_refused(
    spark: SparkSession, saved: Path, tmp_path: Path, name: str, case: str
) -> None:
    import sagemaker_pyspark

    change, message = CASES[case]
    path = tmp_path / "stage"
    shutil.copytree(saved / name, path)
    stages.tamper(path, change)
    with pytest.raises(ValueError, match=message) as refused:
        getattr(sagemaker_pyspark, name).load(str(path))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__name__))
def test_every_class_refuses_the_classes_of_others(
    spark: SparkSession, saved: Path, tmp_path: Path, kind: Any
) -> None:
    path = tmp_path / "stage"
    shutil.copytree(saved / kind.__name__, path)
    # A file that a class named by the metadata would make, from the uid.
    trace = tmp_path / "trace"
    stages.tamper(
        path,
        edited(lambda metadata: metadata.update({"class": "java.io.FileOutputStream", "uid": str(trace)})),
    )
    with pytest.raises(ValueError, match=r"java\.io\.FileOutputStream, which isn't one of this library's"):
        kind.load(str(path))
    assert not trace.exists()
    other = next(k for k in KINDS if k is not kind)
    with pytest.raises(ValueError, match=f"load it with {other.__name__}.load"):
        kind.load(str(saved / other.__name__))


def test_a_path_without_a_stage_says_so(spark: SparkSession, tmp_path: Path) -> None:
    from sagemaker_pyspark import SageMakerModel

    with pytest.raises(ValueError, match="There is no saved stage at"):
        SageMakerModel.load(str(tmp_path / "nowhere"))


def serializer(name: str) -> Callable[[str], str]:
    def change(value: dict[str, Any]) -> None:
        value["settings"]["requestRowSerializer"]["class"] = name

    return settings(change)


def test_serializers_of_the_users_are_made_only_when_they_are_registered(
    spark: SparkSession, saved: Path, tmp_path: Path
) -> None:
    from sagemaker_pyspark import SageMakerModel

    path = tmp_path / "stage"
    shutil.copytree(saved / "SageMakerModel", path)
    stages.tamper(path, serializer("java.util.Properties"))
    with pytest.raises(ValueError, match=f"set {KEY}=java.util.Properties"):
        SageMakerModel.load(str(path))
    spark.conf.set(KEY, "com.example.Other, java.util.Properties")
    try:
        # Registered, and still no class that a saved stage can be made of.
        with pytest.raises(ValueError, match=r"java\.util\.Properties is no PersistableTransformation"):
            SageMakerModel.load(str(path))
        stages.tamper(path, serializer("com.example.Other"))
        with pytest.raises(ValueError, match=r"com\.example\.Other isn't on the class path: add its jar"):
            SageMakerModel.load(str(path))
    finally:
        spark.conf.unset(KEY)
