"""JSON and CSV of a user's own container, on the local service: rows of chosen columns, of any text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.support import rows_of, schema

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.local import LocalSageMaker


def test_labelled_csv_is_what_a_container_of_labels_reads(
    spark: SparkSession, own: Callable[[Any, Any], SageMakerModel]
) -> None:
    from pyspark.ml.linalg import Vectors
    from sagemaker_pyspark.transformation.deserializers import CSVResponseRowDeserializer
    from sagemaker_pyspark.transformation.serializers import LabeledCSVRequestRowSerializer

    frame = spark.createDataFrame(
        [(0, 1.0, Vectors.dense(0.5, 2.0)), (1, -0.0, Vectors.sparse(2, {1: 1e-7}))],
        ["id", "label", "features"],
    )
    deserializer = CSVResponseRowDeserializer(schema(y="double", x="vector"))
    model = own(LabeledCSVRequestRowSerializer(), deserializer)
    assert rows_of(model.transform(frame), "y", "x") == rows_of(frame, "label", "features")
    with pytest.raises(Exception, match=r"column .*label.* is null in row 1"):
        model.transform(frame.selectExpr("id", "cast(null as double) label", "features")).collect()
    with pytest.raises(ValueError, match='no column "label"'):
        model.transform(frame.drop("label"))


@pytest.fixture()
def own(aws: LocalSageMaker, own_models: list[SageMakerModel]) -> Callable[[Any, Any], SageMakerModel]:
    """A model on an endpoint of `json_container`, with these transformations."""
    from sagemaker_pyspark import IAMRole, S3DataPath, SageMakerClients, SageMakerModel

    aws.register_image("json-container", f"{Path(__file__).parent / 'json_container.py'}:Container")
    s3 = aws.boto3_client("s3")
    s3.create_bucket(Bucket="own-models")
    s3.put_object(Bucket="own-models", Key="model.tar.gz", Body=empty_archive())

    def make(serializer: Any, deserializer: Any, **options: Any) -> SageMakerModel:
        model = SageMakerModel(
            "ml.m5.large",
            1,
            serializer,
            deserializer,
            modelImage="json-container:1",
            modelPath=S3DataPath("own-models", "model.tar.gz"),
            modelExecutionRoleARN=IAMRole(aws.role_arn).role,
            sagemakerClient=SageMakerClients.create_sagemaker_client(**aws.client_options()),
            **options,
        )
        own_models.append(model)
        return model

    return make


@pytest.fixture()
def own_models() -> Iterator[list[SageMakerModel]]:
    """Models that are deleted behind the test."""
    models: list[SageMakerModel] = []
    yield models
    for model in models:
        model.delete()


def empty_archive() -> bytes:
    import io
    import tarfile

    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz"):
        pass
    return out.getvalue()


TEXTS = ('say "hi"', "back\\slash, comma\nline", "für 日本 \U0001f600 \u2028\u0085", "", None)


def test_an_own_container_gets_rows_of_named_fields(
    spark: SparkSession, own: Callable[..., SageMakerModel]
) -> None:
    import json

    from sagemaker_pyspark.transformation import deserializers as d
    from sagemaker_pyspark.transformation import serializers as s

    columns = ["text", "id", "big", "share", "yes", "words", "inner"]
    types = "id int, text string, big bigint, share float, yes boolean"
    types += ", words array<string>, inner struct<a:double>"
    made = [(i, TEXTS[i % 5], 2**63 - 1 - i, 0.1, i % 2 == 0, ["a", None], (0.5,)) for i in range(200)]
    frame = spark.createDataFrame(made, types).repartition(3)
    renamed = schema(sent="string", fields="int", even="boolean", parts="array<string>")
    keys = ["text", "fields", "even", "parts"]
    for serializer, deserializer in (
        (
            s.JSONRequestRowSerializer(columns=columns, envelope=""),
            d.JSONResponseRowDeserializer(renamed, keys, ""),
        ),
        (s.JSONLinesRequestRowSerializer(columns=columns), d.JSONLinesResponseRowDeserializer(renamed, keys)),
    ):
        # The container refuses bodies above 2,000 bytes: requests are split.
        model = own(serializer, deserializer)
        found = {row.id: row for row in model.transform(frame).collect()}
        assert len(found) == len(made)
        for i, text, big, _, yes, words, _inner in made:
            sent = json.loads(found[i].sent)
            assert sent == {
                "text": text,
                "id": i,
                "big": big,
                "share": 0.1,
                "yes": yes,
                "words": words,
                "inner": {"a": 0.5},
            }
            assert (found[i].fields, found[i].even, found[i].parts) == (7, i % 2 == 0, [text])


def test_what_json_cannot_hold_names_column_and_row(
    spark: SparkSession, own: Callable[..., SageMakerModel]
) -> None:
    from sagemaker_pyspark.errors import InferenceError, explained
    from sagemaker_pyspark.transformation import deserializers as d
    from sagemaker_pyspark.transformation import serializers as s

    serializer = s.JSONRequestRowSerializer(columns=["id", "x"], envelope="")
    model = own(serializer, d.JSONResponseRowDeserializer(schema(fields="int"), envelope=""))
    for bad in ("NaN", "Infinity", "-Infinity"):
        frame = spark.range(0, 10, 1, 1).selectExpr("id", f"if(id = 6, double('{bad}'), 1.0D) x")
        with pytest.raises(InferenceError, match=f'Row 7 .*column "x" holds {bad} in row 7'), explained():
            model.transform(frame).collect()
    with pytest.raises(ValueError, match='"x" is date, which isn\'t written as JSON: cast it'):
        model.transform(spark.range(1).selectExpr("id", "date '2020-01-01' x"))
    with pytest.raises(ValueError, match='no column "x"'):
        model.transform(spark.range(1))
