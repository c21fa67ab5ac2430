"""Old module names, and what importing the package costs."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest

OLD_IMPORTS = [
    ("IAMRoleResource", "IAMRole IAMRoleFromConfig IAMRoleResource"),
    ("NamePolicy", "RandomNamePolicy CustomNamePolicyFactory NamePolicy NamePolicyFactory"),
    ("S3Resources", "S3DataPath S3AutoCreatePath S3PathFromConfig S3Resource"),
    ("SageMakerClients", "SageMakerClients"),
    ("SageMakerEstimator", "SageMakerEstimator SageMakerEstimatorBase EndpointCreationPolicy"),
    ("SageMakerModel", "SageMakerModel"),
    ("SageMakerResourceCleanup", "SageMakerResourceCleanup CreatedResources"),
    ("wrapper", "Option ScalaMap ScalaList SageMakerJavaWrapper"),
    ("algorithms.KMeansSageMakerEstimator", "KMeansSageMakerEstimator"),
    ("transformation.serializers.serializers", "ProtobufRequestRowSerializer RequestRowSerializer"),
    ("transformation.deserializers.deserializers", "KMeansProtobufResponseRowDeserializer"),
]


@pytest.mark.parametrize(("module", "names"), OLD_IMPORTS)
def test_old_modules_have_their_names(module: str, names: str) -> None:
    for name in names.split():
        assert getattr(import_module(f"sagemaker_pyspark.{module}"), name).__name__ == name


def test_a_name_that_is_module_and_class_is_the_class_as_an_attribute() -> None:
    import sagemaker_pyspark
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator as ByPackage

    names: dict[str, Any] = {"ByPackage": ByPackage}
    exec("from sagemaker_pyspark.algorithms.KMeansSageMakerEstimator import KMeansSageMakerEstimator", names)
    exec("from sagemaker_pyspark.SageMakerModel import SageMakerModel", names)
    assert names["KMeansSageMakerEstimator"] is ByPackage
    assert sagemaker_pyspark.SageMakerModel is names["SageMakerModel"]
    assert isinstance(sagemaker_pyspark.SageMakerEstimator, type)
    assert sagemaker_pyspark.S3Resources.S3DataPath is sagemaker_pyspark.S3DataPath


@pytest.mark.parametrize(
    "program",
    [
        "import sagemaker_pyspark.algorithms.LinearLearnerSageMakerEstimator as l; l.LinearLearnerParams",
        "import sagemaker_pyspark.transformation.deserializers.deserializers as d; d.ResponseRowDeserializer",
        "import sagemaker_pyspark.transformation.serializers.serializers\n"
        "sagemaker_pyspark.transformation.serializers.serializers.RequestRowSerializer",
        "import sagemaker_pyspark.algorithms.LinearLearnerSageMakerEstimator\n"
        "sagemaker_pyspark.algorithms.LinearLearnerSageMakerEstimator.LinearLearnerParams",
        "import sagemaker_pyspark.algorithms.FactorizationMachinesSageMakerEstimator\n"
        "sagemaker_pyspark.algorithms.FactorizationMachinesSageMakerEstimator.FactorizationMachinesRegressor",
        "from sagemaker_pyspark.S3Resources import *; S3DataPath",
        "from sagemaker_pyspark.SageMakerEstimator import *; EndpointCreationPolicy",
        "from sagemaker_pyspark.algorithms.FactorizationMachinesSageMakerEstimator import *\n"
        "FactorizationMachinesParams",
        "sagemaker_pyspark.wrapper.Option, sagemaker_pyspark.algorithms.KMeansSageMakerEstimator",
        "sagemaker_pyspark.transformation.serializers.RequestRowSerializer",
    ],
)
def test_old_modules_are_imported_in_each_way_once_the_package_is_there(program: str) -> None:
    assert python(f"import sagemaker_pyspark\n{program}\nprint('found')") == "found\n"


def test_an_unknown_name_is_an_attribute_error() -> None:
    import sagemaker_pyspark

    for name in ("SageMakerEstimatorr", "algorithmss"):
        for module in (sagemaker_pyspark, sagemaker_pyspark.algorithms):
            with pytest.raises(AttributeError, match=name):
                getattr(module, name)
    with pytest.raises(ImportError, match="Nothing"):
        exec("from sagemaker_pyspark.S3Resources import Nothing")


def python(program: str, **environment: str) -> str:
    """What a fresh Python prints; it has no Java, no home and no AWS settings."""
    kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**kept, "PATH": "", **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_package_loads_nothing_else() -> None:
    loaded = python(
        "import sys, sagemaker_pyspark\n"
        "print([m for m in ('pyspark', 'py4j', 'numpy', 'boto3', 'moto', 'socket') if m in sys.modules])"
    )
    assert loaded.strip() == "[]"


def test_every_module_imports_without_java_session_or_variables() -> None:
    started = python(
        "import sys\nimport sagemaker_pyspark as s\nfor name in s.__all__: getattr(s, name)\nimport "
        "sagemaker_pyspark.algorithms as a\nfor name in a.__all__: getattr(a, name)\nfrom "
        "sagemaker_pyspark.transformation import serializers, deserializers\nfrom pyspark import "
        "SparkContext\nprint(SparkContext._gateway, 'boto3' in sys.modules)"
    )
    assert started.split() == ["None", "False"]


def test_jvm_packages_are_found_by_their_jvm_names() -> None:
    package = import_module("com.amazonaws.services.sagemaker.sparksdk.algorithms")
    assert callable(package.KMeansSageMakerEstimator._from_java)
    with pytest.raises(AttributeError):
        _ = package.NoSuchEstimator
