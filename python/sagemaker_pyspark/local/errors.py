"""Errors of the embedded service as its user sees them."""

from __future__ import annotations

INSTALL_COMMAND = "pip install 'sagemaker-pyspark-bridge[local]'"


class LocalServiceError(RuntimeError):
    """The embedded service could not be started, or did not do what it was asked; the message says why."""
