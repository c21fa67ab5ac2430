"""Principal component analysis as the service does it.

``regular`` and ``stable`` are exact, ``randomized`` is the randomised range finder with
``extra_components`` more directions. The artifact is a dictionary of arrays: ``mean`` (1 x features), ``v``
(features x components) and ``s`` (singular values), **ordered from the smallest to the largest**, and so is
the projection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from . import ndarray
from .archive import ArchiveError, ModelArchive
from .content.records import FloatArray
from .contract import Algorithm, CustomerError, Predictor, TrainingContext
from .hyperparameters import HyperParameter, boolean, choice, integer, resolve
from .reading import read_optional, read_records, report_not_used
from .serving import RecordsPredictor

Matrix = NDArray[np.float64]


def _extra_components(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = -2
    if value < -1:
        raise ValueError("-1 or an integer of at least 0")
    return value


SCHEMA = (
    HyperParameter("feature_dim", integer(1), required=True),
    HyperParameter("mini_batch_size", integer(1), required=True),
    HyperParameter("num_components", integer(1), required=True),
    HyperParameter("algorithm_mode", choice("regular", "randomized", "stable"), "regular"),
    HyperParameter("subtract_mean", boolean(), True),
    HyperParameter("extra_components", _extra_components, -1),
)
MODEL_FILE = "model_algo-1"
_POWER_ITERATIONS = 6
_LEAST_EXTRA = 10
_SEED = 0


class PCA(Algorithm):
    """The built-in algorithm of the image ``pca``."""

    def train(self, job: TrainingContext) -> None:
        """Read channel ``train`` (and ``test``, for the reconstruction error), write ``model_algo-1``."""
        settings = resolve(SCHEMA, job.hyperparameters)
        report_not_used(job, ["mini_batch_size"], "all records are taken at once")
        width, count = settings["feature_dim"], settings["num_components"]
        if count > width:
            raise CustomerError(
                f"num_components ({count}) must be less than or equal to feature_dim ({width})."
            )
        mode = settings["algorithm_mode"]
        if mode != "randomized":
            report_not_used(job, ["extra_components"], f"algorithm_mode is {mode}")
        train = read_records(job, "train", width)
        others = read_optional(job, ["test"], width)
        mean = _mean(train.features) if settings["subtract_mean"] else np.zeros(width)
        if mode == "randomized":
            extra = settings["extra_components"]
            extra = max(_LEAST_EXTRA, count) if extra == -1 else extra
            v, s = randomized_components(train.features, mean, count, extra)
        else:
            v, s = exact_components(train.features, mean, count, stable=mode == "stable")
        job.log.info(f"{count} components, singular values from {s[0]:g} to {s[-1]:g}")
        for channel, records in {"train": train, **others}.items():
            job.record_metric(f"{channel}:mse", _reconstruction_error(records.features, mean, v))
        arrays = {"mean": mean.reshape(1, -1), "v": v, "s": s}
        data = ndarray.dumps({name: array.astype(np.float32) for name, array in arrays.items()})
        (job.model_dir / MODEL_FILE).write_bytes(data)

    def load(self, model: ModelArchive | None, environment: Mapping[str, str]) -> Predictor:
        """Load mean and components, from an archive of this service or of the real one."""
        if model is None:
            raise CustomerError("PCA needs a ModelDataUrl.")
        try:
            arrays = ndarray.load_dict(model.read_model())
        except ndarray.NDArrayFormatError as error:
            raise ArchiveError(f"The model is no PCA model: {error}") from error
        v = arrays.get("v")
        if v is None or v.ndim != 2:
            raise ArchiveError(
                f"The model is no PCA model: expected a matrix named 'v', found {', '.join(arrays)}."
            )
        mean = arrays.get("mean", np.zeros(v.shape[0])).astype(np.float64).reshape(-1)
        if len(mean) != v.shape[0]:
            raise ArchiveError(
                f"The model is no PCA model: 'mean' has {len(mean)} features, 'v' has {v.shape[0]}."
            )
        return PCAPredictor(mean, v.astype(np.float64))


class PCAPredictor(RecordsPredictor):
    """Projects each record on the components."""

    envelope = "projections"

    def __init__(self, mean: Matrix, components: Matrix) -> None:
        self.components = components
        self.offset = mean @ components

    @property
    def width(self) -> int:
        """Number of features of the components."""
        return int(self.components.shape[0])

    def infer(self, features: Any) -> dict[str, FloatArray]:
        """Column ``projection``, from the smallest component to the largest."""
        projection = np.asarray(features @ self.components) - self.offset
        return {"projection": projection.astype(np.float32)}


def exact_components(features: Any, mean: Matrix, count: int, stable: bool = False) -> tuple[Matrix, Matrix]:
    """The ``count`` directions of largest variance about ``mean`` and their singular values, ascending.

    By the eigenvectors of the scatter matrix; ``stable`` by the singular vectors of the data itself, which
    keeps small singular values exact at the price of a dense copy.
    """
    if stable:
        dense = features.toarray() if sparse.issparse(features) else features
        # Full only where there are fewer records than features, and directions without variance are asked
        # for: otherwise it would also make a matrix of records x records.
        fewer = dense.shape[0] < dense.shape[1]
        _, singular, rows = np.linalg.svd(dense.astype(np.float64) - mean, full_matrices=fewer)
        values = np.zeros(rows.shape[0])
        values[: len(singular)] = singular
        return _signed(rows[:count][::-1].T), values[:count][::-1].copy()
    data = features.astype(np.float64)
    if sparse.issparse(features):
        scatter = (data.T @ data).toarray() - features.shape[0] * np.outer(mean, mean)
    else:
        centred = data - mean
        scatter = centred.T @ centred
    eigenvalues, vectors = np.linalg.eigh(scatter)
    return _signed(vectors[:, -count:]), np.sqrt(np.maximum(eigenvalues[-count:], 0.0))


def randomized_components(features: Any, mean: Matrix, count: int, extra: int) -> tuple[Matrix, Matrix]:
    """The same approximately, from ``count + extra`` random directions; the centred data is never formed."""
    data = features.astype(np.float64)
    rows, width = data.shape
    size = min(count + extra, rows, width)
    if size < count:
        raise CustomerError(
            f"The data has {rows} record(s), fewer than the {count} components of num_components; use"
            " algorithm_mode regular."
        )
    random = np.random.default_rng(_SEED)

    def forward(matrix: Matrix) -> Matrix:
        return np.asarray(data @ matrix) - mean @ matrix

    def backward(matrix: Matrix) -> Matrix:
        return np.asarray(data.T @ matrix) - np.outer(mean, matrix.sum(axis=0))

    basis = np.linalg.qr(forward(random.standard_normal((width, size))))[0]
    for _ in range(_POWER_ITERATIONS):
        basis = np.linalg.qr(forward(np.linalg.qr(backward(basis))[0]))[0]
    directions, singular, _ = np.linalg.svd(backward(basis), full_matrices=False)
    return _signed(directions[:, :count][:, ::-1]), singular[:count][::-1].copy()


def _mean(features: Any) -> Matrix:
    return np.asarray(features.mean(axis=0, dtype=np.float64)).reshape(-1)


def _signed(vectors: Matrix) -> Matrix:
    """The same directions, each with its largest entry positive, so that a job repeats itself."""
    largest = np.argmax(np.abs(vectors), axis=0)
    signs = np.sign(vectors[largest, np.arange(vectors.shape[1])])
    return np.asarray(vectors * np.where(signs == 0, 1.0, signs))


def _reconstruction_error(features: Any, mean: Matrix, v: Matrix) -> float:
    """Mean over all entries of the squared difference between the data and its reconstruction."""
    data = features.astype(np.float64)
    norms = data.multiply(data).sum() if sparse.issparse(data) else np.square(data).sum()
    about_mean = float(norms) - 2.0 * float(np.sum(data @ mean)) + data.shape[0] * float(mean @ mean)
    projection = np.asarray(data @ v) - mean @ v
    left: float = max(about_mean - float(np.square(projection).sum()), 0.0)
    return left / (int(data.shape[0]) * int(data.shape[1]))
