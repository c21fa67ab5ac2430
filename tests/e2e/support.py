"""What the end-to-end tests share beside their fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator
    from sagemaker_pyspark.local import LocalSageMaker


class Estimators(Protocol):
    """Makes k-means estimators on the local service; keywords override."""

    def __call__(self, **overrides: Any) -> KMeansSageMakerEstimator: ...


def settings_of(aws: LocalSageMaker) -> dict[str, Any]:
    """What every estimator needs, on the local service, polled fast."""
    from sagemaker_pyspark import IAMRole, SageMakerClients

    client: dict[str, Any] = aws.client_options()
    return {
        "trainingInstanceType": "ml.m5.large",
        "trainingInstanceCount": 1,
        "endpointInstanceType": "ml.m5.large",
        "endpointInitialInstanceCount": 1,
        "sagemakerRole": IAMRole(aws.role_arn),
        "sagemakerClient": SageMakerClients.create_sagemaker_client(**client),
        "s3Client": SageMakerClients.create_s3_default_client(**client),
        "stsClient": SageMakerClients.create_sts_default_client(**client),
        "training_poll_interval_millis": 50,
        "endpoint_poll_interval_millis": 50,
    }


def schema(**columns: str) -> Any:
    """A schema of types by name: `vector`, or what Spark's DDL has."""
    from pyspark.ml.linalg import VectorUDT
    from pyspark.sql.types import StructField, StructType, _parse_datatype_string

    types = {n: VectorUDT() if t == "vector" else _parse_datatype_string(t) for n, t in columns.items()}
    return StructType([StructField(name, found) for name, found in types.items()])


def rows_of(frame: DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Columns in the order of `id`, vectors as lists, floats as the service's 32 bits."""
    import numpy as np

    def plain(value: Any) -> Any:
        if hasattr(value, "toArray"):
            return [float(np.float32(v)) for v in value]
        if isinstance(value, list):
            return [float(np.float32(v)) for v in value]
        return float(np.float32(value))

    found = frame.orderBy("id").select(*columns).collect()
    assert len(found) == frame.count()
    return [tuple(plain(value) for value in row) for row in found]
