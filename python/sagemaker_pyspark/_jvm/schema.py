"""Schemas across the bridge."""

from __future__ import annotations

import json
from typing import Any

from pyspark.sql.types import DataType, StructType

from sagemaker_pyspark._jvm import gateway


def java_schema(schema: DataType) -> Any:
    """Spark's JVM schema, or another type, of a Python one."""
    jvm: Any = gateway.active_context()._jvm
    return getattr(jvm, "org.apache.spark.sql.types.DataType").fromJson(schema.json())


def python_schema(schema: Any) -> StructType:
    """The Python schema of a JVM one."""
    return StructType.fromJson(json.loads(schema.json()))
