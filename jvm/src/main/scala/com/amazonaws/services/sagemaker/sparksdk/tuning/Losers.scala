package com.amazonaws.services.sagemaker.sparksdk.tuning

import java.util.concurrent.CancellationException

import scala.collection.mutable
import scala.util.control.NonFatal

import com.amazonaws.services.sagemaker.sparksdk.{
  EndpointCreationPolicy,
  FitRun,
  SageMakerEstimator,
  SageMakerModel
}
import com.amazonaws.services.sagemaker.sparksdk.requests.Uninterrupted
import org.apache.spark.internal.Logging
import org.apache.spark.ml.{Estimator, Model, Pipeline, PipelineStage}
import org.apache.spark.ml.classification.OneVsRest
import org.apache.spark.ml.evaluation.Evaluator
import org.apache.spark.ml.param.ParamMap
import org.apache.spark.ml.tuning.{CrossValidator => SparkCrossValidator, TrainValidationSplit => SparkSplit}
import org.apache.spark.sql.Dataset
import org.apache.spark.sql.types.StructType

/** What tries cost that a tuning estimator makes beside the winner: each try's endpoints are deleted as soon as the try
  * has been judged, and all of them when tuning fails.
  *
  * Spark's own loops do the tuning, with an estimator and an evaluator of which this keeps book: a fit, the transform of
  * its model and the evaluation happen on one thread, one after the other. The last fit, the winner's, is never judged.
  */
private[tuning] final class Losers extends Logging {
  private val open = mutable.LinkedHashSet.empty[Trial]
  private val undeleted = mutable.LinkedHashSet.empty[Trial]
  private var running = 0
  private var closed = false
  private val ofThisThread = new ThreadLocal[Option[Trial]] {
    override def initialValue(): Option[Trial] = None
  }

  private[tuning] def fit[M <: Model[M]](inner: Estimator[M], dataset: Dataset[_]): M = {
    // A copy: the stages that a program holds must not tell of their fits.
    val copied = inner.copy(ParamMap.empty)
    val stages = Losers.stages(copied)
    val trial = begin()
    val watcher = started(trial, _: FitRun)
    try {
      stages.foreach(_.watchFits(watcher))
      val model = copied.fit(dataset)
      requireOpen()
      ofThisThread.set(Some(trial))
      model
    } catch {
      case e: Throwable =>
        // What trains has no model yet that could be discarded.
        Uninterrupted {
          trial.runs.foreach(stop)
          discard(trial)
        }
        throw e
    } finally {
      stages.foreach(_.unwatchFits(watcher))
      end()
    }
  }

  private[tuning] def judged(): Unit = {
    ofThisThread.get.foreach(discard)
    ofThisThread.remove()
  }

  private def begin(): Trial = synchronized {
    requireOpen()
    running += 1
    val trial = new Trial
    open += trial
    trial
  }

  private def requireOpen(): Unit =
    if (synchronized(closed)) throw new CancellationException("Another fit of this tuning has failed.")

  private def started(trial: Trial, run: FitRun): Unit = {
    val late = synchronized {
      trial.runs = trial.runs :+ run
      closed
    }
    if (late) stop(run)
  }

  private def end(): Unit = synchronized {
    running -= 1
    notifyAll()
  }

  private def discard(trial: Trial): Unit = {
    val failures = trial.discard(forGood = synchronized(closed))
    synchronized {
      open -= trial
      if (failures.isEmpty) undeleted -= trial else undeleted += trial
    }
  }

  private def close(): Unit = {
    val runs = synchronized {
      closed = true
      open.toSeq.flatMap(_.runs)
    }
    Uninterrupted(runs.foreach(stop))
    val interrupted = awaitOthers()
    Uninterrupted(synchronized(open.toSeq).foreach(discard))
    if (interrupted) Thread.currentThread().interrupt()
  }

  /** Waits until no other try is being fitted; true when an interrupt ended the wait: what is to be deleted, is, and a
    * try that goes on stops its job as soon as it has one.
    */
  private def awaitOthers(): Boolean = synchronized {
    var interrupted = false
    while (running > 0 && !interrupted)
      try wait()
      catch { case _: InterruptedException => interrupted = true }
    interrupted
  }

  private def stop(run: FitRun): Unit =
    try run.stopTraining()
    catch { case NonFatal(e) => logWarning(e.getMessage) }

  /** Tries once more what could not be deleted, and names what is still there. */
  private def deleteRest(): Unit = Uninterrupted {
    val left = synchronized(undeleted.toSeq).flatMap(_.discard(forGood = synchronized(closed)))
    if (left.nonEmpty) {
      logWarning(
        s"Of models that lost there is still, and is billed until you delete it: ${left.mkString("; ")}"
      )
    }
  }
}

