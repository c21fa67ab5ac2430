"""What the jar scripts say and do when something is not as it should be."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import check_jar
import fetch_jars
import lines
import lock
import pytest

OURS = "com/amazonaws/services/sagemaker/sparksdk/"
JARS = [lines.jar_name(row) for row in lines.lines()]


@pytest.fixture
def jars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty jars/ folder in the place of the real one."""
    folder = tmp_path / "jars"
    folder.mkdir()
    (folder / "jars.lock").write_text("")
    monkeypatch.setattr(fetch_jars, "JARS", folder)
    return folder


def fake_program(folder: Path, name: str, says: str) -> None:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)


def test_without_maven_the_sentence_names_it(
    jars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match=r"needs Apache Maven 3\.8 or later: there is no mvn on the PATH"):
        fetch_jars.fetch("2.13")
    assert sorted(path.name for path in jars.iterdir()) == ["jars.lock"]


def test_without_a_jdk_the_sentence_says_what_was_found(
    jars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_program(tmp_path / "bin", "mvn", "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk-8"))
    with pytest.raises(
        SystemExit, match=r"needs a JDK 17 to 21: JAVA_HOME .* no javac, the PATH has no javac"
    ):
        fetch_jars.fetch("2.12")
    fake_program(tmp_path / "bin", "javac", "javac 11.0.2")
    with pytest.raises(SystemExit, match=r"the PATH has javac 11\.0\.2"):
        fetch_jars.fetch("2.12")


def test_an_unknown_line_is_refused_with_the_known_ones() -> None:
    script = lines.ROOT / "scripts" / "fetch_jars.sh"
    done = subprocess.run([str(script), "--spark", "3.3"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "3.3" in done.stderr and "3.4" in done.stderr and "all" in done.stderr


def test_a_released_jar_is_taken_and_kept_until_it_is_touched(
    jars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = lines.jar_name(lines.find("4.0"))
    release = tmp_path / "release"
    release.mkdir()
    original = (lines.ROOT / "jars" / name).read_bytes()
    (release / name).write_bytes(original)
    (release / f"{name}.sha256").write_text(f"{hashlib.sha256(original).hexdigest()}  {name}\n")
    monkeypatch.setenv("SAGEMAKER_SPARK_RELEASE", str(release))
    assert fetch_jars.fetch("2.13") == "taken from the release"
    assert (jars / name).read_bytes() == original
    assert fetch_jars.fetch("2.13") == "up to date"
    (jars / name).write_bytes(b"half a jar")
    assert fetch_jars.fetch("2.13") == "taken from the release"
    assert json.loads((jars / f"{name}.json").read_text())["sha256"] == hashlib.sha256(original).hexdigest()


def test_a_released_jar_with_another_hash_is_not_installed(
    jars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = lines.jar_name(lines.find("3.5"))
    (tmp_path / name).write_bytes(b"not what was released")
    (tmp_path / f"{name}.sha256").write_text("0" * 64 + f"  {name}\n")
    monkeypatch.setenv("SAGEMAKER_SPARK_RELEASE", str(tmp_path))
    with pytest.raises(SystemExit, match=r"expected SHA-256 0000.*It was not installed"):
        fetch_jars.fetch("2.12")
    assert sorted(path.name for path in jars.iterdir()) == ["jars.lock"]


def listing(tmp_path: Path, content: bytes) -> Path:
    """What maven-dependency-plugin writes for one library."""
    library = tmp_path / "library-1.0.jar"
    library.write_bytes(content)
    path = tmp_path / "list.txt"
    path.write_text(
        "\nThe following files have been resolved:\n"
        f"   org.example:library:jar:1.0:compile:{library} -- module library (auto)\n"
    )
    return path


def test_the_lock_refuses_another_hash_and_a_new_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "LOCK", tmp_path / "jars.lock")
    lock.main(["write", "2.12", str(listing(tmp_path, b"good"))])
    lock.main(["check", "2.12", str(listing(tmp_path, b"good"))])
    with pytest.raises(SystemExit, match=r"org\.example:library:1\.0: expected SHA-256 .*, found .*"):
        lock.main(["check", "2.12", str(listing(tmp_path, b"evil"))])
    with pytest.raises(SystemExit, match=r"(?s)org\.example:library:1\.0: not in the lock.*make lock"):
        lock.main(["check", "2.13", str(listing(tmp_path, b"good"))])


@pytest.mark.parametrize("jar", sorted(set(JARS)))
def test_the_built_jar_is_fit_for_use(jar: str) -> None:
    scala = jar.split("_")[1].split("-")[0]
    assert check_jar.problems(lines.ROOT / "jars" / jar, scala) == []


def class_file(version: int, name: bytes = b"") -> bytes:
    return b"\xca\xfe\xba\xbe" + bytes([0, 0]) + version.to_bytes(2, "big") + name


@pytest.mark.parametrize(
    ("entry", "content", "complaint"),
    [
        ("org/apache/http/Header.class", class_file(52), "not relocated, or unknown"),
        ("META-INF/versions/9/module-info.class", class_file(53), "not relocated, or unknown"),
        (f"{OURS}shaded/scala/Option.class", class_file(52), "comes with Spark, must not be bundled"),
        (f"{OURS}shaded/io/netty/Channel.class", class_file(52), "comes with Spark, must not be bundled"),
        (f"{OURS}aws/New.class", class_file(61), "class file version 61, expected at most 52"),
        (
            f"{OURS}aws/A.class",
            class_file(52, b"\1\0\x1esoftware/amazon/awssdk/X"),
            "which is not in the jar",
        ),
        ("META-INF/services/java.util.Thing", b"# a comment\norg.example.Gone\n", "names org.example.Gone"),
    ],
    ids=["package", "module-info", "scala", "netty", "bytecode", "reference", "service"],
)
def test_what_must_not_be_in_a_jar_is_found(
    tmp_path: Path, entry: str, content: bytes, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_jar, "_signatures", lambda path, jar: [])
    path = tmp_path / "bad.jar"
    with zipfile.ZipFile(path, "w") as jar:
        jar.writestr(entry, content)
    found = check_jar.problems(path, "2.12")
    assert any(problem.startswith(entry) and complaint in problem for problem in found), found


def test_an_environment_needs_an_interpreter_that_runs(tmp_path: Path) -> None:
    script = lines.ROOT / "scripts" / "environment.py"
    variables = {**os.environ, "SAGEMAKER_SPARK_PYTHON": str(tmp_path / "nothing")}
    done = subprocess.run(
        [sys.executable, str(script), "4.0"], env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "does not run or lacks venv" in done.stderr and "Traceback" not in done.stderr
