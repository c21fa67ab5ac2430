package com.amazonaws.services.sagemaker.sparksdk.runs

import scala.collection.mutable.ArrayBuffer

import com.amazonaws.services.sagemaker.sparksdk.{CreatedResources, RunProgress}
import com.amazonaws.services.sagemaker.sparksdk.aws.AwsErrors
import com.amazonaws.services.sagemaker.sparksdk.exceptions.{
  SageMakerResourceCleanupException,
  SageMakerSparkSDKException,
  TrainingJobException
}
import com.amazonaws.services.sagemaker.sparksdk.hosting.Deletion
import com.amazonaws.services.sagemaker.sparksdk.retry.{Clock, Outage, Poller, Sleeper}
import com.amazonaws.services.sagemaker.sparksdk.settings.{ClientSettings, HostingSettings}
import com.amazonaws.services.sagemaker.sparksdk.staging.Staging
import com.amazonaws.services.sagemaker.sparksdk.training.TrainingJob
import org.apache.spark.internal.Logging

/** Removes a run: stops its training job and waits until it has ended, deletes its endpoint (SageMaker deletes none
  * that is coming up: that is waited for), configuration and model, then its staged objects and open uploads, and at
  * last its record. The artifacts of a training job stay. Whoever holds it polls it, or waits.
  *
  * What fails doesn't keep the rest from being removed. Not thread-safe.
  */
