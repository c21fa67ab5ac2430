"""The wheel is what users get: built, installed into clean environments, and used there."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from email.parser import Parser
from pathlib import Path

import environment
import lines
import pytest

Install = Callable[[Path, "Path | None"], Path]
SITE_PACKAGES = Path(sysconfig.get_path("purelib"))


def run(command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run with no environment variable at all: no PATH (so no Java), no HOME, nothing of AWS."""
    return subprocess.run(
        [str(word) for word in command], env={}, capture_output=True, text=True, check=False
    )


def names(wheel: Path) -> list[str]:
    return zipfile.ZipFile(wheel).namelist()


def expected_jar(line: str) -> str:
    return lines.jar_name(lines.find(line))


@pytest.fixture(scope="session")
def installed(wheel: Path, clean_environment: Install) -> Path:
    return clean_environment(wheel, SITE_PACKAGES)


@pytest.fixture(scope="session")
def documented_install(
    wheel: Path, clean_environment: Install, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """What the extra `spark` brings, and nothing else of what this environment has: its bin folder."""
    packages = tmp_path_factory.mktemp("documented")
    for path in SITE_PACKAGES.iterdir():
        # NumPy's own libraries lie beside it on some platforms.
        if path.name in ("pyspark", "py4j", "numpy", "numpy.libs"):
            (packages / path.name).symlink_to(path)
    return clean_environment(wheel, packages)


def test_the_wheel_holds_the_jar_of_every_line(wheel: Path) -> None:
    inside = {Path(name).name for name in names(wheel) if name.endswith(".jar")}
    assert inside == {lines.jar_name(row) for row in lines.lines()}


def test_the_wheel_holds_types_tables_and_nothing_foreign(wheel: Path) -> None:
    inside = names(wheel)
    for wanted in ("py.typed", "_jars/versions.json", "_jars/VERSION", "jars.py"):
        assert f"sagemaker_pyspark/{wanted}" in inside
    assert {name.split("/")[0].split("-")[0] for name in inside} <= {
        "sagemaker_pyspark",
        "sagemaker_pyspark_bridge",
    }


def test_the_metadata_is_right(wheel: Path) -> None:
    (name,) = [name for name in names(wheel) if name.endswith(".dist-info/METADATA")]
    metadata = Parser().parsestr(zipfile.ZipFile(wheel).read(name).decode())
    assert metadata["Name"] == "sagemaker-pyspark-bridge"
    assert metadata["Version"] == lines.project_version()
    assert metadata["Requires-Python"] == ">=3.9"
    unconditional = [need for need in metadata.get_all("Requires-Dist", []) if "extra ==" not in need]
    assert unconditional == []
    assert {"spark", "local"} <= set(metadata.get_all("Provides-Extra", []))


def test_it_imports_without_java_variables_or_a_jvm(installed: Path) -> None:
    program = (
        "import sagemaker_pyspark, pyspark; from pyspark import SparkContext; "
        "print(sagemaker_pyspark.__file__, SparkContext._gateway)"
    )
    done = run([installed / "python", "-c", program])
    assert done.returncode == 0, done.stderr
    path, gateway = done.stdout.split()
    assert Path(path).is_relative_to(installed.parent) and gateway == "None"


def test_all_of_it_is_there_after_the_documented_install(documented_install: Path) -> None:
    program = """
import importlib.util, pkgutil, sagemaker_pyspark

assert all(importlib.util.find_spec(name) is None for name in ("typing_extensions", "pytest", "boto3"))
found = ["sagemaker_pyspark"]
for module in pkgutil.walk_packages(sagemaker_pyspark.__path__, "sagemaker_pyspark."):
    if not module.name.startswith("sagemaker_pyspark.local"):
        found.append(module.name)
for name in found:
    module = importlib.import_module(name)
    for public in getattr(module, "__all__", ()):
        getattr(module, public)
print(*found)
"""
    done = run([documented_install / "python", "-c", program])
    assert done.returncode == 0, done.stderr
    wanted = ("", ".algorithms.kmeans", ".transformation.serializers", ".transformation.deserializers")
    assert {f"sagemaker_pyspark{name}" for name in wanted} <= set(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "separator"), [([], ","), ([":"], ":")], ids=["default separator", "own separator"]
)
@pytest.mark.parametrize("script", ["sagemakerpyspark-jars", "sagemakerpyspark-emr-jars"])
def test_the_scripts_print_the_jar_of_this_line(
    installed: Path, script: str, arguments: list[str], separator: str
) -> None:
    import pyspark

    done = run([installed / script, *arguments])
    assert done.returncode == 0, done.stderr
    assert not done.stdout.endswith("\n"), "a program that splits the output finds the paths themselves"
    paths = [Path(path) for path in done.stdout.split(separator)]
    row = next(row for row in lines.lines() if row.version == lines.numbers(pyspark.__version__)[:2])
    assert [path.name for path in paths] == [lines.jar_name(row)]
    assert all(path.is_file() for path in paths)


def test_the_scripts_explain_themselves(installed: Path) -> None:
    done = run([installed / "sagemakerpyspark-jars", "--help"])
    assert done.returncode == 0 and done.stdout.startswith("usage: sagemakerpyspark-jars [separator]")
    wrong = run([installed / "sagemakerpyspark-jars", ",", "more"])
    assert wrong.returncode == 2 and "usage:" in wrong.stderr


def test_in_an_environment_of_another_line_the_same_wheel_gives_the_other_jar(
    wheel: Path, clean_environment: Install
) -> None:
    line = lines.newest(3).line
    (packages,) = environment.ensure(line).glob("lib/python*/site-packages")
    done = run([clean_environment(wheel, packages) / "sagemakerpyspark-jars"])
    assert Path(done.stdout.strip()).name == expected_jar(line), done.stderr


def test_without_jars_the_wheel_builds_and_the_script_names_the_command(
    wheel_without_jars: Path, clean_environment: Install
) -> None:
    assert not [name for name in names(wheel_without_jars) if name.endswith(".jar")]
    done = run([clean_environment(wheel_without_jars, SITE_PACKAGES) / "sagemakerpyspark-jars"])
    assert done.returncode == 1 and done.stdout == ""
    assert "scripts/fetch_jars.sh --spark" in done.stderr and "Traceback" not in done.stderr


def test_the_package_works_from_within_a_zip(wheel: Path, tmp_path: Path) -> None:
    # As with `spark-submit --py-files`; Python takes the ending zip only.
    archive = tmp_path / "package.zip"
    archive.write_bytes(wheel.read_bytes())
    program = "import sagemaker_pyspark as s; print(s.__version__)"
    run = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(archive)}, capture_output=True, text=True
    )
    assert run.stdout.strip() == lines.project_version(), run.stderr


def test_a_zip_of_the_sources_says_what_to_make_instead(tmp_path: Path) -> None:
    archive = tmp_path / "sources.zip"
    source = Path(__file__).resolve().parents[2] / "python"
    with zipfile.ZipFile(archive, "w") as target:
        for path in (source / "sagemaker_pyspark").rglob("*.py"):
            target.write(path, path.relative_to(source))
    program = "import sagemaker_pyspark; print(sagemaker_pyspark.__version__)"
    run = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(archive)}, capture_output=True, text=True
    )
    assert "JarNotFoundError" in run.stderr and "pip wheel" in run.stderr
