"""Bring the JVM jars into jars/: build them with Maven from jvm/, or take released ones.

A jar whose sources, poms and lock have not changed since it was made is left as it is. Every jar is looked
into (scripts/check_jar.py) before it is moved into place.

Environment:
  SAGEMAKER_SPARK_RELEASE  a folder or an https URL that holds released jars, each with NAME.sha256 beside it;
                           the jars are then taken from there and nothing is built.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import check_jar
import lines

JARS = lines.ROOT / "jars"
JVM = lines.ROOT / "jvm"
# The Scala compilers of both lines run on these.
JAVA_NEEDED = (17, 21)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def inputs(scala: str) -> str:
    """One hash over all that decides what is in the jar of a Scala line."""
    root = lines.ROOT
    files = [root / "VERSION", root / "LICENSE", root / "jars" / "jars.lock"]
    files += [JVM / "pom.xml", JVM / f"scala-{scala}" / "pom.xml"]
    files += sorted(path for path in (JVM / "src" / "main").rglob("*") if path.is_file())
    total = hashlib.sha256()
    for path in files:
        total.update(f"{path.relative_to(root).as_posix()} {digest(path)}\n".encode())
    return total.hexdigest()


def is_current(jar: Path, record: Path, wanted: str) -> bool:
    """Whether the jar in place was made from these inputs and has not been touched since."""
    if not (jar.exists() and record.exists()):
        return False
    known = json.loads(record.read_text())
    return bool(known["inputs"] == wanted and known["sha256"] == digest(jar))


def java_home() -> str | None:
    """JAVA_HOME when it is a JDK that can build the jars, None when the PATH's is; else a sentence."""
    candidates = [os.environ["JAVA_HOME"]] if os.environ.get("JAVA_HOME") else []
    tried = []
    for home in [*candidates, None]:
        javac = shutil.which("javac", path=None if home is None else str(Path(home) / "bin"))
        place = "the PATH" if home is None else f"JAVA_HOME ({home})"
        if javac is None:
            tried.append(f"{place} has no javac")
            continue
        done = subprocess.run([javac, "-version"], capture_output=True, text=True, check=False)
        match = re.search(r"javac (\d+)", done.stdout + done.stderr)
        if match and JAVA_NEEDED[0] <= int(match.group(1)) <= JAVA_NEEDED[1]:
            return home
        tried.append(f"{place} has {(done.stdout + done.stderr).strip()}")
    sys.exit(
        f"Building the jars needs a JDK {JAVA_NEEDED[0]} to {JAVA_NEEDED[1]}: {', '.join(tried)}. "
        "Install one, or set JAVA_HOME to one, and run this again."
    )


def build(scala: str) -> Path:
    """Build the jar of one Scala line; the path of what Maven made."""
    maven = shutil.which("mvn")
    if maven is None:
        sys.exit(
            "Building the jars needs Apache Maven 3.8 or later: there is no mvn on the PATH. "
            "Install it and run this again."
        )
    home = java_home()
    environment = dict(os.environ)
    if home is None:
        environment.pop("JAVA_HOME", None)
    command = [maven, "--batch-mode", "--quiet", "-f", str(JVM / "pom.xml"), "-pl", f"scala-{scala}"]
    command += ["-DskipTests", "-Dmaven.test.skip=true", "package"]
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode != 0:
        sys.exit(
            f"{done.stdout[-8000:]}\nMaven could not build the Scala {scala} jar; its last words are above."
        )
    return JVM / f"scala-{scala}" / "target" / f"sagemaker-spark_{scala}-{lines.project_version()}.jar"


def take_released(name: str, source: str, folder: Path) -> Path:
    """Copy a released jar and compare it with the SHA-256 that lies beside it."""
    copy = folder / name
    expected_file = folder / f"{name}.sha256"
    for target in (copy, expected_file):
        if source.startswith("https://"):
            with urllib.request.urlopen(f"{source.rstrip('/')}/{target.name}") as answer:
                target.write_bytes(answer.read())
        else:
            original = Path(source) / target.name
            if not original.exists():
                sys.exit(f"SAGEMAKER_SPARK_RELEASE is {source}, but {original} does not exist.")
            shutil.copyfile(original, target)
    expected = expected_file.read_text().split()[0]
    if digest(copy) != expected:
        sys.exit(
            f"{name} from {source}: expected SHA-256 {expected}, found {digest(copy)}. It was not installed."
        )
    return copy


def fetch(scala: str) -> str:
    """Make sure that the jar of one Scala line is in jars/; a word on what was done."""
    name = f"sagemaker-spark_{scala}-{lines.project_version()}.jar"
    jar, record = JARS / name, JARS / f"{name}.json"
    release = os.environ.get("SAGEMAKER_SPARK_RELEASE")
    wanted = f"release {release}" if release else inputs(scala)
    if is_current(jar, record, wanted):
        return "up to date"
    with tempfile.TemporaryDirectory(dir=JARS, prefix=".new-") as folder:
        made = take_released(name, release, Path(folder)) if release else build(scala)
        problems = check_jar.problems(made, scala)
        if problems:
            sys.exit(
                "\n".join([f"{made.name} is not fit for use:", *(f"  {problem}" for problem in problems)])
            )
        staged, note = Path(folder) / f"{name}.staged", Path(folder) / "record"
        shutil.copyfile(made, staged)
        note.write_text(json.dumps({"inputs": wanted, "sha256": digest(staged)}) + "\n")
        os.replace(staged, jar)
        os.replace(note, record)
    return "taken from the release" if release else "built"


def main() -> None:
    """Fetch the jars that the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="fetch_jars.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = [row.line for row in lines.lines()]
    parser.add_argument("--spark", default="all", choices=[*known, "all"], help="the line (default: all)")
    wanted = parser.parse_args().spark
    for scala in sorted({row.scala for row in lines.lines() if wanted in ("all", row.line)}):
        print(f"jars/sagemaker-spark_{scala}-{lines.project_version()}.jar: {fetch(scala)}", flush=True)


if __name__ == "__main__":
    main()
