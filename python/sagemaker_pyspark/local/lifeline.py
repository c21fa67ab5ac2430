"""Ending with the process that started us, however that one ends."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from typing import BinaryIO

_CHECK_SECONDS = 1.0


def watch(stream: BinaryIO, on_end: Callable[[], None]) -> threading.Thread:
    """Call ``on_end`` from a thread when ``stream`` (a pipe held by the parent) ends or the parent is gone.

    The pipe alone is not enough: a process that the parent forked may still hold its other end.
    """
    parent = os.getppid()

    def wait() -> None:
        while os.getppid() == parent:
            readable, _, _ = select.select([stream], [], [], _CHECK_SECONDS)
            if readable and not stream.read(1):
                break
        on_end()

    thread = threading.Thread(target=wait, name="lifeline", daemon=True)
    thread.start()
    return thread
