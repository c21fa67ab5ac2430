"""Serializers: rows to request bodies.

A serializer that a user wrote in Scala or Java is used from Python through a class that derives from
`RequestRowSerializer`, names it in `_wrapped_class`, and makes it in `_to_java()`. One written in Python
is refused: executors run it in the JVM, once for every row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sagemaker_pyspark._jvm.names import SERIALIZERS
from sagemaker_pyspark.transformation._base import Transformation

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

__all__ = [
    "LibSVMRequestRowSerializer",
    "ProtobufRequestRowSerializer",
    "RequestRowSerializer",
    "UnlabeledCSVRequestRowSerializer",
    "UnlabeledLibSVMRequestRowSerializer",
]


class RequestRowSerializer(Transformation):
    """Writes rows as request bodies."""

    _what = "serializer"
    schema: StructType | None = None

    def __init__(self) -> None:
        super().__init__()

    def setSchema(self, schema: StructType | None) -> None:
        """Say which columns the rows have; `transform` says it by itself."""
        self.schema = schema
        self._java_obj = None


class ProtobufRequestRowSerializer(RequestRowSerializer):
    """Writes the features as RecordIO-protobuf (`application/x-recordio-protobuf`).

    :param schema: the columns; taken from the DataFrame when None.
    :param featuresColumnName: the column of vectors.
    """

    _wrapped_class = f"{SERIALIZERS}.ProtobufRequestRowSerializer"
    _fields: ClassVar[dict[str, str]] = {"schema": "schema", "featuresColumnName": "featuresColumnName"}

    def __init__(self, schema: StructType | None = None, featuresColumnName: str = "features") -> None:
        super().__init__()
        self.schema = schema
        self.featuresColumnName = featuresColumnName


class UnlabeledCSVRequestRowSerializer(ProtobufRequestRowSerializer):
    """Writes the features as lines of comma-separated numbers (`text/csv`), zeros too.

    :param schema: the columns; taken from the DataFrame when None.
    :param featuresColumnName: the column of vectors.
    """

    _wrapped_class = f"{SERIALIZERS}.UnlabeledCSVRequestRowSerializer"


class UnlabeledLibSVMRequestRowSerializer(ProtobufRequestRowSerializer):
    """Writes `0.0 index:value ...` lines (`text/x-libsvm`), indices from 1.

    :param schema: the columns; taken from the DataFrame when None.
    :param featuresColumnName: the column of vectors.
    """

    _wrapped_class = f"{SERIALIZERS}.UnlabeledLibSVMRequestRowSerializer"


class LibSVMRequestRowSerializer(RequestRowSerializer):
    """Writes `label index:value ...` lines (`text/x-libsvm`), indices from 1.

    :param schema: the columns; taken from the DataFrame when None.
    :param labelColumnName: the column of labels, a number.
    :param featuresColumnName: the column of vectors.
    """

    _wrapped_class = f"{SERIALIZERS}.LibSVMRequestRowSerializer"
    _fields: ClassVar[dict[str, str]] = {
        "schema": "schema",
        "labelColumnName": "labelColumnName",
        "featuresColumnName": "featuresColumnName",
    }

    def __init__(
        self,
        schema: StructType | None = None,
        labelColumnName: str = "label",
        featuresColumnName: str = "features",
    ) -> None:
        super().__init__()
        self.schema = schema
        self.labelColumnName = labelColumnName
        self.featuresColumnName = featuresColumnName


def __getattr__(name: str) -> Any:
    from sagemaker_pyspark._modules import old_attribute

    return old_attribute(__name__, name)
