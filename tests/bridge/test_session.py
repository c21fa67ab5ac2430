"""What a program sees when the jar is missing, foreign, old or for another Scala, each in its own process."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import lines
import pytest

SDK = "com/amazonaws/services/sagemaker/sparksdk/"
START = """
import sys
from pyspark.sql import SparkSession
from sagemaker_pyspark import configure_spark, errors
from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator
builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
def attempt(call):
    try:
        call()
    except errors.SageMakerPySparkError as error:
        print(type(error).__name__ + ": " + str(error))
    else:
        print("no error")
def stage():
    return KMeansSageMakerEstimator("ml.m5.large", 1, "ml.m5.large", 1)
"""


def run(program: str, start: str = START, **environment: str) -> list[str]:
    """The lines that a program prints."""
    done = subprocess.run(
        [sys.executable, "-c", start + program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()


def our_jar() -> Path:
    from sagemaker_pyspark import classpath_jars

    return Path(classpath_jars()[0])


def part_of_jar(target: Path, leave_out: str = "", replace: dict[str, bytes] | None = None) -> Path:
    """A jar of our own classes without the libraries, with something left out or replaced."""
    with zipfile.ZipFile(our_jar()) as source, zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            if (
                name.startswith(SDK)
                and "/shaded/" not in name
                and not (leave_out and name.startswith(leave_out))
            ):
                made.writestr(name, (replace or {}).get(name, source.read(name)))
    return target


def test_without_the_jar_the_class_the_jars_and_the_remedy_are_named() -> None:
    printed = run(
        "builder.getOrCreate()\nattempt(stage)\nattempt(lambda: configure_spark(builder))\nattempt(lambda: "
        "KMeansSageMakerEstimator.load('/nowhere'))\n"
    )
    assert len(printed) == 3
    for line in printed:
        assert line.startswith("JarNotFoundError: The JVM has no class")
        assert "PythonDoor" in line and "the jars it was given: none" in line and "configure_spark" in line


def test_a_foreign_jar_is_named(tmp_path: Path) -> None:
    foreign = part_of_jar(tmp_path / "foreign.jar", leave_out=SDK + "python/")
    (line,) = run(f"builder.config('spark.jars', {str(foreign)!r}).getOrCreate()\nattempt(stage)\n")
    assert line.startswith("JarNotFoundError: A foreign SageMaker jar is on the class path")
    assert "foreign.jar" in line and "extraClassPath" in line


def test_an_old_jar_that_hides_ours_is_named(tmp_path: Path) -> None:
    foreign = part_of_jar(tmp_path / "foreign.jar", leave_out=SDK + "python/")
    (line,) = run(
        f"configure_spark(builder.config('spark.driver.extraClassPath', {str(foreign)!r})).getOrCreate()\n"
        "attempt(stage)\n"
    )
    assert line.startswith("JarNotFoundError: Two SageMaker jars are on the class path")
    assert "foreign.jar" in line and our_jar().name in line


def test_a_jar_of_another_version_is_named(tmp_path: Path) -> None:
    properties = {SDK + "version.properties": b"version=0.0.1\n"}
    other = part_of_jar(tmp_path / "other.jar", replace=properties)
    (line,) = run(f"builder.config('spark.jars', {str(other)!r}).getOrCreate()\nattempt(stage)\n")
    assert line.startswith("JarNotFoundError: The jar is of version 0.0.1")
    assert (lines.ROOT / "VERSION").read_text().strip() in line


def test_a_jar_for_another_scala_is_named() -> None:
    others = [path for path in (lines.ROOT / "jars").glob("*.jar") if path.name != our_jar().name]
    if not others:
        pytest.skip("only the jar of this Spark line was built")
    (line,) = run(f"builder.config('spark.jars', {str(others[0])!r}).getOrCreate()\nattempt(stage)\n")
    assert line.startswith("SparkLineError: ") and others[0].name in line and "Scala" in line


def test_spark_connect_and_a_stopped_session_are_said(tmp_path: Path) -> None:
    connect = "attempt(lambda: configure_spark(SparkSession.builder))\nattempt(stage)\n"
    printed = run(connect, start=START.replace("builder = ", "# "), SPARK_REMOTE="sc://127.0.0.1:1")
    assert len(printed) == 2
    assert all(line.startswith("SessionError: This is a Spark Connect session") for line in printed)
    printed = run(
        "spark = configure_spark(builder).getOrCreate()\nkept = "
        "stage()\nspark.stop()\nattempt(stage)\nconfigure_spark(builder).getOrCreate()\nattempt(stage)\n"
    )
    assert printed[0].startswith("SessionError: No Spark session is running")
    assert printed[1] == "no error"


def test_jars_that_are_configured_already_are_kept(tmp_path: Path) -> None:
    own = part_of_jar(tmp_path / "own.jar", leave_out=SDK)
    (tmp_path / "spark-defaults.conf").write_text(f"# jars\nspark.jars {own}\n")
    program = "print(configure_spark(builder)._options['spark.jars'])\n"
    assert run(program, SPARK_CONF_DIR=str(tmp_path)) == [f"{own},{our_jar()}"]
    again = f"builder = configure_spark(configure_spark(builder.config('spark.jars', {str(own)!r})))\n"
    assert run(again + "print(builder._options['spark.jars'])\n") == [f"{own},{our_jar()}"]
    (line,) = run(
        "attempt(lambda: configure_spark(builder))\n", PYSPARK_SUBMIT_ARGS=f"--jars {own} pyspark-shell"
    )
    assert line.startswith("SessionError: PYSPARK_SUBMIT_ARGS has --jars") and str(our_jar()) in line


def test_the_driver_class_path_works_too() -> None:
    from sagemaker_pyspark import classpath_jars

    printed: Any = run(
        "builder.config('spark.driver.extraClassPath', "
        f"{':'.join(classpath_jars())!r}).getOrCreate()\nconfigure_spark(builder)\nattempt(stage)\n"
    )
    assert printed == ["no error"]
