"""How good each algorithm is on real data, beside the learner used directly on the same rows.

    python3 scripts/environment.py 4.3 env PYTHONPATH=.:python:scripts python -m tests.e2e.quality

runs all of it on the embedded service and writes docs/algorithms.md; the end-to-end tests measure again and
compare with that page.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

PAGE = Path(__file__).resolve().parents[2] / "docs" / "algorithms.md"
COMMAND = "python3 scripts/environment.py 4.3 env PYTHONPATH=.:python:scripts python -m tests.e2e.quality"
Array = Any


@dataclass(frozen=True)
class Figures:
    """One measure, of ours and of the learner alone."""

    ours: float
    direct: float


@dataclass(frozen=True)
class Case:
    """One algorithm on one data set: every second row is learned from, the others are judged."""

    estimator: str
    data: str
    measure: str
    learner: str
    #: Whether more is better.
    larger: bool
    #: How much worse than the learner alone is still as good.
    allowed: float
    #: From the rows that the model gives of the judged data, and the split data, to the figures.
    figures: Callable[[list[Any], Split], Figures]
    hyper_parameters: dict[str, Any] = field(default_factory=dict)
    #: Where features are scaled to a standard deviation of one beforehand, for both.
    scaled: bool = False
    #: Where all rows are learned from and judged, since there is nothing to predict.
    whole: bool = False

    def split(self) -> Split:
        """The data, as both get it."""
        return _split(self)

    def good_enough(self, found: Figures) -> bool:
        """Whether ours is as good as the learner alone."""
        worse = found.direct - found.ours if self.larger else found.ours - found.direct
        return worse <= self.allowed


@dataclass(frozen=True)
class Split:
    """Features and target to learn from and to be judged by."""

    x: Array
    y: Array
    test_x: Array
    test_y: Array


def _split(case: Case) -> Split:
    from sklearn import datasets
    from sklearn.preprocessing import StandardScaler

    data = getattr(datasets, f"load_{case.data}")()
    x, y = np.asarray(data.data, dtype=np.float32).astype(float), np.asarray(data.target, dtype=float)
    if case.scaled:
        x = StandardScaler().fit_transform(x).astype(np.float32).astype(float)
    if case.whole:
        return Split(x, y, x, y)
    return Split(x[::2], y[::2], x[1::2], y[1::2])


def _k_means(rows: list[Any], split: Split) -> Figures:
    from sklearn.cluster import KMeans

    own = KMeans(10, n_init=10, random_state=0).fit(split.x)
    ours = float(np.mean([row.distance_to_cluster**2 for row in rows]))
    return Figures(ours, float(own.inertia_ / len(split.x)))


def _variance(rows: list[Any], split: Split) -> Figures:
    from sklearn.decomposition import PCA

    projected = np.array([row.projection.toArray() for row in rows])
    own = PCA(10).fit(split.x)
    kept = projected.var(axis=0).sum() / split.x.var(axis=0).sum()
    return Figures(float(kept), float(own.explained_variance_ratio_.sum()))


def _topics(rows: list[Any], split: Split) -> Figures:
    from sklearn.decomposition import LatentDirichletAllocation
    from sklearn.model_selection import cross_val_score
    from sklearn.neighbors import KNeighborsClassifier

    def told_apart(mixtures: Array) -> float:
        return float(cross_val_score(KNeighborsClassifier(), mixtures, split.y).mean())

    own = LatentDirichletAllocation(20, random_state=0).fit_transform(split.x)
    return Figures(told_apart(np.array([row.topic_mixture.toArray() for row in rows])), told_apart(own))


def _accuracy(rows: list[Any], column: str) -> float:
    return float(np.mean([getattr(row, column) == row.label for row in rows]))


def _logistic(rows: list[Any], split: Split) -> Figures:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    own = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(split.x, split.y)
    return Figures(_accuracy(rows, "predicted_label"), float(own.score(split.test_x, split.test_y)))


def _error(values: Array, expected: Array) -> float:
    return float(np.sqrt(np.mean((np.asarray(values) - expected) ** 2)))


def _linear(rows: list[Any], split: Split) -> Figures:
    from sklearn.linear_model import LinearRegression

    own = LinearRegression().fit(split.x, split.y).predict(split.test_x)
    ours = _error([row.score for row in rows], np.array([row.label for row in rows]))
    return Figures(ours, _error(own, split.test_y))


def _boosted(rows: list[Any], split: Split) -> Figures:
    import xgboost
    from sklearn.metrics import log_loss

    matrix = xgboost.DMatrix(split.x, split.y)
    own = xgboost.train({"objective": "binary:logistic", "max_depth": 3}, matrix, 20)
    ours = log_loss([row.label for row in rows], [row.prediction for row in rows])
    return Figures(float(ours), float(log_loss(split.test_y, own.predict(xgboost.DMatrix(split.test_x)))))


def _boosted_classes(rows: list[Any], split: Split) -> Figures:
    import xgboost

    matrix = xgboost.DMatrix(split.x, split.y)
    own = xgboost.train({"objective": "multi:softmax", "num_class": 3}, matrix, 10)
    predicted = own.predict(xgboost.DMatrix(split.test_x))
    return Figures(_accuracy(rows, "prediction"), float(np.mean(predicted == split.test_y)))


#: How factorization machines learn small data sets: their documented defaults are for very large ones.
_FM = {"num_factors": 2, "epochs": 100, "mini_batch_size": 50, "factors_lr": 0.0002}

CASES = (
    Case(
        *("KMeansSageMakerEstimator", "digits", "mean squared distance to the centre", "KMeans"),
        *(False, 15.0, _k_means, {"k": 10, "init_method": "kmeans++", "extra_center_factor": "10"}),
        whole=True,
    ),
    Case(
        *("PCASageMakerEstimator", "digits", "share of the variance that 10 components keep", "PCA"),
        *(True, 1e-4, _variance, {"num_components": 10}),
        whole=True,
    ),
    Case(
        "LDASageMakerEstimator",
        "digits",
        "share of digits that their neighbours by topic name (20 topics)",
        "LatentDirichletAllocation",
        *(True, 0.03, _topics, {"num_topics": 20, "alpha0": 1.0}),
        whole=True,
    ),
    Case(
        *("LinearLearnerBinaryClassifier", "breast_cancer", "accuracy", "LogisticRegression"),
        *(True, 0.01, _logistic),
    ),
    Case(
        *("LinearLearnerMultiClassClassifier", "digits", "accuracy", "LogisticRegression"),
        *(True, 0.01, _logistic, {"num_classes": 10}),
    ),
    Case(
        *("LinearLearnerRegressor", "diabetes", "root mean squared error", "LinearRegression"),
        *(False, 0.5, _linear),
    ),
    Case(
        *("FactorizationMachinesBinaryClassifier", "breast_cancer", "accuracy", "LogisticRegression"),
        *(True, 0.02, _logistic, {**_FM, "linear_lr": 0.01}),
        scaled=True,
    ),
    Case(
        *("FactorizationMachinesRegressor", "diabetes", "root mean squared error", "LinearRegression"),
        *(False, 1.0, _linear, {**_FM, "linear_lr": 1.0, "bias_lr": 5.0, "factors_lr": 0.01}),
        scaled=True,
    ),
    Case(
        *("XGBoostSageMakerEstimator", "breast_cancer", "log loss", "xgboost"),
        *(False, 1e-4, _boosted, {"num_round": 20, "objective": "binary:logistic", "max_depth": 3}),
    ),
    Case(
        *("XGBoostSageMakerEstimator", "wine", "accuracy", "xgboost"),
        *(True, 0.0, _boosted_classes, {"num_round": 10, "objective": "multi:softmax", "num_class": 3}),
    ),
)


def line(case: Case, found: Figures) -> str:
    """The line of the page for one case."""
    better = "more" if case.larger else "less"
    return (
        f"| `{case.estimator}` | {case.data} | {case.measure} ({better} is better) | "
        f"{found.ours:.3f} | {found.direct:.3f} | {case.learner} |"
    )


def stated(case: Case) -> Figures:
    """What the page says of a case."""
    pattern = re.escape(line(case, Figures(0, 0))).replace(re.escape("0.000"), r"([-\d.]+)")
    found = re.search(pattern, PAGE.read_text())
    assert found, f"docs/algorithms.md has no line of {case.estimator} on {case.data}: run {COMMAND}"
    return Figures(float(found[1]), float(found[2]))


def page(lines: list[str]) -> str:
    """The whole page."""
    return f"""<!-- Generated by `{COMMAND}`: change the cases there. -->
