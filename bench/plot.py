"""`python -m bench.plot results.json plot.png`: the ratios that have a target, as bars.

Runs where matplotlib is.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    """Draw."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    results = json.loads(Path(sys.argv[1]).read_text())
    bars = [
        (f"{case['case']} ({case['cores']} core{'s' if case['cores'] > 1 else ''}): {line['label']}", line)
        for case in results["cases"]
        for line in case["lines"]
        if line["ratio"] is not None and line["target_ratio"] is not None
    ]
    figure, axes = pyplot.subplots(figsize=(11, 1.2 + 0.22 * len(bars)))
    colours = {True: "tab:green", False: "tab:orange"}
    places = range(len(bars), 0, -1)
    axes.barh(
        places, [line["ratio"] for _, line in bars], color=[colours[line["reached"]] for _, line in bars]
    )
    for place, (_, line) in zip(places, bars):
        axes.plot([line["ratio_low"], line["ratio_high"]], [place, place], color="black", linewidth=0.8)
        axes.plot([line["target_ratio"]] * 2, [place - 0.4, place + 0.4], color="tab:red", linewidth=1.5)
    axes.set_yticks(list(places), [label for label, _ in bars], fontsize=7)
    axes.set_xscale("log")
    axes.axvline(1, color="black", linewidth=0.6)
    axes.set_xlabel(
        "time / time of the case's first line (ours on Spark 3.4); red: target; black line: spread"
    )
    axes.set_title(f"{results['mode']} run, {results['date']}, {results['machine']['processor']}", fontsize=9)
    figure.tight_layout()
    figure.savefig(sys.argv[2], dpi=110)


if __name__ == "__main__":
    main()
