"""The Python environment of one Spark line: made once, kept in the user's cache, found again.

Usage:
  environment.py LINE                  print the environment's python
  environment.py LINE COMMAND [ARG...] run a command in it, with the environment variables that Spark needs

The environment holds the pyspark of versions.json and what requirements/ pins, and not this package: programs
run from the checkout (PYTHONPATH). A change of any of these makes a new environment. It lies in
SAGEMAKER_SPARK_CACHE, by default XDG_CACHE_HOME (or ~/.cache)/sagemaker-pyspark-bridge.
SAGEMAKER_SPARK_PYTHON names another interpreter than python3.11.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import lines

WANTED = "3.11"
COMPLETE = "complete"


def cache() -> Path:
    """Where environments are kept."""
    own = os.environ.get("SAGEMAKER_SPARK_CACHE")
    if own:
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sagemaker-pyspark-bridge"


def _version(python: str) -> str | None:
    """`3.11` of an interpreter that runs and can make environments, else None."""
    command = [python, "-c", "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def interpreter() -> tuple[str, str]:
    """Path and version of the Python that environments are made with."""
    chosen = os.environ.get("SAGEMAKER_SPARK_PYTHON")
    if chosen:
        version = _version(chosen)
        if version is None:
            sys.exit(f"SAGEMAKER_SPARK_PYTHON is {chosen}, which does not run or lacks venv and ensurepip.")
        return chosen, version
    candidates = [path for path in (shutil.which(f"python{WANTED}"), shutil.which("python3")) if path]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates += [str(path) for path in sorted(pyenv.glob(f"{WANTED}.*/bin/python"), reverse=True)]
    for candidate in candidates:
        if _version(candidate) == WANTED:
            return candidate, WANTED
    sys.exit(
        f"Python {WANTED} with venv and ensurepip was not found (tried: {', '.join(candidates) or 'none'}). "
        f"Install it, for example with `pyenv install {WANTED}`, or set SAGEMAKER_SPARK_PYTHON."
    )


def requirements(row: lines.Line) -> list[Path]:
    """The files that pin what goes into the environment of a line."""
    folder = lines.ROOT / "requirements"
    return [folder / "tools.txt", folder / f"spark-{row.version[0]}.txt"]


def _install(python: str, home: Path, row: lines.Line) -> None:
    shutil.rmtree(home, ignore_errors=True)
    subprocess.run([python, "-m", "venv", str(home)], check=True, stdout=sys.stderr)
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    files = [argument for path in requirements(row) for argument in ("-r", str(path))]
    # The requirements come first: PySpark's source distribution is built with the setuptools that they pin.
    subprocess.run([*pip, *files], check=True, stdout=sys.stderr)
    subprocess.run([*pip, *files, f"pyspark=={row.pyspark}"], check=True, stdout=sys.stderr)


def ensure(line: str) -> Path:
    """Make the environment of a line, unless it is there; its home."""
    row = lines.find(line)
    python, version = interpreter()
    low, high = row.python
    if not lines.numbers(low) <= lines.numbers(version) <= lines.numbers(high):
        sys.exit(
            f"Spark {line} runs on Python {low} to {high}; {python} is {version}. Set SAGEMAKER_SPARK_PYTHON."
        )
    pins = hashlib.sha256(row.pyspark.encode() + b"".join(path.read_bytes() for path in requirements(row)))
    name = f"spark-{line}-python-{version}-{pins.hexdigest()[:12]}"
    home = cache() / "environments" / name
    if (home / COMPLETE).exists():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    # Two runs at once must not install over each other.
    with open(home.parent / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / COMPLETE).exists():
            what = f"the environment for Spark {line} (pyspark {row.pyspark}, Python {version})"
            print(f"Making {what} ...", file=sys.stderr)
            try:
                _install(python, home, row)
            except subprocess.CalledProcessError as error:
                sys.exit(f"Could not make {what}: {' '.join(error.cmd[:4])} ... failed, see above.")
            (home / COMPLETE).touch()
    return home


def variables(home: Path) -> dict[str, str]:
    """The variables of a program in an environment: this checkout, this Python on both sides of Spark."""
    python = str(home / "bin" / "python")
    changed = dict(os.environ)
    for foreign in ("SPARK_HOME", "SPARK_CONF_DIR", "PYTHONHOME"):
        changed.pop(foreign, None)
    changed.update(
        PATH=os.pathsep.join([str(home / "bin"), os.environ.get("PATH", os.defpath)]),
        PYTHONPATH=str(lines.ROOT / "python"),
        PYSPARK_PYTHON=python,
        PYSPARK_DRIVER_PYTHON=python,
        SPARK_LOCAL_IP="127.0.0.1",
        VIRTUAL_ENV=str(home),
    )
    return changed


def main(arguments: list[str]) -> None:
    """Print the python, or become the command."""
    if not arguments or arguments[0].startswith("-"):
        sys.exit(__doc__)
    home = ensure(arguments[0])
    if len(arguments) == 1:
        print(home / "bin" / "python")
        return
    environment = variables(home)
    command = shutil.which(arguments[1], path=environment["PATH"])
    if command is None:
        sys.exit(f"{arguments[1]} is neither in the environment for Spark {arguments[0]} nor on the PATH.")
    os.execve(command, [command, *arguments[2:]], environment)


if __name__ == "__main__":
    main(sys.argv[1:])
