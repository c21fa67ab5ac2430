"""XGBoost in both images against the library itself, on breast cancer, wine and diabetes."""

from __future__ import annotations

import io
import json
import pickle
from typing import Any

import numpy as np
import pytest
import xgboost
from numpy.typing import NDArray
from sagemaker_pyspark.local import LocalSageMaker
from sklearn import datasets, metrics, model_selection

from tests.service import algorithm_jobs as jobs
from tests.service import support

FIRST = jobs.image("xgboost")
NEWER = jobs.image("sagemaker-xgboost", "1.7-1")
NEWEST = jobs.image("sagemaker-xgboost", "3.0-5")
LIBSVM = "text/libsvm"
LOGISTIC = {"num_round": 20, "objective": "binary:logistic", "max_depth": 3, "seed": 7}
Split = list[NDArray[np.float64]]


def split(loader: Any) -> Split:
    """Train features, test features, train labels, test labels."""
    data = loader()
    parts: Split = model_selection.train_test_split(data.data, data.target, test_size=0.3, random_state=0)
    return parts


def libsvm(rows: Any, labels: Any = None, first: int = 1) -> bytes:
    """Rows with indices from ``first`` on, as Spark writes them from 1 on; zeros are left out."""
    lines = []
    for index, row in enumerate(np.asarray(rows)):
        pairs = [f"{column + first}:{value!r}" for column, value in enumerate(row.tolist()) if value]
        lines.append(" ".join([repr(float(labels[index])) if labels is not None else "0.0", *pairs]))
    return ("\n".join(lines) + "\n").encode()


def booster_of(trained: jobs.Trained) -> xgboost.Booster:
    """The artifact, read by the library."""
    booster = xgboost.Booster()
    booster.load_model(bytearray(trained.files["xgboost-model"]))
    return booster


@pytest.fixture(scope="module")
def cancer() -> Split:
    return split(datasets.load_breast_cancer)


def direct(parts: Split, rounds: int = 20, **parameters: Any) -> NDArray[np.float32]:
    """Predictions for the test rows by the library used directly; zeros are missing, as in libsvm."""
    train_x, test_x, train_y, _ = parts
    data = xgboost.DMatrix(train_x.astype(np.float32), train_y, missing=0.0)
    booster = xgboost.train(parameters, data, rounds)
    return np.asarray(booster.predict(xgboost.DMatrix(test_x.astype(np.float32), missing=0.0)))


def test_first_image_trains_on_one_based_libsvm_and_answers_in_one_line(
    aws: LocalSageMaker, cancer: Split
) -> None:
    train_x, test_x, train_y, test_y = cancer
    settings = {
        **LOGISTIC,
        "silent": 0,
        "updater": "grow_histmaker,prune",
        "sketch_eps": 0.1,
        "eval_metric": "error@0.7,auc",
    }
    channels = {
        "train": (libsvm(train_x, train_y), "libsvm"),
        "validation": (libsvm(test_x, test_y), "libsvm"),
    }
    trained = jobs.train(aws, FIRST, settings, channels)
    expected = direct(
        cancer, objective="binary:logistic", max_depth=3, seed=7, tree_method="exact", base_score=0.5
    )
    endpoint = trained.host()
    assert booster_of(trained).num_features() == 30
    body = libsvm(test_x)
    answer = endpoint.ask(body, LIBSVM, jobs.CSV).decode()
    assert "\n" not in answer
    scores = np.array([float(value) for value in answer.split(",")])
    np.testing.assert_allclose(scores, expected, rtol=1e-4)
    assert trained.metrics["validation:auc"] == pytest.approx(
        metrics.roc_auc_score(test_y, expected), abs=1e-4
    )
    # One row whose lowest index is 2 means the same columns as among others.
    assert float(endpoint.ask(b"0 2:20 5:0.1\n", "text/x-libsvm", jobs.CSV)) == pytest.approx(
        float(endpoint.ask(b"0 2:20 5:0.1\n" + body, LIBSVM, jobs.CSV).split(b",")[0])
    )
    for name in ("silent", "updater", "sketch_eps"):
        assert f"hyper-parameter {name}=" in trained.log
    assert endpoint.refusal(b"0 0:1 2:3\n", LIBSVM, jobs.CSV)[0] == 415


