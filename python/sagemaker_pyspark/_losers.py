"""What the models cost that a tuning estimator makes beside the winner, and their deletion."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pyspark.ml import Estimator, Pipeline
from pyspark.ml.classification import OneVsRest
from pyspark.ml.evaluation import Evaluator
from pyspark.ml.tuning import CrossValidator, TrainValidationSplit

from sagemaker_pyspark._jvm import door
from sagemaker_pyspark.estimator import SageMakerEstimatorBase
from sagemaker_pyspark.options import EndpointCreationPolicy

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def sagemaker_stages(stage: Any) -> list[SageMakerEstimatorBase]:
    """The SageMaker estimators inside an estimator."""
    if isinstance(stage, SageMakerEstimatorBase):
        return [stage]
    inside: list[Any] = []
    if isinstance(stage, Pipeline):
        inside = stage.getStages()
    elif isinstance(stage, (CrossValidator, TrainValidationSplit)):
        inside = [stage.getEstimator()]
    elif isinstance(stage, OneVsRest):
        inside = [stage.getClassifier()]
    return [found for part in inside for found in sagemaker_stages(part)]


def require_endpoints(estimator: Any) -> None:
    """Refuse what could not be judged, before anything is paid for.

    :raises ValueError: for a SageMaker estimator with the policy `DO_NOT_CREATE`.
    """
    for stage in sagemaker_stages(estimator):
        if stage.endpointCreationPolicy is EndpointCreationPolicy.DO_NOT_CREATE:
            raise ValueError(
                f"endpointCreationPolicy of {type(stage).__name__} {stage.uid} is DO_NOT_CREATE, and models "
                f"are judged by what their endpoints answer: give CREATE_ON_CONSTRUCT or "
                f"CREATE_ON_TRANSFORM to the estimator."
            )


class Trial:
    """The fits that one try is made of: more than one when a pipeline has several SageMaker stages."""

    def __init__(self) -> None:
        self.runs: list[Any] = []

    def discard(self, for_good: bool) -> list[str]:
        """Delete what was hosted.

        :param for_good: whether the models may not create their endpoints again: a thread may be about to ask
            one.
        :returns: what could not be deleted, and why.
        """
        delete = door.delete_model if for_good else door.discard
        failures = []
        for run in self.runs:
            try:
                delete(run)
            # Also one of py4j's: the others are deleted all the same.
            except Exception as error:
                failures.append(str(error))
        return failures


class Losers:
    """Deletes each try's endpoints once the try has been judged, and all of them when tuning fails.

    Spark's own loops do the tuning, with an estimator and an evaluator of which this keeps book: a fit, the
    transform of its model and the evaluation happen on one thread, one after the other. The last fit, the
    winner's, is never judged.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._open: list[Trial] = []
        self._undeleted: list[Trial] = []
        self._running = 0
        self._closed = False
        self._of_this_thread = threading.local()

    def estimator(self, inner: Estimator[Any]) -> Estimator[Any]:
        """An estimator whose fits are kept book of."""
        return _KeptEstimator(inner, self)

    def evaluator(self, inner: Evaluator) -> Evaluator:
        """An evaluator after whose judgement the endpoints are deleted."""
        return _JudgingEvaluator(inner, self)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Tune inside. On an error, training jobs under way are stopped, and what was hosted is deleted.

        What could not be deleted is named by a `RuntimeWarning`.
        """
        try:
            yield
        except BaseException:
            self._close()
            raise
        finally:
            self._delete_rest()

    def fit(self, inner: Estimator[Any], dataset: DataFrame) -> Any:
        """Fit, keeping book."""
        # A copy: the stages that a program holds must not tell of their fits.
        copied = inner.copy()
        watched = [(stage, stage._watchers) for stage in sagemaker_stages(copied)]
        trial = self._begin()
        for stage, watchers in watched:
            stage._watchers = (*watchers, self._watcher(trial))
            # The sentence that says how the wait ended is to be true of tuning too.
            stage._stop_on_interrupt = stage._stop_on_error = True
        try:
            model = copied.fit(dataset)
            with self._changed:
                self._require_open()
            self._of_this_thread.trial = trial
            return model
        except BaseException:
            # What trains has no model yet that could be discarded.
            for run in trial.runs:
                self._stop(run)
            self._discard(trial)
            raise
        finally:
            for stage, watchers in watched:
                stage._watchers = watchers
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def judged(self) -> None:
        """The model of this thread's latest fit has lost."""
        trial = getattr(self._of_this_thread, "trial", None)
        if trial is not None:
            self._of_this_thread.trial = None
            self._discard(trial)

    def _begin(self) -> Trial:
        with self._changed:
            self._require_open()
            self._running += 1
            trial = Trial()
            self._open.append(trial)
            return trial

    def _require_open(self) -> None:
        if self._closed:
            raise RuntimeError("Another fit of this tuning has failed.")

    def _watcher(self, trial: Trial) -> Callable[[Any], None]:
        def started(run: Any) -> None:
            with self._changed:
                trial.runs.append(run)
                late = self._closed
            if late:
                self._stop(run)

        return started

    def _discard(self, trial: Trial) -> None:
        failures = trial.discard(for_good=self._closed)
        with self._changed:
            if trial in self._open:
                self._open.remove(trial)
            if failures:
                self._undeleted.append(trial)

    def _close(self) -> None:
        with self._changed:
            self._closed = True
            runs = [run for trial in self._open for run in trial.runs]
        for run in runs:
            self._stop(run)
        with self._changed:
            while self._running:
                # With a time-out, so that Ctrl-C is heard on every platform.
                self._changed.wait(1.0)
            left = list(self._open)
        for trial in left:
            self._discard(trial)

    @staticmethod
    def _stop(run: Any) -> None:
        try:
            door.stop_training(run)
        except Exception as error:
            warnings.warn(str(error), RuntimeWarning, stacklevel=2)

    def _delete_rest(self) -> None:
        """Try once more what could not be deleted, and name what is still there."""
        left = [failure for trial in self._undeleted for failure in trial.discard(self._closed)]
        if left:
            warnings.warn(
                f"Of models that lost there is still, and is billed until you delete it: {'; '.join(left)}",
                RuntimeWarning,
                stacklevel=4,
            )


class _KeptEstimator(Estimator[Any]):
    """Fits as another estimator does, and keeps book."""

    def __init__(self, inner: Estimator[Any], losers: Losers) -> None:
        super().__init__()
        self._inner = inner
        self._losers = losers

    def copy(self, extra: Any | None = None) -> _KeptEstimator:
        """One over a copy of the other estimator."""
        return _KeptEstimator(self._inner.copy(extra), self._losers)

    def _fit(self, dataset: DataFrame) -> Any:
        return self._losers.fit(self._inner, dataset)


class _JudgingEvaluator(Evaluator):
    """Judges as another evaluator does, after which the model is one that lost."""

    def __init__(self, inner: Evaluator, losers: Losers) -> None:
        super().__init__()
        self._inner = inner
        self._losers = losers

    def copy(self, extra: Any | None = None) -> _JudgingEvaluator:
        """One over a copy of the other evaluator."""
        return _JudgingEvaluator(self._inner.copy(extra), self._losers)

    def isLargerBetter(self) -> bool:
        """As the other evaluator says."""
        return self._inner.isLargerBetter()

    def _evaluate(self, dataset: DataFrame) -> float:
        try:
            return self._inner.evaluate(dataset)
        finally:
            self._losers.judged()
