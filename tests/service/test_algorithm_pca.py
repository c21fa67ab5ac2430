"""PCA against scikit-learn's on handwritten digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sagemaker_pyspark.local import LocalSageMaker
from sagemaker_pyspark.local.algorithms import ndarray
from sagemaker_pyspark.local.algorithms.pca import exact_components
from sklearn import datasets, decomposition

from tests.service import algorithm_jobs as jobs
from tests.service import support

IMAGE = jobs.image("pca")
REQUIRED = {"num_components": 10, "feature_dim": 64, "mini_batch_size": 500}


@pytest.fixture(scope="module")
def digits() -> NDArray[np.float64]:
    return np.asarray(datasets.load_digits().data)


def same_axes(found: NDArray[Any], wanted: NDArray[np.float64], tolerance: float) -> bool:
    """Whether the columns are the same directions up to their sign."""
    return bool((np.abs(np.sum(found * wanted, axis=0)) > 1 - tolerance).all())


def test_regular_mode_is_exact_and_ordered_from_the_smallest(
    aws: LocalSageMaker, digits: NDArray[np.float64]
) -> None:
    data = support.dense(digits)
    trained = jobs.train(aws, IMAGE, REQUIRED, {"train": data, "test": data})
    model = ndarray.load_dict(trained.files["model_algo-1"])
    direct = decomposition.PCA(10, svd_solver="full").fit(digits)
    assert [model[name].shape for name in ("mean", "v", "s")] == [(1, 64), (64, 10), (10,)]
    assert same_axes(model["v"], direct.components_[::-1].T, 1e-5)
    np.testing.assert_allclose(model["s"], direct.singular_values_[::-1], rtol=1e-4)
    np.testing.assert_allclose(model["mean"][0], digits.mean(axis=0), rtol=1e-5)
    error = np.mean((direct.inverse_transform(direct.transform(digits)) - digits) ** 2)
    assert trained.metrics["test:mse"] == pytest.approx(error, rel=1e-4)
    assert "mini_batch_size=500 is accepted but not used" in trained.log

    endpoint = trained.host()
    expected = (digits[:5] - model["mean"]) @ model["v"]
    found = jobs.same_for_all_types(endpoint, digits[:5], "projection")
    np.testing.assert_allclose(found, expected, atol=1e-3)
    body = jobs.csv(digits[:5])
    np.testing.assert_allclose(endpoint.table(body, jobs.CSV), expected, atol=1e-3)
    assert endpoint.ask(body, jobs.CSV).startswith(b'{"projections": ')

    message = "The request's records have 3 features, the model expects 64."
    assert endpoint.refusal(b"1,2,3\n", jobs.CSV) == (400, message)
    assert endpoint.refusal(b"x", "image/png")[0] == 415
    assert endpoint.refusal(body, jobs.CSV, "text/html")[0] == 406


@pytest.mark.parametrize("mode", ["randomized", "stable"])
def test_other_modes_find_the_same_axes_in_sparse_data(
    aws: LocalSageMaker, digits: NDArray[np.float64], mode: str
) -> None:
    settings = {**REQUIRED, "algorithm_mode": mode, "num_components": 3}
    trained = jobs.train(aws, IMAGE, settings, {"train": jobs.sparse(digits)})
    model = ndarray.load_dict(trained.files["model_algo-1"])
    direct = decomposition.PCA(3, svd_solver="full").fit(digits)
    assert same_axes(model["v"], direct.components_[::-1].T, 1e-3)
    np.testing.assert_allclose(model["s"], direct.singular_values_[::-1], rtol=1e-3)


def test_the_stable_mode_takes_many_records() -> None:
    rows = np.random.default_rng(1).normal(size=(300_000, 3)) * [3.0, 2.0, 1.0]
    mean = rows.mean(axis=0)
    directions, values = exact_components(rows, mean, 2)
    stable_directions, stable_values = exact_components(rows, mean, 2, stable=True)
    assert same_axes(stable_directions, directions, 1e-6)
    np.testing.assert_allclose(stable_values, values, rtol=1e-6)


def test_one_component_without_subtracting_the_mean(aws: LocalSageMaker, digits: NDArray[np.float64]) -> None:
    settings = {**REQUIRED, "num_components": 1, "subtract_mean": "False"}
    trained = jobs.train(aws, IMAGE, settings, {"train": (jobs.csv(digits), "text/csv;label_size=0")})
    model = ndarray.load_dict(trained.files["model_algo-1"])
    assert same_axes(model["v"], np.linalg.svd(digits)[2][:1].T, 1e-5)
    assert not model["mean"].any()
    answer = trained.host().json(jobs.csv(digits[:2]), jobs.CSV)
    assert [len(row["projection"]) for row in answer] == [1, 1]


def test_bad_settings_and_data_end_the_job_with_the_reason(
    aws: LocalSageMaker, digits: NDArray[np.float64]
) -> None:
    data = {"train": support.dense(digits[:20])}
    holed = digits[:20].copy()
    holed[3, 7] = np.nan
    no_batch = {"num_components": 10, "feature_dim": 64}
    missing = "No value(s) were specified for 'mini_batch_size' which are required hyperparameter(s)"
    jobs.check_failures(
        aws,
        IMAGE,
        [
            ((no_batch, data), missing),
            (({**REQUIRED, "colour": "red"}, data), "'colour' unexpected"),
            (
                ({**REQUIRED, "algorithm_mode": "fast"}, data),
                "'algorithm_mode': expected one of regular, randomized, stable, found 'fast'",
            ),
            (
                ({**REQUIRED, "extra_components": -2}, data),
                "expected -1 or an integer of at least 0, found '-2'",
            ),
            (({**REQUIRED, "num_components": 65}, data), "num_components (65) must be"),
            (({**REQUIRED, "feature_dim": 63}, data), "64 features, but hyperparameter feature_dim is 63"),
            ((REQUIRED, {"train": support.dense(holed)}), "the first at record 3, feature 7: nan"),
            ((REQUIRED, {"train": (b"1 1:2\n", "text/libsvm")}), "ContentType ('text/libsvm', '1.0')"),
            ((REQUIRED, {"other": support.dense(digits[:20])}), "'train' is missing; the job has: other"),
        ],
    )
