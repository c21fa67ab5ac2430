"""The DataFrames that are measured on: made once as Parquet, then read and cached by every side."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from bench.protocol import Shape, dataset

if TYPE_CHECKING:
    import pandas
    from pyspark.sql import DataFrame, SparkSession

_SEED = 20240101


def prepare(spark: SparkSession, folder: Path, shape: Shape) -> None:
    """Write the rows of a shape, unless they are there."""
    from pyspark.ml.functions import array_to_vector
    from pyspark.sql import functions as f

    target = dataset(folder, shape)
    if shape.kind == "generated" or (target / "_SUCCESS").exists():
        return
    ids = spark.range(0, shape.rows, 1, shape.partitions)
    if shape.kind == "sparse":
        rows = ids.select("id", _sparse(shape)(f.col("id")).alias("features"))
    else:
        drawn = ids.mapInPandas(_dense(shape), "id long, features array<double>")
        rows = drawn.select("id", array_to_vector(f.col("features")).alias("features"))
    rows.write.mode("overwrite").parquet(str(target))


def _dense(shape: Shape):  # type: ignore[no-untyped-def]
    kind, width = shape.kind, shape.width

    def draw(batches: Iterator[pandas.DataFrame]) -> Iterator[pandas.DataFrame]:
        import numpy as np

        for batch in batches:
            random = np.random.default_rng([_SEED, int(batch["id"].iloc[0])])
            size = (len(batch), width)
            if kind == "pixels":
                values = np.floor(random.random(size) * 256) * (random.random(size) < 0.2)
            else:
                values = random.normal(size=size)
            batch["features"] = list(values)
            yield batch

    return draw


def _sparse(shape: Shape):  # type: ignore[no-untyped-def]
    from pyspark.ml.linalg import SparseVector, VectorUDT
    from pyspark.sql import functions as f

    width, some = shape.width, shape.set

    def draw(number: int) -> SparseVector:
        import random

        source = random.Random(_SEED + number)
        indices = sorted(source.sample(range(width), some))
        return SparseVector(width, indices, [source.gauss(0, 1) for _ in indices])

    return f.udf(draw, VectorUDT())


def load(spark: SparkSession, folder: Path, shape: Shape) -> DataFrame:
    """The frame of a shape: cached, unless its rows are generated."""
    from pyspark.sql import functions as f

    if shape.kind == "generated":
        return _generated(spark, shape)
    rows = spark.read.parquet(str(dataset(folder, shape))).repartition(shape.partitions)
    columns = [f.col("features")]
    if shape.labelled:
        columns.insert(0, (f.col("id") % 2).cast("double").alias("label"))
    if shape.extras:
        for i in range(10):
            columns.append((f.col("id") * (i + 1)).alias(f"number{i}"))
            columns.append(f.concat(f.lit("customer "), f.col("id") % (1000 + i)).alias(f"text{i}"))
    frame = rows.select(*columns).cache()
    frame.write.format("noop").mode("overwrite").save()
    return frame


def repeated(frame: DataFrame, copies: int) -> DataFrame:
    """A frame so many times behind itself."""
    return reduce(lambda rows, _: rows.union(frame), range(copies - 1), frame)


def _generated(spark: SparkSession, shape: Shape) -> DataFrame:
    """Rows of which none is kept anywhere, so that any number of them can be had."""
    from pyspark.ml.functions import array_to_vector
    from pyspark.sql import functions as f

    number = f.col("id")
    elements = f.transform(f.sequence(f.lit(1), f.lit(shape.width)), lambda i: (number * i % 1009) / 7)
    return spark.range(0, shape.rows, 1, shape.partitions).select(array_to_vector(elements).alias("features"))
