"""K-means clustering."""

from __future__ import annotations

from sagemaker_pyspark._jvm.names import ALGORITHMS
from sagemaker_pyspark.algorithms._base import AlgorithmEstimator
from sagemaker_pyspark.algorithms._generated.kmeans import DEFAULTS, KMeansParams

__all__ = ["KMeansSageMakerEstimator"]


class KMeansSageMakerEstimator(KMeansParams, AlgorithmEstimator):
    """Finds `k` clusters in a column of feature vectors.

    The model appends `distance_to_cluster` (Euclidean) and `closest_cluster`, both doubles. `feature_dim`,
    when it isn't set, is the size of the vectors.
    """

    _wrapped_class = f"{ALGORITHMS}.KMeansSageMakerEstimator"
    _hyper_parameter_defaults = DEFAULTS["KMeansSageMakerEstimator"]
