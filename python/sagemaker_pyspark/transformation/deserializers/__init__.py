"""Deserializers: answers to rows.

One that a user wrote in Scala or Java is used from Python through a class that derives from
`ResponseRowDeserializer`, names it in `_wrapped_class`, and makes it in `_to_java()`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sagemaker_pyspark._jvm.names import DESERIALIZERS
from sagemaker_pyspark.transformation._base import Transformation, names_of

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

__all__ = [
    "CSVResponseRowDeserializer",
    "FactorizationMachinesBinaryClassifierDeserializer",
    "FactorizationMachinesRegressorDeserializer",
    "JSONLinesResponseRowDeserializer",
    "JSONResponseRowDeserializer",
    "KMeansProtobufResponseRowDeserializer",
    "LDAProtobufResponseRowDeserializer",
    "LibSVMResponseRowDeserializer",
    "LinearLearnerBinaryClassifierProtobufResponseRowDeserializer",
    "LinearLearnerMultiClassClassifierProtobufResponseRowDeserializer",
    "LinearLearnerRegressorProtobufResponseRowDeserializer",
    "PCAProtobufResponseRowDeserializer",
    "ProtobufResponseRowDeserializer",
    "ResponseRowDeserializer",
    "XGBoostCSVRowDeserializer",
]


class ResponseRowDeserializer(Transformation):
    """Reads answers as rows."""

    _what = "deserializer"

    def __init__(self) -> None:
        super().__init__()


class ProtobufResponseRowDeserializer(ResponseRowDeserializer):
    """Reads RecordIO-protobuf records as columns of a given schema.

    :param schema: the columns.
    :param protobufKeys: the label entry behind each column; the columns' names when None.
    """

    _wrapped_class = f"{DESERIALIZERS}.ProtobufResponseRowDeserializer"
    _fields: ClassVar[dict[str, str]] = {"schema": "schema", "protobufKeys": "protobufKeys"}

    def __init__(self, schema: StructType, protobufKeys: list[str] | None = None) -> None:
        super().__init__()
        self.schema = schema
        self.protobufKeys = protobufKeys


class KMeansProtobufResponseRowDeserializer(ResponseRowDeserializer):
    """Reads k-means answers: two columns of doubles, in this order.

    :param distance_to_cluster_column_name: the Euclidean distance to the nearest centre.
    :param closest_cluster_column_name: the number of that cluster, from 0.
    """

    _wrapped_class = f"{DESERIALIZERS}.KMeansProtobufResponseRowDeserializer"
    _fields: ClassVar[dict[str, str]] = {
        "distance_to_cluster_column_name": "distanceToClusterColumnName",
        "closest_cluster_column_name": "closestClusterColumnName",
    }

    def __init__(
        self,
        distance_to_cluster_column_name: str = "distance_to_cluster",
        closest_cluster_column_name: str = "closest_cluster",
    ) -> None:
        super().__init__()
        self.distance_to_cluster_column_name = distance_to_cluster_column_name
        self.closest_cluster_column_name = closest_cluster_column_name


class PCAProtobufResponseRowDeserializer(ResponseRowDeserializer):
    """Reads PCA answers.

    :param projection_column_name: a vector, smallest component first.
    """

    _wrapped_class = f"{DESERIALIZERS}.PCAProtobufResponseRowDeserializer"
    _fields: ClassVar[dict[str, str]] = {"projection_column_name": "projectionColumnName"}

    def __init__(self, projection_column_name: str = "projection") -> None:
        super().__init__()
        self.projection_column_name = projection_column_name


class LDAProtobufResponseRowDeserializer(ResponseRowDeserializer):
    """Reads LDA answers.

    :param projection_column_name: the topic mixture, a vector.
    """

    _wrapped_class = f"{DESERIALIZERS}.LDAProtobufResponseRowDeserializer"
    _fields: ClassVar[dict[str, str]] = {"projection_column_name": "topicMixtureColumnName"}

    def __init__(self, projection_column_name: str = "topic_mixture") -> None:
        super().__init__()
        self.projection_column_name = projection_column_name


class _Regressor(ResponseRowDeserializer):
    _fields: ClassVar[dict[str, str]] = {"score_column_name": "scoreColumnName"}

    def __init__(self, score_column_name: str = "score") -> None:
        super().__init__()
        self.score_column_name = score_column_name


class _Classifier(ResponseRowDeserializer):
    _fields: ClassVar[dict[str, str]] = {
        "score_column_name": "scoreColumnName",
        "predicted_label_column_name": "predictedLabelColumnName",
    }

    def __init__(
        self, score_column_name: str = "score", predicted_label_column_name: str = "predicted_label"
    ) -> None:
        super().__init__()
        self.score_column_name = score_column_name
        self.predicted_label_column_name = predicted_label_column_name


class LinearLearnerBinaryClassifierProtobufResponseRowDeserializer(_Classifier):
    """Reads a linear learner's binary answers.

    :param score_column_name: the score, a double.
    :param predicted_label_column_name: the label, a double.
    """

    _wrapped_class = f"{DESERIALIZERS}.LinearLearnerBinaryClassifierProtobufResponseRowDeserializer"


class LinearLearnerMultiClassClassifierProtobufResponseRowDeserializer(_Classifier):
    """Reads a linear learner's multi-class answers.

    :param score_column_name: the scores, a vector.
    :param predicted_label_column_name: the label, a double.
    """

    _wrapped_class = f"{DESERIALIZERS}.LinearLearnerMultiClassClassifierProtobufResponseRowDeserializer"


class LinearLearnerRegressorProtobufResponseRowDeserializer(_Regressor):
    """Reads a linear learner's regression answers.

    :param score_column_name: the score, a double.
    """

    _wrapped_class = f"{DESERIALIZERS}.LinearLearnerRegressorProtobufResponseRowDeserializer"


class FactorizationMachinesBinaryClassifierDeserializer(_Classifier):
    """Reads a factorization machine's binary answers.

    :param score_column_name: the score, a double.
    :param predicted_label_column_name: the label, a double.
    """

    _wrapped_class = f"{DESERIALIZERS}.FactorizationMachinesBinaryClassifierDeserializer"


class FactorizationMachinesRegressorDeserializer(_Regressor):
    """Reads a factorization machine's regression answers.

    :param score_column_name: the score, a double.
    """

    _wrapped_class = f"{DESERIALIZERS}.FactorizationMachinesRegressorDeserializer"


class XGBoostCSVRowDeserializer(ResponseRowDeserializer):
    """Reads XGBoost's comma- or line-separated numbers.

    :param prediction_column_name: the prediction: a double, or with `num_class` a vector.
    :param num_class: the number of classes, when the objective is `multi:softprob`: each row's answer is a
        probability for each class. A model of `XGBoostSageMakerEstimator` knows it from its
        hyper-parameters.
    """

    _wrapped_class = f"{DESERIALIZERS}.XGBoostCSVRowDeserializer"
    _fields: ClassVar[dict[str, str]] = {
        "prediction_column_name": "predictionColumnName",
        "num_class": "numClass",
    }

    def __init__(self, prediction_column_name: str = "prediction", *, num_class: int | None = None) -> None:
        super().__init__()
        self.prediction_column_name = prediction_column_name
        self.num_class = num_class


class CSVResponseRowDeserializer(ResponseRowDeserializer):
    """Reads CSV (`text/csv`): a line for each row, whose fields are the columns of a schema, in its order.

    Columns are double, float, integer, long, string or boolean; one may be a vector or an array of doubles,
    which takes as many fields as the others leave. An empty field is a null, where the column is nullable.

    :param schema: the columns.
    """

    _wrapped_class = f"{DESERIALIZERS}.CSVResponseRowDeserializer"
    _fields: ClassVar[dict[str, str]] = {"schema": "schema"}

    def __init__(self, schema: StructType) -> None:
        super().__init__()
        self.schema = schema


class JSONResponseRowDeserializer(ResponseRowDeserializer):
    """Reads JSON (`application/json`): `{"predictions": [...]}`, an element for each row.

    An element is an object with the columns' keys; with one column it may be the column's value itself.
    Columns are double, float, integer, long, string, boolean, vector, or an array of these; a vector is a
    list of numbers, one number, or an object with `keys`, `shape` and `values`. A missing key, a value of
    another type, a number that isn't whole for an integer, and a null where the column isn't nullable are
    errors; other keys are skipped. `NaN`, `Infinity` and `-Infinity` are read as numbers.

    :param schema: the columns.
    :param jsonKeys: the key in an element for each column; the columns' names when None.
    :param envelope: the key of the list, such as `projections` of PCA; `""` when the answer is the list
        alone.
    """

    _wrapped_class = f"{DESERIALIZERS}.JSONResponseRowDeserializer"
    _fields: ClassVar[dict[str, str]] = {"schema": "schema", "jsonKeys": "jsonKeys", "envelope": "envelope"}

    def __init__(
        self, schema: StructType, jsonKeys: list[str] | None = None, envelope: str = "predictions"
    ) -> None:
        super().__init__()
        self.schema = schema
        self.jsonKeys = names_of("jsonKeys", jsonKeys)
        self.envelope = envelope


class JSONLinesResponseRowDeserializer(ResponseRowDeserializer):
    """Reads JSON Lines (`application/jsonlines`): for each row a value, as an element of
    `JSONResponseRowDeserializer`.

    :param schema: the columns.
    :param jsonKeys: the key in a line's object for each column; the columns' names when None.
    """

    _wrapped_class = f"{DESERIALIZERS}.JSONLinesResponseRowDeserializer"
    _fields: ClassVar[dict[str, str]] = {"schema": "schema", "jsonKeys": "jsonKeys"}

    def __init__(self, schema: StructType, jsonKeys: list[str] | None = None) -> None:
        super().__init__()
        self.schema = schema
        self.jsonKeys = names_of("jsonKeys", jsonKeys)


class LibSVMResponseRowDeserializer(ResponseRowDeserializer):
    """Reads `label index:value ...` lines.

    :param dim: the size of the vectors.
    :param labelColumnName: the column of labels, doubles.
    :param featuresColumnName: the column of vectors.
    """

    _wrapped_class = f"{DESERIALIZERS}.LibSVMResponseRowDeserializer"
    _fields: ClassVar[dict[str, str]] = {
        "dim": "dim",
        "labelColumnName": "labelColumnName",
        "featuresColumnName": "featuresColumnName",
    }

    def __init__(
        self, dim: int, labelColumnName: str = "label", featuresColumnName: str = "features"
    ) -> None:
        super().__init__()
        self.dim = dim
        self.labelColumnName = labelColumnName
        self.featuresColumnName = featuresColumnName


def __getattr__(name: str) -> Any:
    from sagemaker_pyspark._modules import old_attribute

    return old_attribute(__name__, name)
