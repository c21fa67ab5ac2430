"""One version, one table: what repeats them must agree."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import lines
import pytest
from sagemaker_pyspark import _lines

POM = "{http://maven.apache.org/POM/4.0.0}"
ROWS = lines.lines()
SCALA_LINES = sorted({row.scala for row in ROWS})


def pom(path: str) -> ElementTree.Element:
    return ElementTree.parse(lines.ROOT / "jvm" / path / "pom.xml").getroot()


def test_the_parent_pom_has_the_version_and_one_module_per_scala_line() -> None:
    parent = pom(".")
    assert parent.findtext(f"{POM}version") == lines.project_version()
    modules = [module.text for module in parent.iter(f"{POM}module")]
    assert modules == [f"scala-{scala}" for scala in SCALA_LINES]


@pytest.mark.parametrize("scala", SCALA_LINES)
def test_a_module_is_literally_named_and_compiles_on_one_of_its_lines(scala: str) -> None:
    module = pom(f"scala-{scala}")
    assert module.findtext(f"{POM}parent/{POM}version") == lines.project_version()
    rows = [row for row in ROWS if row.scala == scala]
    assert {row.jar for row in rows} == {module.findtext(f"{POM}artifactId")} == {f"sagemaker-spark_{scala}"}
    properties = {child.tag[len(POM) :]: child.text or "" for child in module.find(f"{POM}properties") or ()}
    assert properties["scala.binary.version"] == scala
    assert properties["scala.version"].startswith(f"{scala}.")
    assert lines.numbers(properties["spark.version"])[:2] in {row.version for row in rows}
    assert properties["scala.bytecode"] == str(rows[0].java[0])


def test_the_package_reads_the_same_table() -> None:
    assert _lines.package_version() == lines.project_version()
    assert [(row.line, row.scala, row.jar) for row in _lines.supported()] == [
        (row.line, row.scala, row.jar) for row in ROWS
    ]


def test_the_extra_spark_allows_the_supported_lines_and_no_others() -> None:
    text = (lines.ROOT / "pyproject.toml").read_text()
    found = re.search(r'"pyspark\[ml\]>=([\d.]+),<([\d.]+)"', text)
    assert found is not None
    lowest, beyond = lines.numbers(found.group(1)), lines.numbers(found.group(2))
    assert lowest == ROWS[0].version
    assert beyond == (ROWS[-1].version[0], ROWS[-1].version[1] + 1)


def test_pyspark_here_is_the_one_of_the_table() -> None:
    import pyspark

    assert pyspark.__version__ in {row.pyspark for row in ROWS}


def test_each_line_tests_a_release_of_its_own() -> None:
    assert all(lines.numbers(row.pyspark)[:2] == row.version for row in ROWS)


def test_the_lock_covers_each_scala_line() -> None:
    rows = (lines.ROOT / "jars" / "jars.lock").read_text().splitlines()
    assert {row.split()[0] for row in rows if not row.startswith("#")} == set(SCALA_LINES)
