"""Train and host models on Amazon SageMaker from PySpark DataFrames.

Importing this starts nothing: no JVM, no network, and what isn't used isn't loaded.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sagemaker_pyspark import _modules

if TYPE_CHECKING:
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator as KMeansSageMakerEstimator
    from sagemaker_pyspark.cleanup import CreatedResources as CreatedResources
    from sagemaker_pyspark.cleanup import SageMakerResourceCleanup as SageMakerResourceCleanup
    from sagemaker_pyspark.clients import SageMakerClients as SageMakerClients
    from sagemaker_pyspark.errors import SageMakerPySparkError as SageMakerPySparkError
    from sagemaker_pyspark.errors import explain as explain
    from sagemaker_pyspark.errors import explained as explained
    from sagemaker_pyspark.estimator import SageMakerEstimator as SageMakerEstimator
    from sagemaker_pyspark.estimator import SageMakerEstimatorBase as SageMakerEstimatorBase
    from sagemaker_pyspark.jars import classpath_jars as classpath_jars
    from sagemaker_pyspark.model import SageMakerModel as SageMakerModel
    from sagemaker_pyspark.names import CustomNamePolicy as CustomNamePolicy
    from sagemaker_pyspark.names import CustomNamePolicyFactory as CustomNamePolicyFactory
    from sagemaker_pyspark.names import (
        CustomNamePolicyWithTimeStampSuffix as CustomNamePolicyWithTimeStampSuffix,
    )
    from sagemaker_pyspark.names import (
        CustomNamePolicyWithTimeStampSuffixFactory as CustomNamePolicyWithTimeStampSuffixFactory,
    )
    from sagemaker_pyspark.names import RandomNamePolicy as RandomNamePolicy
    from sagemaker_pyspark.names import RandomNamePolicyFactory as RandomNamePolicyFactory
    from sagemaker_pyspark.options import EndpointCreationPolicy as EndpointCreationPolicy
    from sagemaker_pyspark.options import Progress as Progress
    from sagemaker_pyspark.options import print_progress as print_progress
    from sagemaker_pyspark.roles import IAMRole as IAMRole
    from sagemaker_pyspark.roles import IAMRoleFromConfig as IAMRoleFromConfig
    from sagemaker_pyspark.runs import Run as Run
    from sagemaker_pyspark.runs import finish_run as finish_run
    from sagemaker_pyspark.runs import list_runs as list_runs
    from sagemaker_pyspark.runs import remove_run as remove_run
    from sagemaker_pyspark.s3 import S3AutoCreatePath as S3AutoCreatePath
    from sagemaker_pyspark.s3 import S3DataPath as S3DataPath
    from sagemaker_pyspark.s3 import S3PathFromConfig as S3PathFromConfig
    from sagemaker_pyspark.s3 import S3Resource as S3Resource
    from sagemaker_pyspark.session import configure_spark as configure_spark
    from sagemaker_pyspark.wrapper import Option as Option
    from sagemaker_pyspark.wrapper import SageMakerJavaWrapper as SageMakerJavaWrapper
    from sagemaker_pyspark.wrapper import ScalaList as ScalaList
    from sagemaker_pyspark.wrapper import ScalaMap as ScalaMap

    __version__: str

#: The package's names and the modules they come from.
_HOMES = {
    "KMeansSageMakerEstimator": "algorithms",
    "CreatedResources": "cleanup",
    "SageMakerResourceCleanup": "cleanup",
    "SageMakerClients": "clients",
    "SageMakerPySparkError": "errors",
    "explain": "errors",
    "explained": "errors",
    "SageMakerEstimator": "estimator",
    "SageMakerEstimatorBase": "estimator",
    "classpath_jars": "jars",
    "SageMakerModel": "model",
    "CustomNamePolicy": "names",
    "CustomNamePolicyFactory": "names",
    "CustomNamePolicyWithTimeStampSuffix": "names",
    "CustomNamePolicyWithTimeStampSuffixFactory": "names",
    "RandomNamePolicy": "names",
    "RandomNamePolicyFactory": "names",
    "EndpointCreationPolicy": "options",
    "Progress": "options",
    "print_progress": "options",
    "IAMRole": "roles",
    "IAMRoleFromConfig": "roles",
    "Run": "runs",
    "finish_run": "runs",
    "list_runs": "runs",
    "remove_run": "runs",
    "S3AutoCreatePath": "s3",
    "S3DataPath": "s3",
    "S3PathFromConfig": "s3",
    "S3Resource": "s3",
    "configure_spark": "session",
    "Option": "wrapper",
    "SageMakerJavaWrapper": "wrapper",
    "ScalaList": "wrapper",
    "ScalaMap": "wrapper",
}

__all__ = ["__version__", *_HOMES]

_modules.register()


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    if name == "__version__":
        from sagemaker_pyspark._lines import package_version

        return package_version()
    return _modules.old_attribute(__name__, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
