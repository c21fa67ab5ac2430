"""Principal component analysis."""

from __future__ import annotations

from sagemaker_pyspark._jvm.names import ALGORITHMS
from sagemaker_pyspark.algorithms._base import AlgorithmEstimator
from sagemaker_pyspark.algorithms._generated.pca import DEFAULTS, PCAParams

__all__ = ["PCASageMakerEstimator"]


class PCASageMakerEstimator(PCAParams, AlgorithmEstimator):
    """Reduces a column of feature vectors to `num_components` numbers each.

    The model appends `projection`, a vector whose last element belongs to the component with the largest
    variance. `num_components` has to be set; `feature_dim`, when it isn't set, is the size of the vectors.
    """

    _wrapped_class = f"{ALGORITHMS}.PCASageMakerEstimator"
    _hyper_parameter_defaults = DEFAULTS["PCASageMakerEstimator"]
