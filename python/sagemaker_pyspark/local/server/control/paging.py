"""List operations: filters, order and pages."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import validation

_DEFAULT_PAGE = 10


def page(
    items: Sequence[Mapping[str, Any]],
    request: Mapping[str, Any],
    name_field: str,
    status_field: str | None = None,
    default_order: str = "Descending",
) -> tuple[list[Mapping[str, Any]], str | None]:
    """The summaries that a List request asks for, and the token of the next page.

    The token holds the last item's place in the order, so that deleting while listing skips nothing.
    """
    chosen = [item for item in items if _fits(item, request, name_field, status_field)]
    descending = request.get("SortOrder", default_order) == "Descending"
    sort_by = request.get("SortBy", "CreationTime")

    def place(item: Mapping[str, Any]) -> list[Any]:
        if sort_by == "Name":
            return [item[name_field]]
        if sort_by == "Status" and status_field is not None:
            return [item[status_field], item[name_field]]
        return [item["CreationTime"], item[name_field]]

    chosen.sort(key=place, reverse=descending)
    token = request.get("NextToken")
    if token:
        last = _read_token(token, place(items[0]) if items else None)
        chosen = [item for item in chosen if (place(item) < last if descending else place(item) > last)]
    size = int(request.get("MaxResults", _DEFAULT_PAGE))
    shown = chosen[:size]
    return shown, _write_token(place(shown[-1])) if len(chosen) > size else None


def _fits(
    item: Mapping[str, Any], request: Mapping[str, Any], name_field: str, status_field: str | None
) -> bool:
    if request.get("NameContains", "").lower() not in item[name_field].lower():
        return False
    if status_field is not None and request.get("StatusEquals", item[status_field]) != item[status_field]:
        return False
    for field in ("CreationTime", "LastModifiedTime"):
        moment = item.get(field, item["CreationTime"])
        if moment <= float(request.get(f"{field}After", float("-inf"))):
            return False
        if moment >= float(request.get(f"{field}Before", float("inf"))):
            return False
    return True


def _write_token(place: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode("utf-8")).decode("ascii")


def _read_token(token: str, like: list[Any] | None) -> list[Any]:
    try:
        place = json.loads(base64.urlsafe_b64decode(token.encode("ascii")))
    except (ValueError, binascii.Error) as error:
        raise validation("Invalid NextToken.") from error
    kinds = None if like is None else [type(part) for part in like]
    if not isinstance(place, list) or (kinds is not None and [type(part) for part in place] != kinds):
        raise validation("Invalid NextToken.")
    return place
