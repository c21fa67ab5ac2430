"""Every program and notebook in examples/ runs, and prints what the documentation says of it."""

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
#: What each notebook prints.
NOTEBOOKS = {"tumours_pipeline.ipynb": ["predicted_label", "area under the ROC curve 0.9", "left: no model"]}


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


def test_every_notebook_runs() -> None:
    import nbformat
    from nbclient import NotebookClient

    assert {path.name for path in EXAMPLES.glob("*.ipynb")} == set(NOTEBOOKS)
    for name, expected in NOTEBOOKS.items():
        notebook = nbformat.read(EXAMPLES / name, as_version=4)
        assert not any(cell.get("outputs") for cell in notebook.cells), "outputs are not committed"
        NotebookClient(notebook, timeout=240, kernel_name="python3").execute()
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        printed = "".join(output["text"] for output in outputs if output.get("name") == "stdout")
        for text in expected:
            assert text in printed, f"{name} does not print {text!r}:\n{printed}"
