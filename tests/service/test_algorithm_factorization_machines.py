"""Factorization machines: ratings drawn from factors, breast cancer, and the formula written out."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sagemaker_pyspark.local import LocalSageMaker
from sagemaker_pyspark.local.algorithms import ndarray
from sklearn import datasets, linear_model, metrics, model_selection, preprocessing

from tests.service import algorithm_jobs as jobs
from tests.service import support

IMAGE = jobs.image("factorization-machines")
USERS, ITEMS = 60, 40
SERVED = (jobs.RECORDIO, jobs.JSON, jobs.JSONLINES)
NO_DECAY = {"bias_wd": 0, "linear_wd": 0, "factors_wd": 0}
RATINGS = {
    **NO_DECAY,
    "feature_dim": USERS + ITEMS,
    "num_factors": 6,
    "epochs": 60,
    "mini_batch_size": 100,
    "linear_lr": 0.02,
    "factors_lr": 0.02,
    "factors_init_sigma": 0.1,
}


@pytest.fixture(scope="module")
def ratings() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One-hot users and items, and what users think of items."""
    random = np.random.default_rng(1)
    users, items = random.integers(0, USERS, 4000), random.integers(0, ITEMS, 4000)
    tastes, kinds = random.normal(size=(USERS, 3)), random.normal(size=(ITEMS, 3))
    opinions = 3 + random.normal(size=USERS)[users] + (tastes[users] * kinds[items]).sum(axis=1)
    features = np.zeros((4000, USERS + ITEMS))
    features[np.arange(4000), users] = 1
    features[np.arange(4000), USERS + items] = 1
    return features, opinions + random.normal(size=4000) * 0.1


def parameters(archive: bytes) -> dict[str, NDArray[np.float32]]:
    """The arrays of a model file."""
    with zipfile.ZipFile(io.BytesIO(archive)) as members:
        assert set(members.namelist()) == {"symbol.json", "params", "meta.json"}
        assert json.loads(members.read("symbol.json"))["nodes"][-1]["name"] == "out"
        return ndarray.load_dict(members.read("params"))