def test_newest_image_takes_all_types_and_answers_a_row_a_line(aws: LocalSageMaker, cancer: Split) -> None:
    train_x, test_x, train_y, test_y = cancer
    trained = jobs.train(aws, NEWEST, LOGISTIC, {"train": (jobs.csv(train_x, train_y), "text/csv")})
    data = xgboost.DMatrix(train_x.astype(np.float32), train_y)
    learner = xgboost.train({"objective": "binary:logistic", "max_depth": 3, "seed": 7}, data, 20)
    expected = learner.predict(xgboost.DMatrix(test_x.astype(np.float32)))
    endpoint = trained.host()
    accuracy = float(((expected > 0.5) == test_y).mean())
    for content_type, body in ((jobs.CSV, jobs.csv(test_x)), (jobs.RECORDIO, support.dense(test_x))):
        answer = endpoint.ask(body, content_type, jobs.CSV).decode()
        assert answer.endswith("\n")
        scores = np.array([float(line) for line in answer.splitlines()])
        np.testing.assert_allclose(scores, expected, rtol=1e-4)
        assert ((scores > 0.5) == test_y).mean() == accuracy
    body = jobs.csv(test_x[:3])
    rows = endpoint.json(body, jobs.CSV)
    np.testing.assert_allclose([row["score"] for row in rows], expected[:3], rtol=1e-4)
    lines = endpoint.ask(body, jobs.CSV, jobs.JSONLINES).splitlines()
    assert [json.loads(line) for line in lines] == rows
    records = jobs.labels(endpoint.ask(body, jobs.CSV, jobs.RECORDIO))
    np.testing.assert_allclose([record["score"][0] for record in records], expected[:3], rtol=1e-4)

    hole = jobs.csv(test_x[:1]).split(b",", 1)[1]
    assert 0 <= float(endpoint.ask(b"," + hole, jobs.CSV, jobs.CSV)) <= 1
    status, message = endpoint.refusal(b"1,2\n", jobs.CSV)
    assert (status, message) == (
        400,
        "Unable to evaluate payload provided: Feature size of csv inference data 2 is not consistent with"
        " feature size of trained model 30.",
    )
    status, message = endpoint.refusal(b"a,b\n", jobs.CSV)
    assert status == 415
    assert message.startswith("Loading csv data failed with Exception, please ensure data is in csv format:")
    assert endpoint.refusal(b"x", "application/json") == (
        415,
        "Content-type application/json not supported. Supported content-type is text/csv, text/libsvm,"
        " application/x-recordio-protobuf",
    )
    status, message = endpoint.refusal(body, jobs.CSV, "image/png")
    assert status == 406
    assert message.startswith("Accept type image/png is not supported.")
    empty = aws.boto3_client("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint.name, Body=b"", ContentType=jobs.CSV
    )
    assert empty["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_several_classes_weights_and_missing_values(aws: LocalSageMaker) -> None:
    train_x, test_x, train_y, test_y = split(datasets.load_wine)
    holed = train_x.copy()
    holed[::7, 3] = np.nan
    weights = np.where(train_y == 1, 2.0, 1.0)
    table = np.column_stack([train_y, weights, holed])
    body = jobs.csv(table).replace(b"nan", b"")
    settings = {"num_round": 10, "objective": "multi:softprob", "num_class": 3, "csv_weights": 1}
    trained = jobs.train(aws, NEWEST, settings, {"train": (body, "csv")})
    data = xgboost.DMatrix(holed.astype(np.float32), train_y, weight=weights)
    learner = xgboost.train({"objective": "multi:softprob", "num_class": 3}, data, 10)
    expected = learner.predict(xgboost.DMatrix(test_x.astype(np.float32)))
    endpoint = trained.host()
    np.testing.assert_allclose(endpoint.table(jobs.csv(test_x), jobs.CSV), expected, rtol=1e-3, atol=1e-5)
    scores = [row["score"] for row in endpoint.json(jobs.csv(test_x), jobs.CSV)]
    assert (np.argmax(scores, axis=1) == test_y).mean() >= (expected.argmax(axis=1) == test_y).mean()
    old = jobs.hosted(aws, trained.archive, FIRST)
    flat = old.ask(jobs.csv(test_x), jobs.CSV, jobs.CSV).decode().split(",")
    np.testing.assert_allclose(np.array(flat, dtype=float).reshape(-1, 3), expected, rtol=1e-3, atol=1e-5)


def test_libsvm_lines_have_weights_behind_their_labels_and_leave_out_what_is_missing(
    aws: LocalSageMaker,
) -> None:
    train_x, test_x, train_y, _ = split(datasets.load_wine)
    holed = train_x.copy()
    holed[::7, 3] = np.nan
    weights = np.where(train_y == 1, 2.0, 1.0)

    def line(label: float, weight: float, row: Any) -> str:
        values = [f"{i + 1}:{value!r}" for i, value in enumerate(row.tolist()) if not np.isnan(value)]
        return f"{label}:{weight} {' '.join(values)}\n"

    body = "".join(line(*row) for row in zip(train_y, weights, holed)).encode()
    settings = {"num_round": 10, "objective": "reg:squarederror"}
    endpoint = jobs.train(aws, NEWEST, settings, {"train": (body, "libsvm")}).host()
    data = xgboost.DMatrix(holed.astype(np.float32), train_y, weight=weights)
    learner = xgboost.train({"objective": "reg:squarederror"}, data, 10)
    expected = learner.predict(xgboost.DMatrix(test_x.astype(np.float32)))
    found = endpoint.table(jobs.csv(test_x), jobs.CSV).ravel()
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5)


