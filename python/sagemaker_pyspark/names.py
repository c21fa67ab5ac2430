"""How training jobs, models, endpoint configurations and endpoints get their names.

Names must match `[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}`; the JVM checks them before anything is uploaded.
"""

from __future__ import annotations

from typing import ClassVar

from sagemaker_pyspark._jvm.names import SDK
from sagemaker_pyspark.wrapper import Value

__all__ = [
    "CustomNamePolicy",
    "CustomNamePolicyFactory",
    "CustomNamePolicyWithTimeStampSuffix",
    "CustomNamePolicyWithTimeStampSuffixFactory",
    "NamePolicy",
    "NamePolicyFactory",
    "RandomNamePolicy",
    "RandomNamePolicyFactory",
]

_FOUR = {
    "trainingJobName": "trainingJobName",
    "modelName": "modelName",
    "endpointConfigName": "endpointConfigName",
    "endpointName": "endpointName",
}


class NamePolicy(Value):
    """The names that one fit uses."""

    _wrapped_class = f"{SDK}.NamePolicy"


class NamePolicyFactory(Value):
    """Makes the name policy of each fit."""

    _wrapped_class = f"{SDK}.NamePolicyFactory"

    def createNamePolicy(self) -> NamePolicy:
        """A policy for one fit."""
        policy: NamePolicy = self._call_java("createNamePolicy")
        return policy


class _FourNames(Value):
    _fields: ClassVar[dict[str, str]] = _FOUR

    def __init__(
        self, trainingJobName: str, modelName: str, endpointConfigName: str, endpointName: str
    ) -> None:
        super().__init__()
        self.trainingJobName = trainingJobName
        self.modelName = modelName
        self.endpointConfigName = endpointConfigName
        self.endpointName = endpointName


class RandomNamePolicy(NamePolicy):
    """Names with a random part.

    :param prefix: what they begin with.
    """

    _wrapped_class = f"{SDK}.RandomNamePolicy"
    _fields: ClassVar[dict[str, str]] = {"prefix": "prefix"}

    def __init__(self, prefix: str = "") -> None:
        super().__init__()
        self.prefix = prefix


class CustomNamePolicy(_FourNames, NamePolicy):
    """The names given, used as they are: they serve one fit."""

    _wrapped_class = f"{SDK}.CustomNamePolicy"


class CustomNamePolicyWithTimeStampSuffix(_FourNames, NamePolicy):
    """The names given, with the time behind them."""

    _wrapped_class = f"{SDK}.CustomNamePolicyWithTimeStampSuffix"


class RandomNamePolicyFactory(NamePolicyFactory):
    """Gives each fit a `RandomNamePolicy` of its own.

    :param prefix: what the names begin with.
    """

    _wrapped_class = f"{SDK}.RandomNamePolicyFactory"
    _fields: ClassVar[dict[str, str]] = {"prefix": "prefix"}

    def __init__(self, prefix: str = "") -> None:
        super().__init__()
        self.prefix = prefix

    def createNamePolicy(self) -> RandomNamePolicy:
        """A policy for one fit."""
        return RandomNamePolicy(self.prefix)


class CustomNamePolicyFactory(_FourNames, NamePolicyFactory):
    """Gives each fit a `CustomNamePolicy`."""

    _wrapped_class = f"{SDK}.CustomNamePolicyFactory"

    def createNamePolicy(self) -> CustomNamePolicy:
        """A policy for one fit."""
        return CustomNamePolicy(
            self.trainingJobName, self.modelName, self.endpointConfigName, self.endpointName
        )


class CustomNamePolicyWithTimeStampSuffixFactory(_FourNames, NamePolicyFactory):
    """Gives each fit a `CustomNamePolicyWithTimeStampSuffix`."""

    _wrapped_class = f"{SDK}.CustomNamePolicyWithTimeStampSuffixFactory"

    def createNamePolicy(self) -> CustomNamePolicyWithTimeStampSuffix:
        """A policy for one fit."""
        return CustomNamePolicyWithTimeStampSuffix(
            self.trainingJobName, self.modelName, self.endpointConfigName, self.endpointName
        )