def test_regressor_finds_the_factors_that_a_linear_model_cannot(
    aws: LocalSageMaker, ratings: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> None:
    features, opinions = ratings
    channels = {
        "train": jobs.sparse(features[:3000], opinions[:3000]),
        "test": jobs.sparse(features[3000:], opinions[3000:]),
    }
    trained = jobs.train(aws, IMAGE, {**RATINGS, "predictor_type": "regressor"}, channels)
    arrays = parameters(trained.files["model_algo-1"])
    assert [arrays[f"arg:{name}"].shape for name in ("v", "w1_weight", "w0_weight")] == [
        (100, 6),
        (100, 1),
        (1, 1),
    ]
    share = 1 - trained.metrics["test:mse"] / opinions[3000:].var()
    linear = (
        linear_model.Ridge(0.1).fit(features[:3000], opinions[:3000]).score(features[3000:], opinions[3000:])
    )
    assert share > 0.98 > linear + 0.5
    assert trained.metrics["test:rmse"] == pytest.approx(trained.metrics["test:mse"] ** 0.5)

    endpoint = trained.host()
    scores = jobs.same_for_all_types(endpoint, features[3000:3050], "score", SERVED)
    np.testing.assert_allclose(scores, opinions[3000:3050], atol=1.5)
    assert endpoint.refusal(jobs.csv(features[:2]), jobs.CSV)[0] == 415
    assert endpoint.refusal(support.dense(features[:2]), jobs.RECORDIO, jobs.CSV)[0] == 406
    message = "The request's records have 2 features, the model expects 100."
    assert endpoint.refusal(support.dense([[1, 2]]), jobs.RECORDIO) == (400, message)


def test_classifier_is_no_worse_than_logistic_regression(aws: LocalSageMaker) -> None:
    data = datasets.load_breast_cancer()
    scaled = preprocessing.StandardScaler().fit_transform(data.data)
    train_x, test_x, train_y, test_y = model_selection.train_test_split(
        scaled, data.target, test_size=0.3, random_state=0
    )
    settings = {
        "feature_dim": 30,
        "num_factors": 2,
        "predictor_type": "binary_classifier",
        "epochs": 60,
        "mini_batch_size": 50,
        "linear_lr": 0.01,
        "factors_lr": 0.0002,
    }
    channels = {"train": support.dense(train_x, train_y), "test": support.dense(test_x, test_y)}
    trained = jobs.train(aws, IMAGE, settings, channels)
    direct = linear_model.LogisticRegression(max_iter=1000).fit(train_x, train_y)
    endpoint = trained.host()
    rows = endpoint.json(support.dense(test_x), jobs.RECORDIO)
    scores = np.array([row["score"] for row in rows])
    assert [row["predicted_label"] for row in rows] == (scores >= 0.5).tolist()
    area = metrics.roc_auc_score(test_y, direct.decision_function(test_x))
    assert metrics.roc_auc_score(test_y, scores) >= area - 0.005
    found = trained.metrics["test:binary_classification_accuracy"]
    assert found == pytest.approx(((scores >= 0.5) == test_y).mean())
    assert found >= direct.score(test_x, test_y) - 0.02
    loss = metrics.log_loss(test_y, scores)
    assert trained.metrics["test:binary_classification_cross_entropy"] == pytest.approx(loss, rel=1e-3)
    assert trained.metrics["test:binary_f_beta"] == pytest.approx(metrics.f1_score(test_y, scores >= 0.5))


def test_a_foreign_artifact_is_hosted_and_answers_by_the_formula(aws: LocalSageMaker) -> None:
    random = np.random.default_rng(2)
    v, w1, w0 = random.normal(size=(5, 3)), random.normal(size=(5, 1)), np.array([0.5])
    arrays = {"arg:v": v, "arg:w1_weight": w1, "arg:w0_weight": w0}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        symbol = {"nodes": [{"op": "LogisticRegressionOutput", "name": "out", "inputs": []}]}
        archive.writestr("symbol.json", json.dumps(symbol))
        named = {name: array.astype(np.float32) for name, array in arrays.items()}
        archive.writestr("params", ndarray.dumps(named))
    endpoint = jobs.hosted(aws, support.model_archive({"model_algo-1": packed.getvalue()}), IMAGE)
    rows = random.normal(size=(4, 5))
    pairs = [
        sum(v[i] @ v[j] * row[i] * row[j] for i, j in itertools.combinations(range(5), 2)) for row in rows
    ]
    expected = 1 / (1 + np.exp(-(w0 + rows @ w1[:, 0] + np.array(pairs))))
    scores = jobs.same_for_all_types(endpoint, rows, "score", SERVED)
    np.testing.assert_allclose(scores, expected, rtol=1e-4)
    assert "it has no array 'w0_weight'" in jobs.hosting_failure(
        aws, {"model_algo-1": _without_bias(named)}, IMAGE
    )


def test_ways_to_start_clip_and_rescale_have_their_effect(
    aws: LocalSageMaker, ratings: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> None:
    features, opinions = ratings
    settings: dict[str, Any] = {
        **RATINGS,
        "predictor_type": "regressor",
        "epochs": 1,
        "mini_batch_size": 4000,
        "bias_lr": 0,
        "linear_lr": 0,
        "bias_init_method": "constant",
        "bias_init_value": 2.5,
        "linear_init_method": "uniform",
        "linear_init_scale": 0.25,
        "factors_init_method": "constant",
        "factors_init_value": 0.5,
        "factors_lr": 0.125,
        "clip_gradient": 1.0,
        "rescale_grad": 1.0,
        "eps": 1.0,
    }
    trained = jobs.train(aws, IMAGE, settings, {"train": jobs.sparse(features, opinions)})
    arrays = parameters(trained.files["model_algo-1"])
    assert arrays["arg:w0_weight"].item() == 2.5
    assert 0.2 < np.abs(arrays["arg:w1_weight"]).max() <= 0.25
    # The first step of Adam is rate * g / (|g| + eps / sqrt(1 - beta_2)), and g is clipped to 1.
    step = 0.125 / (1.0 + 1.0 / np.sqrt(0.001))
    moved = np.abs(arrays["arg:v"] - 0.5)
    assert moved.max() == pytest.approx(step, rel=1e-3)


def test_bad_settings_and_data_end_the_job_with_the_reason(aws: LocalSageMaker) -> None:
    rows = np.eye(3)
    data = {"train": support.dense(rows, [0, 1, 1])}
    good = {"feature_dim": 3, "num_factors": 2, "predictor_type": "binary_classifier"}
    uniform = {**good, "linear_init_method": "uniform"}
    missing = "No value(s) were specified for 'feature_dim', 'num_factors', 'predictor_type'"
    jobs.check_failures(
        aws,
        IMAGE,
        [
            (({}, data), missing),
            (({**good, "predictor_type": "both"}, data), "'predictor_type': expected one of"),
            (({**good, "bias_lr": -1}, data), "'bias_lr': expected a number of at least 0, found '-1'"),
            (({**good, "bias_rate": 1}, data), "'bias_rate' unexpected"),
            ((uniform, data), "'linear_init_scale' which are required hyperparameter(s) when"),
            (({**good, "feature_dim": 4}, data), "have 3 features, but hyperparameter feature_dim is 4"),
            ((good, {"train": (b"1,2,3,4\n", "text/csv")}), "ContentType ('text/csv', '1.0')"),
            ((good, {"train": support.dense(rows, [0, 1, 2])}), "must be 0 or 1; record 2 has 2.0"),
            ((good, {"train": support.dense(rows)}), "have no label"),
        ],
    )


def _without_bias(arrays: dict[str, Any]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        kept = {name: array for name, array in arrays.items() if name != "arg:w0_weight"}
        archive.writestr("params", ndarray.dumps(kept))
    return packed.getvalue()
