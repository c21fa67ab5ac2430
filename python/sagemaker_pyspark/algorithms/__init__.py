"""Amazon's algorithms as estimators: the image, the serializers and the hyper-parameters come with them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sagemaker_pyspark.algorithms.kmeans import KMeansSageMakerEstimator as KMeansSageMakerEstimator

_HOMES = {"KMeansSageMakerEstimator": "kmeans"}

__all__ = ["KMeansSageMakerEstimator"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
