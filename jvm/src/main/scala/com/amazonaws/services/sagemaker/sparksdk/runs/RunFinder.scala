package com.amazonaws.services.sagemaker.sparksdk.runs

import com.amazonaws.services.sagemaker.sparksdk.{CreatedResources, NamePolicy, S3DataPath}
import com.amazonaws.services.sagemaker.sparksdk.aws.AwsErrors
import com.amazonaws.services.sagemaker.sparksdk.exceptions.SageMakerSparkSDKException
import com.amazonaws.services.sagemaker.sparksdk.settings.ClientSettings
import com.amazonaws.services.sagemaker.sparksdk.staging.Staging
import org.apache.spark.internal.Logging

/** Finds fits by what they left: their records in S3, and the tags of what is billed in SageMaker, which are found
  * wherever the fit staged to.
  */
private[sparksdk] final class RunFinder(clients: ClientSettings) extends Logging {
  private val store = new RunStore(clients.s3)
  private val resources = new TaggedResources(clients.sagemaker)

  /** All runs that staged below a path or have something that is billed, the oldest first. */
  def list(path: S3DataPath): Seq[Run] = {
    val recorded = store.runIds(path).flatMap(readable(path, _))
    val billed = Billed(resources.activeJobs(), resources.endpoints())
    val others = billed.runIds.diff(recorded.map(_.runId))
    val runs = recorded.map(record => ofRecord(path, record)) ++ others.flatMap(ofTags(_, billed))
    runs.sortBy(run => (run.created.map(_.toEpochMilli).getOrElse(0L), run.runId))
  }

  /** One run; nothing when neither a record nor a tag names it. */
  def find(path: S3DataPath, runId: String): Option[Run] = store.read(path, runId) match {
    case Some(record) => Some(ofRecord(path, record))
    case None =>
      val billed = Billed(resources.activeJobs(), resources.endpoints())
      if (billed.runIds.contains(runId)) ofTags(runId, billed) else None
  }

  /** The record of a run, and its training job, if it has one. */
  def recorded(path: S3DataPath, runId: String): Option[(RunRecord, Option[JobFacts])] =
    store.read(path, runId).map(record => (record, resources.job(record.names.trainingJobName, runId)))

  /** What of a run's hosting exists. */
  def hosted(names: NamePolicy, runId: String): (CreatedResources, Option[EndpointFacts]) = {
    val endpoint = resources.endpoint(names.endpointName, runId)
    val config = resources.endpointConfig(names.endpointConfigName, runId).map(_ => names.endpointConfigName)
    val model = resources.model(names.modelName, runId).map(_ => names.modelName)
    (CreatedResources(model, config, endpoint.map(_.name)), endpoint)
  }

  private def readable(path: S3DataPath, runId: String): Option[RunRecord] =
    try store.read(path, runId)
    catch {
      // One record that can't be used hides no other run.
      case e: SageMakerSparkSDKException if e.cause.isInstanceOf[IllegalArgumentException] =>
        logWarning(e.message)
        None
    }

  private def ofRecord(path: S3DataPath, record: RunRecord): Run =
    ofRecord(path, record, staged(path, record.names.trainingJobName, record.runId))

  private def ofRecord(path: S3DataPath, record: RunRecord, left: => StagedLeft): Run = {
    val job = resources.job(record.names.trainingJobName, record.runId)
    // Nothing is hosted before the job has completed.
    val (made, endpoint) =
      if (job.exists(_.status == Run.Completed)) hosted(record.names, record.runId)
      else (CreatedResources.none, None)
    Run(
      record.runId,
      Some(record.created),
      Some(path),
      job.map(_.name),
      job.map(_.status),
      job.flatMap(_.artifacts),
      made,
      endpoint.map(_.status),
      left
    )
  }

  private def ofTags(runId: String, billed: Billed): Option[Run] =
    billed.jobs
      .collectFirst { case (name, `runId`) => name }
      .flatMap(resources.job(_, runId))
      .map(ofJob(runId, _))
      .orElse(
        billed.endpoints
          .collectFirst { case (name, `runId`) => name }
          .flatMap(resources.endpoint(_, runId))
          .map(ofEndpoint(runId, _))
      )

  /** A run whose record isn't below the path that was asked about: its job says where it staged to, which may be a
    * bucket that the caller may not read.
    */
  private def ofJob(runId: String, job: JobFacts): Run = {
    val path = job.inputUris.flatMap(RunRecord.pathOf(_, job.name, runId)).headOption
    val record = path.flatMap(p => inS3(Option.empty[RunRecord])(store.read(p, runId)))
    lazy val left = path.fold(StagedLeft.none)(p => inS3(StagedLeft.none)(staged(p, job.name, runId)))
    path
      .flatMap(p => record.map(ofRecord(p, _, left)))
      .getOrElse(
        Run(
          runId,
          None,
          path,
          Some(job.name),
          Some(job.status),
          job.artifacts,
          CreatedResources.none,
          None,
          left
        )
      )
  }

  /** A run whose fit has ended and whose endpoint exists. */
  private def ofEndpoint(runId: String, endpoint: EndpointFacts): Run = {
    val deployed = resources.endpointConfig(endpoint.configName, runId)
    val model = deployed.toSeq.flatten
      .flatMap(name => resources.model(name, runId).map(artifacts => (name, artifacts)))
      .headOption
    Run(
      runId,
      None,
      None,
      None,
      None,
      model.flatMap(_._2),
      CreatedResources(model.map(_._1), deployed.map(_ => endpoint.configName), Some(endpoint.name)),
      Some(endpoint.status),
      StagedLeft.none
    )
  }

  private def staged(path: S3DataPath, trainingJobName: String, runId: String): StagedLeft = {
    val found = AwsErrors.translate(
      s"The staged data of run $runId in s3://${path.bucket} could not be listed"
    )(Staging.left(path.bucket, RunRecord.keyPrefix(path, trainingJobName, runId), clients.s3))
    StagedLeft(found.objects.size, found.objects.map(_.bytes).sum, found.openUploads)
  }

  /** What S3 says of one run. A bucket that can't be read hides neither the run, which SageMaker knows, nor the others. */
  private def inS3[T](unknown: T)(look: => T): T =
    try look
    catch {
      case e: SageMakerSparkSDKException =>
        logWarning(s"${e.message}. What else is known of the run is shown.")
        unknown
    }

  /** Names and runs of what is billed. */
  private final case class Billed(jobs: Seq[(String, String)], endpoints: Seq[(String, String)]) {
    def runIds: Seq[String] = (jobs ++ endpoints).map(_._2).distinct
  }
}
