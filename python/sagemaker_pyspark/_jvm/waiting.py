"""Waiting for what the JVM started, from Python, so that Ctrl-C is heard between two polls."""

from __future__ import annotations

import json
import time
from typing import Any

from sagemaker_pyspark._jvm.exceptions import translated
from sagemaker_pyspark.options import Progress, ProgressCallback


def wait_for_fit(
    run: Any, progress: ProgressCallback | None, stop_on_interrupt: bool, aws_options: str
) -> None:
    """Poll a handle until it is finished.

    :param run: what `start_fit` or `start_hosting` gave.
    :param progress: called with every report.
    :param stop_on_interrupt: stop a training job on Ctrl-C; without it the job goes on.
    :param aws_options: what the command that stops the job needs besides its name, such as ` --region
        eu-west-1`.
    :raises KeyboardInterrupt: on Ctrl-C, saying what goes on and how to stop it.
    """
    latest: Progress | None = None
    try:
        while True:
            with translated():
                latest = Progress.of(json.loads(run.poll()))
            if progress is not None:
                progress(latest)
            if latest.finished:
                return
            time.sleep(run.pollIntervalMillis() / 1000.0)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_interrupted(run, latest, stop_on_interrupt, aws_options)) from None


def _interrupted(run: Any, latest: Progress | None, stop: bool, aws_options: str) -> str:
    with translated():
        created = str(run.created())
    job = latest.training_job_name if latest is not None else None
    if latest is not None and latest.phase == "Hosting":
        return f"Interrupted while the endpoint was coming up, which goes on in SageMaker. {created}"
    if stop:
        with translated():
            run.stop()
        return f"Interrupted: SageMaker was told to stop the training job. {created}"
    command = f" aws sagemaker stop-training-job --training-job-name {job}{aws_options}" if job else ""
    return f"Interrupted, but the job goes on in SageMaker and is billed. {created} To stop it:{command}"
