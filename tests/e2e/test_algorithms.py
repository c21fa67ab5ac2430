"""Every algorithm on real data: fitted, hosted, transformed, saved, loaded and transformed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e import quality
from tests.e2e.support import settings_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.local import LocalSageMaker


def load(name: str) -> tuple[Any, Any]:
    """Features and target of a data set that ships with scikit-learn."""
    from sklearn import datasets

    data = getattr(datasets, f"load_{name}")()
    return data.data, data.target


def frame(spark: SparkSession, features: Any, label: Any = None) -> Any:
    """`id`, `label` and `features`, in two partitions."""
    return quality.frame(spark, features, [0.0] * len(features) if label is None else label)


@pytest.fixture()
def hosted(
    spark: SparkSession, aws: LocalSageMaker, default_keys: None, tmp_path: Path
) -> Iterator[Callable[..., list[Any]]]:
    """Fits, transforms, saves, loads and transforms again; the rows in the order of their ids."""
    from sagemaker_pyspark import SageMakerModel, algorithms

    models: list[SageMakerModel] = []

    def run(algorithm: str, data: DataFrame, judged: DataFrame | None = None, **given: Any) -> list[Any]:
        estimator = getattr(algorithms, algorithm)(**settings_of(aws), **given)
        estimator.write().overwrite().save(str(tmp_path / "estimator"))
        again = getattr(algorithms, algorithm).load(str(tmp_path / "estimator"))
        assert again.uid == estimator.uid
        assert {p.name: v for p, v in again.extractParamMap().items()} == {
            p.name: v for p, v in estimator.extractParamMap().items()
        }
        model = estimator.fit(data)
        models.append(model)
        judged = data if judged is None else judged
        rows: list[Any] = model.transform(judged).orderBy("id").collect()
        model.write().overwrite().save(str(tmp_path / "model"))
        loaded = SageMakerModel.load(str(tmp_path / "model"))
        assert loaded.endpointName == model.endpointName
        assert dict(loaded.getCreatedResources().__dict__) == dict(model.getCreatedResources().__dict__)
        assert loaded.transform(judged).orderBy("id").collect() == rows
        return rows

    yield run
    for model in models:
        model.delete()


def accuracy(rows: list[Any], column: str) -> float:
    return float(sum(getattr(r, column) == r.label for r in rows) / len(rows))


def test_every_algorithm_has_a_figure() -> None:
    from sagemaker_pyspark import algorithms

    assert {case.estimator for case in quality.CASES} == set(algorithms.__all__)


@pytest.mark.parametrize("case", quality.CASES, ids=lambda case: f"{case.estimator} on {case.data}")
def test_as_good_as_the_learner_used_directly(
    spark: SparkSession, hosted: Callable[..., list[Any]], case: quality.Case
) -> None:
    split = case.split()
    judged = frame(spark, split.test_x, split.test_y)
    rows = hosted(case.estimator, frame(spark, split.x, split.y), judged, **case.hyper_parameters)
    found = case.figures(rows, split)
    assert case.good_enough(found), found
    stated = quality.stated(case)
    for mine, page in ((found.ours, stated.ours), (found.direct, stated.direct)):
        assert mine == pytest.approx(page, rel=0.03, abs=2e-3), f"another figure: run {quality.COMMAND}"


def test_pca_projects_as_the_eigenvectors_do(spark: SparkSession, hosted: Callable[..., list[Any]]) -> None:
    import numpy as np
    from sklearn.decomposition import PCA

    features, _ = load("digits")
    rows = hosted("PCASageMakerEstimator", frame(spark, features), num_components=3)
    found = np.array([r.projection.toArray() for r in rows])
    own = PCA(3).fit_transform(features)
    # The service orders components from the smallest to the largest; their signs are arbitrary.
    assert np.allclose(np.abs(found[:, ::-1]), np.abs(own), atol=1e-2)


def test_one_component_is_a_vector_of_one(spark: SparkSession, hosted: Callable[..., list[Any]]) -> None:
    features, _ = load("wine")
    rows = hosted("PCASageMakerEstimator", frame(spark, features), num_components=1)
    assert all(r.projection.size == 1 for r in rows)


def test_lda_gives_each_document_a_mixture(spark: SparkSession, hosted: Callable[..., list[Any]]) -> None:
    import numpy as np

    features, digits = load("digits")
    rows = hosted("LDASageMakerEstimator", frame(spark, features[:300]), num_topics=10)
    mixtures = np.array([r.topic_mixture.toArray() for r in rows])
    assert np.allclose(mixtures.sum(axis=1), 1.0, atol=1e-3)
    # Documents of one kind share their topics more than documents of different kinds.
    same = np.equal.outer(digits[:300], digits[:300])
    alike = mixtures @ mixtures.T
    assert alike[same].mean() > 1.5 * alike[~same].mean()


def test_linear_learner_separates_ten_classes(spark: SparkSession, hosted: Callable[..., list[Any]]) -> None:
    features, label = load("digits")
    rows = hosted("LinearLearnerMultiClassClassifier", frame(spark, features, label), num_classes=10)
    assert accuracy(rows, "predicted_label") > 0.95
    assert all(r.score.size == 10 and r.score.argmax() == r.predicted_label for r in rows)


def test_factorization_machines_learn_products(spark: SparkSession, hosted: Callable[..., list[Any]]) -> None:
    import numpy as np

    random = np.random.default_rng(1)
    users, items = random.integers(0, 20, 2000), random.integers(0, 20, 2000)
    taste, kind = random.normal(size=(20, 2)), random.normal(size=(20, 2))
    rating = (taste[users] * kind[items]).sum(axis=1)
    features = np.zeros((2000, 40))
    features[np.arange(2000), users] = features[np.arange(2000), 20 + items] = 1.0
    learned = {"num_factors": 4, "epochs": 60, "mini_batch_size": 100, "factors_lr": 0.01, "linear_lr": 0.01}
    rows = hosted("FactorizationMachinesRegressor", frame(spark, features, rating), **learned)
    error = np.mean([(r.score - r.label) ** 2 for r in rows])
    assert error < 0.1 * rating.var(), "no linear model can do that"
    rows = hosted("FactorizationMachinesBinaryClassifier", frame(spark, features, rating > 0), **learned)
    assert accuracy(rows, "predicted_label") > 0.9


def test_xgboost_predicts_probabilities_and_classes(
    spark: SparkSession, hosted: Callable[..., list[Any]]
) -> None:
    import xgboost

    features, label = load("breast_cancer")
    rows = hosted(
        "XGBoostSageMakerEstimator",
        frame(spark, features, label),
        num_round=20,
        objective="binary:logistic",
        max_depth=3,
        eval_metric="error@0.7,auc",
        silent=1,
    )
    own = xgboost.train(
        {"objective": "binary:logistic", "max_depth": 3}, xgboost.DMatrix(features, label), 20
    ).predict(xgboost.DMatrix(features))
    assert sum((r.prediction > 0.5) == r.label for r in rows) >= sum((own > 0.5) == label) - 3
    features, label = load("wine")
    rows = hosted(
        "XGBoostSageMakerEstimator",
        frame(spark, features, label),
        num_round=5,
        objective="multi:softmax",
        num_class=3,
    )
    assert accuracy(rows, "prediction") > 0.97


def test_what_is_required_is_asked_for_before_anything_is_sent(
    spark: SparkSession, aws: LocalSageMaker, hosted: Callable[..., list[Any]]
) -> None:
    features, label = load("wine")
    data = frame(spark, features, label)
    aws.reset_calls()
    for algorithm, missing, given in (
        ("PCASageMakerEstimator", "num_components", {}),
        ("LDASageMakerEstimator", "num_topics", {}),
        ("FactorizationMachinesRegressor", "num_factors", {}),
        ("LinearLearnerMultiClassClassifier", "num_classes", {}),
        ("XGBoostSageMakerEstimator", "num_round", {}),
        ("XGBoostSageMakerEstimator", "num_class", {"num_round": 1, "objective": "multi:softprob"}),
    ):
        with pytest.raises(ValueError, match=missing):
            hosted(algorithm, data, **given)
    assert not set(aws.call_counts()) & {"PutObject", "CreateTrainingJob"}
