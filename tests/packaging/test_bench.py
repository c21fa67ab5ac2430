"""What `make bench` compiles against the jar goes on compiling: it is run too rarely to tell."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import lines

_HELPERS = Path(__file__).resolve().parents[2] / "bench/java/helpers"


def test_the_helpers_compile_against_the_jar(tmp_path: Path) -> None:
    import pyspark

    home = Path(pyspark.__file__).parent
    row = lines.find(".".join(pyspark.__version__.split(".")[:2]))
    classpath = f"{home}/jars/*:{lines.ROOT}/jars/{lines.jar_name(row)}"
    sources = sorted(map(str, _HELPERS.glob("*.java")))
    java_home = os.environ.get("JAVA_HOME")
    javac = str(Path(java_home, "bin", "javac")) if java_home else "javac"
    command = [javac, "-nowarn", "-proc:none", "-d", str(tmp_path), "-cp", classpath, *sources]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and list(tmp_path.rglob("*.class")), done.stderr
