"""A transformed DataFrame is one like any other, from Python."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.support import small_requests

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.local import LocalSageMaker


@pytest.fixture(scope="module")
def answers(fitted: SageMakerModel, digits: DataFrame) -> dict[int, Any]:
    """Each row's cluster and distance, by id."""
    rows = fitted.transform(digits).collect()
    return {row["id"]: (row["closest_cluster"], row["distance_to_cluster"]) for row in rows}


@pytest.fixture()
def transformed(fitted: SageMakerModel, digits: DataFrame) -> DataFrame:
    return small_requests(fitted, max_rows_per_request=200).transform(digits)


def by_id(frame: DataFrame) -> dict[int, Any]:
    rows = frame.select("id", "closest_cluster", "distance_to_cluster").collect()
    found = {row[0]: (row[1], row[2]) for row in rows}
    assert len(found) == len(rows), "no row is there twice"
    return found


def test_self_joins_of_frames_and_of_a_view(
    spark: SparkSession, transformed: DataFrame, answers: dict[int, Any]
) -> None:
    from pyspark.sql import functions as f

    joined = transformed.alias("a").join(transformed.alias("b"), f.col("a.id") == f.col("b.id"))
    rows = joined.select("a.id", "b.closest_cluster", "b.distance_to_cluster").collect()
    assert {row[0]: (row[1], row[2]) for row in rows} == answers and len(rows) == len(answers)
    by_answer = transformed.alias("a").join(
        transformed.alias("b"), f.col("a.distance_to_cluster") == f.col("b.distance_to_cluster")
    )
    assert by_answer.where("a.id = b.id").count() == len(answers)
    transformed.createOrReplaceTempView("clustered")
    sql = spark.sql(
        "SELECT a.id, b.closest_cluster, b.distance_to_cluster FROM clustered a JOIN clustered b USING (id)"
    )
    assert by_id(sql) == answers


def test_unions_chains_and_shuffles_on_both_sides(
    spark: SparkSession, fitted: SageMakerModel, digits: DataFrame, answers: dict[int, Any]
) -> None:
    from pyspark.sql import functions as f

    model = small_requests(fitted, max_rows_per_request=200)
    even, odd = digits.where("id % 2 = 0"), digits.where("id % 2 = 1")
    assert by_id(model.transform(even).union(model.transform(odd))) == answers
    once = model.transform(digits).withColumnRenamed("closest_cluster", "first")
    twice = model.transform(once.withColumnRenamed("distance_to_cluster", "far"))
    assert twice.where("first != closest_cluster OR far != distance_to_cluster").count() == 0
    assert twice.count() == len(answers)
    spark.conf.set("spark.sql.adaptive.enabled", "true")
    shuffled = model.transform(digits.repartition(5, "digit").where("digit >= 0"))
    counts = shuffled.groupBy("closest_cluster").agg(f.count("*"), f.countDistinct("id")).collect()
    assert sum(row[1] for row in counts) == sum(row[2] for row in counts) == len(answers)
    assert {row[0] for row in counts} == {cluster for cluster, _ in answers.values()}


def test_cached_and_checkpointed_answers_are_not_asked_for_again(
    spark: SparkSession, aws: LocalSageMaker, transformed: DataFrame, answers: dict[int, Any], tmp_path: Path
) -> None:
    spark.sparkContext.setCheckpointDir(str(tmp_path))
    cached = transformed.cache()
    kept = [cached, transformed.localCheckpoint(), transformed.checkpoint()]
    assert cached.count() == len(answers)
    aws.reset_calls()
    for frame in kept:
        assert by_id(frame) == answers
    assert "InvokeEndpoint" not in aws.call_counts()
    cached.unpersist(True)


def test_a_global_view_is_read_in_a_session_that_never_transformed(
    spark: SparkSession, transformed: DataFrame, answers: dict[int, Any]
) -> None:
    transformed.createOrReplaceGlobalTempView("clustered_for_all")
    other = spark.newSession()
    assert by_id(other.sql("SELECT * FROM global_temp.clustered_for_all")) == answers
    spark.catalog.dropGlobalTempView("clustered_for_all")


