"""Other names of our modules: those that programs written for 1.4.5 import, and the JVM packages that
PySpark looks up.

They are entries in `sys.modules` that find what they stand for when an attribute is asked for, so that
importing the package loads nothing more.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

_ROOT = "sagemaker_pyspark"
_JVM = "com.amazonaws.services.sagemaker.sparksdk"

#: Old module names, below the package, and the modules that hold their names today.
OLD_MODULES = {
    "IAMRoleResource": "roles",
    "NamePolicy": "names",
    "S3Resources": "s3",
    "SageMakerClients": "clients",
    "SageMakerEstimator": "estimator",
    "SageMakerModel": "model",
    "SageMakerResourceCleanup": "cleanup",
    "algorithms.KMeansSageMakerEstimator": "algorithms",
    "algorithms.PCASageMakerEstimator": "algorithms",
    "algorithms.LDASageMakerEstimator": "algorithms",
    "algorithms.LinearLearnerSageMakerEstimator": "algorithms",
    "algorithms.FactorizationMachinesSageMakerEstimator": "algorithms",
    "algorithms.XGBoostSageMakerEstimator": "algorithms",
    "transformation.serializers.serializers": "transformation.serializers",
    "transformation.deserializers.deserializers": "transformation.deserializers",
}

#: Names that an old module had and that live elsewhere now.
MOVED = {
    ("SageMakerEstimator", "EndpointCreationPolicy"): "options",
    ("SageMakerEstimator", "CreatedResources"): "cleanup",
    ("SageMakerModel", "EndpointCreationPolicy"): "options",
    (
        "algorithms.LinearLearnerSageMakerEstimator",
        "LinearLearnerParams",
    ): "algorithms._generated.linear_learner",
    (
        "algorithms.FactorizationMachinesSageMakerEstimator",
        "FactorizationMachinesParams",
    ): "algorithms._generated.factorization_machines",
}

#: What is a module, and an attribute of its package before anybody has imported it.
_LAZY = {
    _ROOT: {"algorithms", "transformation", "wrapper"},
    f"{_ROOT}.transformation": {"deserializers", "serializers"},
}

#: JVM packages of stages; PySpark takes a saved stage's JVM class name for a Python one.
JVM_PACKAGES = {_JVM: "", f"{_JVM}.algorithms": "algorithms", f"{_JVM}.tuning": "tuning"}


class _OldModule(ModuleType):
    """A module under its old name."""

    def __init__(self, name: str, old: str, target: str) -> None:
        super().__init__(name, f"The old name of {_ROOT}.{target}.")
        self._old = old
        self._target = f"{_ROOT}.{target}"

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            target = import_module(self._target)
            public = getattr(target, "__all__", None) or [n for n in vars(target) if not n.startswith("_")]
            return [*public, *(moved for old, moved in MOVED if old == self._old)]
        if name.startswith("__"):
            # Tools that walk over sys.modules ask every module for these.
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        home = MOVED.get((self._old, name))
        return getattr(import_module(f"{_ROOT}.{home}" if home else self._target), name)

    def __dir__(self) -> list[str]:
        return dir(import_module(self._target))


class _JvmPackage(ModuleType):
    """A JVM package, whose classes are loaders of stages.

    PySpark calls a stage class without arguments before it gives it the JVM's stage; ours need arguments,
    so it finds a class here that is no stage and has `_from_java` and `load`.
    """

    def __init__(self, name: str, target: str) -> None:
        super().__init__(name, f"Finds the Python classes of the stages in the JVM package {name}.")
        self._target = f"{_ROOT}.{target}" if target else _ROOT

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        stage = getattr(import_module(self._target), name)
        return type(name, (), {"_from_java": stage._from_java, "load": stage.load, "read": stage.read})


def register() -> None:
    """Put the other names into `sys.modules`."""
    for old, target in OLD_MODULES.items():
        name = f"{_ROOT}.{old}"
        sys.modules.setdefault(name, _OldModule(name, old, target))
    for name, target in JVM_PACKAGES.items():
        sys.modules.setdefault(name, _JvmPackage(name, target))


def old_attribute(package: str, name: str) -> Any:
    """An old module, or one that isn't imported yet, as an attribute of its package.

    :raises AttributeError: when there was none of that name.
    """
    if name in _LAZY.get(package, ()):
        return import_module(f"{package}.{name}")
    module = sys.modules.get(f"{package}.{name}")
    if isinstance(module, _OldModule):
        return module
    raise AttributeError(f"module {package!r} has no attribute {name!r}")
