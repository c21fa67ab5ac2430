"""LDA against scikit-learn's, on counts drawn from known topics and on handwritten digits."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sagemaker_pyspark.local import LocalSageMaker
from sagemaker_pyspark.local.algorithms import lda, ndarray
from scipy.optimize import linear_sum_assignment
from sklearn import datasets, decomposition

from tests.service import algorithm_jobs as jobs
from tests.service import support

IMAGE = jobs.image("lda")
WORDS, TOPICS, DOCUMENTS = 40, 4, 600
REQUIRED = {"num_topics": TOPICS, "feature_dim": WORDS, "mini_batch_size": DOCUMENTS}


def log_likelihood(counts: NDArray[np.float64], learner: decomposition.LatentDirichletAllocation) -> float:
    """Per word, under the mixtures that the learner gives."""
    topics = learner.components_ / learner.components_.sum(axis=1, keepdims=True)
    return float((counts * np.log(learner.transform(counts) @ topics + 1e-300)).sum() / counts.sum())


def test_topics_are_found_and_mixtures_follow(aws: LocalSageMaker) -> None:
    random = np.random.default_rng(5)
    topics = random.dirichlet(np.full(WORDS, 0.1), TOPICS)
    mixtures = random.dirichlet(np.full(TOPICS, 0.25), DOCUMENTS)
    counts = np.array([random.multinomial(80, mixture @ topics) for mixture in mixtures], dtype=np.float64)
    train, test = counts[:500], counts[500:]
    channels = {"train": jobs.sparse(train), "test": (jobs.csv(test), "text/csv;label_size=0")}
    trained = jobs.train(aws, IMAGE, REQUIRED, channels)
    alpha, beta = ndarray.load_list(trained.files["model_algo-1"])
    assert (alpha.shape, beta.shape) == ((TOPICS,), (TOPICS, WORDS))
    np.testing.assert_allclose(alpha, 0.25)
    np.testing.assert_allclose(beta.sum(axis=1), 1.0, rtol=1e-5)
    _, order = linear_sum_assignment(-topics @ beta.T)
    assert np.abs(topics - beta[order]).sum(axis=1).max() < 0.2
    direct = decomposition.LatentDirichletAllocation(TOPICS, max_iter=50, random_state=0).fit(train)
    assert trained.metrics["test:pwll"] > log_likelihood(test, direct) - 0.01
    assert "mini_batch_size should be the number of documents: it is 600" in trained.log

    endpoint = trained.host()
    found = jobs.same_for_all_types(endpoint, test, "topic_mixture")
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-5)
    assert np.abs(found[:, order] - mixtures[500:]).mean() < 0.05
    np.testing.assert_allclose(endpoint.table(jobs.csv(test), jobs.CSV), found, atol=1e-6)
    status, message = endpoint.refusal(jobs.csv(-test), jobs.CSV)
    assert (status, message[:17]) == (400, "LDA takes counts,")
    assert endpoint.refusal(jobs.csv(test[:, 1:]), jobs.CSV)[0] == 400


def test_digits_are_described_as_well_as_by_the_learner_itself(aws: LocalSageMaker) -> None:
    digits = np.asarray(datasets.load_digits().data[:300])
    settings = {"num_topics": 10, "feature_dim": 64, "mini_batch_size": len(digits), "alpha0": 5.0}
    trained = jobs.train(aws, IMAGE, settings, {"train": support.dense(digits)})
    direct = decomposition.LatentDirichletAllocation(10, doc_topic_prior=0.5, random_state=0).fit(digits)
    assert trained.metrics["train:pwll"] > log_likelihood(digits, direct) - 0.02


def test_the_likelihood_is_the_same_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(2)
    counts = random.integers(0, 3, (30, 7)).astype(np.float32)
    alpha, beta = np.full(3, 0.5), random.dirichlet(np.ones(7), 3)
    whole = lda.per_word_log_likelihood(counts, alpha, beta)
    monkeypatch.setattr(lda, "_BLOCK_ELEMENTS", 30)
    # The mixtures, too, are found in pieces, each to the same tolerance.
    assert lda.per_word_log_likelihood(counts, alpha, beta) == pytest.approx(whole, rel=1e-5)
    mixture = lda.topic_mixture(counts, alpha, beta)
    assert whole == pytest.approx((counts * np.log(mixture @ beta)).sum() / counts.sum(), rel=1e-5)


def test_a_foreign_artifact_with_one_unnormalised_topic_is_hosted(aws: LocalSageMaker) -> None:
    data = ndarray.dumps([np.ones(1, np.float32), np.full((1, 3), 2.0, np.float32)])
    endpoint = jobs.hosted(aws, support.model_archive({"model_algo-1": data}), IMAGE)
    assert endpoint.json(b"1,0,2\n", jobs.CSV) == [{"topic_mixture": [1.0]}]


def test_bad_settings_and_data_end_the_job_with_the_reason(aws: LocalSageMaker) -> None:
    data = {"train": support.dense(np.ones((3, WORDS)))}
    negative = {"train": support.dense(-np.ones((3, WORDS)))}
    jobs.check_failures(
        aws,
        IMAGE,
        [
            (({"num_topics": 2, "feature_dim": WORDS}, data), "'mini_batch_size'"),
            (({**REQUIRED, "alpha0": 0}, data), "'alpha0': expected a number greater than 0, found '0'"),
            (({**REQUIRED, "topics": 3}, data), "'topics' unexpected"),
            ((REQUIRED, negative), "LDA takes counts, but channel 'train' holds a negative value: -1.0"),
        ],
    )
