"""Linear learner against scikit-learn's linear models on breast cancer, wine, digits and diabetes."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sagemaker_pyspark.local import LocalSageMaker
from sagemaker_pyspark.local.algorithms import ndarray
from sklearn import datasets, linear_model, metrics, model_selection, pipeline, preprocessing, svm

from tests.service import algorithm_jobs as jobs
from tests.service import support

IMAGE = jobs.image("linear-learner")
BINARY = {"predictor_type": "binary_classifier", "mini_batch_size": 1000}
REGRESSOR = {"predictor_type": "regressor", "mini_batch_size": 1000}
Split = list[NDArray[np.float64]]


def split(loader: Any) -> Split:
    """Train features, test features, train labels, test labels."""
    data = loader()
    parts: Split = model_selection.train_test_split(data.data, data.target, test_size=0.3, random_state=0)
    return parts


def channels(parts: Split, test: str = "test") -> dict[str, bytes]:
    """Both halves as protobuf."""
    train_x, test_x, train_y, test_y = parts
    return {"train": support.dense(train_x, train_y), test: support.dense(test_x, test_y)}


def standardised(learner: Any) -> Any:
    """The learner behind the scaler that linear learner has inside."""
    return pipeline.make_pipeline(preprocessing.StandardScaler(), learner)


@pytest.fixture(scope="module")
def cancer() -> Split:
    return split(datasets.load_breast_cancer)


@pytest.fixture(scope="module")
def diabetes() -> Split:
    return split(datasets.load_diabetes)


def test_binary_classifier_is_logistic_regression(aws: LocalSageMaker, cancer: Split) -> None:
    train_x, test_x, train_y, test_y = cancer
    trained = jobs.train(aws, IMAGE, {**BINARY, "learning_rate": "0.1"}, channels(cancer))
    direct = standardised(linear_model.LogisticRegression(max_iter=5000, tol=1e-8)).fit(train_x, train_y)
    endpoint = trained.host()
    scores = jobs.same_for_all_types(endpoint, test_x, "score")
    np.testing.assert_allclose(scores, direct.predict_proba(test_x)[:, 1], atol=0.01)
    assert trained.metrics["test:binary_classification_accuracy"] >= direct.score(test_x, test_y) - 0.02
    area = metrics.roc_auc_score(test_y, direct.predict_proba(test_x)[:, 1])
    assert trained.metrics["test:roc_auc_score"] == pytest.approx(area, abs=0.002)
    table = endpoint.table(jobs.csv(test_x), jobs.CSV)
    np.testing.assert_allclose(table[:, 0], scores, rtol=1e-5)
    agree = (table[:, 1] == test_y).mean()
    assert agree == pytest.approx(trained.metrics["test:binary_classification_accuracy"])
    assert "learning_rate=0.1 is accepted but not used by the local service: each model is" in trained.log

    with zipfile.ZipFile(io.BytesIO(trained.files["model_algo-1"])) as archive:
        real = {"manifest.json", "additional-params.json", "mx-mod-symbol.json", "mx-mod-0000.params"}
        assert set(archive.namelist()) == real | {"meta.json"}
        arrays = ndarray.load_dict(archive.read("mx-mod-0000.params"))
        assert json.loads(archive.read("mx-mod-symbol.json"))["heads"] == [[5, 0, 0]]
    assert {name: array.shape for name, array in arrays.items()} == {
        "arg:fc0_weight": (1, 30),
        "arg:fc0_bias": (1,),
    }
    message = "The request's records have 2 features, the model expects 30."
    assert endpoint.refusal(b"1,2\n", jobs.CSV) == (400, message)
    assert endpoint.refusal(b"1 1:2\n", "text/libsvm")[0] == 415
    assert endpoint.refusal(jobs.csv(test_x), jobs.CSV, "image/png")[0] == 406
    hole = jobs.csv(np.full((1, 30), np.nan))
    assert endpoint.refusal(hole, jobs.CSV)[0] == 400


@pytest.mark.parametrize(
    ("settings", "metric", "least"),
    [
        (
            {
                "binary_classifier_model_selection_criteria": "precision_at_target_recall",
                "target_recall": 0.99,
            },
            "recall",
            0.99,
        ),
        (
            {
                "binary_classifier_model_selection_criteria": "recall_at_target_precision",
                "target_precision": 0.995,
            },
            "precision",
            0.995,
        ),
        ({"binary_classifier_model_selection_criteria": "f_beta", "f_beta": 2}, "binary_f_beta", 0.98),
        ({"positive_example_weight_mult": "balanced"}, "binary_classification_accuracy", 0.97),
        ({"positive_example_weight_mult": "auto", "num_models": 3}, "binary_classification_accuracy", 0.97),
        ({"loss": "hinge_loss"}, "binary_classification_accuracy", 0.97),
    ],
)
def test_threshold_follows_the_selection_criterion(
    aws: LocalSageMaker, cancer: Split, settings: dict[str, Any], metric: str, least: float
) -> None:
    trained = jobs.train(aws, IMAGE, {**BINARY, **settings}, channels(cancer, "validation"))
    assert trained.job["TrainingJobStatus"] == "Completed"
    assert trained.metrics[f"validation:{metric}"] >= least


def test_multiclass_classifier_is_softmax_regression(aws: LocalSageMaker) -> None:
    parts = split(datasets.load_wine)
    train_x, test_x, train_y, test_y = parts
    settings = {
        "predictor_type": "multiclass_classifier",
        "num_classes": 3,
        "balance_multiclass_weights": "True",
        "accuracy_top_k": 2,
    }
    trained = jobs.train(aws, IMAGE, settings, channels(parts))
    learner = linear_model.LogisticRegression(max_iter=5000, tol=1e-8, class_weight="balanced")
    direct = standardised(learner).fit(train_x, train_y)
    endpoint = trained.host()
    scores = jobs.same_for_all_types(endpoint, test_x, "score")
    np.testing.assert_allclose(scores, direct.predict_proba(test_x), atol=0.02)
    labels = [row["predicted_label"] for row in endpoint.json(jobs.csv(test_x), jobs.CSV)]
    np.testing.assert_array_equal(labels, direct.predict(test_x))
    assert trained.metrics["test:multiclass_accuracy"] == pytest.approx(direct.score(test_x, test_y))
    assert trained.metrics["test:multiclass_top_k_accuracy"] == 1.0


def test_regressor_is_ridge_regression_on_dense_and_sparse_data(aws: LocalSageMaker, diabetes: Split) -> None:
    train_x, test_x, train_y, _ = diabetes
    settings = {**REGRESSOR, "wd": 0.01}
    direct = standardised(linear_model.Ridge(alpha=0.01 * len(train_x) / 2)).fit(train_x, train_y)
    for data in (support.dense(train_x, train_y), jobs.sparse(train_x, train_y)):
        endpoint = jobs.train(aws, IMAGE, settings, {"train": data}).host()
        scores = jobs.same_for_all_types(endpoint, test_x, "score")
        np.testing.assert_allclose(scores, direct.predict(test_x), rtol=1e-3)


def test_each_loss_is_as_low_as_its_own_learner_gets_it(aws: LocalSageMaker, diabetes: Split) -> None:
    features, _, labels, _ = diabetes
    data = {"train": (jobs.csv(features, labels), "text/csv")}
    names: dict[str, dict[str, Any]] = {
        "absolute_loss": {},
        "quantile_loss": {"quantile": 0.9},
        "eps_insensitive_absolute_loss": {"loss_insensitivity": 10},
        "eps_insensitive_squared_loss": {"loss_insensitivity": 10},
        "huber_loss": {"huber_delta": 1e6},
    }
    started = {
        name: jobs.start(aws, IMAGE, {**REGRESSOR, "wd": 0, "loss": name, **extra}, data)
        for name, extra in names.items()
    }
    found = {
        name: jobs.Trained(aws, IMAGE, support.finished(aws, job)).metrics["train:objective_loss"]
        for name, job in started.items()
    }
    median = linear_model.QuantileRegressor(quantile=0.5, alpha=0).fit(features, labels).predict(features)
    upper = linear_model.QuantileRegressor(quantile=0.9, alpha=0).fit(features, labels).predict(features)
    plain = linear_model.LinearRegression().fit(features, labels).predict(features)
    scaled = preprocessing.StandardScaler().fit_transform(features)
    tube = svm.LinearSVR(epsilon=10, C=1e3, max_iter=100_000, random_state=0).fit(scaled, labels)
    expected = {
        "absolute_loss": np.abs(median - labels).mean(),
        "quantile_loss": metrics.mean_pinball_loss(labels, upper, alpha=0.9),
        "eps_insensitive_absolute_loss": np.maximum(np.abs(tube.predict(scaled) - labels) - 10, 0).mean(),
        "huber_loss": 0.5 * np.square(plain - labels).mean(),
    }
    for name, value in expected.items():
        assert found[name] <= value * 1.001, name
    assert found["eps_insensitive_squared_loss"] < np.square(plain - labels).mean()


def test_lasso_leaves_few_weights(aws: LocalSageMaker, diabetes: Split) -> None:
    features, _, labels, _ = diabetes
    settings = {**REGRESSOR, "l1": 0.2, "wd": 0}
    trained = jobs.train(aws, IMAGE, settings, {"train": support.dense(features, labels)})
    with zipfile.ZipFile(io.BytesIO(trained.files["model_algo-1"])) as archive:
        weight = ndarray.load_dict(archive.read("mx-mod-0000.params"))["arg:fc0_weight"][0]
    direct = standardised(linear_model.Lasso(alpha=0.1 * labels.std())).fit(features, labels)
    np.testing.assert_array_equal(np.abs(weight) > 1e-3, direct[-1].coef_ != 0)


def test_a_foreign_artifact_without_our_notes_is_hosted(aws: LocalSageMaker) -> None:
    arrays = {"arg:fc0_weight": np.array([[1.0, -1.0]], np.float32), "arg:fc0_bias": np.zeros(1, np.float32)}
    symbol = {"nodes": [{"op": "LogisticRegressionOutput", "name": "out", "inputs": []}]}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mx-mod-symbol.json", json.dumps(symbol))
        archive.writestr("mx-mod-0000.params", ndarray.dumps(arrays))
        archive.writestr("manifest.json", "{}")
    endpoint = jobs.hosted(aws, support.model_archive({"model_algo-1": packed.getvalue()}), IMAGE)
    assert endpoint.json(b"5,2\n2,5\n", jobs.CSV) == [
        {"score": pytest.approx(0.95257413), "predicted_label": 1.0},
        {"score": pytest.approx(0.04742587), "predicted_label": 0.0},
    ]
    assert "not a readable zip file" in jobs.hosting_failure(aws, {"model_algo-1": b"no zip"}, IMAGE)


def test_bad_settings_and_data_end_the_job_with_the_reason(aws: LocalSageMaker, cancer: Split) -> None:
    features, labels = cancer[0][:30], cancer[2][:30]
    data = {"train": support.dense(features, labels)}
    unlabelled = {"train": support.dense(features)}
    multiclass = {"predictor_type": "multiclass_classifier"}
    jobs.check_failures(
        aws,
        IMAGE,
        [
            (({}, data), "No value(s) were specified for 'predictor_type'"),
            ((multiclass, data), "No value(s) were specified for 'num_classes'"),
            (
                ({**BINARY, "loss": "softmax_loss"}, data),
                "binary_classifier takes auto or logistic, hinge_loss",
            ),
            (
                ({**BINARY, "quantile": 1}, data),
                "'quantile': expected a number greater than 0 and less than 1",
            ),
            (({**BINARY, "use_bias": "maybe"}, data), "'use_bias': expected auto, or true or false"),
            (({**BINARY, "learning_rate": 0}, data), "'learning_rate': expected auto, or a number greater"),
            (({**BINARY, "depth": 3}, data), "'depth' unexpected"),
            (({**BINARY, "feature_dim": 29}, data), "have 30 features, but hyperparameter feature_dim is 29"),
            ((BINARY, unlabelled), "The records of channel 'train' have no label"),
            ((BINARY, {"train": support.dense(features, labels + 1)}), "must be 0 or 1; record"),
            ((BINARY, {"train": support.dense(features, labels * 0)}), "labels of one class only"),
            ((BINARY, {**data, "validation": support.dense(features[:, 1:], labels)}), "have 29 features"),
        ],
    )