final class RunRemoval private[sparksdk] (
    run: Run,
    clients: ClientSettings,
    timeoutSeconds: Int = HostingSettings().creationTimeoutSeconds,
    val pollIntervalMillis: Int = HostingSettings().pollIntervalMillis,
    clock: Clock = Clock.system,
    sleeper: Sleeper = Sleeper.system
) extends Logging {
  private val resources = new TaggedResources(clients.sagemaker)
  private val deletion = new Deletion(clients.sagemaker)
  private val began = clock.millis()
  private val failures = ArrayBuffer.empty[String]
  private var remaining = CreatedResources.none
  private var cause: Option[Throwable] = None
  private var job = run.trainingJobName
  private val jobOutage = new Outage(Outage.StateMillis, clock)
  private var endpoint = run.resources.endpointName
  private val endpointOutage = new Outage(Outage.StateMillis, clock)
  private var stopAsked = false
  private var jobIsUnknown = false
  private var done = false

  /** A sentence that names what exists by now. */
  def created: String = s"Run ${run.runId} is being removed; what is left of it is removed by another call."

  /** Takes one step.
    *
    * @throws SageMakerResourceCleanupException naming what could not be removed, once the rest has been
    */
  def poll(): RunProgress = {
    if (!done) {
      val waiting = Seq(endJob(), deleteEndpoint()).flatten
      if (waiting.isEmpty) finish()
      else if (seconds > timeoutSeconds) {
        waiting.foreach(state => failures += s"After $timeoutSeconds s $state.")
        endpoint.foreach(name => remaining = remaining.copy(endpointName = Some(name)))
        // It may still read its data.
        jobIsUnknown = jobIsUnknown || job.isDefined
        finish()
      } else return progress(RunRemoval.Removing, waiting.mkString(", "))
    }
    progress(RunProgress.Done, "")
  }

  /** Waits until the run is removed. */
  def await(): Unit =
    Poller(clock, sleeper).until(Long.MaxValue, pollIntervalMillis.toLong)(Some(poll()).filter(_.finished))

  /** What is still waited for of the job. */
  private def endJob(): Option[String] = attempt("training job", job, jobOutage) { name =>
    val status = resources.job(name, run.runId).map(_.status)
    val going = status.filterNot(Run.Ended)
    if (going.exists(_ != RunRemoval.Stopping) && !stopAsked) {
      try new TrainingJob(name, clients.sagemaker).stop()
      catch {
        // A job that has just ended can't be stopped.
        case e: TrainingJobException if !resources.job(name, run.runId).map(_.status).forall(Run.Ended) =>
          throw e
        case _: TrainingJobException => ()
      }
      stopAsked = true
    }
    if (going.isEmpty) job = None
    going.map(state => s"the training job '$name' is $state")
  } { _ =>
    job = None
    jobIsUnknown = true
  }

  /** What is still waited for of the endpoint. */
  private def deleteEndpoint(): Option[String] = attempt("endpoint", endpoint, endpointOutage) { name =>
    val status = resources.endpoint(name, run.runId).map(_.status)
    val busy = status.filter(RunRemoval.Busy)
    if (busy.isEmpty) {
      if (status.isDefined) deletion.resources(CreatedResources(None, None, Some(name)))
      endpoint = None
    }
    busy.map(state => s"the endpoint '$name' is $state")
  } { name =>
    endpoint = None
    remaining = remaining.copy(endpointName = Some(name))
  }

  /** Takes a step with what is there of a kind; what is still waited for. */
  private def attempt(kind: String, there: Option[String], outage: Outage)(
      step: String => Option[String]
  )(giveUp: String => Unit): Option[String] =
    try
      there.flatMap { name =>
        // What comes up or ends goes on while its state can't be looked up, and must not lose what it stands on.
        outage
          .bridge(AwsErrors.mayPass, e => logWarning(s"${e.getMessage}. It is asked for again."))(step(name))
          .getOrElse(Some(s"the $kind '$name' is in a state that can't be looked up"))
      }
    catch {
      case e: Exception if RunRemoval.isOurs(e) =>
        note(e)
        there.foreach(giveUp)
        None
    }

  private def finish(): Unit = {
    try deletion.resources(run.resources.copy(endpointName = None))
    catch {
      case e: SageMakerResourceCleanupException =>
        note(e)
        remaining = e.createdResources.copy(endpointName = remaining.endpointName)
    }
    for (path <- run.path) {
      run.trainingJobName.orElse(recordedJobName).foreach { name =>
        if (jobIsUnknown)
          failures += s"The staged data below ${path.toS3UriString} is left: whether the training job '$name' still " +
            "reads it isn't known."
        else
          failures ++= Staging
            .deleteAll(path.bucket, RunRecord.keyPrefix(path, name, run.runId), clients.s3)
            .map(left => s"Left in S3: $left.")
      }
      // By its record a run is found again, and the removal repeated.
      if (failures.isEmpty)
        failures ++= new RunStore(clients.s3).remove(path, run.runId).map(l => s"Left in S3: $l.")
    }
    done = true
    if (failures.nonEmpty)
      throw SageMakerResourceCleanupException(
        s"Run ${run.runId} could not be removed as a whole; call this again once that is mended. " +
          failures.mkString(" "),
        cause.orNull,
        remaining
      )
  }

  private lazy val recordedJobName: Option[String] =
    run.path.flatMap(path =>
      try new RunStore(clients.s3).read(path, run.runId).map(_.names.trainingJobName)
      catch {
        case e: SageMakerSparkSDKException =>
          note(e)
          None
      }
    )

  private def note(e: Exception): Unit = {
    failures += s"${e.getMessage.stripSuffix(".")}."
    if (cause.isEmpty) cause = Some(e)
  }

  private def seconds: Double = (clock.millis() - began) / 1000.0

  private def progress(phase: String, message: String): RunProgress = RunProgress(
    phase,
    run.trainingJobName,
    run.resources.endpointName,
    "",
    "",
    message,
    Map.empty,
    seconds
  )
}

private[sparksdk] object RunRemoval {
  val Removing: String = "Removing"
  private val Stopping = "Stopping"

  /** The states in which SageMaker refuses to delete an endpoint. */
  private val Busy = Set("Creating", "Updating", "SystemUpdating", "RollingBack")

  private def isOurs(e: Exception): Boolean = e match {
    case _: SageMakerSparkSDKException | _: SageMakerResourceCleanupException => true
    case _ => false
  }
}
