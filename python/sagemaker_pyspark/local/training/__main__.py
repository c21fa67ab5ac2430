"""``python -m sagemaker_pyspark.local.training DIRECTORY``: run the training job laid out in a directory.

``job.json`` says what to do, ``input/<channel>`` holds the data, ``model`` takes the model's files,
``failure`` the reason of a failure, ``metrics`` the metrics. Everything printed is the job's log.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path

from ..algorithms.contract import Channel, CustomerError, TrainingContext
from ..algorithms.joblog import JobLog
from ..images import ImageError, algorithm_of
from ..lifeline import watch


def main(directory: Path) -> int:
    """Exit code of the job: 0, or 1 with the reason in the file ``failure``."""
    log = JobLog(sys.stdout)
    job = json.loads((directory / "job.json").read_text(encoding="utf-8"))
    channels = {
        name: Channel(name, directory / "input" / name, channel["content_type"], channel["compression"])
        for name, channel in job["channels"].items()
    }
    context = TrainingContext(
        job["name"], job["hyperparameters"], channels, directory / "model", directory / "metrics", log
    )
    log.info(f"Training job {job['name']}, image {job['image']}, hyper-parameters {job['hyperparameters']}")
    os.environ.update(job["environment"])
    for note in job["notes"]:
        log.warning(note)
    try:
        algorithm_of(job["image"], job["registered"]).train(context)
    except CustomerError as error:
        return _fail(directory, log, f"ClientError: {error.message}")
    except ImageError as error:
        return _fail(directory, log, f"ClientError: {error}")
    except MemoryError:
        return _fail(
            directory, log, "AlgorithmError: Out of memory. Use less data or a smaller model., exit code: 1"
        )
    except Exception as error:
        traceback.print_exc(file=sys.stdout)
        return _fail(directory, log, f"AlgorithmError: {type(error).__name__}: {error}, exit code: 1")
    log.info("Training is complete.")
    return 0


def _fail(directory: Path, log: JobLog, reason: str) -> int:
    log.error(reason)
    (directory / "failure").write_text(reason, encoding="utf-8")
    return 1


if __name__ == "__main__":
    watch(sys.stdin.buffer, lambda: os._exit(1))
    sys.exit(main(Path(sys.argv[1])))
