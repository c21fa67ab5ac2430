"""Ctrl-C that is heard between two calls of the JVM.

PySpark's own handler calls the JVM itself: in the middle of another call, on the same connection, both end in
an error of py4j's, and nobody learns what goes on in SageMaker.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self


class DeferredInterrupts:
    """While it is entered, a signal during `call` is handled after it; pressed twice, at once.

    In other threads than the main one Python handles no signals, and nothing changes.
    """

    def __init__(self) -> None:
        self._handler: Callable[[int, FrameType | None], Any] | None = None
        self._calling = False
        self._pressed: FrameType | None = None
        self._is_pressed = False

    def __enter__(self) -> Self:
        handler = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and callable(handler):
            self._handler = handler
            signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handler is not None:
            signal.signal(signal.SIGINT, self._handler)

    @contextmanager
    def call(self) -> Iterator[None]:
        """Call the JVM inside. An error of the call goes before a signal."""
        self._calling, self._is_pressed = True, False
        try:
            yield
        finally:
            self._calling = False
        if self._is_pressed:
            self._pass_on(self._pressed)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._calling and not self._is_pressed:
            self._is_pressed, self._pressed = True, frame
        else:
            self._pass_on(frame)

    def _pass_on(self, frame: FrameType | None) -> None:
        if self._handler is not None:
            self._handler(signal.SIGINT, frame)
