"""Input channels of a training job: which objects they name, and their download."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ...algorithms.contract import CustomerError
from ..errors import ApiError, validation
from ..object_store import S3Uri
from .account import Account


def check_channels(account: Account, request: Mapping[str, Any]) -> None:
    """Refuse channels that the service refuses when the job is created."""
    names = [channel["ChannelName"] for channel in request.get("InputDataConfig", [])]
    if len(set(names)) != len(names):
        raise validation("Channel names must be unique in InputDataConfig.")
    for channel in request.get("InputDataConfig", []):
        source = channel.get("DataSource", {}).get("S3DataSource")
        if source is None:
            raise account.unsupported("data sources other than S3DataSource")
        if not _has_objects(account, source):
            uri = _parse(source["S3Uri"])
            raise validation(
                f'No S3 objects found under S3 URL "{source["S3Uri"]}" given in input data source. Please'
                f" ensure that the bucket exists in the selected region ({account.region}), that objects"
                f' exist under that S3 prefix, and that the role "{request["RoleArn"]}" has "s3:ListBucket"'
                f' permissions on bucket "{uri.bucket}".'
            )


def download_channel(account: Account, channel: Mapping[str, Any], directory: Path) -> int:
    """Bring a channel's objects into a directory; returns their number. ``CustomerError`` if that cannot be
    done.
    """
    source = channel["DataSource"]["S3DataSource"]
    objects = _objects(account, source)
    if not objects:
        raise CustomerError(
            f"Channel '{channel['ChannelName']}' at {source['S3Uri']} holds no data objects; names that start"
            " with '.' or '_' are left out."
        )
    directory.mkdir(parents=True, exist_ok=True)
    for uri, name in objects:
        target = directory.joinpath(*(part for part in PurePosixPath(name).parts if part not in ("/", "..")))
        if target.exists():
            raise CustomerError(f"Two objects of channel '{channel['ChannelName']}' have the name '{name}'.")
        above = next((part for part in target.parents if part != directory and part.is_file()), None)
        if above is not None:
            raise CustomerError(
                f"Channel '{channel['ChannelName']}' has the objects '{above.relative_to(directory)}' and"
                f" '{name}': one would be a file and a folder."
            )
        account.store.download(uri, target)
    return len(objects)


def _has_objects(account: Account, source: Mapping[str, Any]) -> bool:
    uri = _parse(source["S3Uri"])
    if source["S3DataType"] == "S3Prefix":
        return next(iter(account.store.keys(uri.bucket, uri.key)), None) is not None
    return account.store.bucket_exists(uri.bucket) and account.store.exists(uri)


def _objects(account: Account, source: Mapping[str, Any]) -> list[tuple[S3Uri, str]]:
    uri = _parse(source["S3Uri"])
    if source["S3DataType"] == "ManifestFile":
        return _manifest(account, uri)
    base = uri.key[: uri.key.rfind("/") + 1]
    found = []
    for key in account.store.keys(uri.bucket, uri.key):
        name = key[len(base) :]
        if not _is_marker(name, below=uri.key[len(base) :]):
            found.append((S3Uri(uri.bucket, key), name))
    return found


def _manifest(account: Account, uri: S3Uri) -> list[tuple[S3Uri, str]]:
    try:
        entries = json.loads(account.store.read(uri))
        prefix = entries[0]["prefix"]
        names = entries[1:]
        if not all(isinstance(name, str) for name in names):
            raise TypeError("an entry after the first is not a string")
        objects = [(S3Uri.parse(prefix + name), name) for name in names]
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise CustomerError(
            f'The manifest {uri} must be a JSON list [{{"prefix": "s3://bucket/prefix/"}}, "name", ...]:'
            f" {error}"
        ) from error
    missing = [str(target) for target, _ in objects if not account.store.exists(target)]
    if missing:
        raise CustomerError(
            f"The manifest {uri} names {len(missing)} object(s) that do not exist, the first: {missing[0]}."
        )
    return objects


def _is_marker(name: str, below: str) -> bool:
    """Whether an object is no data: an empty folder's, or hidden, or in a hidden folder that nobody named.

    :param below: what the job's prefix says of the name's first part.
    """
    parts = PurePosixPath(name).parts
    if not parts or name.endswith(("/", "_$folder$")):
        return True
    named = 1 if below and len(parts) > 1 else 0
    return any(part.startswith((".", "_")) for part in parts[named:])


def _parse(text: str) -> S3Uri:
    try:
        return S3Uri.parse(text)
    except ValueError as error:
        raise ApiError("ValidationException", str(error)) from error
