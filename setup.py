"""Puts the jars of jars/, where there are any, and the tables that the package reads into the wheel."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
VERSION = (ROOT / "VERSION").read_text().strip()


class BuildWithJars(build_py):
    """The usual build, with the data package `sagemaker_pyspark/_jars` beside the modules."""

    def _data(self) -> list[Path]:
        return [ROOT / "VERSION", ROOT / "versions.json", *sorted((ROOT / "jars").glob(f"*-{VERSION}.jar"))]

    def run(self) -> None:
        if self.editable_mode:
            super().run()
            return
        # What an earlier build left behind would go into this wheel.
        shutil.rmtree(Path(self.build_lib) / "sagemaker_pyspark", ignore_errors=True)
        super().run()
        target = Path(self.build_lib) / "sagemaker_pyspark" / "_jars"
        target.mkdir(parents=True, exist_ok=True)
        if not any(path.suffix == ".jar" for path in self._data()):
            self.warn(
                "jars/ is empty: the package will hold no jar for Spark. Run scripts/fetch_jars.sh first."
            )
        for path in self._data():
            shutil.copyfile(path, target / path.name)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        target = Path(self.build_lib) / "sagemaker_pyspark" / "_jars"
        return [*super().get_outputs(include_bytecode), *(str(target / path.name) for path in self._data())]


setup(cmdclass={"build_py": BuildWithJars})
