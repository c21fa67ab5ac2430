"""AddTags, ListTags, DeleteTags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...faults import Fault
from ..errors import validation
from .account import Account


class Tags:
    """Tags by ARN; a resource exists for tags from its creation on."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def add(self, request: Mapping[str, Any], fault: Fault | None) -> dict[str, Any]:
        """AddTags."""
        with self._account.lock:
            arn = self._known(request["ResourceArn"])
            self._account.set_tags(arn, request["Tags"])
            return {"Tags": self._listed(arn)}

    def list_tags(self, request: Mapping[str, Any], fault: Fault | None) -> dict[str, Any]:
        """ListTags."""
        with self._account.lock:
            return {"Tags": self._listed(self._known(request["ResourceArn"]))}

    def delete(self, request: Mapping[str, Any], fault: Fault | None) -> dict[str, Any]:
        """DeleteTags."""
        with self._account.lock:
            tags = self._account.tags[self._known(request["ResourceArn"])]
            for key in request["TagKeys"]:
                tags.pop(key, None)
        return {}

    def _known(self, arn: str) -> str:
        if arn not in self._account.tags:
            raise validation(f"Could not find resource with ARN: {arn}.")
        return arn

    def _listed(self, arn: str) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self._account.tags[arn].items()]
