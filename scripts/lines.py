"""The table of Spark lines (versions.json) for scripts and the Makefile.

Usage:
  lines.py list                  every line, oldest first
  lines.py newest MAJOR          the newest line of a major version
  lines.py others                every line that is not the newest of its major version
  lines.py jars [LINE|all]       file names of the jars that serve a line (default: all)
  lines.py pyspark LINE          the exact pyspark that is tested on a line
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Line(NamedTuple):
    """One row of versions.json."""

    line: str
    scala: str
    jar: str
    pyspark: str
    java: tuple[int, int]
    python: tuple[str, str]

    @property
    def version(self) -> tuple[int, ...]:
        """The line as numbers: as text, "3.10" would come before "3.9"."""
        return numbers(self.line)


def numbers(version: str) -> tuple[int, ...]:
    """``"3.10"`` as ``(3, 10)``."""
    return tuple(int(part) for part in version.split("."))


def project_version() -> str:
    """The version in the file VERSION."""
    return (ROOT / "VERSION").read_text().strip()


def lines() -> list[Line]:
    """All lines, oldest first."""
    rows = json.loads((ROOT / "versions.json").read_text())["lines"]
    table = [
        Line(
            row["line"],
            row["scala"],
            row["jar"],
            row["pyspark"],
            (row["java"][0], row["java"][1]),
            (row["python"][0], row["python"][1]),
        )
        for row in rows
    ]
    return sorted(table, key=lambda row: row.version)


def find(line: str) -> Line:
    """The row of one line; exits with a sentence when there is none."""
    for row in lines():
        if row.line == line:
            return row
    known = ", ".join(row.line for row in lines())
    sys.exit(f"There is no Spark line {line!r} in versions.json. Known lines: {known}.")


def newest(major: int) -> Line:
    """The newest line of a major version."""
    return [row for row in lines() if row.version[0] == major][-1]


def jar_name(row: Line) -> str:
    """The file name of the jar that serves a line."""
    return f"{row.jar}-{project_version()}.jar"


def main(arguments: list[str]) -> None:
    """Print what was asked, space separated."""
    command = arguments[0] if arguments else ""
    argument = arguments[1] if len(arguments) > 1 else ""
    if command == "list":
        answer = [row.line for row in lines()]
    elif command == "newest" and argument.isdigit():
        answer = [newest(int(argument)).line]
    elif command == "others":
        tips = {newest(row.version[0]) for row in lines()}
        answer = [row.line for row in lines() if row not in tips]
    elif command == "jars":
        rows = lines() if argument in ("", "all") else [find(argument)]
        answer = sorted({jar_name(row) for row in rows})
    elif command == "pyspark" and argument:
        answer = [find(argument).pyspark]
    else:
        sys.exit(__doc__)
    print(" ".join(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
