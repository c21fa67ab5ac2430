"""The sides of the benchmark: which there are, how each is started, and what happens when one dies."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import lines as table
from typing_extensions import Self

from bench import environments
from bench.processes import Ended, Failed, Side, Stub
from bench.protocol import Work

PUBLISHED = "1.4.5, Spark 3.4"
SMALL_HEAP = "ours, 768 MiB heap"
ONE_EXECUTOR = "one executor"
TWO_EXECUTORS = "two executors"


def ours(line: str) -> str:
    """The side of this checkout on a Spark line."""
    return f"ours, Spark {line}"


OURS_34 = ours("3.4")


class Sides:
    """Starts a side when it is first needed, and again after it died."""

    def __init__(self, stub: Stub, folder: Path, cores: int, pinned: str) -> None:
        """
        :param folder: where the sides keep their files; `data` in it is shared.
        :param cores: how many tasks a side runs at once.
        :param pinned: the cores that the sides are pinned to; empty: none.
        """
        self._stub, self._folder, self._cores, self._pinned = stub, folder, cores, pinned
        self._running: dict[str, Side] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in list(self._running):
            self.stop(name)

    def stop(self, name: str) -> None:
        """End a side, if it runs: not all fit into the memory at once."""
        side = self._running.pop(name, None)
        if side is not None:
            side.__exit__(None, None, None)

    def run(self, name: str, work: Work) -> dict[str, Any]:
        """Have a side do something.

        :raises Failed: when it went wrong; a side that died is started again for what comes next.
        """
        if name not in self._running:
            self._running[name] = self._start(name)
        try:
            return self._running[name].run(work)
        except Ended:
            self.stop(name)
            raise

    def _start(self, name: str) -> Side:
        common = {"stub": self._stub.address, "data": str(self._folder / "data"), "heap": "3g"}
        common["master"] = f"local[{self._cores}]"
        try:
            if name == PUBLISHED:
                home = environments.published()
                return Side(name, "published", home, common, self._folder, self._pinned)
            line, changed = "3.4", {}
            if name == SMALL_HEAP:
                changed = {"master": "local[4]", "heap": "768m"}
            elif name in (ONE_EXECUTOR, TWO_EXECUTORS):
                changed = {
                    "master": f"local-cluster[{1 if name == ONE_EXECUTOR else 2},1,1024]",
                    "heap": "1g",
                }
            else:
                line = name.rpartition(" ")[2]
            home = environments.ours(line)
            jar = table.ROOT / "jars" / table.jar_name(table.find(line))
            classpath = f"{environments.pyspark_jars(home)}:{jar}"
            helpers = environments.compiled(
                environments.HERE / "java" / "helpers", classpath, f"helpers-{line}", jar
            )
            settings = {**common, **changed, "helpers": f"{helpers}:{jar}"}
            return Side(name, "ours", home, settings, self._folder, self._pinned)
        except (OSError, SystemExit) as error:
            print(f"{name} can't be started: {error}", file=sys.stderr)
            raise Failed(f"{name} can't be started: {error}") from error
