"""Wheels built from a copy of the checkout, and clean environments to install them into."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import lines
import pytest

SOURCES = ["setup.py", "pyproject.toml", "MANIFEST.in", "VERSION", "versions.json", "LICENSE", "README.md"]


def _build(target: Path, with_jars: bool) -> Path:
    """Build a wheel without a network, from a copy, so that the checkout stays clean."""
    copy = target / "source"
    copy.mkdir()
    for name in filter(lambda name: (lines.ROOT / name).exists(), SOURCES):
        shutil.copy(lines.ROOT / name, copy / name)
    shutil.copytree(
        lines.ROOT / "python", copy / "python", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
    )
    (copy / "jars").mkdir()
    for jar in (lines.ROOT / "jars").glob("*.jar") if with_jars else ():
        shutil.copy(jar, copy / "jars")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "-w", str(target), str(copy)], check=True)
    (wheel,) = target.glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel with the jars inside."""
    return _build(tmp_path_factory.mktemp("wheel"), with_jars=True)


@pytest.fixture(scope="session")
def wheel_without_jars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a checkout that has no jars."""
    return _build(tmp_path_factory.mktemp("wheel-without-jars"), with_jars=False)


@pytest.fixture(scope="session")
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, Path | None], Path]:
    """A function: install a wheel into a new environment, beside other packages; its bin folder."""

    def make(wheel: Path, packages: Path | None) -> Path:
        home = tmp_path_factory.mktemp("clean")
        venv.create(home, with_pip=False, symlinks=True)
        site = Path(sysconfig.get_path("purelib", "venv", {"base": str(home), "platbase": str(home)}))
        pip = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "install", "--quiet"]
        subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)
        if packages is not None:
            # Spark as an installed package, without copying 400 MB.
            (site / "spark.pth").write_text(f"{packages}\n")
        return home / "bin"

    return make
