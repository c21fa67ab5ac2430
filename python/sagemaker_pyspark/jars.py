"""Where this package's jars are, for `spark.jars`, `spark-submit --jars` and `spark.driver.extraClassPath`.

Nothing here imports PySpark or starts a JVM.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from sagemaker_pyspark import _lines
from sagemaker_pyspark.errors import JarNotFoundError, SageMakerPySparkError, SparkLineError

__all__ = ["classpath_jars", "emr_classpath_jars"]

_USAGE = """usage: {name} [separator]

Prints the paths of the jars that Spark needs for sagemaker_pyspark{subset},
joined by the separator (default: a comma).
For example: spark-submit --jars $({name}) program.py"""


def classpath_jars() -> list[str]:
    """The absolute paths of the jars for the Spark that a program would use here.

    The Spark line is that of the `pyspark` that `import pyspark` would find; without one, of `SPARK_HOME`.

    :raises SparkLineError: there is no Spark, or one that this package does not support.
    :raises JarNotFoundError: the package holds no jar for that line.
    """
    line = _spark_line()
    name = f"{line.jar}-{_lines.package_version()}.jar"
    tried = [_lines.DATA / name, _lines.CHECKOUT / "jars" / name]
    for path in tried:
        if path.exists():
            return [str(path)]
    raise JarNotFoundError(
        f"There is no {name}, the jar for Spark {line.line}: looked in {tried[0].parent} and "
        f"{tried[1].parent}. In a checkout, run scripts/fetch_jars.sh --spark {line.line}; for an installed "
        "package, run that in the checkout and then `pip install .` again."
    )


def emr_classpath_jars() -> list[str]:
    """The part of `classpath_jars()` that EMR lacks: the files with `sagemaker` or `aws` in their names."""
    return [path for path in classpath_jars() if re.search("sagemaker|aws", Path(path).name)]


def _spark_line() -> _lines.Line:
    version, jars, origin = _pyspark() or _spark_home()
    line = _lines.line_of(version)
    if line is None:
        raise SparkLineError(
            f"Spark {version} ({origin}) is not supported by sagemaker_pyspark {_lines.package_version()}; "
            f"supported are {_lines.described()}. Install one of them, for example `pip install 'pyspark=="
            f"{_lines.supported()[-1].line}.*'`."
        )
    core = _spark_core(jars) if jars else None
    if core and core[0] != line.scala:
        raise SparkLineError(
            f"Spark {version} ({origin}) is built for Scala {core[0]}; this package supports Spark "
            f"{line.line} for Scala {line.scala} only. Use the Scala {line.scala} distribution of Spark."
        )
    return line


def _pyspark() -> tuple[str, Path | None, str] | None:
    """Version, jars folder and place of the pyspark that would be imported; None when there is none."""
    spec = find_spec("pyspark")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations)))
    version_file = folder / "version.py"
    text = version_file.read_text() if version_file.exists() else ""
    found = re.search(r"__version__[^=]*=\s*[\"']([^\"']+)", text)
    if found is None:
        raise SparkLineError(
            f"The pyspark in {folder} does not say its version in version.py: reinstall pyspark."
        )
    return found.group(1), folder / "jars", f"pyspark in {folder}"


def _spark_home() -> tuple[str, Path | None, str]:
    home = os.environ.get("SPARK_HOME")
    core = _spark_core(Path(home) / "jars") if home else None
    if core is None:
        where = (
            f"SPARK_HOME is {home}, which has no jars/spark-core_*.jar" if home else "SPARK_HOME is not set"
        )
        raise SparkLineError(
            f"No Spark was found: pyspark can't be imported, and {where}. Install one with "
            "`pip install 'sagemaker-pyspark-bridge[spark]'`, or set SPARK_HOME."
        )
    return core[1], Path(str(home)) / "jars", f"SPARK_HOME {home}"


def _spark_core(jars: Path) -> tuple[str, str] | None:
    """Scala line and version of the Spark whose jars lie in a folder."""
    for path in sorted(jars.glob("spark-core_*.jar")):
        found = re.fullmatch(r"spark-core_(\d+\.\d+)-(.+)\.jar", path.name)
        if found:
            return found.group(1), found.group(2)
    return None


def _print(name: str, subset: str, jars: Callable[[], list[str]]) -> int:
    arguments = sys.argv[1:]
    usage = _USAGE.format(name=name, subset=subset)
    if arguments and arguments[0] in ("-h", "--help"):
        print(usage)
        return 0
    if len(arguments) > 1:
        print(usage, file=sys.stderr)
        return 2
    try:
        # A program that splits the output finds the paths and nothing else.
        end = "\n" if sys.stdout.isatty() else ""
        print((arguments[0] if arguments else ",").join(jars()), end=end)
    except SageMakerPySparkError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    return 0


def main() -> int:
    """The command `sagemakerpyspark-jars`."""
    return _print("sagemakerpyspark-jars", "", classpath_jars)


def emr_main() -> int:
    """The command `sagemakerpyspark-emr-jars`."""
    return _print("sagemakerpyspark-emr-jars", " on EMR", emr_classpath_jars)


if __name__ == "__main__":
    sys.exit(main())
