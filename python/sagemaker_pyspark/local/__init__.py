"""An embedded SageMaker for tests and demonstrations: S3, STS, SageMaker and its runtime on 127.0.0.1.

>>> from sagemaker_pyspark.local import LocalSageMaker
>>> with LocalSageMaker() as aws:
...     aws.boto3_client("sts").get_caller_identity()["Account"]
'123456789012'

Needs the extra ``local``. Importing this package imports neither Spark nor the packages of the extra.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import LocalServiceError
from .faults import Fault
from .session import LocalSageMaker

if TYPE_CHECKING:
    from .algorithms.contract import (
        Algorithm,
        Channel,
        CustomerError,
        InferenceRequest,
        InferenceResponse,
        Predictor,
        TrainingContext,
    )

_CONTRACT = frozenset(
    {
        "Algorithm",
        "Channel",
        "CustomerError",
        "InferenceRequest",
        "InferenceResponse",
        "Predictor",
        "TrainingContext",
    }
)

__all__ = [
    "Algorithm",
    "Channel",
    "CustomerError",
    "Fault",
    "InferenceRequest",
    "InferenceResponse",
    "LocalSageMaker",
    "LocalServiceError",
    "Predictor",
    "TrainingContext",
]


def __getattr__(name: str) -> Any:
    if name in _CONTRACT:
        from .algorithms import contract

        return getattr(contract, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
