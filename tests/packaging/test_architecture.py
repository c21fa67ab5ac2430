"""The rooms of the JVM module use what docs/architecture.md says."""

from __future__ import annotations

import re
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parents[2]
_PACKAGE = "com.amazonaws.services.sagemaker.sparksdk"
_SOURCES = _REPOSITORY / "jvm/src/main/scala" / _PACKAGE.replace(".", "/")
_EVERYBODYS = {"settings", "exceptions"}
_ROOT_FILES = {
    "CreatedResources",
    "EndpointCreationPolicy",
    "IAMRoleResource",
    "LibraryVersion",
    "NamePolicy",
    "RunProgress",
    "S3Resources",
}


def _allowed() -> dict[str, set[str]]:
    table = (_REPOSITORY / "docs/architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)/`.*\| ([^|]+) \|$", table, re.MULTILINE)
    return {room: set() if uses == "nothing" else set(uses.split(", ")) for room, uses in rows}


def _imports(file: Path) -> set[str]:
    text = file.read_text(encoding="utf-8")
    found = re.findall(rf"import {re.escape(_PACKAGE)}\.(\{{[^}}]*\}}|\w+)", text)
    return {name.strip() for names in found for name in names.strip("{}").split(",")}


def test_each_room_uses_only_what_the_table_says() -> None:
    allowed = _allowed()
    rooms = {folder.name for folder in _SOURCES.iterdir() if folder.is_dir()}
    assert set(allowed) == rooms
    values = {
        name
        for stem in _ROOT_FILES
        for name in re.findall(r"(?:class|object|trait) (\w+)", (_SOURCES / f"{stem}.scala").read_text())
    }
    wrong = []
    for room in sorted(rooms):
        for file in sorted((_SOURCES / room).rglob("*.scala")):
            for name in _imports(file):
                used = name if name in rooms else "root"
                if used in {room, *_EVERYBODYS} or used in allowed[room] or name in values:
                    continue
                wrong.append(f"{file.relative_to(_SOURCES)} uses {name}")
    assert not wrong


def test_the_table_allows_nothing_that_no_room_needs() -> None:
    rooms = {folder.name for folder in _SOURCES.iterdir() if folder.is_dir()}
    unused = []
    for room, uses in _allowed().items():
        used = {name for file in (_SOURCES / room).rglob("*.scala") for name in _imports(file)}
        needed = {name if name in rooms else "root" for name in used}
        unused += [f"{room}: {name}" for name in sorted(uses - needed)]
    assert not unused
