"""Latent Dirichlet allocation: topics from counts of words.

The service learns by a spectral method; here scikit-learn's variational Bayes learns (in
mini-batches from 10,000 documents on), so the topics
are comparable, not the same. The artifact is a list of two arrays: ``alpha`` (topics) and ``beta`` (topics x
words, each row a distribution). Inference needs nothing else: a variational E-step with the topics fixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import digamma
from threadpoolctl import threadpool_limits

from . import ndarray
from .archive import ArchiveError, ModelArchive
from .content.records import FloatArray
from .contract import Algorithm, CustomerError, Predictor, TrainingContext
from .hyperparameters import HyperParameter, integer, number, resolve
from .reading import read_optional, read_records, report_not_used
from .serving import RecordsPredictor

Matrix = NDArray[np.float64]

SCHEMA = (
    HyperParameter("num_topics", integer(1), required=True),
    HyperParameter("feature_dim", integer(1), required=True),
    HyperParameter("mini_batch_size", integer(1), required=True),
    HyperParameter("alpha0", number(above=0.0), 1.0),
    HyperParameter("max_restarts", integer(1), 10),
    HyperParameter("max_iterations", integer(1), 1000),
    HyperParameter("tol", number(above=0.0), 1e-8),
)
MODEL_FILE = "model_algo-1"
_MOST_PASSES = 50
_PASSES_PER_CHECK = 5
_LEAST_GAIN = 0.1
_BATCH = 128
# For fewer documents whole passes are faster and end in better topics than mini-batches.
_MOST_AT_ONCE = 10_000
_SEED = 0
_STEP_LIMIT = 200
_STEP_TOLERANCE = 1e-5
_BLOCK_ELEMENTS = 4_000_000


class LDA(Algorithm):
    """The built-in algorithm of the image ``lda``."""

    def train(self, job: TrainingContext) -> None:
        """Read channel ``train`` (and ``test``, for its per-word log-likelihood), write ``model_algo-1``."""
        settings = resolve(SCHEMA, job.hyperparameters)
        report_not_used(job, ["max_restarts"], "the variational learner starts once")
        report_not_used(
            job,
            ["tol"],
            f"the learner stops when {_PASSES_PER_CHECK} passes gain less than {_LEAST_GAIN} perplexity",
        )
        train = read_records(job, "train", settings["feature_dim"])
        channels = {"train": train, **read_optional(job, ["test"], settings["feature_dim"])}
        for channel, records in channels.items():
            _refuse_negative(records.features, f"channel '{channel}'")
        if settings["mini_batch_size"] != len(train):
            job.log.warning(
                f"mini_batch_size should be the number of documents: it is {settings['mini_batch_size']}, the"
                f" channel has {len(train)}; all are used"
            )
        alpha, beta = fit(train.features, settings, job)
        for channel, records in channels.items():
            job.record_metric(f"{channel}:pwll", per_word_log_likelihood(records.features, alpha, beta))
        data = ndarray.dumps([alpha.astype(np.float32), beta.astype(np.float32)])
        (job.model_dir / MODEL_FILE).write_bytes(data)

    def load(self, model: ModelArchive | None, environment: Mapping[str, str]) -> Predictor:
        """Load alpha and beta, from an archive of this service or of the real one."""
        if model is None:
            raise CustomerError("LDA needs a ModelDataUrl.")
        try:
            arrays = ndarray.load_list(model.read_model())
        except ndarray.NDArrayFormatError as error:
            raise ArchiveError(f"The model is no LDA model: {error}") from error
        if len(arrays) != 2 or arrays[1].ndim != 2 or arrays[0].size != arrays[1].shape[0]:
            shapes = ", ".join(str(array.shape) for array in arrays)
            raise ArchiveError(
                f"The model is no LDA model: expected alpha (topics) and beta (topics x words), found"
                f" {shapes}."
            )
        beta = arrays[1].astype(np.float64)
        totals = beta.sum(axis=1, keepdims=True)
        if (beta < 0).any() or not (totals > 0).all():
            raise ArchiveError("The model is no LDA model: a row of beta is not a distribution over words.")
        return LDAPredictor(arrays[0].astype(np.float64).reshape(-1), beta / totals)


class LDAPredictor(RecordsPredictor):
    """Answers each document with its mixture of topics."""

    def __init__(self, alpha: Matrix, beta: Matrix) -> None:
        self.alpha = alpha
        self.beta = beta

    @property
    def width(self) -> int:
        """Number of words in the vocabulary."""
        return int(self.beta.shape[1])

    def infer(self, features: Any) -> dict[str, FloatArray]:
        """Column ``topic_mixture``; each row adds up to one."""
        _refuse_negative(features, "the request")
        return {"topic_mixture": topic_mixture(features, self.alpha, self.beta).astype(np.float32)}


def fit(features: Any, settings: Mapping[str, Any], job: TrainingContext) -> tuple[Matrix, Matrix]:
    """Returns alpha and beta."""
    from sklearn.decomposition import LatentDirichletAllocation

    topics = int(settings["num_topics"])
    prior = float(settings["alpha0"]) / topics
    passes = min(int(settings["max_iterations"]), _MOST_PASSES)
    if passes < settings["max_iterations"]:
        job.log.info(f"max_iterations={settings['max_iterations']}: at most {passes} passes are made")
    learner = LatentDirichletAllocation(
        n_components=topics,
        doc_topic_prior=prior,
        learning_method="online" if features.shape[0] > _MOST_AT_ONCE else "batch",
        batch_size=_BATCH,
        max_iter=passes,
        evaluate_every=_PASSES_PER_CHECK,
        perp_tol=_LEAST_GAIN,
        total_samples=features.shape[0],
        random_state=_SEED,
    )
    # It goes document by document: threads only lose time.
    with threadpool_limits(1):
        learner.fit(features.astype(np.float64))
    job.log.info(f"{learner.n_iter_} passes over {features.shape[0]} documents")
    weights = np.asarray(learner.components_, dtype=np.float64)
    return np.full(topics, prior), weights / weights.sum(axis=1, keepdims=True)


def topic_mixture(features: Any, alpha: Matrix, beta: Matrix) -> Matrix:
    """The mean of the variational posterior over topics for each document, the topics being fixed."""
    rows = int(features.shape[0])
    result = np.empty((rows, len(alpha)))
    block = max(1, _BLOCK_ELEMENTS // beta.shape[1])
    for start in range(0, rows, block):
        result[start : start + block] = _mixture_of_block(
            features[start : start + block].astype(np.float64), alpha, beta
        )
    return result


def per_word_log_likelihood(features: Any, alpha: Matrix, beta: Matrix) -> float:
    """Mean over all words of the log of their probability under each document's mixture."""
    mixture = topic_mixture(features, alpha, beta)
    words = sparse.coo_matrix(features)
    counts = words.data.astype(np.float64)
    total, logarithms = float(counts.sum()), 0.0
    block = max(1, _BLOCK_ELEMENTS // len(alpha))
    for start in range(0, len(counts), block):
        part = slice(start, start + block)
        probability = np.einsum("ij,ij->i", mixture[words.row[part]], beta.T[words.col[part]])
        logarithms += float(counts[part] @ np.log(np.maximum(probability, 1e-300)))
    return logarithms / total if total else 0.0


def _mixture_of_block(counts: Any, alpha: Matrix, beta: Matrix) -> Matrix:
    gamma = alpha + np.asarray(counts.sum(axis=1)).reshape(-1, 1) / len(alpha)
    rows, columns = counts.nonzero()
    for _ in range(_STEP_LIMIT):
        weights = np.exp(digamma(gamma) - digamma(gamma.sum(axis=1, keepdims=True)))
        expected = weights @ beta
        if sparse.issparse(counts):
            shares = np.asarray(counts[rows, columns]).reshape(-1) / np.maximum(
                expected[rows, columns], 1e-300
            )
            ratio: Any = sparse.csr_matrix((shares, (rows, columns)), shape=counts.shape)
        else:
            ratio = counts / np.maximum(expected, 1e-300)
        updated = alpha + weights * np.asarray(ratio @ beta.T)
        change = np.abs(updated - gamma).mean(axis=1)
        gamma = updated
        if not (change > _STEP_TOLERANCE).any():
            break
    return np.asarray(gamma / gamma.sum(axis=1, keepdims=True))


def _refuse_negative(features: Any, where: str) -> None:
    values = features.data if sparse.issparse(features) else features
    if values.size and float(values.min()) < 0:
        raise CustomerError(f"LDA takes counts, but {where} holds a negative value: {float(values.min())}.")
