"""Finds the running JVM, and checks that it has our classes in our version."""

from __future__ import annotations

import os
from typing import Any

from py4j.java_gateway import JavaClass
from py4j.protocol import Py4JError
from pyspark import SparkContext

from sagemaker_pyspark._jvm import names
from sagemaker_pyspark.errors import JarNotFoundError, SessionError, SparkLineError

REMEDY = (
    "Start the first Spark session of this Python process with "
    "configure_spark(SparkSession.builder).getOrCreate(), or with spark-submit --jars "
    "$(sagemakerpyspark-jars). A JVM that runs can't be given jars: restart the process or the notebook's "
    "kernel."
)


def is_connect() -> bool:
    """Whether this Python process talks to Spark Connect rather than to a JVM of its own."""
    from pyspark.sql.utils import is_remote

    # PySpark knows of it only once a session was asked for.
    return bool(is_remote() or os.environ.get("SPARK_REMOTE"))


def connect_error() -> SessionError:
    """What a Spark Connect session gets."""
    return SessionError(
        "This is a Spark Connect session, which gives Python no access to the driver's JVM: "
        "sagemaker_pyspark needs a classic session. Start one without spark.remote and SPARK_REMOTE, or run "
        "the program with spark-submit."
    )


def active_context() -> SparkContext:
    """The running SparkContext.

    :raises SessionError: when there is none, or only a Spark Connect session.
    """
    context = SparkContext._active_spark_context
    if context is not None:
        return context
    if is_connect():
        raise connect_error()
    raise SessionError(
        "No Spark session is running, and this object lives in Spark's JVM. Start one first: "
        "configure_spark(SparkSession.builder).getOrCreate()."
    )


def find_class(jvm: Any, name: str) -> JavaClass | None:
    """The JVM class of that full name, or None when the JVM has none."""
    try:
        found = getattr(jvm, name)
    except Py4JError:
        # A class that is there and can't be linked, as with a jar for another Scala version.
        return None
    return found if isinstance(found, JavaClass) else None


def check_classes(jvm: Any, context: SparkContext | None) -> JavaClass:
    """The door's class, after checking that it is ours and of this version.

    :raises JarNotFoundError: when the jar is missing, old, or shadowed by another one.
    :raises SparkLineError: when the jar is for another Scala version.
    """
    door = find_class(jvm, names.DOOR)
    if door is None:
        raise _no_door(jvm, context)
    home, estimator_home = _jar_of(jvm, names.DOOR), _jar_of(jvm, names.ESTIMATOR)
    if home != estimator_home:
        raise JarNotFoundError(
            f"Two SageMaker jars are on the class path: {names.ESTIMATOR} comes from {estimator_home}, and "
            f"this package's door from {home}. Take the first one off spark.driver.extraClassPath and the "
            "jars of Spark."
        )
    from sagemaker_pyspark import __version__

    try:
        version = str(door.version())
    except Py4JError as error:
        raise _scala_mismatch(jvm, home) from error
    if version != __version__:
        raise JarNotFoundError(
            f"The jar is of version {version} ({home}), the Python package of version {__version__}. Use the "
            f"jar that belongs to the package: {REMEDY}"
        )
    return door


def _no_door(jvm: Any, context: SparkContext | None) -> Exception:
    tried = _described_jars(context)
    if find_class(jvm, names.ESTIMATOR) is not None:
        return JarNotFoundError(
            f"A foreign SageMaker jar is on the class path: {names.ESTIMATOR} comes from "
            f"{_jar_of(jvm, names.ESTIMATOR)}, which isn't this package's jar (the package sagemaker-pyspark "
            f"and EMR bring older ones). Take it off spark.driver.extraClassPath and spark.jars. {REMEDY}"
        )
    if _resource(jvm, names.DOOR) is not None:
        return _scala_mismatch(jvm, _resource(jvm, names.DOOR) or "")
    return JarNotFoundError(f"The JVM has no class {names.DOOR}; the jars it was given: {tried}. {REMEDY}")


def _scala_mismatch(jvm: Any, home: str) -> SparkLineError:
    scala = jvm.scala.util.Properties.versionNumberString()
    return SparkLineError(
        f"The jar {home} can't be used by this Spark, which runs on Scala {scala}: it was built for another "
        f"Scala version. scripts/fetch_jars.sh fetches the right one for a checkout. {REMEDY}"
    )


def _loader(jvm: Any) -> Any:
    return jvm.java.lang.Thread.currentThread().getContextClassLoader()


def _jar_of(jvm: Any, name: str) -> str:
    """Where the class comes from."""
    source = _loader(jvm).loadClass(name).getProtectionDomain().getCodeSource()
    return "Spark's own class path" if source is None else str(source.getLocation().toString())


def _resource(jvm: Any, name: str) -> str | None:
    """Where the class file lies, when there is one, even if it can't be linked."""
    found = _loader(jvm).getResource(name.replace(".", "/") + ".class")
    return None if found is None else str(found.toString())


def _described_jars(context: SparkContext | None) -> str:
    if context is None:
        return "unknown, the session is stopped"
    conf = context.getConf()
    given = [
        f"{key}={conf.get(key)}"
        for key in ("spark.jars", "spark.driver.extraClassPath", "spark.jars.packages")
        if conf.get(key)
    ]
    return ", ".join(given) or "none"
