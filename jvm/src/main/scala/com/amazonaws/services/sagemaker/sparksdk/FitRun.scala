package com.amazonaws.services.sagemaker.sparksdk

import java.time.Instant
import java.util.{Locale, UUID}

import scala.collection.JavaConverters._
import scala.util.control.NonFatal

import com.amazonaws.services.sagemaker.sparksdk.algorithms.AlgorithmImages
import com.amazonaws.services.sagemaker.sparksdk.algorithms.params.AlgorithmParams
import com.amazonaws.services.sagemaker.sparksdk.aws.{AwsErrors, RunTag}
import com.amazonaws.services.sagemaker.sparksdk.exceptions.{
  AwsConfigurationException,
  EndpointException,
  SageMakerSparkSDKException,
  TrainingJobException
}
import com.amazonaws.services.sagemaker.sparksdk.inference.Inference
import com.amazonaws.services.sagemaker.sparksdk.retry.{Clock, Outage, Poller}
import com.amazonaws.services.sagemaker.sparksdk.runs.{RunRecord, RunStore}
import com.amazonaws.services.sagemaker.sparksdk.staging.{StagedData, Staging, StagingRequest}
import com.amazonaws.services.sagemaker.sparksdk.training._
import com.amazonaws.services.sagemaker.sparksdk.requests.Uninterrupted
import org.apache.spark.internal.Logging
import org.apache.spark.sql.Dataset
import org.apache.spark.sql.types.StructType

/** One fit under way: its data is staged and its training job exists. Whoever holds it polls it, waits for it
  * or stops it.
  * Not thread-safe.
  */
final class FitRun private[sparksdk] (
    estimator: SageMakerEstimator,
    plan: TrainingPlan,
    job: TrainingJob,
    staged: StagedData,
    sentHyperParameters: Map[String, String],
    tags: Map[String, String],
    place: FitPlace,
    existing: CreatedResources,
    clock: Clock
) extends Logging {
  private val began = clock.millis()
  @volatile private var fitted: Option[SageMakerModel] = None
  @volatile private var trained = false
  @volatile private var stopping = false
  private var hosting: Option[HostingRun] = None
  private var lastTraining = FitRun.NotAsked
  private var left: Seq[String] = Nil
  private val outage = new Outage(Outage.StateMillis, clock)

  /** The training job's name. */
  def trainingJobName: String = job.name

  /** The id by which [[SageMakerRuns]] finds the fit. */
  def runId: String = place.record.runId

  /** How long to wait between two polls, in milliseconds. */
  def pollIntervalMillis: Int =
    hosting
      .map(_.pollIntervalMillis)
      .getOrElse(SageMakerEstimator.pollIntervalMillis(estimator.settings.training))

  /** A sentence that names what exists by now. */
  def created: String = hosting match {
    case Some(run) => run.created
    case None if fitted.isDefined => "The training job has ended."
    case None => s"The training job '${job.name}' goes on and is billed until it ends or is stopped."
  }

  /** The staged objects that could not be deleted, each with the reason. */
  def undeletedStagingData: Seq[String] = left

  /** Takes one step: asks for the job's state, or the endpoint's. Throws a [[TrainingJobException]] when the job
    * ended without a model, an [[exceptions.EndpointException]] when the endpoint didn't come up.
    */
  def poll(): RunProgress = (fitted, hosting) match {
    case (None, _) => pollTraining()
    case (_, Some(run)) =>
      val progress = whileHosting(run.poll())
      if (progress.finished) {
        hosting = None
        removeRecord()
      }
      progress.copy(
        trainingJobName = Some(job.name),
        metrics = lastTraining.metrics,
        elapsedSeconds = elapsedSeconds
      )
    case _ => progress(RunProgress.Done)
  }

  private def pollTraining(): RunProgress = {
    val before = lastTraining
    // What trains goes on while its state can't be looked up.
    lastTraining = outage.bridge(AwsErrors.mayPass, askedAgain)(job.describe()).getOrElse(before)
    if (before.secondaryStatus != lastTraining.secondaryStatus) {
      logInfo(
        s"Training job ${job.name}: ${lastTraining.status}, ${lastTraining.secondaryStatus}. ${lastTraining.message}"
      )
    }
    trained = lastTraining.status == TrainingJob.Completed || TrainingJob.Unsuccessful(lastTraining.status)
    lastTraining.status match {
      case TrainingJob.Completed =>
        removeStagedData()
        beginHosting(lastTraining)
      case ended if TrainingJob.Unsuccessful.contains(ended) =>
        removeStagedData()
        if (left.isEmpty) removeRecord()
        throw job.failure(lastTraining, if (left.isEmpty) "" else FitRun.leftOver(staged, left))
      case _ => progress(RunProgress.Training)
    }
  }

  private def askedAgain(e: Throwable): Unit = logWarning(s"${e.getMessage}. It is asked for again.")

  private def beginHosting(status: TrainingStatus): RunProgress = {
    val artifacts = status.artifacts.getOrElse(
      throw new TrainingJobException(
        s"The training job '${job.name}' completed, and SageMaker names no artifacts of it",
        None.orNull,
        Some(job.name),
        Some(status.status)
      )
    )
    val model = SageMakerModel.fitted(
      estimator,
      plan,
      S3DataPath.fromS3URI(artifacts),
      job.name,
      sentHyperParameters,
      tags
    )
    fitted = Some(model)
    if (estimator.endpointCreationPolicy == EndpointCreationPolicy.CREATE_ON_CONSTRUCT) {
      hosting = whileHosting {
        model.adopt(existing)
        model.startHosting()
      }
    }
    if (hosting.isEmpty) removeRecord()
    progress(if (hosting.isDefined) RunProgress.Hosting else RunProgress.Done)
  }

  private def progress(phase: String): RunProgress = RunProgress(
    phase,
    Some(job.name),
    fitted.flatMap(_.endpointName),
    lastTraining.status,
    lastTraining.secondaryStatus,
    lastTraining.message,
    lastTraining.metrics,
    elapsedSeconds
  )

  private def elapsedSeconds: Double = (clock.millis() - began) / 1000.0

  /** Asks SageMaker to stop the training job; the next polls see it end as `Stopped`. */
  def stop(): Unit = {
    job.stop()
    stopping = true
  }

  /** Stops the training job if it goes on and wasn't told so yet; may be called by another thread than the one that
    * polls.
    */
  private[sparksdk] def stopTraining(): Unit = if (!trained && !stopping) stop()

  /** Suspends the model, if there is one by now; may be called by another thread than the one that polls. */
  private[sparksdk] def discard(): Unit = fitted.foreach(_.suspend())

  /** Deletes what the model created, if there is one by now, so that nothing creates it again; may be called by another
    * thread than the one that polls.
    */
  private[sparksdk] def deleteModel(): Unit = fitted.foreach(_.delete())

  /** The model, once polling has finished. */
  def model(): SageMakerModel = fitted
    .filter(_ => hosting.isEmpty)
    .getOrElse(throw new IllegalStateException(s"The fit has not finished: poll it, or await it. $created"))

  /** Waits for the training job and, by the policy, for the endpoint. */
  def await(): SageMakerModel = {
    Poller(clock).until(Long.MaxValue, pollIntervalMillis.toLong)(Some(poll()).filter(_.finished))
    model()
  }

  /** Runs a step of hosting; when it fails and something is left, it is named and the record stays. */
  private def whileHosting[T](step: => T): T =
    try step
    catch {
      case e: EndpointException =>
        if (e.createdResources == CreatedResources.none) removeRecord()
        throw e
      case e: AwsConfigurationException =>
        removeRecord()
        throw e
    }

  /** The fit has ended: what it created is the caller's. */
  private def removeRecord(): Unit =
    new RunStore(estimator.s3Client).remove(place.path, runId).foreach { sentence =>
      logWarning(s"The record of the fit, which has ended, could not be deleted: $sentence")
      left = left :+ sentence
    }

  private def removeStagedData(): Unit =
    if (estimator.deleteStagingDataAfterTraining) {
      left = Staging.delete(staged, estimator.s3Client)
      if (left.nonEmpty) logWarning(FitRun.leftOver(staged, left))
    }
}

