"""Latent Dirichlet allocation."""

from __future__ import annotations

from sagemaker_pyspark._jvm.names import ALGORITHMS
from sagemaker_pyspark.algorithms._base import AlgorithmEstimator
from sagemaker_pyspark.algorithms._generated.lda import DEFAULTS, LDAParams

__all__ = ["LDASageMakerEstimator"]


class LDASageMakerEstimator(LDAParams, AlgorithmEstimator):
    """Finds `num_topics` topics in a column of word counts.

    The model appends `topic_mixture`, a vector of each topic's share. `num_topics` has to be set;
    `feature_dim` and `mini_batch_size`, when they aren't set, are the size of the vectors and the
    number of rows.
    """

    _wrapped_class = f"{ALGORITHMS}.LDASageMakerEstimator"
    _hyper_parameter_defaults = DEFAULTS["LDASageMakerEstimator"]
