"""The figures as a table, as Markdown and as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from bench.cases import Case

HEADER = ["case", "cores", "side", "seconds", "CPU s", "x ours", "spread", "target", "reached", "also"]
#: What else was found, by the name it has in the results.
ALSO = {"requests": "{:,.0f} requests", "round_trips": "{:g} round trips each", "held_mib": "{:g} MiB held"}


def summary(
    case: Case,
    seconds: dict[str, list[float | None]],
    found: dict[str, list[dict[str, Any]]],
    failed: dict[str, str],
) -> dict[str, Any]:
    """One case's figures: seconds, and how often the first entry's time is contained in each."""
    first = seconds[case.entries[0].label]
    lines = []
    for label, all_times in seconds.items():
        times = [time for time in all_times if time is not None]
        pairs = [(other, own) for other, own in zip(all_times, first) if other is not None and own]
        ratios = [other / own for other, own in pairs]
        target = next((t for t in case.targets if t.label == label), None)
        ratio = statistics.median(ratios) if ratios else None
        line = {
            "label": label,
            "seconds": times,
            "median_seconds": statistics.median(times) if times else None,
            "ratio": ratio,
            "ratio_low": min(ratios, default=None),
            "ratio_high": max(ratios, default=None),
            "target": _described(target) if target else None,
            "target_ratio": (target.least or target.most) if target else None,
            "reached": target.least <= ratio <= target.most if target and ratio is not None else None,
            "error": failed.get(label),
        }
        # What came before the turns that count is left out, as in the times.
        counted = found[label][-len(times) :] if times else []
        for name in dict.fromkeys(name for turn in counted for name in turn):
            line[name] = statistics.median([turn[name] for turn in counted if name in turn])
        lines.append(line)
    return {
        "case": case.name,
        "rows": case.frame.rows * case.frame.copies,
        "latency_ms": case.latency,
        "lines": lines,
    }


def _described(target: Any) -> str:
    if target.most == float("inf"):
        return f">= {target.least:g}"
    return f"<= {target.most:g}" if target.least == 0 else f"{target.least:g} to {target.most:g}"


def table(results: dict[str, Any]) -> list[list[str]]:
    """The cells, a header first."""
    return [HEADER, *(_row(case, line) for case in results["cases"] for line in case["lines"])]


def _row(case: dict[str, Any], line: dict[str, Any]) -> list[str]:
    name = [case["case"], str(case["cores"]), line["label"]]
    if line["median_seconds"] is None:
        return [*name, "failed", *[""] * (len(HEADER) - 4)]
    ratio, used = line["ratio"], line.get("cpu_seconds")
    return [
        *name,
        f"{line['median_seconds']:.3f}",
        "" if used is None else f"{used:.2f}",
        "" if ratio is None else f"{ratio:.2f}",
        "" if ratio is None else f"{line['ratio_low']:.2f} to {line['ratio_high']:.2f}",
        line["target"] or "",
        {None: "", True: "yes", False: "no"}[line["reached"]],
        ", ".join(form.format(line[key]) for key, form in ALSO.items() if line.get(key)),
    ]


def plain(results: dict[str, Any]) -> str:
    """The table for a terminal."""
    cells = table(results)
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in cells
    )


def _grid(rows: Sequence[Sequence[str]]) -> list[str]:
    ruler = "|" + "---|" * len(rows[0])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return [lines[0], ruler, *lines[1:]]


def markdown(results: dict[str, Any]) -> str:
    """The page with the table."""
    machine = results["machine"]
    lines = [
        "# Figures",
        "",
        f"`make bench`, mode `{results['mode']}`, {results['date']}: {machine['processor']}, "
        f"{machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, Java {machine['java']}, {results['repeats']} repeats of "
        f"warm sides; load average before the run {machine['load']}.",
        "",
        "`x ours` is how often the time of the case's first line is contained in a side's time, in the same "
        "turn: the median of all turns, then the lowest and the highest. Above 1: slower than that line. "
        "`CPU s` is the processor time of the side's processes, without the server. With one core, the sides "
        "run pinned to one core and the server on another; with two, all share two. bench/README.md says "
        "what each case is.",
        "",
        *_grid(table(results)),
    ]
    return "\n".join(lines) + "\n"


def generated(results: dict[str, Any]) -> str:
    """The page as it is kept in the repository."""
    return "<!-- Generated by `make bench options=--keep`; don't edit. -->\n" + markdown(results)