private[sparksdk] object FitRun extends Logging {

  private val NotAsked = TrainingStatus("InProgress", "", "", None, None, Map.empty)

  /** Checks, looks up names and places, stages the data, creates the job; on an error nothing of it is left, or it is
    * named.
    */
  def start(estimator: SageMakerEstimator, dataset: Dataset[_]): FitRun = {
    val settings = estimator.effectiveSettings
    val resolver = new ResourceResolver(dataset.sparkSession, settings.clients)
    validate(estimator, dataset)
    val plan = resolved(estimator, resolver)
    val runId = UUID.randomUUID().toString
    val tags = settings.training.tags + (RunTag.Key -> runId)
    val input = resolver.s3(settings.staging.inputPath)
    resolver.requireBucket("trainingInputS3DataPath", input)
    if (plan.output.bucket != input.bucket) resolver.requireBucket("trainingOutputS3DataPath", plan.output)

    val place = FitPlace(input, RunRecord(runId, Instant.now(), plan.names))
    val staged = recorded(estimator, place) {
      Staging.stage(dataset, stagingRequest(estimator, input, plan.names.trainingJobName, runId))
    }
    removingOnError(estimator, staged, place) {
      val hyperParameters = estimator.hyperParametersFor(staged)
      TrainingPlan.validateHyperParameters(hyperParameters)
      val job = new TrainingJob(plan.names.trainingJobName, settings.clients.sagemaker)
      job.create(tags)(TrainingRequests.create(plan, staged, hyperParameters, _))
      estimator.recordTrainingJob(job.name)
      new FitRun(
        estimator,
        plan,
        job,
        staged,
        hyperParameters,
        tags,
        place,
        CreatedResources.none,
        Clock.system
      )
    }
  }

  /** Stages under a record that goes again when staging fails and left nothing. */
  private def recorded[T](estimator: SageMakerEstimator, place: FitPlace)(stage: => T): T = {
    val store = new RunStore(estimator.s3Client)
    store.write(place.path, place.record, estimator.trainingKmsKeyId)
    try stage
    catch {
      case e: Throwable =>
        Uninterrupted(store.forget(place.path, place.record))
        throw e
    }
  }

  private def validate(estimator: SageMakerEstimator, dataset: Dataset[_]): Unit = {
    val settings = estimator.effectiveSettings
    TrainingPlan.validate(settings.training, estimator.trainingImage, settings.staging.compressionCodec)
    TrainingPlan.requireInstanceType("trainingInstanceType", estimator.trainingInstanceType)
    TrainingPlan.requireCount("trainingInstanceCount", estimator.trainingInstanceCount)
    TrainingPlan.requireInstanceType("endpointInstanceType", estimator.endpointInstanceType)
    TrainingPlan.requireCount("endpointInitialInstanceCount", estimator.endpointInitialInstanceCount)
    TrainingPlan.requireImage("modelImage", estimator.modelImage)
    estimator.requestRowSerializer
    estimator.responseRowDeserializer
    estimator.requireHyperParameters()
    Staging.validate(dataset.schema, stagingRequest(estimator, S3DataPath("unknown", ""), "job", "run"))
    warnOfAnswer(estimator, dataset.schema)
  }

  /** No error: the model may be for other DataFrames. Said before anything is paid for. */
  private def warnOfAnswer(estimator: SageMakerEstimator, schema: StructType): Unit =
    try {
      val transform = estimator.modelTransform(estimator.makeHyperParameters().asScala.toMap)
      Inference
        .columnsThereTwice(
          schema,
          transform.deserializer.getOrElse(estimator.responseRowDeserializer),
          transform.prependInputRows
        )
        .foreach(twice =>
          logWarning(s"The fitted model will refuse to transform a DataFrame such as this. $twice")
        )
    } catch {
      // A user's deserializer that doesn't know its columns yet: whoever transforms is told.
      case NonFatal(e) => logDebug("What the fitted model answers isn't known yet", e)
    }

  private def resolved(estimator: SageMakerEstimator, resolver: ResourceResolver): TrainingPlan = {
    val training = estimator.effectiveSettings.training
    val names = training.namePolicyFactory.createNamePolicy
    NamePolicy.requireValid(names)
    val role = resolver.role(training.role)
    TrainingPlan.requireRole(role)
    TrainingPlan(
      names,
      role,
      estimator.trainingImage,
      resolver.s3(training.outputPath),
      training,
      estimator.trainingCompressionCodec
    )
  }

  private def stagingRequest(
      estimator: SageMakerEstimator,
      input: S3DataPath,
      jobName: String,
      runId: String
  ): StagingRequest = {
    val staging = estimator.effectiveSettings.staging
    StagingRequest(
      input.bucket,
      RunRecord.keyPrefix(input, jobName, runId),
      estimator.s3Client,
      staging.sparkDataFormat,
      staging.sparkDataFormatOptions,
      staging.projectedColumns,
      staging.compressionCodec,
      estimator.trainingKmsKeyId,
      staging.objectBytes,
      // What an own image trains on is its own affair.
      strict = estimator.isInstanceOf[AlgorithmParams] ||
        estimator.effectiveSettings.training.image.exists(AlgorithmImages.isSageMakers),
      labelRequired = estimator.labelRequired,
      csvLabelled = !estimator.effectiveSettings.training.contentType.exists(saysUnlabelled)
    )
  }

  /** Whether a content type says that CSV has no label: `text/csv;label_size=0`. */
  private def saysUnlabelled(contentType: String): Boolean =
    contentType.split(';').map(_.trim.toLowerCase(Locale.ROOT)).contains("label_size=0")

  /** Nobody trains on the data when the job can't be created, whatever `deleteStagingDataAfterTraining` says. */
  private def removingOnError[T](estimator: SageMakerEstimator, staged: StagedData, place: FitPlace)(
      body: => T
  ): T =
    try body
    catch {
      // The job may be there, and need its data.
      case e: TrainingJobException if e.trainingJobName.isDefined => throw e
      case e: Exception =>
        val store = new RunStore(estimator.s3Client)
        val left = Uninterrupted {
          Staging.delete(staged, estimator.s3Client) match {
            case Nil => store.remove(place.path, place.record.runId).toSeq
            case some => some
          }
        }
        if (left.isEmpty) throw e
        val sentence = s"${e.getMessage} ${leftOver(staged, left)}"
        throw (e match {
          case _: TrainingJobException => new TrainingJobException(sentence, e)
          case _: AwsConfigurationException => new AwsConfigurationException(sentence, e)
          case _: IllegalArgumentException => new IllegalArgumentException(sentence, e)
          case _ => SageMakerSparkSDKException(sentence, e)
        })
    }

  private def leftOver(staged: StagedData, left: Seq[String]): String =
    s"${left.size} staged objects below s3://${staged.bucket}/${staged.keyPrefix} could not be deleted and are still " +
      s"there: ${left.take(5).mkString(", ")}${if (left.size > 5) ", ..." else ""}"
}
