"""Look into a built jar: is everything relocated, is nothing bundled that Spark brings, will it load?

Usage: check_jar.py [SCALA_LINE ...]   checks jars/ (default: every Scala line of versions.json)
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import lines

OURS = "com/amazonaws/services/sagemaker/sparksdk/"
SHADED = OURS + "shaded/"
LARGEST = 30_000_000
BYTECODE = {"2.12": 52, "2.13": 61}
JAVA_8 = 52
META_INF = re.compile(
    r"META-INF/(MANIFEST\.MF|LICENSE|NOTICE|(FastDoubleParser|thirdparty)-(LICENSE|NOTICE)"
    r"|services/[\w.$]+|maven/[^/]+/[^/]+/pom\.(xml|properties))"
)
# Constant-pool names of classes that should have been moved: never preceded by our own prefix.
UNMOVED = re.compile(rb"(?<![\w/$])L?(software/amazon/awssdk|org/apache/http|org/reactivestreams)/")
BUNDLED = re.compile(r"(^|/)(scala|org/slf4j|io/netty|org/apache/spark|org/apache/hadoop)/")
REGISTER = "META-INF/services/org.apache.spark.sql.sources.DataSourceRegister"
POM = "{http://maven.apache.org/POM/4.0.0}"


def _class_version(data: bytes) -> int:
    return int.from_bytes(data[6:8], "big")


def _from_java_sources(entry: str) -> bool:
    """Whether a class of ours is compiled from Java: those must load on Java 8 in every jar."""
    source = re.sub(r"(\$[^/]*)?\.class$", ".java", entry)
    return (lines.ROOT / "jvm" / "src" / "main" / "java" / source).exists()


def _entries(jar: zipfile.ZipFile, scala: str) -> list[str]:
    found = []
    for entry in jar.namelist():
        if entry.endswith("/"):
            continue
        if not entry.startswith(OURS) and not META_INF.fullmatch(entry):
            found.append(f"{entry}: not relocated, or unknown")
        if not entry.endswith(".class"):
            continue
        if BUNDLED.search(entry):
            found.append(f"{entry}: comes with Spark, must not be bundled")
        data = jar.read(entry)
        version, highest = _class_version(data), BYTECODE[scala]
        if entry.startswith(SHADED) or _from_java_sources(entry):
            highest = JAVA_8
        if version > highest:
            found.append(f"{entry}: class file version {version}, expected at most {highest}")
        unmoved = UNMOVED.search(data)
        if unmoved:
            found.append(f"{entry}: refers to {unmoved.group().decode()}, which is not in the jar")
    return found


def _services(jar: zipfile.ZipFile) -> list[str]:
    names, found = set(jar.namelist()), []
    for entry in sorted(
        name for name in names if name.startswith("META-INF/services/") and not name.endswith("/")
    ):
        lines_of_file = [line.split("#")[0].strip() for line in jar.read(entry).decode().splitlines()]
        for provider in filter(None, lines_of_file):
            if provider.replace(".", "/") + ".class" not in names:
                found.append(f"{entry}: names {provider}, which is not in the jar")
    if REGISTER not in names:
        found.append(f'{REGISTER} is missing: format("sagemaker") would not be found')
    if "META-INF/LICENSE" not in names or "META-INF/NOTICE" not in names:
        found.append("META-INF/LICENSE or META-INF/NOTICE is missing")
    return found


def _javap() -> str:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("javap", path=str(Path(home) / "bin")) if home else None
    found = found or shutil.which("javap")
    if found is None:
        sys.exit("Checking the jars needs javap, a part of every JDK: set JAVA_HOME to a JDK 17.")
    return found


def _signatures(path: Path, jar: zipfile.ZipFile) -> list[str]:
    """Relocated types in the public signatures of the root package: nobody could compile against them."""
    classes = [
        entry[: -len(".class")].replace("/", ".")
        for entry in jar.namelist()
        if re.fullmatch(re.escape(OURS) + r"[A-Za-z]\w*\.class", entry)
    ]
    if not classes:
        return ["the root package is empty"]
    command = [_javap(), "-public", "-cp", str(path), *classes]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    shaded = SHADED.replace("/", ".")
    return [f"a relocated type is public: {row.strip()}" for row in answer.splitlines() if shaded in row]


def _pom(pom: Path, scala: str) -> list[str]:
    if not pom.exists():
        return [f"{pom} is missing: the pom that Maven would install"]
    project = ElementTree.parse(pom).getroot()
    found = []
    artifact = project.findtext(f"{POM}artifactId")
    if artifact != f"sagemaker-spark_{scala}":
        found.append(f"{pom.name}: artifactId is {artifact}, expected the literal sagemaker-spark_{scala}")
    for dependency in project.findall(f"{POM}dependencies/{POM}dependency"):
        if dependency.findtext(f"{POM}scope", "compile") not in ("provided", "test"):
            found.append(
                f"{pom.name}: still lists {dependency.findtext(f'{POM}artifactId')}, which is shaded"
            )
    return found


def problems(path: Path, scala: str) -> list[str]:
    """Everything that is wrong with a jar, one sentence each; empty when it is fit for use."""
    found = []
    if path.stat().st_size > LARGEST:
        found.append(f"{path.stat().st_size} bytes, expected at most {LARGEST}")
    with zipfile.ZipFile(path) as jar:
        found += _entries(jar, scala) + _services(jar) + _signatures(path, jar)
    return found


def main(arguments: list[str]) -> None:
    """Check the jars in jars/ and the poms beside which they were built."""
    bad = False
    for scala in arguments or sorted({row.scala for row in lines.lines()}):
        path = lines.ROOT / "jars" / f"sagemaker-spark_{scala}-{lines.project_version()}.jar"
        if not path.exists():
            sys.exit(f"{path.name} is not in jars/: run scripts/fetch_jars.sh first.")
        found = problems(path, scala)
        found += _pom(lines.ROOT / "jvm" / f"scala-{scala}" / "dependency-reduced-pom.xml", scala)
        print(f"{path.name}: {'; '.join(found) if found else 'fit for use'}")
        bad = bad or bool(found)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