def test_regression_stops_early_with_several_metrics(aws: LocalSageMaker) -> None:
    parts = split(datasets.load_diabetes)
    train_x, test_x, train_y, test_y = parts
    settings = {
        "num_round": 200,
        "objective": "reg:linear",
        "eta": 0.3,
        "early_stopping_rounds": 5,
        "eval_metric": "mae,r2,rmse",
    }
    channels = {"train": support.dense(train_x, train_y), "validation": support.dense(test_x, test_y)}
    named = {name: (body, jobs.RECORDIO) for name, body in channels.items()}
    trained = jobs.train(aws, NEWER, settings, named)
    assert "objective reg:linear is called reg:squarederror today" in trained.log
    booster = booster_of(trained)
    assert booster.num_boosted_rounds() < 60
    predicted = booster.predict(xgboost.DMatrix(test_x.astype(np.float32)))
    found = trained.metrics
    assert found["validation:rmse"] == pytest.approx(np.sqrt(np.mean((predicted - test_y) ** 2)), rel=1e-3)
    assert {"train:mae", "validation:mae", "train:r2"} < set(found)
    learner = {"objective": "reg:squarederror", "eta": 0.3, "tree_method": "exact", "base_score": 0.5}
    data = xgboost.DMatrix(train_x.astype(np.float32), train_y)
    watched = [(xgboost.DMatrix(test_x.astype(np.float32), test_y), "validation")]
    own = xgboost.train(learner, data, 200, evals=watched, early_stopping_rounds=5, verbose_eval=False)
    assert found["validation:rmse"] == pytest.approx(own.best_score, rel=1e-3)


def test_zero_based_libsvm_and_ranking(aws: LocalSageMaker) -> None:
    random = np.random.default_rng(3)
    features = random.random((60, 4)) + 0.1
    grades = np.digitize(features[:, 0], [0.5, 0.8])
    lines = libsvm(features, grades, first=0).decode().splitlines()
    body = "\n".join(
        line.replace(" ", f" qid:{index // 10} ", 1) for index, line in enumerate(lines)
    ).encode()
    settings = {"num_round": 30, "objective": "rank:ndcg", "eval_metric": "ndcg@5"}
    trained = jobs.train(aws, NEWEST, settings, {"train": (body, LIBSVM)})
    assert trained.metrics["train:ndcg@5"] > 0.95
    assert booster_of(trained).attr("libsvm_index_offset") == "0"