def test_metadata_of_columns_is_kept_and_columns_nobody_wants_are_not_carried(
    fitted: SageMakerModel, digits: DataFrame
) -> None:
    from pyspark.sql import functions as f

    described = digits.withColumn("digit", f.col("digit").alias("digit", metadata={"unit": "none"}))
    frame = small_requests(fitted).transform(described)
    assert frame.schema["digit"].metadata == {"unit": "none"}
    assert frame.schema["id"].nullable == described.schema["id"].nullable
    assert frame.select("closest_cluster").columns == ["closest_cluster"]


def test_explain_says_what_will_be_called_and_no_key(aws: LocalSageMaker, transformed: DataFrame) -> None:
    out = StringIO()
    with redirect_stdout(out):
        transformed.explain(True)
    text = out.getvalue()
    for part in ("InvokeEndpoint endpoint-", "ProtobufRequestRowSerializer", "in flight <= 8", "rows <= 200"):
        assert part in text
    assert aws.client_options()["secret_access_key"] not in text


def test_streams_are_transformed_batch_by_batch(
    spark: SparkSession, fitted: SageMakerModel, digits: DataFrame, answers: dict[int, Any], tmp_path: Path
) -> None:
    digits.repartition(3).write.parquet(str(tmp_path / "in"))
    stream = (
        spark.readStream.schema(digits.schema).option("maxFilesPerTrigger", "1").parquet(str(tmp_path / "in"))
    )
    batches: list[dict[int, Any]] = []
    query = (
        small_requests(fitted, max_rows_per_request=200)
        .transform(stream)
        .writeStream.option("checkpointLocation", str(tmp_path / "checkpoint"))
        .trigger(availableNow=True)
        .foreachBatch(lambda frame, _: batches.append(by_id(frame)))
        .start()
    )
    query.awaitTermination()
    assert query.exception() is None and len(batches) == 3
    assert {key: value for batch in batches for key, value in batch.items()} == answers
    assert sum(len(batch) for batch in batches) == len(answers)


def test_a_foreach_batch_may_transform_too(
    spark: SparkSession, fitted: SageMakerModel, digits: DataFrame, answers: dict[int, Any], tmp_path: Path
) -> None:
    digits.write.parquet(str(tmp_path / "in"))
    stream = spark.readStream.schema(digits.schema).parquet(str(tmp_path / "in"))
    found: dict[int, Any] = {}
    query = (
        stream.writeStream.option("checkpointLocation", str(tmp_path / "checkpoint"))
        .trigger(availableNow=True)
        .foreachBatch(lambda frame, _: found.update(by_id(small_requests(fitted).transform(frame))))
        .start()
    )
    query.awaitTermination()
    assert found == answers


def test_a_windowed_count_is_appended_once_its_watermark_has_passed(
    spark: SparkSession, fitted: SageMakerModel, digits: DataFrame, tmp_path: Path
) -> None:
    from pyspark.sql import functions as f

    # One hour of rows in each file, the files in the order of their time.
    timed = digits.withColumn("at", f.expr("timestamp_seconds(id * 60)"))
    for number, part in enumerate(("id < 600", "id >= 600 AND id < 1200", "id >= 1200")):
        timed.where(part).coalesce(1).write.parquet(str(tmp_path / "in" / f"part={number}"))
    stream = (
        spark.readStream.schema(timed.schema)
        .option("maxFilesPerTrigger", "1")
        .parquet(str(tmp_path / "in" / "*"))
        .withWatermark("at", "1 minute")
    )
    counts = (
        small_requests(fitted, max_rows_per_request=200)
        .transform(stream)
        .groupBy(f.window("at", "1 hour"))
        .agg(f.count("closest_cluster").alias("rows"), f.sum("distance_to_cluster").alias("far"))
    )
    query = (
        counts.writeStream.outputMode("append")
        .format("parquet")
        .option("checkpointLocation", str(tmp_path / "checkpoint"))
        .option("path", str(tmp_path / "out"))
        .trigger(availableNow=True)
        .start()
    )
    query.awaitTermination()
    assert query.exception() is None
    rows = spark.read.parquet(str(tmp_path / "out")).collect()
    starts = [row["window"]["start"] for row in rows]
    # 1,797 minutes: the last hour, and the one in which the watermark is, stay open.
    assert len(starts) == len(set(starts)) and len(starts) in (28, 29)
    assert all(row["rows"] == 60 and row["far"] > 0 for row in rows)
