"""Amazon's algorithms as estimators: the image, the serializers and the hyper-parameters come with them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sagemaker_pyspark._modules import old_attribute

if TYPE_CHECKING:
    from sagemaker_pyspark.algorithms.factorization_machines import (
        FactorizationMachinesBinaryClassifier as FactorizationMachinesBinaryClassifier,
    )
    from sagemaker_pyspark.algorithms.factorization_machines import (
        FactorizationMachinesRegressor as FactorizationMachinesRegressor,
    )
    from sagemaker_pyspark.algorithms.kmeans import (
        KMeansSageMakerEstimator as KMeansSageMakerEstimator,
    )
    from sagemaker_pyspark.algorithms.lda import (
        LDASageMakerEstimator as LDASageMakerEstimator,
    )
    from sagemaker_pyspark.algorithms.linear_learner import (
        LinearLearnerBinaryClassifier as LinearLearnerBinaryClassifier,
    )
    from sagemaker_pyspark.algorithms.linear_learner import (
        LinearLearnerMultiClassClassifier as LinearLearnerMultiClassClassifier,
    )
    from sagemaker_pyspark.algorithms.linear_learner import (
        LinearLearnerRegressor as LinearLearnerRegressor,
    )
    from sagemaker_pyspark.algorithms.pca import (
        PCASageMakerEstimator as PCASageMakerEstimator,
    )
    from sagemaker_pyspark.algorithms.xgboost import (
        XGBoostSageMakerEstimator as XGBoostSageMakerEstimator,
    )

_HOMES = {
    "FactorizationMachinesBinaryClassifier": "factorization_machines",
    "FactorizationMachinesRegressor": "factorization_machines",
    "KMeansSageMakerEstimator": "kmeans",
    "LDASageMakerEstimator": "lda",
    "LinearLearnerBinaryClassifier": "linear_learner",
    "LinearLearnerMultiClassClassifier": "linear_learner",
    "LinearLearnerRegressor": "linear_learner",
    "PCASageMakerEstimator": "pca",
    "XGBoostSageMakerEstimator": "xgboost",
}

__all__ = [
    "FactorizationMachinesBinaryClassifier",
    "FactorizationMachinesRegressor",
    "KMeansSageMakerEstimator",
    "LDASageMakerEstimator",
    "LinearLearnerBinaryClassifier",
    "LinearLearnerMultiClassClassifier",
    "LinearLearnerRegressor",
    "PCASageMakerEstimator",
    "XGBoostSageMakerEstimator",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return old_attribute(__name__, name)
