"""Scala programs, compiled against the jars that users get and run by spark-submit."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sagemaker_pyspark.local import LocalSageMaker


def spark_home() -> Path:
    """The installed Spark."""
    import pyspark

    return Path(pyspark.__file__).parent


def java() -> str:
    """The JVM that Spark runs on."""
    home = os.environ.get("JAVA_HOME")
    return str(Path(home) / "bin" / "java") if home else "java"


def compiled(source: Path, folder: Path, *options: str) -> Path:
    """A jar of a program, made by the Scala compiler that Spark brings for its shell; warnings are errors,
    unless options for the compiler say otherwise.
    """
    from sagemaker_pyspark import classpath_jars

    made = folder / f"{source.stem}.jar"
    spark_jars = spark_home() / "jars" / "*"
    done = subprocess.run(
        [
            *(java(), "-cp", str(spark_jars), "scala.tools.nsc.Main"),
            *(options or ("-deprecation", "-Xfatal-warnings")),
            *("-cp", os.pathsep.join([str(spark_jars), *classpath_jars()]), "-d", str(made), str(source)),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def submitted(program: Path, aws: LocalSageMaker, *arguments: str) -> str:
    """What a program printed that ran by `spark-submit --jars $(sagemakerpyspark-jars)`."""
    from sagemaker_pyspark import classpath_jars

    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(program.parent / "warehouse"),
    }
    flags = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
    done = subprocess.run(
        [
            *(str(spark_home() / "bin" / "spark-submit"), "--master", "local[2]", *flags),
            *("--jars", ",".join(classpath_jars()), "--class", program.stem, str(program), *arguments),
        ],
        env={
            **os.environ,
            **aws.environment(),
            "SPARK_HOME": str(spark_home()),
        },
        cwd=program.parent,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    return done.stdout
