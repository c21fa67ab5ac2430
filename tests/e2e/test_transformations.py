"""Serializers and deserializers of every content type, on the real algorithms of the local service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.support import rows_of, schema, settings_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.local import LocalSageMaker

Fit = Callable[..., "SageMakerModel"]
Speak = Callable[..., "SageMakerModel"]


def data(spark: SparkSession, name: str, rows: int | None = None) -> DataFrame:
    """A data set that ships with scikit-learn: `id`, `label`, `features`, and `x0`, `x1`, ... one by one."""
    from pyspark.ml.linalg import Vectors
    from sklearn import datasets

    found = getattr(datasets, f"load_{name}")()
    values = [[float(v) for v in row] for row in found.data[:rows]]
    width = len(values[0])
    made = [
        (i, float(found.target[i]), Vectors.dense(row) if i % 2 else sparse(row), *row)
        for i, row in enumerate(values)
    ]
    names = ["id", "label", "features", *(f"x{i}" for i in range(width))]
    return spark.createDataFrame(made, names).repartition(2, "id").cache()


def sparse(row: list[float]) -> Any:
    """The same values as a sparse vector, so that both kinds stand in one column."""
    from pyspark.ml.linalg import Vectors

    return Vectors.sparse(len(row), {i: v for i, v in enumerate(row) if v})


@pytest.fixture(scope="module")
def fit(spark: SparkSession, aws: LocalSageMaker) -> Iterator[Fit]:
    """Fits an estimator by its class name, hosts the model, and deletes it at the end."""
    from sagemaker_pyspark import algorithms

    models: list[SageMakerModel] = []

    def run(algorithm: str, frame: DataFrame, **given: Any) -> SageMakerModel:
        estimator = getattr(algorithms, algorithm)(**settings_of(aws), **given)
        models.append(estimator.fit(frame))
        return models[-1]

    yield run
    for model in models:
        model.delete()


@pytest.fixture()
def speak(aws: LocalSageMaker) -> Speak:
    """Another model on the endpoint of one, with other transformations."""
    from sagemaker_pyspark import SageMakerClients, SageMakerModel

    def make(model: SageMakerModel, serializer: Any, deserializer: Any, **options: Any) -> SageMakerModel:
        assert model.endpointName is not None
        client = SageMakerClients.create_sagemaker_client(**aws.client_options())
        return SageMakerModel.fromEndpoint(
            model.endpointName, serializer, deserializer, sagemakerClient=client, **options
        )

    return make


@pytest.fixture(scope="module")
def wine(spark: SparkSession) -> DataFrame:
    return data(spark, "wine")


@pytest.fixture(scope="module")
def kmeans(fit: Fit, wine: DataFrame) -> SageMakerModel:
    return fit("KMeansSageMakerEstimator", wine, k=3)


WIDTH = 13


def requests() -> dict[str, Any]:
    from sagemaker_pyspark.transformation import serializers as s

    columns = [f"x{i}" for i in range(WIDTH)]
    return {
        "protobuf": s.ProtobufRequestRowSerializer(),
        "json": s.JSONRequestRowSerializer(),
        "json of a list's column": s.JSONRequestRowSerializer(columns=["features"]),
        "jsonlines": s.JSONLinesRequestRowSerializer(),
        "csv": s.UnlabeledCSVRequestRowSerializer(),
        "csv of columns": s.CSVColumnsRequestRowSerializer(columns),
        "csv of a vector": s.CSVColumnsRequestRowSerializer(["features"]),
    }


def answers() -> dict[str, Any]:
    from sagemaker_pyspark.transformation import deserializers as d

    named = schema(distance_to_cluster="double", closest_cluster="double")
    renamed = schema(far="float", cluster="int")
    keys = ["distance_to_cluster", "closest_cluster"]
    return {
        "protobuf": d.ProtobufResponseRowDeserializer(named),
        "protobuf with keys": d.ProtobufResponseRowDeserializer(renamed, keys),
        "json": d.JSONResponseRowDeserializer(named),
        "json with keys": d.JSONResponseRowDeserializer(renamed, keys),
        "jsonlines": d.JSONLinesResponseRowDeserializer(named),
        "jsonlines with keys": d.JSONLinesResponseRowDeserializer(renamed, keys),
        "csv": d.CSVResponseRowDeserializer(schema(cluster="int", far="float")),
    }


REQUESTS = (
    "protobuf",
    "json",
    "json of a list's column",
    "jsonlines",
    "csv",
    "csv of columns",
    "csv of a vector",
)
ANSWERS = (
    "protobuf",
    "protobuf with keys",
    "json",
    "json with keys",
    "jsonlines",
    "jsonlines with keys",
    "csv",
)


@pytest.mark.parametrize("kind", REQUESTS)
def test_every_kind_of_request_is_answered_alike(
    kmeans: SageMakerModel, wine: DataFrame, speak: Speak, kind: str
) -> None:
    from sagemaker_pyspark.transformation.deserializers import KMeansProtobufResponseRowDeserializer

    names = ("closest_cluster", "distance_to_cluster")
    expected = rows_of(kmeans.transform(wine), *names)
    assert len({cluster for cluster, _ in expected}) == 3
    deserializer = KMeansProtobufResponseRowDeserializer()
    for options in ({}, {"max_rows_per_request": 7}, {"max_payload_bytes": 1000}):
        other = speak(kmeans, requests()[kind], deserializer, **options)
        assert rows_of(other.transform(wine), *names) == expected


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_kind_of_answer_is_read_alike(
    kmeans: SageMakerModel, wine: DataFrame, speak: Speak, kind: str, tmp_path: Path
) -> None:
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.transformation.serializers import JSONRequestRowSerializer

    expected = rows_of(kmeans.transform(wine), "closest_cluster", "distance_to_cluster")
    deserializer = answers()[kind]
    other = speak(kmeans, JSONRequestRowSerializer(), deserializer)
    other.save(str(tmp_path / "model"))
    loaded = SageMakerModel.load(str(tmp_path / "model"))
    assert (loaded.requestRowSerializer, loaded.responseRowDeserializer) == (
        JSONRequestRowSerializer(),
        deserializer,
    )
    names = sorted(deserializer.schema.names, key=lambda name: not name.startswith("c"))
    for model in (other, other.copy()):
        found = model.transform(wine)
        assert found.schema[names[0]].dataType == deserializer.schema[names[0]].dataType
        assert rows_of(found, *names) == expected


def test_several_classes_are_a_vector_in_each_content_type(fit: Fit, wine: DataFrame, speak: Speak) -> None:
    from sagemaker_pyspark.transformation import deserializers as d
    from sagemaker_pyspark.transformation import serializers as s

    model = fit("LinearLearnerMultiClassClassifier", wine, num_classes=3)
    names = ("score", "predicted_label")
    expected = rows_of(model.transform(wine), *names)
    columns = schema(score="vector", predicted_label="double")
    lists = schema(score="array<double>", predicted_label="int")
    for serializer, deserializer in (
        (s.JSONRequestRowSerializer(), d.JSONResponseRowDeserializer(columns)),
        (s.JSONLinesRequestRowSerializer(), d.JSONLinesResponseRowDeserializer(lists)),
        (s.UnlabeledCSVRequestRowSerializer(), d.CSVResponseRowDeserializer(columns)),
        (s.ProtobufRequestRowSerializer(), d.ProtobufResponseRowDeserializer(columns)),
        (s.ProtobufRequestRowSerializer(), d.CSVResponseRowDeserializer(lists)),
    ):
        assert rows_of(speak(model, serializer, deserializer).transform(wine), *names) == expected


@pytest.mark.parametrize("count", [1, 2])
def test_projections_are_vectors_of_any_size(fit: Fit, wine: DataFrame, speak: Speak, count: int) -> None:
    from sagemaker_pyspark.transformation import deserializers as d
    from sagemaker_pyspark.transformation.serializers import JSONRequestRowSerializer

    model = fit("PCASageMakerEstimator", wine, num_components=count)
    expected = rows_of(model.transform(wine), "projection")
    assert {len(projection) for (projection,) in expected} == {count}
    columns = schema(p="vector")
    for deserializer in (
        d.JSONResponseRowDeserializer(columns, ["projection"], envelope="projections"),
        d.JSONLinesResponseRowDeserializer(columns, ["projection"]),
        d.CSVResponseRowDeserializer(columns),
        d.ProtobufResponseRowDeserializer(columns, ["projection"]),
    ):
        assert (
            rows_of(speak(model, JSONRequestRowSerializer(), deserializer).transform(wine), "p") == expected
        )


def test_one_topic_is_a_vector_of_one(spark: SparkSession, fit: Fit, speak: Speak) -> None:
    from sagemaker_pyspark.transformation.deserializers import JSONResponseRowDeserializer
    from sagemaker_pyspark.transformation.serializers import JSONLinesRequestRowSerializer

    digits = data(spark, "digits", 60)
    model = fit("LDASageMakerEstimator", digits, num_topics=1)
    expected = rows_of(model.transform(digits), "topic_mixture")
    assert expected == [([1.0],)] * 60
    deserializer = JSONResponseRowDeserializer(schema(topic_mixture="vector"))
    other = speak(model, JSONLinesRequestRowSerializer(), deserializer)
    assert rows_of(other.transform(digits), "topic_mixture") == expected


def test_sparse_rows_are_sent_as_json_and_rows_of_zeros_too(
    spark: SparkSession, fit: Fit, speak: Speak
) -> None:
    from pyspark.ml.linalg import Vectors
    from sagemaker_pyspark.errors import InferenceError, explained
    from sagemaker_pyspark.transformation import deserializers as d
    from sagemaker_pyspark.transformation import serializers as s

    rows = [(i, float(i % 3), Vectors.sparse(500, {i % 3: 1.0, 10 + i: 2.0})) for i in range(90)]
    rows.append((90, 1.0, Vectors.sparse(500, {})))
    frame = spark.createDataFrame(rows, ["id", "label", "features"])
    model = fit("FactorizationMachinesRegressor", frame, num_factors=2, epochs=5)
    expected = rows_of(model.transform(frame), "score")
    assert len(set(expected)) > 3
    for serializer in (s.JSONRequestRowSerializer(), s.JSONLinesRequestRowSerializer()):
        other = speak(model, serializer, d.JSONResponseRowDeserializer(schema(score="double")))
        assert rows_of(other.transform(frame), "score") == expected
    # The container of this algorithm takes no CSV.
    csv = speak(model, s.UnlabeledCSVRequestRowSerializer(), d.FactorizationMachinesRegressorDeserializer())
    with pytest.raises(InferenceError, match=r"415.*text/csv"), explained():
        csv.transform(frame).collect()


@pytest.mark.parametrize("version", ["1", None])
def test_softprob_gives_a_probability_for_each_class(
    spark: SparkSession,
    aws: LocalSageMaker,
    fit: Fit,
    wine: DataFrame,
    speak: Speak,
    tmp_path: Path,
    version: str | None,
) -> None:
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.algorithms import XGBoostSageMakerEstimator
    from sagemaker_pyspark.transformation.deserializers import XGBoostCSVRowDeserializer
    from sagemaker_pyspark.transformation.serializers import (
        CSVColumnsRequestRowSerializer,
        UnlabeledCSVRequestRowSerializer,
    )

    given: dict[str, Any] = {"num_round": 5, "objective": "multi:softprob", "num_class": 3}
    if version is not None:
        given["algorithm_version"] = version
    estimator = XGBoostSageMakerEstimator(**settings_of(aws), **given)
    estimator.save(str(tmp_path / "estimator"))
    assert estimator.responseRowDeserializer == XGBoostCSVRowDeserializer()
    again = XGBoostSageMakerEstimator.load(str(tmp_path / "estimator"))
    assert {p.name: v for p, v in again.extractParamMap().items()} == {
        p.name: v for p, v in estimator.extractParamMap().items()
    }
    assert again.responseRowDeserializer == XGBoostCSVRowDeserializer()
    unlabelled = wine.drop("label")
    model = fit("XGBoostSageMakerEstimator", wine, **given)
    assert model.responseRowDeserializer == XGBoostCSVRowDeserializer(num_class=3)
    expected = rows_of(model.transform(unlabelled), "prediction")
    assert all(len(p) == 3 and abs(sum(p) - 1) < 1e-5 for (p,) in expected)
    labels = [label for (label,) in rows_of(wine, "label")]
    hits = sum(p.index(max(p)) == label for (p,), label in zip(expected, labels))
    assert hits >= len(labels) - 3
    model.save(str(tmp_path / "model"))
    loaded = SageMakerModel.load(str(tmp_path / "model"))
    assert loaded.responseRowDeserializer == XGBoostCSVRowDeserializer(num_class=3)
    assert model.trainingJobName is not None and model.modelImage is not None
    of_job = SageMakerModel.fromTrainingJob(
        model.trainingJobName,
        model.modelImage,
        aws.role_arn,
        "ml.m5.large",
        1,
        model.requestRowSerializer,
        XGBoostCSVRowDeserializer("of_job"),
        sagemakerClient=model.sagemakerClient,
        endpointCreationPolicy="DO_NOT_CREATE",
    )
    assert of_job.responseRowDeserializer == XGBoostCSVRowDeserializer("of_job", num_class=3)
    assert of_job.hyperParameters == model.hyperParameters
    columns = [f"x{i}" for i in range(WIDTH)]
    own = XGBoostCSVRowDeserializer("p", num_class=3)
    # libsvm leaves zeros out of sparse rows, which XGBoost takes as missing, and CSV doesn't: wine has none.
    for serializer in (UnlabeledCSVRequestRowSerializer(), CSVColumnsRequestRowSerializer(columns)):
        other = speak(model, serializer, own, max_rows_per_request=50)
        assert rows_of(other.transform(unlabelled), "p") == expected


def test_xgboost_infers_without_labels_and_with_missing_values(
    spark: SparkSession, fit: Fit, wine: DataFrame, speak: Speak
) -> None:
    from pyspark.sql import functions as f
    from sagemaker_pyspark.transformation import deserializers as d
    from sagemaker_pyspark.transformation import serializers as s

    model = fit("XGBoostSageMakerEstimator", wine, num_round=5, objective="reg:squarederror")
    expected = rows_of(model.transform(wine), "prediction")
    assert rows_of(model.transform(wine.drop("label")), "prediction") == expected
    unknown = wine.withColumn("label", f.lit(None).cast("double"))
    assert rows_of(model.transform(unknown), "prediction") == expected
    with pytest.raises(ValueError, match='no column "label"'):
        speak(model, s.LibSVMRequestRowSerializer(), d.XGBoostCSVRowDeserializer()).transform(
            wine.drop("label")
        )
    for deserializer in (
        d.JSONResponseRowDeserializer(schema(prediction="double"), ["score"]),
        d.JSONLinesResponseRowDeserializer(schema(prediction="float"), ["score"]),
        d.CSVResponseRowDeserializer(schema(prediction="double")),
        d.ProtobufResponseRowDeserializer(schema(prediction="double"), ["score"]),
    ):
        other = speak(model, s.UnlabeledCSVRequestRowSerializer(), deserializer)
        assert rows_of(other.transform(wine), "prediction") == expected
    columns = [f"x{i}" for i in range(WIDTH)]
    csv = speak(model, s.CSVColumnsRequestRowSerializer(columns), d.XGBoostCSVRowDeserializer())
    assert rows_of(csv.transform(wine), "prediction") == expected
    holes = wine.select(
        "id", *(f.when(f.col("id") % 5 != i % 5, f.col(c)).alias(c) for i, c in enumerate(columns))
    )
    nan = holes.na.fill(float("nan"))
    found = rows_of(csv.transform(holes), "prediction")
    assert found == rows_of(csv.transform(nan), "prediction") and found != expected


def test_answers_that_are_not_as_expected_say_endpoint_expected_found_and_start(
    kmeans: SageMakerModel, wine: DataFrame, speak: Speak
) -> None:
    from sagemaker_pyspark.errors import InferenceError, explained
    from sagemaker_pyspark.transformation import deserializers as d
    from sagemaker_pyspark.transformation.serializers import JSONRequestRowSerializer

    cases = [
        (d.CSVResponseRowDeserializer(schema(cluster="int")), "expected 1 fields for the columns cluster"),
        (d.CSVResponseRowDeserializer(schema(a="int", b="int")), 'expected a int for column "b"'),
        (d.JSONResponseRowDeserializer(schema(score="double")), 'no key "score".*"closest_cluster"'),
        (d.JSONResponseRowDeserializer(schema(closest_cluster="string")), "expected a text for column"),
        (
            d.JSONResponseRowDeserializer(schema(closest_cluster="double"), envelope="rows"),
            'list under "rows"',
        ),
        (d.JSONLinesResponseRowDeserializer(schema(score="vector")), 'no key "score"'),
        (d.ProtobufResponseRowDeserializer(schema(score="double")), 'no number under the key "score"'),
        (d.XGBoostCSVRowDeserializer(num_class=3), "expected 3 numbers for the row at offset 0"),
        (d.XGBoostCSVRowDeserializer(), "rows and answered"),
    ]
    for deserializer, said in cases:
        with pytest.raises(InferenceError, match=said) as refused, explained():
            speak(kmeans, JSONRequestRowSerializer(), deserializer).transform(wine).collect()
        text = str(refused.value)
        for part in (f"'{kmeans.endpointName}'", "Content type expected: ", "found: ", "It begins: "):
            assert part in text, text
