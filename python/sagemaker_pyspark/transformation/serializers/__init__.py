"""Serializers: rows to request bodies.

A serializer that a user wrote in Scala or Java is used from Python through a class that derives from
`RequestRowSerializer`, names it in `_wrapped_class`, and makes it in `_to_java()`. One written in Python
is refused: executors run it in the JVM, once for every row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sagemaker_pyspark._jvm.names import SERIALIZERS
from sagemaker_pyspark.transformation._base import Transformation, names_of

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

__all__ = [
    "CSVColumnsRequestRowSerializer",
    "JSONLinesRequestRowSerializer",
    "JSONRequestRowSerializer",
    "LabeledCSVRequestRowSerializer",
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
        if self._is_of_foreign_class():
            # Its object is all that knows.
            self._call_java("setSchema", schema)
        elif self._maker is not None:
            self._java_obj = None
        elif self._java_obj is not None:
            # A subclass of the user's made it.
            self._call_java("setSchema", schema)


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
    :param labelRequired: whether rows without a label are refused; if not, the label 0.0 stands for a column
        that isn't there and for a null. Models of `XGBoostSageMakerEstimator` never require a label.
    """

    _wrapped_class = f"{SERIALIZERS}.LibSVMRequestRowSerializer"
    _fields: ClassVar[dict[str, str]] = {
        "schema": "schema",
        "labelColumnName": "labelColumnName",
        "featuresColumnName": "featuresColumnName",
        "labelRequired": "labelRequired",
    }

    def __init__(
        self,
        schema: StructType | None = None,
        labelColumnName: str = "label",
        featuresColumnName: str = "features",
        *,
        labelRequired: bool = True,
    ) -> None:
        super().__init__()
        self.schema = schema
        self.labelColumnName = labelColumnName
        self.featuresColumnName = featuresColumnName
        self.labelRequired = labelRequired


class LabeledCSVRequestRowSerializer(RequestRowSerializer):
    """Writes lines of comma-separated numbers (`text/csv`): the label, then the features, zeros too.

    A null label and null features are an error that names column and row. NaN and infinities are written as
    `NaN`, `Infinity` and `-Infinity`.

    :param schema: the columns; taken from the DataFrame when None.
    :param labelColumnName: the column of labels, a number.
    :param featuresColumnName: the column of vectors, or arrays of numbers.
    """

    _wrapped_class = f"{SERIALIZERS}.LabeledCSVRequestRowSerializer"
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


class CSVColumnsRequestRowSerializer(RequestRowSerializer):
    """Writes chosen columns as lines of comma-separated values (`text/csv`), in the order of the choice.

    Columns are numbers, booleans (`true`, `false`), strings (quoted where they must be), vectors, and arrays
    of numbers; the last two take as many fields as they have elements. A null number, boolean or string is an
    empty field; null or empty features, and a line that would be empty, are an error that names column and
    row. NaN and infinities are written as `NaN`, `Infinity` and `-Infinity`.

    :param columns: the names of the columns to send.
    :param schema: the columns that rows have; taken from the DataFrame when None.
    """

    _wrapped_class = f"{SERIALIZERS}.CSVColumnsRequestRowSerializer"
    _fields: ClassVar[dict[str, str]] = {"columns": "columns", "schema": "schema"}

    def __init__(self, columns: list[str], schema: StructType | None = None) -> None:
        super().__init__()
        self.columns = names_of("columns", columns)
        self.schema = schema


class JSONRequestRowSerializer(RequestRowSerializer):
    """Writes requests as JSON (`application/json`): `{"instances": [...]}`, an element for each row.

    Without `columns`, an element is what Amazon's algorithms read: `{"features": [...]}`, and for a sparse
    vector `{"data": {"features": {"keys": [...], "shape": [n], "values": [...]}}}`. With `columns`, it is an
    object with a member for each: numbers, booleans, strings, vectors as lists of all their values, arrays,
    structs, maps by string, and `null` for a null. NaN and infinities, which JSON doesn't have, are an error
    that names column and row, as are null features.

    :param schema: the columns that rows have; taken from the DataFrame when None.
    :param featuresColumnName: the column of vectors, or arrays of numbers, when no columns are chosen.
    :param columns: the names of the columns to send.
    :param envelope: the key of the list; `""` sends the list alone.
    """

    _wrapped_class = f"{SERIALIZERS}.JSONRequestRowSerializer"
    _fields: ClassVar[dict[str, str]] = {
        "schema": "schema",
        "featuresColumnName": "featuresColumnName",
        "columns": "columns",
        "envelope": "envelope",
    }

    def __init__(
        self,
        schema: StructType | None = None,
        featuresColumnName: str = "features",
        columns: list[str] | None = None,
        envelope: str = "instances",
    ) -> None:
        super().__init__()
        self.schema = schema
        self.featuresColumnName = featuresColumnName
        self.columns = names_of("columns", columns)
        self.envelope = envelope


class JSONLinesRequestRowSerializer(RequestRowSerializer):
    """Writes requests as JSON Lines (`application/jsonlines`): on each line a row, as an element of
    `JSONRequestRowSerializer`.

    :param schema: the columns that rows have; taken from the DataFrame when None.
    :param featuresColumnName: the column of vectors, or arrays of numbers, when no columns are chosen.
    :param columns: the names of the columns to send.
    """

    _wrapped_class = f"{SERIALIZERS}.JSONLinesRequestRowSerializer"
    _fields: ClassVar[dict[str, str]] = {
        "schema": "schema",
        "featuresColumnName": "featuresColumnName",
        "columns": "columns",
    }

    def __init__(
        self,
        schema: StructType | None = None,
        featuresColumnName: str = "features",
        columns: list[str] | None = None,
    ) -> None:
        super().__init__()
        self.schema = schema
        self.featuresColumnName = featuresColumnName
        self.columns = names_of("columns", columns)


def __getattr__(name: str) -> Any:
    from sagemaker_pyspark._modules import old_attribute

    return old_attribute(__name__, name)
