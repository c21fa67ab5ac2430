"""The IAM role that SageMaker works with."""

from __future__ import annotations

from typing import ClassVar

from sagemaker_pyspark._jvm.names import SDK
from sagemaker_pyspark.wrapper import Value

__all__ = ["IAMRole", "IAMRoleFromConfig", "IAMRoleResource"]


class IAMRoleResource(Value):
    """Where the ARN of the role comes from."""

    _wrapped_class = f"{SDK}.IAMRoleResource"


class IAMRole(IAMRoleResource):
    """A role by its ARN.

    :param role: such as `arn:aws:iam::123456789012:role/SageMakerRole`.
    """

    _wrapped_class = f"{SDK}.IAMRole"
    _fields: ClassVar[dict[str, str]] = {"role": "role"}

    def __init__(self, role: str) -> None:
        super().__init__()
        self.role = role


class IAMRoleFromConfig(IAMRoleResource):
    """A role whose ARN stands in the Spark configuration.

    :param configKey: the key; the key with `spark.` before it is read too, as spark-submit drops others.
    """

    _wrapped_class = f"{SDK}.IAMRoleFromConfig"
    _fields: ClassVar[dict[str, str]] = {"configKey": "configKey"}

    def __init__(self, configKey: str = f"{SDK}.sagemakerrole") -> None:
        super().__init__()
        self.configKey = configKey
