"""What the end-to-end tests share beside their fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
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
