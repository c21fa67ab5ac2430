"""The figures that are kept in the repository."""

from __future__ import annotations

import json

import lines as table

from bench import report

FIGURES = table.ROOT / "docs" / "figures"


def test_the_table_is_that_of_the_results() -> None:
    results = json.loads((FIGURES / "figures.json").read_text())
    assert (FIGURES / "figures.md").read_text() == report.generated(results)
    assert results["mode"] == "full" and results["scale"] == 1.0
