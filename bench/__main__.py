"""`python -m bench`: measure this checkout against the published package and against the limits.

Writes bench/results/<mode>.json, .md and .png. `--quick` (a few minutes: small frames, Spark 3.4 alone, no
latency of 20 ms, two cores only) is for work on the code; the figures in the README come from the full run.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import lines as table

from bench import environments, report
from bench.cases import OURS_34, PUBLISHED, Case, all_cases
from bench.processes import Failed, Side, Stub
from bench.protocol import Work

RESULTS = table.ROOT / "bench" / "results"


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


def sides(lines: list[str], stub: Stub, folder: Path, data: Path, cores: int, pinned: str) -> dict[str, Any]:
    """How each side is started."""
    common = {"stub": stub.address, "data": str(data), "master": f"local[{cores}]", "heap": "2g"}
    starters: dict[str, Any] = {}
    for line in lines:
        home = environments.ours(line)
        jar = table.ROOT / "jars" / table.jar_name(table.find(line))
        classpath = f"{environments.pyspark_jars(home)}:{jar}"
        helpers = environments.compiled(environments.HERE / "java" / "helpers", classpath, f"helpers-{line}")
        name = f"ours, Spark {line}"
        configuration = {**common, "helpers": f"{helpers}:{jar}"}
        starters[name] = (name, "ours", home, configuration, folder, pinned)
    starters[PUBLISHED] = (PUBLISHED, "published", environments.published(), common, folder, pinned)
    return starters


def measure(case: Case, running: dict[str, Side], stub: Stub, warm_up: int, repeats: int) -> dict[str, Any]:
    """All entries of a case, in turns."""
    seconds: dict[str, list[float]] = {entry.label: [] for entry in case.entries}
    counts: dict[str, Any] = {}
    failed: set[str] = set()
    for turn in range(warm_up + repeats):
        for entry in case.entries:
            if entry.label in failed:
                continue
            stub.reset(case.latency)
            try:
                done = running[entry.side].run(Work(entry.operation, case.frame, entry.settings))
            except Failed as error:
                print(f"{case.name}: {error}", file=sys.stderr)
                failed.add(entry.label)
                seconds[entry.label] = []
                continue
            counts[entry.label] = {**stub.counts(), **done["found"]}
            print(entry.label, round(done["seconds"],3), done["found"], file=sys.stderr)
            if turn >= warm_up:
                seconds[entry.label].append(done["seconds"])
    if OURS_34 in failed:
        raise Failed(f"{case.name}: ours failed, nothing to compare with")
    return report.summary(case, seconds, counts)


def run(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Measure all that was asked for."""
    quick = arguments.quick
    scale = arguments.scale or (0.2 if quick else 1.0)
    newest = [table.newest(3).line, table.newest(4).line]
    lines = ["3.4", *([] if quick else newest)] if not arguments.lines else arguments.lines.split(",")
    repeats = arguments.repeats or 5
    results: dict[str, Any] = {
        "mode": "quick" if quick else "full",
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "machine": machine(),
        "repeats": repeats,
        "warm_up": arguments.warm_up,
        "scale": scale,
        "cases": [],
    }
    data = folder / "data"
    wanted = [
        c
        for c in all_cases(lines, scale, [0, 200] if quick else [0, 20, 200])
        if re.search(arguments.only, c.name)
    ]
    spare = "1" if (os.cpu_count() or 1) > 1 else "0"
    for cores in (
        [int(n) for n in arguments.cores.split(",")] if arguments.cores else [2] if quick else [1, 2]
    ):
        with contextlib.ExitStack() as stack:
            stub = stack.enter_context(Stub(folder, spare if cores == 1 else ""))
            starters = sides(lines, stub, folder, data, cores, "0" if cores == 1 else "")
            needed = {entry.side for case in wanted for entry in case.entries}
            running = {n: stack.enter_context(Side(*s)) for n, s in starters.items() if n in needed}
            for case in wanted:
                running[OURS_34].run(Work("prepare", case.frame, {}))
                try:
                    found = {"cores": cores, **measure(case, running, stub, arguments.warm_up, repeats)}
                except Failed as error:
                    print(error, file=sys.stderr)
                    continue
                results["cases"].append(found)
                print(report.plain({"cases": [found]}), end="\n\n", flush=True)
    return results


def main() -> None:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few minutes instead of an hour")
    parser.add_argument("--only", default="", help="cases whose name matches this expression")
    parser.add_argument("--cores", help="1, 2 or 1,2")
    parser.add_argument("--lines", help="Spark lines of ours, 3.4 first")
    parser.add_argument("--repeats", type=int, help="turns that count (default: 5)")
    parser.add_argument("--warm-up", type=int, default=2, help="turns before them (default: 2)")
    parser.add_argument("--scale", type=float, help="so many times the rows of the full run")
    arguments = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            results = run(arguments, Path(folder))
        except Failed as error:
            logs = "\n".join(path.read_text()[-2000:] for path in Path(folder).glob("*/log"))
            sys.exit(f"{logs}\n{error}")
    name = RESULTS / results["mode"]
    name.with_suffix(".json").write_text(json.dumps(results, indent=1) + "\n")
    name.with_suffix(".md").write_text(report.markdown(results))
    python = environments.published() / "bin" / "python"
    drawing = [str(python), "-m", "bench.plot", str(name.with_suffix(".json")), str(name.with_suffix(".png"))]
    subprocess.run(drawing, check=True, cwd=table.ROOT)
    print(report.plain(results))
    print(f"\n{name}.json, .md and .png hold the same.")


if __name__ == "__main__":
    main()
