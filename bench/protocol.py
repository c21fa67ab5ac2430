"""What the benchmark and its workers tell each other: JSON, one object a line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import IO, Any, NamedTuple


class Shape(NamedTuple):
    """What the rows of a frame look like.

    `kind` is `normal` (dense, doubles of full length), `pixels` (dense, whole numbers up to 255, four of five
    zero) or `sparse` (`set` of `width` elements): these are cached. `generated` rows (dense) are computed as
    they are read. `extras`: 20 columns of strings and numbers more. `copies`: the frame is a union of that
    many times the cached rows, so that more of them are measured than fit into the cache.
    """

    kind: str
    width: int
    set: int
    rows: int
    labelled: bool = False
    extras: bool = False
    partitions: int = 2
    copies: int = 1

    @property
    def data(self) -> str:
        """The name of the data on disk, which shapes that differ only in columns share."""
        return f"{self.kind}-{self.width}-{self.set}-{self.rows}"


class Work(NamedTuple):
    """One thing to be timed on one side.

    `operation` is a method of the worker; `frame` is measured on; `settings` are the operation's own; it is
    done so many `times`.
    """

    operation: str
    frame: Shape
    settings: dict[str, Any]
    times: int = 1


def send(stream: IO[str], message: dict[str, Any]) -> None:
    """Write a message."""
    stream.write(json.dumps(message) + "\n")
    stream.flush()


def receive(stream: IO[str]) -> dict[str, Any] | None:
    """Read a message; None at the end."""
    line = stream.readline()
    if not line:
        return None
    message: dict[str, Any] = json.loads(line)
    return message


def own_output() -> IO[str]:
    """The standard output as it is, for messages; what else prints there goes to the standard error."""
    import os

    channel = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return channel


def dataset(folder: Path, shape: Shape) -> Path:
    """Where the rows of a shape lie."""
    return folder / shape.data
