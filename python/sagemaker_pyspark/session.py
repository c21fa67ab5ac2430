"""Spark sessions that have what this package needs."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagemaker_pyspark import _lines
from sagemaker_pyspark.errors import SessionError, SparkLineError
from sagemaker_pyspark.jars import classpath_jars

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["configure_spark"]


def configure_spark(builder: SparkSession.Builder | None = None) -> SparkSession.Builder:
    """Prepare a session builder, so that driver and executors have this package's jar::

        spark = configure_spark(SparkSession.builder.appName("k-means")).getOrCreate()

    The jar is added to the `spark.jars` that the builder, or `spark-defaults.conf`, has already. With a
    local master, Python workers are those of this Python, unless `PYSPARK_PYTHON` says otherwise.

    :param builder: the builder to prepare; a new one when None.
    :raises SessionError: when a JVM runs already and has no such jar (it can't be given one any more), for
        Spark Connect, and when `PYSPARK_SUBMIT_ARGS` names jars of its own, which would win.
    :raises JarNotFoundError: when there is no jar for this Spark, or a foreign one is in the way.
    :raises SparkLineError: when this version of Spark isn't supported.
    """
    import pyspark
    from pyspark.sql import SparkSession

    chosen: Any = SparkSession.builder if builder is None else builder
    options: dict[str, str] = dict(getattr(chosen, "_options", {}))
    if options.get("spark.remote") or os.environ.get("SPARK_REMOTE"):
        from sagemaker_pyspark._jvm.gateway import connect_error

        raise connect_error()
    if _lines.line_of(pyspark.__version__) is None:
        raise SparkLineError(
            f"pyspark {pyspark.__version__} is installed; sagemaker_pyspark {_lines.package_version()} "
            f"supports Spark {_lines.described()}. Install one of them."
        )
    if _jvm_runs():
        return chosen  # type: ignore[no-any-return]
    jars = classpath_jars()
    _check_submit_arguments(jars)
    present = options.get("spark.jars") or _from_defaults_file("spark.jars")
    merged = list(dict.fromkeys([*(jar for jar in present.split(",") if jar.strip()), *jars]))
    master = options.get("spark.master") or _from_defaults_file("spark.master") or "local"
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return chosen.config("spark.jars", ",".join(merged))  # type: ignore[no-any-return]


def _jvm_runs() -> bool:
    """Whether a JVM runs, checked to have our classes; spark-submit starts one before Python."""
    from pyspark import SparkContext

    if SparkContext._gateway is None:
        return "PYSPARK_GATEWAY_PORT" in os.environ
    from sagemaker_pyspark._jvm.gateway import check_classes

    check_classes(SparkContext._jvm, SparkContext._active_spark_context)
    return True


def _check_submit_arguments(jars: list[str]) -> None:
    arguments = shlex.split(os.environ.get("PYSPARK_SUBMIT_ARGS", ""))
    for position, argument in enumerate(arguments):
        value = argument[len("--jars=") :] if argument.startswith("--jars=") else None
        if argument == "--jars" and position + 1 < len(arguments):
            value = arguments[position + 1]
        if value is not None and not set(jars) <= set(value.split(",")):
            raise SessionError(
                f"PYSPARK_SUBMIT_ARGS has --jars {value}, which would win over spark.jars: add "
                f"{','.join(jars)} to it."
            )


def _from_defaults_file(key: str) -> str:
    """A value of `spark-defaults.conf`, which a value of the builder would replace."""
    import pyspark

    home = os.environ.get("SPARK_HOME") or Path(pyspark.__file__).parent
    file = Path(os.environ.get("SPARK_CONF_DIR") or Path(home) / "conf") / "spark-defaults.conf"
    if not file.is_file():
        return ""
    value = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        name, _, rest = line.strip().replace("=", " ", 1).replace("\t", " ").partition(" ")
        if name == key:
            value = rest.strip()
    return value
