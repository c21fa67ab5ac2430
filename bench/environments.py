"""The environments of the benchmark: those of the Spark lines, and one with the published package."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import environment
import lines

#: What is measured against. It is installed from PyPI and only run.
PUBLISHED = "sagemaker-pyspark==1.4.5"
REQUIREMENTS = lines.ROOT / "requirements" / "bench.txt"
HERE = Path(__file__).resolve().parent


def published() -> Path:
    """Make the environment with the published package, unless it is there; its home."""
    python, version = environment.interpreter()
    pins = hashlib.sha256(PUBLISHED.encode() + REQUIREMENTS.read_bytes()).hexdigest()[:12]
    name = f"published-python-{version}-{pins}"
    home = environment.cache() / "environments" / name
    home.parent.mkdir(parents=True, exist_ok=True)
    with open(home.parent / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / environment.COMPLETE).exists():
            print(f"Making the environment for {PUBLISHED} ...", file=sys.stderr)
            shutil.rmtree(home, ignore_errors=True)
            subprocess.run([python, "-m", "venv", str(home)], check=True, stdout=sys.stderr)
            pip = [
                str(home / "bin" / "python"),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ]
            subprocess.run([*pip, "setuptools==69.5.1", "wheel==0.45.1"], check=True, stdout=sys.stderr)
            subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=True, stdout=sys.stderr)
            # Its source distribution asks for pyspark 3.3 and needs the setuptools that is there.
            bare = ["--no-deps", "--no-build-isolation", PUBLISHED]
            subprocess.run([*pip, *bare], check=True, stdout=sys.stderr)
            (home / environment.COMPLETE).touch()
    return home


def ours(line: str) -> Path:
    """The environment of a Spark line; its home."""
    return environment.ensure(line)


def variables(home: Path, *, checkout: bool) -> dict[str, str]:
    """The variables of a program in an environment, with AWS settings that reach nobody but the stub.

    :param home: the environment.
    :param checkout: whether it runs the package of this checkout.
    """
    changed = environment.variables(home)
    changed["PYTHONPATH"] = os.pathsep.join(
        [str(lines.ROOT)] + ([str(lines.ROOT / "python"), str(lines.ROOT / "scripts")] if checkout else [])
    )
    for name in [name for name in changed if name.startswith("AWS_")]:
        del changed[name]
    changed.update(
        AWS_ACCESS_KEY_ID="benchmark",
        AWS_SECRET_ACCESS_KEY="benchmark",
        AWS_REGION="us-east-1",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
    )
    return changed


def compiled(sources: Path, classpath: str, name: str, against: Path | None = None) -> Path:
    """A folder with the classes of a folder's Java sources, compiled when these sources weren't yet.

    :param against: a jar of the class path that changes.
    """
    files = sorted(sources.glob("*.java"))
    inputs = [*files, against] if against else files
    key = hashlib.sha256(classpath.encode() + b"".join(path.read_bytes() for path in inputs)).hexdigest()[:12]
    target = environment.cache() / "bench" / f"{name}-{key}"
    if not (target / environment.COMPLETE).exists():
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        command = [
            "javac",
            "-nowarn",
            "-proc:none",
            "-d",
            str(target),
            *(["-cp", classpath] if classpath else []),
        ]
        subprocess.run([*command, *map(str, files)], check=True, stdout=sys.stderr)
        (target / environment.COMPLETE).touch()
    return target


def pyspark_jars(home: Path) -> str:
    """The jars of an environment's Spark, as a class path."""
    return f"{next((home / 'lib').glob('python*/site-packages/pyspark'))}/jars/*"
