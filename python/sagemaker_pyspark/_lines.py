"""The Spark lines that this version supports, read from `versions.json`."""

from __future__ import annotations

import json
import pkgutil
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sagemaker_pyspark.errors import JarNotFoundError

#: Jars and tables inside an installed package.
DATA = Path(__file__).resolve().parent / "_jars"
#: The top of the repository, when the package lies in a checkout.
CHECKOUT = Path(__file__).resolve().parent.parent.parent


class Line(NamedTuple):
    """One Spark line: `("3.5", "2.12", "sagemaker-spark_2.12")`."""

    line: str
    scala: str
    jar: str

    @property
    def version(self) -> tuple[int, ...]:
        """Major and minor as numbers; as text, "3.10" would come before "3.9"."""
        return numbers(self.line)


def numbers(version: str) -> tuple[int, ...]:
    """Major and minor of a version as numbers: `(4, 1)` for `"4.1.0.dev0"`; empty when it has none."""
    match = re.match(r"(\d+)\.(\d+)", version)
    return (int(match.group(1)), int(match.group(2))) if match else ()


def _text(name: str) -> str:
    try:
        # Also from within a zip, as `spark-submit --py-files` has it.
        content = pkgutil.get_data(__package__, f"{DATA.name}/{name}")
    except OSError:
        content = None
    if content is not None:
        return content.decode("utf-8")
    try:
        return (CHECKOUT / name).read_text(encoding="utf-8")
    except OSError:
        raise JarNotFoundError(
            f"The package in {Path(__file__).parent} is not whole: it has no {DATA.name}/{name}. Make "
            f"archives for --py-files of a wheel (pip wheel --no-deps .), not of the checkout's folder."
        ) from None


@cache
def package_version() -> str:
    """The version of this package, and of the jars that belong to it."""
    return _text("VERSION").strip()


@cache
def supported() -> tuple[Line, ...]:
    """The supported lines, oldest first."""
    rows = json.loads(_text("versions.json"))["lines"]
    lines = (Line(row["line"], row["scala"], row["jar"]) for row in rows)
    return tuple(sorted(lines, key=lambda line: line.version))


def line_of(version: str) -> Line | None:
    """The line that a Spark version such as `"3.5.1"` belongs to; None when it is not supported."""
    return next((line for line in supported() if line.version == numbers(version)), None)


def described() -> str:
    """The supported lines as text for messages: `3.4, 3.5, 4.0`."""
    return ", ".join(line.line for line in supported())
