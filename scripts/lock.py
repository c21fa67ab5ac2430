"""Compare, or renew, jars/jars.lock: coordinate and SHA-256 of everything that goes into a shaded jar.

Maven calls this before it packages, with the list that maven-dependency-plugin wrote.

Usage: lock.py check|write SCALA_LINE LIST
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "jars" / "jars.lock"
HEADER = (
    "# Everything that goes into the shaded jars: Scala line, coordinate, SHA-256. Renewed by `make lock`.\n"
)
_ARTIFACT = re.compile(
    r"^\s*(?P<group>[^:\s]+):(?P<artifact>[^:]+):jar:(?P<version>[^:]+):(?:compile|runtime):(?P<file>.+?)"
    r"(?: -- module .*)?$"
)


def found(listing: Path) -> dict[str, str]:
    """Coordinate to SHA-256 of the files that Maven is about to shade."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", listing.read_text())
    artifacts = {}
    for match in filter(None, map(_ARTIFACT.match, plain.splitlines())):
        coordinate = ":".join(match.group("group", "artifact", "version"))
        artifacts[coordinate] = hashlib.sha256(Path(match["file"]).read_bytes()).hexdigest()
    if not artifacts:
        sys.exit(f"No artifact in {listing}: has the format of maven-dependency-plugin's list changed?")
    return artifacts


def locked() -> dict[tuple[str, str], str]:
    """(Scala line, coordinate) to SHA-256, as the lock has it."""
    if not LOCK.exists():
        return {}
    rows = [line.split() for line in LOCK.read_text().splitlines() if line and not line.startswith("#")]
    return {(scala, coordinate): digest for scala, coordinate, digest in rows}


def write(scala: str, artifacts: dict[str, str]) -> None:
    """Put the artifacts of one Scala line into the lock, and leave the other line as it is."""
    rows = {key: digest for key, digest in locked().items() if key[0] != scala}
    rows.update({(scala, coordinate): digest for coordinate, digest in artifacts.items()})
    LOCK.write_text(HEADER + "".join(f"{s} {c} {rows[s, c]}\n" for s, c in sorted(rows)))


def differences(scala: str, artifacts: dict[str, str]) -> list[str]:
    """One line per artifact that is not as the lock says."""
    expected = {coordinate: digest for (line, coordinate), digest in locked().items() if line == scala}
    report = []
    for coordinate in sorted(expected.keys() | artifacts.keys()):
        want, have = expected.get(coordinate), artifacts.get(coordinate)
        if want is None:
            report.append(f"  {coordinate}: not in the lock")
        elif have is None:
            report.append(f"  {coordinate}: in the lock, but not in the build")
        elif want != have:
            report.append(f"  {coordinate}: expected SHA-256 {want}, found {have}")
    return report


def main(arguments: list[str]) -> None:
    """Check or write; a difference ends with status 1."""
    if len(arguments) != 3 or arguments[0] not in ("check", "write"):
        sys.exit(__doc__)
    command, scala, listing = arguments
    artifacts = found(Path(listing))
    if command == "write":
        write(scala, artifacts)
        return
    report = differences(scala, artifacts)
    if report:
        sys.exit(
            f"The libraries for the Scala {scala} jar differ from jars/jars.lock:\n"
            + "\n".join(report)
            + "\nIf you changed a version, run `make lock` and review the diff;"
            " otherwise remove the named artifact from your Maven repository and build again."
        )


if __name__ == "__main__":
    main(sys.argv[1:])