/** The fits that one try is made of: more than one when a pipeline has several SageMaker stages. */
private[tuning] final class Trial {
  @volatile var runs: Vector[FitRun] = Vector.empty

  /** Deletes what was hosted; why that failed.
    *
    * @param forGood whether the models may not create their endpoints again: a thread may be about to ask one
    */
  def discard(forGood: Boolean): Seq[String] = runs.flatMap { run =>
    try {
      if (forGood) run.deleteModel() else run.discard()
      None
    } catch { case NonFatal(e) => Some(e.getMessage) }
  }
}

/** Fits as another estimator does, and keeps book. */
private[tuning] final class KeptEstimator[M <: Model[M]](
    override val uid: String,
    inner: Estimator[M],
    losers: Losers
) extends Estimator[M] {
  override def fit(dataset: Dataset[_]): M = losers.fit(inner, dataset)
  override def copy(extra: ParamMap): Estimator[M] = new KeptEstimator(uid, inner.copy(extra), losers)
  override def transformSchema(schema: StructType): StructType = inner.transformSchema(schema)
}

/** Judges as another evaluator does, after which the model is one that lost. */
private[tuning] final class JudgingEvaluator(override val uid: String, inner: Evaluator, losers: Losers)
    extends Evaluator {
  override def evaluate(dataset: Dataset[_]): Double =
    try inner.evaluate(dataset)
    finally losers.judged()
  override def isLargerBetter: Boolean = inner.isLargerBetter
  override def copy(extra: ParamMap): Evaluator = new JudgingEvaluator(uid, inner.copy(extra), losers)
}

private[tuning] object Losers {

  /** Tunes with an estimator and an evaluator that keep book. When that fails, training jobs under way are stopped,
    * and what was hosted is deleted.
    *
    * @param tune fits with the estimator and the evaluator that it is given
    * @throws java.lang.IllegalArgumentException before anything is paid for, for models that could not be judged
    */
  def whileTuning[T](
      estimator: Estimator[_],
      evaluator: Evaluator
  )(tune: (Estimator[_], Evaluator) => T): T = {
    requireEndpoints(estimator)
    val losers = new Losers
    // Which type of model an estimator makes isn't known here, and nothing depends on it.
    val typed = estimator.asInstanceOf[Estimator[SageMakerModel]]
    val kept = new KeptEstimator[SageMakerModel](estimator.uid, typed, losers)
    try tune(kept, new JudgingEvaluator(evaluator.uid, evaluator, losers))
    catch {
      case e: Throwable =>
        losers.close()
        throw e
    } finally losers.deleteRest()
  }

  /** The SageMaker estimators inside an estimator. */
  def stages(stage: PipelineStage): Seq[SageMakerEstimator] = stage match {
    case estimator: SageMakerEstimator => Seq(estimator)
    case pipeline: Pipeline => pipeline.getStages.toSeq.flatMap(stages)
    case tuning: SparkCrossValidator => stages(tuning.getEstimator)
    case tuning: SparkSplit => stages(tuning.getEstimator)
    case several: OneVsRest => stages(several.getClassifier)
    case _ => Nil
  }

  private def requireEndpoints(estimator: Estimator[_]): Unit =
    stages(estimator).find(_.endpointCreationPolicy == EndpointCreationPolicy.DO_NOT_CREATE).foreach {
      stage =>
        throw new IllegalArgumentException(
          s"endpointCreationPolicy of ${stage.getClass.getSimpleName} ${stage.uid} is DO_NOT_CREATE, and models are judged " +
            "by what their endpoints answer: give CREATE_ON_CONSTRUCT or CREATE_ON_TRANSFORM to the estimator."
        )
    }
}
