"""The log of a training job, in the form the built-in algorithms write it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TextIO


@dataclass
class JobLog:
    """Writes ``[date time LEVEL pid] message`` lines to a stream, flushed at once."""

    stream: TextIO
    process: int = field(default_factory=os.getpid)

    def info(self, message: str) -> None:
        """One line of information."""
        self._write("INFO", message)

    def warning(self, message: str) -> None:
        """One line that a user should look at."""
        self._write("WARNING", message)

    def error(self, message: str) -> None:
        """One line saying why the job fails."""
        self._write("ERROR", message)

    def not_used(self, name: str, value: object, reason: str) -> None:
        """Say that a valid hyper-parameter has no effect here, and why."""
        self.warning(
            f"hyper-parameter {name}={value} is accepted but not used by the local service: {reason}"
        )

    def _write(self, level: str, message: str) -> None:
        stamp = time.strftime("%m/%d/%Y %H:%M:%S", time.gmtime())
        print(f"[{stamp} {level} {self.process}] {message}", file=self.stream, flush=True)
