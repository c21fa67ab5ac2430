"""The processes of a run: the stub, and one worker for each side."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from typing_extensions import Self

from bench import environments
from bench.protocol import Work, receive, send


class Failed(Exception):
    """A side could not do what it was told to."""


class Ended(Failed):
    """A side's process has died."""


class Process:
    """A child that speaks lines and ends when its input does."""

    def __init__(self, command: list[str], log: Path, variables: dict[str, str] | None, cores: str) -> None:
        self._log = open(log, "w")  # noqa: SIM115 - closed with the process
        pinned = ["taskset", "-c", cores, *command] if cores else command
        self.child = subprocess.Popen(
            pinned,
            env=variables,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        assert self.child.stdin is not None and self.child.stdout is not None
        self.input, self.output, self.log = self.child.stdin, self.child.stdout, log

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.input.close()
        except OSError as closed:  # what it didn't read any more
            self._log.write(f"{closed}\n")
        try:
            self.child.wait(30)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.output.close()
        self._log.close()


class Stub(Process):
    """The servers that are measured against."""

    def __init__(self, folder: Path, cores: str) -> None:
        classes = environments.compiled(environments.HERE / "java" / "stub", "", "stub")
        command = ["java", "-Xmx1g", "-XX:+UseParallelGC", "-cp", str(classes), "Stub"]
        super().__init__(command, folder / "stub.log", None, cores)
        self.address = f"http://127.0.0.1:{self.output.readline().strip()}"

    def reset(self, latency: int) -> None:
        """Begin to count, and answer that many milliseconds late."""
        urllib.request.urlopen(f"{self.address}/_stub/settings?latency={latency}").read()

    def counts(self) -> dict[str, int]:
        """Requests and bytes since the last reset."""
        counted: dict[str, int] = json.loads(urllib.request.urlopen(f"{self.address}/_stub/counts").read())
        return counted


class Side(Process):
    """A worker."""

    def __init__(
        self, name: str, kind: str, home: Path, configuration: dict[str, Any], folder: Path, cores: str
    ) -> None:
        self.name = name
        # Spark takes a comma in spark.local.dir for the end of a folder.
        scratch = folder / "".join(c if c.isalnum() else "-" for c in name)
        scratch.mkdir(parents=True, exist_ok=True)
        configuration = {**configuration, "scratch": str(scratch)}
        command = [str(home / "bin" / "python"), "-m", "bench.worker", kind, json.dumps(configuration)]
        variables = environments.variables(home, checkout=kind == "ours")
        super().__init__(command, scratch / "log", variables, cores)
        ready = receive(self.output)
        if ready is None:
            raise Ended(f"{name} did not start: {self.last_words()}")
        self.spark = str(ready["ready"])

    def last_words(self) -> str:
        """The end of the log."""
        return self.log.read_text()[-2000:]

    def run(self, work: Work) -> dict[str, Any]:
        """Do it, and say how long it took.

        :raises Failed: when it went wrong.
        """
        try:
            send(self.input, {**work._asdict(), "frame": work.frame._asdict()})
            answer = receive(self.output)
        except OSError:
            answer = None
        if answer is None:
            raise Ended(f"{self.name} ended: {self.last_words()}")
        if "error" in answer:
            raise Failed(f"{self.name}: {answer['error']}")
        return answer
