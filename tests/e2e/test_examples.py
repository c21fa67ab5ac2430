"""Every program in examples/ runs, and prints what the documentation says of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
#: What each example prints, in order.
EXPECTED = {
    "digits_kmeans.py": [
        "distance_to_cluster",
        "purity 0.7",
        "AWS calls: CreateBucket 1",
        "left of endpoints: nothing",
        "Time: start Spark",
    ],
}


def test_every_example_runs() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(EXPECTED)
    for name, expected in EXPECTED.items():
        done = subprocess.run(
            [sys.executable, str(EXAMPLES / name)], capture_output=True, text=True, timeout=240, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        at = 0
        for text in expected:
            at = done.stdout.find(text, at)
            assert at >= 0, f"{name} does not print {text!r} in its place:\n{done.stdout}"
