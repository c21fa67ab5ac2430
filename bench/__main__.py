"""`python -m bench`: measure this checkout against the published package and against the limits.

Writes bench/results/<mode>.json, .md and .png. `--quick` (a few minutes: small frames, Spark 3.4 alone, no
latency of 20 ms, two cores only) is for work on the code; the figures in the README come from the full run.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import lines as table

from bench import environments, report
from bench.cases import Case, Entry, all_cases
from bench.processes import Failed, Stub
from bench.protocol import Shape, Work
from bench.sides import OURS_34, Sides

RESULTS = table.ROOT / "bench" / "results"
FIGURES = table.ROOT / "docs" / "figures"


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    info = Path("/proc/cpuinfo")
    name = re.search(r"model name\s*: (.*)", info.read_text()) if info.exists() else None
    java = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    version = re.search(r'"([^"]+)"', java)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": name.group(1) if name else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30),
        "java": version.group(1) if version else "unknown",
        "load": " ".join(f"{value:.2f}" for value in os.getloadavg()),
    }


#: How long a side works on a case before it counts, and how often at most: Java compiles what is used often
#: while it runs, and who needs a tenth of the time for a turn would else have a tenth of it to do so.
WARM_UP_SECONDS = 8.0
MOST_WARM_UPS = 12


#: What is measured with one core, too: each path, in its plainest form.
WITH_ONE_CORE = (
    "^(transform, (0|200) ms|transform, 20 col|encode, .* unlabelled|save to disk|stage to S3, dense 50|"
    "libsvm, dense 50|csv)"
)


def prepare(sides: Sides, frame: Shape) -> None:
    """Have a frame's rows on the disk."""
    if frame.kind != "generated":
        sides.run(OURS_34, Work("prepare", frame, {}))


def measure(case: Case, sides: Sides, stub: Stub, warm_up: int, repeats: int) -> dict[str, Any]:
    """All entries of a case: each until it is warm, then all in turns. One that fails is left out and named.

    :param warm_up: how often each is done before it counts, at least.
    """
    if case.turns is not None:
        warm_up, repeats = 0, min(case.turns, repeats)
    seconds: dict[str, list[float | None]] = {entry.label: [] for entry in case.entries}
    found: dict[str, list[dict[str, Any]]] = {entry.label: [] for entry in case.entries}
    failed: dict[str, str] = {}

    def once(entry: Entry) -> float | None:
        if entry.label in failed:
            return None
        stub.reset(case.latency)
        try:
            work = Work(entry.operation, entry.frame or case.frame, entry.settings)
            done = sides.run(entry.side, work)
        except Failed as error:
            print(f"{case.name}, {entry.label}: {error}", file=sys.stderr, flush=True)
            failed[entry.label] = str(error)[:300]
            return None
        found[entry.label].append({**stub.counts(), **done["found"]})
        return float(done["seconds"])

    for entry in case.entries:
        if warm_up and entry.turns is None:
            few = entry.with_few_rows(case.frame)
            if few is not None:
                prepare(sides, few.frame)
                stub.reset(0)
                sides.run(entry.side, few)
            worked, times = 0.0, 0
            while (times < warm_up or worked < WARM_UP_SECONDS) and times < MOST_WARM_UPS:
                worked += once(entry) or WARM_UP_SECONDS
                times += 1
    for turn in range(repeats):
        for entry in case.entries:
            takes_part = entry.turns is None or turn >= repeats - entry.turns
            seconds[entry.label].append(once(entry) if takes_part else None)
    return report.summary(case, seconds, found, failed)


def run(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Measure all that was asked for."""
    quick = arguments.quick
    scale = arguments.scale or (0.2 if quick else 1.0)
    newest = [table.newest(3).line, table.newest(4).line]
    lines = ["3.4", *([] if quick else newest)] if not arguments.lines else arguments.lines.split(",")
    repeats = arguments.repeats or (3 if quick else 5)
    results: dict[str, Any] = {
        "mode": "quick" if quick else "full",
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "machine": machine(),
        "repeats": repeats,
        "warm_up": arguments.warm_up,
        "scale": scale,
        "cases": [],
    }
    spare = "1" if (os.cpu_count() or 1) > 1 else "0"
    chosen = [int(n) for n in arguments.cores.split(",")] if arguments.cores else [2] if quick else [2, 1]
    for cores in chosen:
        # That other lines are as fast is shown once.
        cases = all_cases(
            lines if cores == chosen[0] else ["3.4"], scale * cores / 2, [0, 200] if quick else [0, 20, 200]
        )
        mine = [c for c in cases if c.cores in (None, cores) and re.search(arguments.only, c.name)]
        if cores == 1:
            mine = [c for c in mine if re.search(WITH_ONE_CORE, c.name)]
        with (
            Stub(folder, spare if cores == 1 else "") as stub,
            Sides(stub, folder, cores, "0" if cores == 1 else "") as sides,
        ):
            for number, case in enumerate(mine):
                try:
                    for frame in {entry.frame or case.frame for entry in case.entries}:
                        prepare(sides, frame)
                    measured = {"cores": cores, **measure(case, sides, stub, arguments.warm_up, repeats)}
                except Failed as error:
                    print(f"{case.name}: {error}", file=sys.stderr, flush=True)
                    continue
                results["cases"].append(measured)
                write(results)
                print(report.plain({"cases": [measured]}), end="\n\n", flush=True)
                needed = {entry.side for later in mine[number + 1 :] for entry in later.entries}
                for entry in case.entries:
                    if entry.side not in needed | {OURS_34}:
                        sides.stop(entry.side)
    return results


def write(results: dict[str, Any]) -> Path:
    """Write what there is so far as JSON and as a table; the files' name without its ending."""
    name = RESULTS / str(results["mode"])
    name.with_suffix(".json").write_text(json.dumps(results, indent=1) + "\n")
    name.with_suffix(".md").write_text(report.markdown(results))
    return name


def keep(name: Path, results: dict[str, Any]) -> None:
    """Copy the results, the table and the plot to docs/figures, which the README shows."""
    FIGURES.mkdir(parents=True, exist_ok=True)
    shutil.copy(name.with_suffix(".json"), FIGURES / "figures.json")
    (FIGURES / "figures.md").write_text(report.generated(results))
    shutil.copy(name.with_suffix(".png"), FIGURES / "figures.png")
    print(f"{FIGURES} holds a copy.")


def main() -> None:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few minutes instead of an hour")
    parser.add_argument("--only", default="", help="cases whose name matches this expression")
    parser.add_argument("--cores", help="1, 2 or 1,2")
    parser.add_argument("--lines", help="Spark lines of ours, 3.4 first")
    parser.add_argument("--repeats", type=int, help="turns that count (default: 5, with --quick 3)")
    parser.add_argument("--warm-up", type=int, default=2, help="times before them, at least (default: 2)")
    parser.add_argument("--keep", action="store_true", help="copy table and plot to docs/figures")
    parser.add_argument("--scale", type=float, help="so many times the rows of the full run")
    arguments = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        results = run(arguments, Path(folder))
    name = write(results)
    python = environments.published() / "bin" / "python"
    drawing = [str(python), "-m", "bench.plot", str(name.with_suffix(".json")), str(name.with_suffix(".png"))]
    subprocess.run(drawing, check=True, cwd=table.ROOT)
    print(report.plain(results))
    print(f"\n{name}.json, .md and .png hold the same.")
    if arguments.keep:
        keep(name, results)


if __name__ == "__main__":
    main()
