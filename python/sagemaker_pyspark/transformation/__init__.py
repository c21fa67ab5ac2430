"""How rows become request bodies, and answers become rows."""

from typing import Any


def __getattr__(name: str) -> Any:
    from sagemaker_pyspark._modules import old_attribute

    return old_attribute(__name__, name)
