"""What all operations of the control plane share: the account's names, stores and clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import ApiError
from ..object_store import ObjectStore


@dataclass
class Account:
    """One account in one region."""

    region: str
    account_id: str
    transition_seconds: float
    work_dir: Path
    store: ObjectStore
    registered_images: dict[str, str] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def partition(self) -> str:
        """``aws``, or that of the China and GovCloud regions."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    def arn(self, kind: str, name: str) -> str:
        """ARN of a resource; SageMaker writes names in lower case there."""
        return f"arn:{self.partition}:sagemaker:{self.region}:{self.account_id}:{kind}/{name.lower()}"

    def log_address(self, group: str) -> str:
        """Where the real service would show the logs of a group."""
        consoles = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}
        console = consoles.get(self.partition, "console.aws.amazon.com")
        return f"https://{self.region}.{console}/cloudwatch/home?region={self.region}#logEventViewer:group={group}"

    def set_tags(self, arn: str, tags: list[Mapping[str, str]]) -> None:
        """Add tags to a resource."""
        with self.lock:
            self.tags.setdefault(arn, {}).update({tag["Key"]: tag["Value"] for tag in tags})

    def drop_tags(self, arn: str) -> None:
        """Forget the tags of a resource that is gone."""
        with self.lock:
            self.tags.pop(arn, None)

    def unsupported(self, what: str) -> ApiError:
        """Refusal of something that the real service has and this one has not."""
        return ApiError("ValidationException", f"The local service does not support {what}.")


def now() -> float:
    """Epoch seconds, to the millisecond, as the service gives them."""
    return round(time.time(), 3)


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """The entries that have a value."""
    return {key: value for key, value in values.items() if value is not None}
