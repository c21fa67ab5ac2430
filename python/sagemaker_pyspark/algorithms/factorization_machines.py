"""Factorization machines: classification and regression on sparse data."""

from __future__ import annotations

from sagemaker_pyspark._jvm.names import ALGORITHMS
from sagemaker_pyspark.algorithms._base import AlgorithmEstimator
from sagemaker_pyspark.algorithms._generated.factorization_machines import (
    DEFAULTS,
    BinaryClassifierParams,
    FactorizationMachinesParams,
    RegressorParams,
)

__all__ = [
    "FactorizationMachinesBinaryClassifier",
    "FactorizationMachinesParams",
    "FactorizationMachinesRegressor",
]


class FactorizationMachinesBinaryClassifier(
    BinaryClassifierParams, FactorizationMachinesParams, AlgorithmEstimator
):
    """Separates two classes: `label` is 0 or 1. `num_factors` has to be set.

    The model appends `score`, the probability of class 1, and `predicted_label`, both doubles.
    """

    _wrapped_class = f"{ALGORITHMS}.FactorizationMachinesBinaryClassifier"
    _hyper_parameter_defaults = DEFAULTS["FactorizationMachinesBinaryClassifier"]


class FactorizationMachinesRegressor(RegressorParams, FactorizationMachinesParams, AlgorithmEstimator):
    """Predicts a number. `num_factors` has to be set. The model appends `score`, a double."""

    _wrapped_class = f"{ALGORITHMS}.FactorizationMachinesRegressor"
    _hyper_parameter_defaults = DEFAULTS["FactorizationMachinesRegressor"]
