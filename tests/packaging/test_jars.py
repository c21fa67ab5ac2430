"""Which jar belongs to which Spark, and what is said when there is none."""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from pathlib import Path

import lines
import pytest
from sagemaker_pyspark import _lines, jars
from sagemaker_pyspark.errors import JarNotFoundError, SparkLineError


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a jar for each Scala line, and no Spark anywhere."""
    top = tmp_path / "checkout"
    (top / "jars").mkdir(parents=True)
    for row in lines.lines():
        (top / "jars" / lines.jar_name(row)).touch()
    # Read before the tables move out of reach.
    _lines.supported()
    _lines.package_version()
    monkeypatch.setattr(_lines, "CHECKOUT", top)
    monkeypatch.setattr(_lines, "DATA", tmp_path / "nothing")
    monkeypatch.delenv("SPARK_HOME", raising=False)
    monkeypatch.setattr(jars, "find_spec", lambda name: None)
    return top


@pytest.fixture
def install_pyspark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pyspark that must not be imported; tests write its version."""
    folder = tmp_path / "pyspark"
    (folder / "jars").mkdir(parents=True)
    spec = ModuleSpec("pyspark", None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    monkeypatch.setattr(jars, "find_spec", lambda name: spec)
    return folder


def say_version(folder: Path, version: str) -> None:
    (folder / "version.py").write_text(f'__version__: str = "{version}"\n')


@pytest.mark.parametrize("row", lines.lines(), ids=lambda row: str(row.line))
def test_each_line_gets_its_jar(install_pyspark: Path, checkout: Path, row: lines.Line) -> None:
    say_version(install_pyspark, row.pyspark)
    assert jars.classpath_jars() == [str(checkout / "jars" / lines.jar_name(row))]
    assert jars.emr_classpath_jars() == jars.classpath_jars()


def test_the_jar_inside_the_package_comes_before_a_checkout(
    install_pyspark: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_version(install_pyspark, "3.5.1")
    data = tmp_path / "package" / "_jars"
    data.mkdir(parents=True)
    inside = data / lines.jar_name(lines.find("3.5"))
    inside.touch()
    monkeypatch.setattr(_lines, "DATA", data)
    assert jars.classpath_jars() == [str(inside)]


@pytest.mark.parametrize("version", ["2.4.8", "3.3.4", "3.10.0", "4.10.1", "5.0.0"])
def test_a_line_that_is_not_supported_is_named(install_pyspark: Path, version: str) -> None:
    say_version(install_pyspark, version)
    with pytest.raises(SparkLineError, match=rf"Spark {version} .*supported are 3\.4, 3\.5, 4\.0"):
        jars.classpath_jars()


def test_spark_built_for_another_scala_is_refused(install_pyspark: Path) -> None:
    say_version(install_pyspark, "3.5.1")
    (install_pyspark / "jars" / "spark-core_2.13-3.5.1.jar").touch()
    with pytest.raises(SparkLineError, match=r"built for Scala 2\.13.*Spark 3\.5 for Scala 2\.12 only"):
        jars.classpath_jars()


def test_without_pyspark_spark_home_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "spark"
    (home / "jars").mkdir(parents=True)
    (home / "jars" / "spark-core_2.13-4.0.1.jar").touch()
    monkeypatch.setenv("SPARK_HOME", str(home))
    assert Path(jars.classpath_jars()[0]).name == lines.jar_name(lines.find("4.0"))


def test_no_spark_at_all_is_a_sentence_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(SparkLineError, match=r"No Spark was found.*SPARK_HOME is not set.*pip install"):
        jars.classpath_jars()
    monkeypatch.setenv("SPARK_HOME", str(tmp_path))
    with pytest.raises(SparkLineError, match="which has no jars/spark-core"):
        jars.classpath_jars()


def test_a_missing_jar_names_the_command(install_pyspark: Path, checkout: Path) -> None:
    say_version(install_pyspark, "3.4.4")
    (checkout / "jars" / lines.jar_name(lines.find("3.4"))).unlink()
    with pytest.raises(JarNotFoundError, match=r"run scripts/fetch_jars\.sh --spark 3\.4"):
        jars.classpath_jars()
