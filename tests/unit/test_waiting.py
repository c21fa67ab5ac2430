"""Waiting for what the JVM started."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sagemaker_pyspark._jvm import waiting


class _Run:
    """A fit whose job is looked at every 7 s, and whose endpoint then every 2 s."""

    def __init__(self) -> None:
        self._phases = ["Training", "Training", "Hosting", "Hosting", "Done"]
        self._phase = ""

    def poll(self) -> str:
        self._phase = self._phases.pop(0)
        report: dict[str, Any] = {"phase": self._phase, "status": "", "secondaryStatus": "", "message": ""}
        return json.dumps({**report, "finished": self._phase == "Done"})

    def pollIntervalMillis(self) -> int:
        return 7000 if self._phase == "Training" else 2000


def test_the_endpoint_is_polled_at_its_own_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    waiting.wait_for_fit(_Run(), None, False, False, "")
    assert waits == [7.0, 7.0, 2.0, 2.0]
