"""The figures as a table, as Markdown and as JSON."""

from __future__ import annotations

import statistics
from typing import Any

from bench.cases import OURS_34, Case


def summary(case: Case, seconds: dict[str, list[float]], counts: dict[str, Any]) -> dict[str, Any]:
    """One case's figures: seconds, and how often ours on Spark 3.4 is contained in each, turn by turn."""
    ours = seconds[OURS_34]
    lines = []
    for label, times in seconds.items():
        ratios = [other / own for other, own in zip(times, ours)]
        target = next((t.least for t in case.targets if t.label == label), None)
        middle = statistics.median(ratios) if ratios else None
        lines.append(
            {
                "label": label,
                "seconds": times,
                "median_seconds": statistics.median(times) if times else None,
                "ratio": middle,
                "ratio_low": min(ratios, default=None),
                "ratio_high": max(ratios, default=None),
                "target": target,
                "reached": None if target is None or middle is None else middle >= target,
                **counts.get(label, {}),
            }
        )
    return {"case": case.name, "rows": case.frame.rows, "latency_ms": case.latency, "lines": lines}


def table(results: dict[str, Any]) -> list[list[str]]:
    """The cells, a header first."""
    cells = [["case", "cores", "side", "seconds", "x ours", "spread", "target", "reached"]]
    for case in results["cases"]:
        for line in case["lines"]:
            if line["median_seconds"] is None:
                cells.append([case["case"], str(case["cores"]), line["label"], "failed", "", "", "", ""])
                continue
            reached = {None: "", True: "yes", False: "no"}[line["reached"]]
            cells.append(
                [
                    case["case"],
                    str(case["cores"]),
                    line["label"],
                    f"{line['median_seconds']:.3f}",
                    f"{line['ratio']:.2f}",
                    f"{line['ratio_low']:.2f} to {line['ratio_high']:.2f}",
                    "" if line["target"] is None else f"{line['target']:g}",
                    reached,
                ]
            )
    return cells


def plain(results: dict[str, Any]) -> str:
    """The table for a terminal."""
    cells = table(results)
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in cells
    )


def markdown(results: dict[str, Any]) -> str:
    """The page with the table."""
    machine = results["machine"]
    rows = table(results)
    lines = [
        "# Figures",
        "",
        f"`make bench`, mode `{results['mode']}`, {results['date']}: {machine['processor']}, "
        f"{machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, Java {machine['java']}, {results['repeats']} repeats after "
        f"{results['warm_up']} to warm up; load average before the run {machine['load']}.",
        "",
        "`x ours` is how often the time of ours on Spark 3.4 is contained in a side's time, in the same "
        "turn: the median of all turns, then the lowest and the highest. Above 1: slower than ours. With one "
        "core, the sides run pinned to one core and the stub on another; with two, all share two.",
        "",
        "| " + " | ".join(rows[0]) + " |",
        "|" + "---|" * len(rows[0]),
        *("| " + " | ".join(row) + " |" for row in rows[1:]),
    ]
    return "\n".join(lines) + "\n"
