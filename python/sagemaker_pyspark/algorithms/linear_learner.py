"""Linear models: classification and regression."""

from __future__ import annotations

from sagemaker_pyspark._jvm.names import ALGORITHMS
from sagemaker_pyspark.algorithms._base import AlgorithmEstimator
from sagemaker_pyspark.algorithms._generated.linear_learner import (
    DEFAULTS,
    BinaryClassifierParams,
    LinearLearnerParams,
    MultiClassClassifierParams,
    RegressorParams,
)

__all__ = [
    "LinearLearnerBinaryClassifier",
    "LinearLearnerMultiClassClassifier",
    "LinearLearnerParams",
    "LinearLearnerRegressor",
]


class LinearLearnerBinaryClassifier(BinaryClassifierParams, LinearLearnerParams, AlgorithmEstimator):
    """Separates two classes: `label` is 0 or 1.

    The model appends `score`, the probability of class 1, and `predicted_label`, both doubles.
    """

    _wrapped_class = f"{ALGORITHMS}.LinearLearnerBinaryClassifier"
    _hyper_parameter_defaults = DEFAULTS["LinearLearnerBinaryClassifier"]


class LinearLearnerMultiClassClassifier(MultiClassClassifierParams, LinearLearnerParams, AlgorithmEstimator):
    """Separates `num_classes` classes: `label` is 0 to `num_classes` - 1. `num_classes` has to be set.

    The model appends `score`, a vector of each class's probability, and `predicted_label`, a double.
    """

    _wrapped_class = f"{ALGORITHMS}.LinearLearnerMultiClassClassifier"
    _hyper_parameter_defaults = DEFAULTS["LinearLearnerMultiClassClassifier"]


class LinearLearnerRegressor(RegressorParams, LinearLearnerParams, AlgorithmEstimator):
    """Predicts a number. The model appends `score`, a double."""

    _wrapped_class = f"{ALGORITHMS}.LinearLearnerRegressor"
    _hyper_parameter_defaults = DEFAULTS["LinearLearnerRegressor"]
