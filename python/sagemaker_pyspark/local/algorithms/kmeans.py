"""k-means as the service does it: many centres by mini-batches, then Lloyd's method on those.

Stage one keeps ``k * extra_center_factor`` centres; stage two clusters these, each weighted by the records
it stands for, into ``k``. The artifact holds one array, the centres (k x features). The distance is
Euclidean, not squared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import ndarray
from .archive import ArchiveError, ModelArchive
from .content.records import FloatArray, Records
from .contract import Algorithm, CustomerError, Predictor, TrainingContext
from .hyperparameters import HyperParameter, auto_or, boolean, choice, integer, json_list, number, resolve
from .reading import read_optional, read_records
from .serving import RecordsPredictor

SCHEMA = (
    HyperParameter("k", integer(2), required=True),
    HyperParameter("feature_dim", integer(1), required=True),
    HyperParameter("mini_batch_size", integer(1), 5000),
    HyperParameter("epochs", integer(1), 1),
    HyperParameter("init_method", choice("random", "kmeans++"), "random"),
    HyperParameter("extra_center_factor", auto_or(integer(1))),
    HyperParameter("half_life_time_size", integer(0), 0),
    HyperParameter("local_lloyd_init_method", choice("random", "kmeans++"), "kmeans++"),
    HyperParameter("local_lloyd_max_iter", integer(1), 300),
    HyperParameter("local_lloyd_num_trials", auto_or(integer(1))),
    HyperParameter("local_lloyd_tol", number(0.0, 1.0), 0.0001),
    HyperParameter("eval_metrics", json_list("msd", "ssd"), ["msd"]),
    # In no guide, and sent by SageMaker's Python SDK with each job.
    HyperParameter("force_dense", boolean(), True),
)
MODEL_FILE = "model_algo-1"
_AUTO_CENTER_FACTOR = 10
_AUTO_TRIALS = 5
_SEED = 0
_BLOCK_ELEMENTS = 8_000_000


class KMeans(Algorithm):
    """The built-in algorithm of the image ``kmeans``."""

    def train(self, job: TrainingContext) -> None:
        """Read channel ``train`` (and ``test`` for metrics), write ``model_algo-1``."""
        settings = resolve(SCHEMA, job.hyperparameters)
        if settings["half_life_time_size"]:
            job.log.not_used(
                "half_life_time_size",
                settings["half_life_time_size"],
                "its mini-batch learner weighs all batches equally",
            )
        records = read_records(job, "train", settings["feature_dim"])
        if len(records) < settings["k"]:
            raise CustomerError(
                f"The data has {len(records)} record(s), fewer than the {settings['k']} clusters of k."
            )
        test = read_optional(job, ["test"], settings["feature_dim"])
        centers = fit(records.features, settings, job)
        _report(job, "train", records, centers, settings["eval_metrics"])
        for channel, part in test.items():
            _report(job, channel, part, centers, settings["eval_metrics"])
        (job.model_dir / MODEL_FILE).write_bytes(ndarray.dumps([centers.astype(np.float32)]))

    def load(self, model: ModelArchive | None, environment: Mapping[str, str]) -> Predictor:
        """Load the centres, from an archive of this service or of the real one."""
        if model is None:
            raise CustomerError("k-means needs a ModelDataUrl.")
        try:
            arrays = ndarray.load_list(model.read_model())
        except ndarray.NDArrayFormatError as error:
            raise ArchiveError(f"The model is no k-means model: {error}") from error
        if len(arrays) != 1 or arrays[0].ndim != 2:
            shapes = ", ".join(str(array.shape) for array in arrays)
            raise ArchiveError(
                f"The model is no k-means model: expected one array of two dimensions, found {shapes}."
            )
        return KMeansPredictor(arrays[0].astype(np.float64))


class KMeansPredictor(RecordsPredictor):
    """Answers each record with its closest centre and the distance to it."""

    def __init__(self, centers: NDArray[np.float64]) -> None:
        self.centers = centers

    @property
    def width(self) -> int:
        """Number of features of the centres."""
        return int(self.centers.shape[1])

    def infer(self, features: Any) -> dict[str, FloatArray]:
        """Columns ``closest_cluster`` and ``distance_to_cluster``."""
        closest, distance = assign(features, self.centers)
        return {
            "closest_cluster": closest.astype(np.float32),
            "distance_to_cluster": distance.astype(np.float32),
        }


def fit(features: Any, settings: Mapping[str, Any], job: TrainingContext) -> NDArray[np.float64]:
    """The two stages; returns the centres."""
    from sklearn.cluster import KMeans as LloydKMeans
    from sklearn.cluster import MiniBatchKMeans

    k, rows = int(settings["k"]), int(features.shape[0])
    wanted = k * (settings["extra_center_factor"] or _AUTO_CENTER_FACTOR)
    many = min(wanted, rows)
    job.log.info(
        f"stage 1: {many} centers (k * extra_center_factor = {wanted}) from {rows} records by mini-batches"
    )

    def coarse_centers(init: str, seen: int | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        learner = MiniBatchKMeans(
            n_clusters=many,
            init=init,
            init_size=seen,
            batch_size=min(int(settings["mini_batch_size"]), rows),
            max_iter=int(settings["epochs"]),
            n_init=1,
            max_no_improvement=None,
            reassignment_ratio=0.0,
            random_state=_SEED,
        ).fit(features)
        centers = np.asarray(learner.cluster_centers_, dtype=np.float64)
        return centers, np.bincount(assign(features, centers)[0], minlength=many).astype(np.float64)

    coarse, weights = coarse_centers(_sklearn_name(settings["init_method"]), None)
    if int((weights > 0).sum()) < k:
        # Centers drawn at random from records most of which are equal are mostly equal, too; k-means++ draws
        # distinct ones while there are any.
        coarse, weights = coarse_centers("k-means++", rows)
    used = weights > 0
    if int(used.sum()) < k:
        raise CustomerError(
            f"The data has fewer than {k} distinct records, the number of clusters asked for."
        )
    trials = settings["local_lloyd_num_trials"] or _AUTO_TRIALS
    job.log.info(f"stage 2: {int(used.sum())} weighted centers into {k}, best of {trials} trial(s)")
    second = LloydKMeans(
        n_clusters=k,
        init=_sklearn_name(settings["local_lloyd_init_method"]),
        n_init=int(trials),
        max_iter=int(settings["local_lloyd_max_iter"]),
        tol=float(settings["local_lloyd_tol"]),
        random_state=_SEED,
    ).fit(coarse[used], sample_weight=weights[used])
    return np.asarray(second.cluster_centers_, dtype=np.float64)


def assign(features: Any, centers: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Closest centre and Euclidean distance to it for each row of a dense or CSR matrix."""
    rows = int(features.shape[0])
    closest = np.empty(rows, dtype=np.int64)
    distance = np.empty(rows, dtype=np.float64)
    norms = np.einsum("ij,ij->i", centers, centers)
    block = max(1, _BLOCK_ELEMENTS // max(1, centers.shape[0] + centers.shape[1]))
    for start in range(0, rows, block):
        part = features[start : start + block].astype(np.float64)
        stop = start + part.shape[0]
        best = np.argmin(norms - 2.0 * np.asarray(part @ centers.T), axis=1)
        closest[start:stop] = best
        if isinstance(part, np.ndarray):
            # Differences, not the expanded square: no cancellation for a record that lies on its centre.
            distance[start:stop] = np.linalg.norm(part - centers[best], axis=1)
        else:
            squares = np.asarray(part.multiply(part).sum(axis=1)).ravel()
            dots = np.asarray(part.multiply(centers[best]).sum(axis=1)).ravel()
            distance[start:stop] = np.sqrt(np.maximum(squares - 2.0 * dots + norms[best], 0.0))
    return closest, distance


def _report(
    job: TrainingContext, channel: str, records: Records, centers: NDArray[np.float64], metrics: list[str]
) -> None:
    squares = assign(records.features, centers)[1] ** 2
    values = {"msd": float(squares.mean()), "ssd": float(squares.sum())}
    for metric in metrics:
        job.record_metric(f"{channel}:{metric}", values[metric])


def _sklearn_name(method: str) -> str:
    return "k-means++" if method == "kmeans++" else method
