"""What a model created in SageMaker, and its deletion."""

from __future__ import annotations

from typing import Any, ClassVar

from sagemaker_pyspark._jvm import door
from sagemaker_pyspark._jvm.names import SDK
from sagemaker_pyspark.clients import AwsClient
from sagemaker_pyspark.wrapper import SageMakerJavaWrapper, Value

__all__ = ["CreatedResources", "SageMakerResourceCleanup"]


class CreatedResources(Value):
    """The names of what exists, and may cost money, until it is deleted.

    :param model_name: the SageMaker model.
    :param endpoint_config_name: the endpoint configuration.
    :param endpoint_name: the endpoint, which is billed as long as it exists.
    :param java_object: the JVM's counterpart, instead of names.
    """

    _wrapped_class = f"{SDK}.CreatedResources"
    _fields: ClassVar[dict[str, str]] = {
        "model_name": "modelName",
        "endpoint_config_name": "endpointConfigName",
        "endpoint_name": "endpointName",
    }

    def __init__(
        self,
        model_name: str | None = None,
        endpoint_config_name: str | None = None,
        endpoint_name: str | None = None,
        java_object: Any = None,
    ) -> None:
        super().__init__()
        if java_object is not None:
            described = door.describe_value(java_object)
            model_name = described.get("modelName")
            endpoint_config_name = described.get("endpointConfigName")
            endpoint_name = described.get("endpointName")
        self.model_name = model_name
        self.endpoint_config_name = endpoint_config_name
        self.endpoint_name = endpoint_name

    def __bool__(self) -> bool:
        return any(getattr(self, attribute) is not None for attribute in self._fields)


class SageMakerResourceCleanup(SageMakerJavaWrapper):
    """Deletes models, endpoint configurations and endpoints.

    :param sagemakerClient: made by `SageMakerClients.create_sagemaker_client()`.
    :param java_object: the JVM's counterpart, instead of a client.

    Each method raises `ResourceCleanupError` for what could not be deleted.
    """

    _wrapped_class = f"{SDK}.SageMakerResourceCleanup"

    def __init__(self, sagemakerClient: AwsClient | None, java_object: Any = None) -> None:
        super().__init__()
        if java_object is None:
            client = sagemakerClient if sagemakerClient is not None else AwsClient()
            java_object = self._new_java_obj(str(door.java_class(str(self._wrapped_class))._fqn), client)
        self._java_obj = java_object

    @classmethod
    def _from_java(cls, java_object: Any) -> SageMakerResourceCleanup:
        return cls(None, java_object=java_object)

    def deleteResources(self, created_resources: CreatedResources) -> None:
        """Delete all that it names."""
        self._call_java("deleteResources", created_resources)

    def deleteEndpoint(self, name: str) -> None:
        """Delete one endpoint."""
        self._call_java("deleteEndpoint", name)

    def deleteEndpointConfig(self, name: str) -> None:
        """Delete one endpoint configuration."""
        self._call_java("deleteEndpointConfig", name)

    def deleteModel(self, name: str) -> None:
        """Delete one model."""
        self._call_java("deleteModel", name)