def test_libsvm_is_taken_in_any_order(aws: LocalSageMaker) -> None:
    random = np.random.default_rng(4)
    features = random.random((60, 4)) + 0.1
    grades = np.digitize(features[:, 0], [0.5, 0.8])
    lines = libsvm(features, grades).decode().splitlines()
    settings = {"num_round": 5, "objective": "rank:ndcg", "eval_metric": "ndcg@5", "seed": 1}
    ascending = [line.replace(" ", f" qid:{index // 10} ", 1) for index, line in enumerate(lines)]
    # The groups' ids fall, each row's indices too, and a comment comes first.
    falling = ["# part 1"]
    for index, line in enumerate(lines):
        label, *pairs = line.split()
        falling.append(" ".join([label, f"qid:{9 - index // 10}", *reversed(pairs)]))
    wanted, found = (
        jobs.train(aws, NEWEST, settings, {"train": ("\n".join(body).encode(), LIBSVM)})
        for body in (ascending, falling)
    )
    assert found.metrics == wanted.metrics and "train:ndcg@5" in found.metrics
    endpoint = found.host()
    assert endpoint.refusal(b" \n", jobs.CSV)[1].endswith("it has no rows")
    row, turned = b"0 1:0.9 2:0.5 3:0.4 4:0.7\n", b"0 4:0.7 3:0.4 2:0.5 1:0.9\n"
    assert endpoint.ask(turned, LIBSVM) == endpoint.ask(row, LIBSVM)


def test_a_metric_that_is_no_number_is_logged_and_not_described(aws: LocalSageMaker, cancer: Split) -> None:
    train_x, _, train_y, _ = cancer
    settings = {**LOGISTIC, "eval_metric": "auc,logloss"}
    one_class = train_y == 1
    channels = {
        "train": (libsvm(train_x, train_y), LIBSVM),
        "validation": (libsvm(train_x[one_class], train_y[one_class]), LIBSVM),
    }
    trained = jobs.train(aws, NEWEST, settings, channels)
    assert "validation:auc=nan" in trained.log
    assert set(trained.metrics) == {"train:auc", "train:logloss", "validation:logloss"}


def test_models_of_others_are_hosted_but_pickles_never(aws: LocalSageMaker, cancer: Split) -> None:
    train_x, test_x, train_y, _ = cancer
    booster = xgboost.train({}, xgboost.DMatrix(train_x.astype(np.float32), train_y), 2)
    data = bytes(booster.save_raw("json"))
    endpoint = jobs.hosted(aws, support.model_archive({"xgboost-model": data}), NEWER)
    expected = booster.predict(xgboost.DMatrix(test_x.astype(np.float32)))
    np.testing.assert_allclose(endpoint.table(jobs.csv(test_x), jobs.CSV), expected, rtol=1e-4)
    pickled = io.BytesIO()
    pickle.dump(booster, pickled)
    reason = jobs.hosting_failure(aws, {"xgboost-model": pickled.getvalue()}, FIRST)
    assert "the local service never reads a pickle" in reason
    assert "cannot load the model" in jobs.hosting_failure(aws, {"xgboost-model": b'{"a": 1}'}, NEWEST)


def test_bad_settings_and_data_end_the_job_with_the_reason(aws: LocalSageMaker) -> None:
    data = {"train": (b"1 1:2\n0 1:1\n", "libsvm")}
    multi = {"num_round": 1, "objective": "multi:softmax"}
    jobs.check_failures(
        aws,
        NEWEST,
        [
            (({"eta": 0.1}, data), "Missing required hyperparameter: num_round"),
            (({"num_round": 1, "silent": 1}, data), "Extraneous hyperparameter found: silent"),
            (
                ({"num_round": 1, "eta": 2}, data),
                "Hyperparameter eta: 2 is not in range, expected a number from",
            ),
            (({"num_round": 1, "objective": "binary:logistraw"}, data), "Hyperparameter objective"),
            (({"num_round": 1, "eval_metric": "auc@3"}, data), "Hyperparameter eval_metric"),
            ((multi, data), "Require input for parameter 'num_class' for multi-classification"),
            (({"num_round": 1, "csv_weights": 1}, data), "csv_weights can only be used with"),
            (({"num_round": 1}, {"train": (b"1,2\n", "image/png")}), "not an accepted ContentType"),
            (({"num_round": 1}, {"train": (b"1,x\n", "csv")}), "Failed to load csv data of channel 'train'"),
            (
                ({"num_round": 1}, {"train": (b"nan,1\n", "csv")}),
                "The label of row 0 of channel 'train' is nan",
            ),
            (
                ({"num_round": 1, "objective": "binary:logistic"}, {"train": (b"3 1:2\n", "libsvm")}),
                "XGBoost refuses the data or settings: ",
            ),
            (({"num_round": 1}, {"validation": (b"1 1:2\n", "libsvm")}), "channel 'train' is missing"),
        ],
    )
