"""Errors of the embedded service as its user sees them."""

from __future__ import annotations

from typing import Any

from ..errors import SageMakerPySparkError

INSTALL_COMMAND = "pip install 'sagemaker-pyspark-bridge[local]'"


class LocalServiceError(SageMakerPySparkError, RuntimeError):
    """The embedded service could not be started, or did not do what it was asked; the message says why."""

    def __reduce__(self) -> Any:
        return LocalServiceError, (self.message,)
