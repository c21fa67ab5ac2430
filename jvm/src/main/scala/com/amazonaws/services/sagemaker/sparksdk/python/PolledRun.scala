package com.amazonaws.services.sagemaker.sparksdk.python

import com.amazonaws.services.sagemaker.sparksdk.{FitRun, HostingRun, RunProgress, SageMakerModel}
import com.amazonaws.services.sagemaker.sparksdk.runs.RunRemoval
import com.fasterxml.jackson.databind.node.{JsonNodeFactory, ObjectNode}

/** A run that Python polls, so that it can show progress and be interrupted between two polls. */
trait PolledRun {

  /** Takes one step; the progress as JSON. */
  def poll(): String

  /** How long to wait between two polls, in milliseconds. */
  def pollIntervalMillis(): Int

  /** A sentence that names what exists. */
  def created(): String
}

/** A fit. */
final class PolledFit private[python] (run: FitRun) extends PolledRun {
  override def poll(): String = PolledRun.json(run.poll())
  override def pollIntervalMillis(): Int = run.pollIntervalMillis
  override def created(): String = run.created

  /** The id by which the run is found again. */
  def runId(): String = run.runId

  /** The training job's name. */
  def trainingJobName(): String = run.trainingJobName

  /** Asks SageMaker to stop the training job. */
  def stop(): Unit = run.stop()

  /** Stops the training job if it goes on; may be called by another thread than the one that polls. */
  def stopTraining(): Unit = run.stopTraining()

  /** Suspends the model, if there is one by now; may be called by another thread than the one that polls. */
  def discard(): Unit = run.discard()

  /** Deletes what the model created, if there is one by now, for good; any thread may call this. */
  def deleteModel(): Unit = run.deleteModel()

  /** The model, once polling has finished. */
  def model(): SageMakerModel = run.model()

  /** The staged objects that could not be deleted, each with the reason. */
  def undeletedStagingData(): Array[String] = run.undeletedStagingData.toArray
}

/** The creation of an endpoint. */
final class PolledHosting private[python] (run: HostingRun) extends PolledRun {
  override def poll(): String = PolledRun.json(run.poll())
  override def pollIntervalMillis(): Int = run.pollIntervalMillis
  override def created(): String = run.created
}

/** The removal of a run. */
final class PolledRemoval private[python] (removal: RunRemoval) extends PolledRun {
  override def poll(): String = PolledRun.json(removal.poll())
  override def pollIntervalMillis(): Int = removal.pollIntervalMillis
  override def created(): String = removal.created
}

private[python] object PolledRun {

  def json(progress: RunProgress): String = {
    val node = JsonNodeFactory.instance.objectNode()
    val metrics = JsonNodeFactory.instance.objectNode()
    progress.metrics.toSeq.sortBy(_._1).foreach { case (name, value) => metrics.put(name, value) }
    node
      .put("phase", progress.phase)
      .put("trainingJobName", progress.trainingJobName.orNull)
      .put("endpointName", progress.endpointName.orNull)
      .put("status", progress.status)
      .put("secondaryStatus", progress.secondaryStatus)
      .put("message", progress.message)
      .put("elapsedSeconds", progress.elapsedSeconds)
      .put("finished", progress.finished)
      .set[ObjectNode]("metrics", metrics)
      .toString
  }
}
