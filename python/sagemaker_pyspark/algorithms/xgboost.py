"""Gradient boosted trees."""

from __future__ import annotations

from sagemaker_pyspark._jvm.names import ALGORITHMS
from sagemaker_pyspark.algorithms._base import AlgorithmEstimator, with_defaults
from sagemaker_pyspark.algorithms._generated.xgboost import DEFAULTS, XGBoostParams

__all__ = ["XGBoostSageMakerEstimator"]


class XGBoostSageMakerEstimator(XGBoostParams, AlgorithmEstimator):
    """Boosts trees, or linear models, on a column of feature vectors and a label.

    The model appends `prediction`: a double, and with the objective `multi:softprob` a vector with a
    probability for each class. Rows to infer on need no label. `num_round` has to be set, and `num_class` for
    the objectives `multi:softmax` and `multi:softprob`. The keyword `algorithm_version` chooses the image,
    such as `1.7-1`; without it the newest is taken, whose results differ from those of the 0.72 on which
    sagemaker_pyspark 1.4.5 always trained: that is `algorithm_version="1"`. The data is staged as libsvm.
    """

    _wrapped_class = f"{ALGORITHMS}.XGBoostSageMakerEstimator"
    _hyper_parameter_defaults = DEFAULTS["XGBoostSageMakerEstimator"]

    __init__ = with_defaults(AlgorithmEstimator.__init__, trainingSparkDataFormat="libsvm")
