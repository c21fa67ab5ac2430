"""The built-in algorithms of the embedded service: one module each, found by the name of their image."""

from __future__ import annotations

import importlib

from .contract import Algorithm

_BUILT_IN = {
    "kmeans": ("kmeans", "KMeans"),
    "pca": ("pca", "PCA"),
    "lda": ("lda", "LDA"),
    "linear-learner": ("linear_learner", "LinearLearner"),
    "factorization-machines": ("factorization_machines", "FactorizationMachines"),
    "xgboost": ("xgboost", "XGBoost"),
    "sagemaker-xgboost": ("xgboost", "XGBoost"),
}


def repository(image: str) -> str:
    """``123.dkr.ecr.us-east-1.amazonaws.com/kmeans:1`` as ``kmeans``: what stands between the registry and
    the tag.
    """
    name = image.split("@")[0]
    host, slash, path = name.partition("/")
    if slash and ("." in host or ":" in host):
        name = path
    return name.split(":")[0]


def built_in_names() -> list[str]:
    """Names of the images that work without registration."""
    return sorted(_BUILT_IN)


def built_in(name: str) -> Algorithm | None:
    """A new instance of the algorithm behind an image repository, if it is a built-in one."""
    if name not in _BUILT_IN:
        return None
    module, attribute = _BUILT_IN[name]
    algorithm = getattr(importlib.import_module(f"{__name__}.{module}"), attribute)()
    if not isinstance(algorithm, Algorithm):
        raise TypeError(f"{module}.{attribute} is not an Algorithm.")
    return algorithm