# How good the algorithms are

Real data sets that ship with scikit-learn, fitted and hosted through this package on the embedded service,
beside the learner used directly on the same rows. Where there is something to predict, every second row is
learned from, and the others are judged. The end-to-end tests measure again, on the newest Spark 3 and 4
lines, and fail when ours is worse than the learner by more than chance explains, or differs from this table.

| estimator | data | measure | ours | the learner | which is |
|---|---|---|---|---|---|
{chr(10).join(lines)}

The figures are those of the embedded service's trainers, which stand in for Amazon's: they say that nothing
is lost on the way from the DataFrame to the learner and back, and nothing about Amazon's own implementations.
"""


def measured(case: Case, spark: Any, settings: dict[str, Any]) -> Figures:
    """The figures of one case, by a fit on the embedded service."""
    from sagemaker_pyspark import algorithms

    split = case.split()
    with getattr(algorithms, case.estimator)(**settings, **case.hyper_parameters).fit(
        frame(spark, split.x, split.y)
    ) as model:
        rows = model.transform(frame(spark, split.test_x, split.test_y)).orderBy("id").collect()
    return case.figures(rows, split)


def frame(spark: Any, features: Array, label: Array) -> Any:
    """`id`, `label` and `features`, in two partitions."""
    from pyspark.ml.linalg import Vectors

    rows = [
        (i, float(target), Vectors.dense([float(v) for v in row]))
        for i, (row, target) in enumerate(zip(features, label))
    ]
    return spark.createDataFrame(rows, ["id", "label", "features"]).repartition(2, "id").cache()


def main() -> None:
    """Measure all cases and write the page."""
    from pyspark.sql import SparkSession
    from sagemaker_pyspark import configure_spark
    from sagemaker_pyspark.local import LocalSageMaker

    from tests.e2e.support import settings_of

    warnings.simplefilter("ignore")
    builder: Any = SparkSession.builder
    builder = builder.master("local[2]").config("spark.ui.enabled", "false")
    spark = configure_spark(builder).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    lines = []
    with LocalSageMaker() as aws:
        for case in CASES:
            found = measured(case, spark, settings_of(aws))
            lines.append(line(case, found))
            print(lines[-1], "as good" if case.good_enough(found) else "WORSE", flush=True)
    PAGE.write_text(page(lines))
    spark.stop()


if __name__ == "__main__":
    main()
