"""Waiting for what the JVM started, from Python, so that Ctrl-C is heard between two polls."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable
from typing import Any

from sagemaker_pyspark._jvm.exceptions import translated
from sagemaker_pyspark._jvm.interrupts import DeferredInterrupts
from sagemaker_pyspark.options import Progress, ProgressCallback

_SHORTEST_SECONDS, _LONGEST_SECONDS = 0.001, 0.1


def wait_for_start(
    starting: Any,
    told: Callable[[Any], None],
    stop_on_interrupt: bool,
    stop_on_error: bool,
    aws_options: str,
) -> Any:
    """Wait until a fit's data is staged and its training job exists.

    :param starting: what `start_fit` gave.
    :param told: called with the fit, also when the wait was broken off too late to keep it from being there.
    :param stop_on_interrupt: stop the training job that is there then on Ctrl-C.
    :param stop_on_error: stop it on another error.
    :return: the fit, to be polled.
    :raises KeyboardInterrupt: on Ctrl-C, when what was staged has been removed, saying what is left.
    """
    try:
        with DeferredInterrupts() as interrupts:
            _await(starting, interrupts)
            with interrupts.call(), translated():
                run = starting.result()
    except BaseException as broken_off:
        # Whatever ends the wait, such as a time limit of the user's: nobody holds what would be created now.
        starting.interrupt()
        with DeferredInterrupts() as interrupts:
            _await(starting, interrupts)
        pressed = isinstance(broken_off, KeyboardInterrupt)
        try:
            with translated():
                run = starting.result()
        except Exception as ended:
            if not pressed:
                raise broken_off from None
            sentence = str(ended).partition("\n")[0]
            if getattr(ended, "training_job_name", None) is None:
                sentence = f"No training job was created. {sentence}"
            raise KeyboardInterrupt(f"Interrupted while the training data was staged. {sentence}") from None
        told(run)
        stop = stop_on_interrupt if pressed else stop_on_error
        sentence = _job_goes_on(run, pressed, stop, aws_options)
        if pressed:
            raise KeyboardInterrupt(sentence) from None
        warnings.warn(sentence, RuntimeWarning, stacklevel=4)
        raise
    told(run)
    return run


def _await(starting: Any, interrupts: DeferredInterrupts) -> None:
    began = time.monotonic()
    while True:
        with interrupts.call():
            done = starting.isDone()
        if done:
            return
        # A tenth of the time so far: a short one isn't made much longer, a long one asks the JVM rarely.
        elapsed = time.monotonic() - began
        time.sleep(min(max(elapsed / 10, _SHORTEST_SECONDS), _LONGEST_SECONDS))


class _Seen:
    """Passes reports on and keeps the last."""

    def __init__(self, progress: ProgressCallback | None) -> None:
        self._progress = progress
        self.last: Progress | None = None
        #: Whether the JVM ended the wait: its errors name what there is.
        self.failed = False

    def __call__(self, report: Progress) -> None:
        self.last = report
        if self._progress is not None:
            self._progress(report)


def wait_for_fit(
    run: Any,
    progress: ProgressCallback | None,
    stop_on_interrupt: bool,
    stop_on_error: bool,
    aws_options: str,
) -> None:
    """Poll a fit until it is finished.

    :param run: what `wait_for_start` gave.
    :param progress: called with every report.
    :param stop_on_interrupt: stop the training job on Ctrl-C; without it the job goes on.
    :param stop_on_error: stop it when another exception ends the wait.
    :param aws_options: what the `aws` command needs besides a name, such as ` --region eu-west-1`.
    :raises KeyboardInterrupt: on Ctrl-C, saying what goes on and how to stop it. Another exception that
        ends the wait, such as the callback's, is raised as it is, after a `RuntimeWarning` that says the
        same.
    """

    def goes_on(seen: _Seen, pressed: bool) -> str:
        if seen.last is not None and seen.last.phase != "Training":
            return _endpoint_goes_on(run, seen, pressed, aws_options)
        stop = stop_on_interrupt if pressed else stop_on_error
        return _job_goes_on(run, pressed, stop, aws_options)

    _wait(run, progress, goes_on)


def wait_for_endpoint(run: Any, progress: ProgressCallback | None, aws_options: str) -> None:
    """Poll the creation of an endpoint until it is in service; the rest as in `wait_for_fit`."""
    _wait(run, progress, lambda seen, pressed: _endpoint_goes_on(run, seen, pressed, aws_options))


def wait_for_removal(run: Any, progress: ProgressCallback | None) -> None:
    """Poll the removal of a run until it is removed; the rest as in `wait_for_fit`."""

    def goes_on(seen: _Seen, pressed: bool) -> str:
        with translated():
            return f"{_ended(pressed)}. {run.created()}"

    _wait(run, progress, goes_on)


def _wait(run: Any, progress: ProgressCallback | None, goes_on: Callable[[_Seen, bool], str]) -> None:
    """Poll until it is finished; when something else ends the wait, say what goes on.

    :param goes_on: says it, told what was seen last and whether it was Ctrl-C.
    """
    seen = _Seen(progress)
    try:
        with DeferredInterrupts() as interrupts:
            _poll(run, seen, interrupts)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(goes_on(seen, True)) from None
    except BaseException:
        # It may be the last report's callback that failed: nothing goes on then.
        if not seen.failed and not (seen.last is not None and seen.last.finished):
            try:
                sentence = goes_on(seen, False)
            except Exception as unknown:
                sentence = f"What goes on in SageMaker could not be asked for: {unknown}"
            warnings.warn(sentence, RuntimeWarning, stacklevel=4)
        raise


def _poll(run: Any, seen: _Seen, interrupts: DeferredInterrupts) -> None:
    while True:
        with interrupts.call():
            try:
                with translated():
                    report = Progress.of(json.loads(run.poll()))
            except Exception:
                seen.failed = True
                raise
        seen(report)
        if report.finished:
            return
        # Each time: a fit polls its endpoint at another pace than its training job.
        with interrupts.call():
            interval = run.pollIntervalMillis()
        time.sleep(interval / 1000.0)


def _ended(pressed: bool) -> str:
    """How the wait ended: by Ctrl-C, or by an error that isn't the fit's, such as the callback's."""
    return "Interrupted" if pressed else "The wait was broken off by an error"


def _endpoint_goes_on(run: Any, seen: _Seen, pressed: bool, aws_options: str) -> str:
    name = (seen.last.endpoint_name if seen.last else None) or "NAME"
    with translated():
        created = run.created()
    return (
        f"{_ended(pressed)} while the endpoint was coming up, which goes on in SageMaker. {created} To "
        f"delete the endpoint: aws sagemaker delete-endpoint --endpoint-name {name}{aws_options}"
    )


def _job_goes_on(run: Any, pressed: bool, stop: bool, aws_options: str) -> str:
    with translated():
        created, job = run.created(), run.trainingJobName()
        if stop:
            run.stop()
    if stop:
        return f"{_ended(pressed)}: SageMaker was told to stop the training job {job}. {created}"
    return (
        f"{_ended(pressed)}; the training job {job} goes on in SageMaker and is billed. {created} To stop "
        f"it: aws sagemaker stop-training-job --training-job-name {job}{aws_options}"
    )
