package com.amazonaws.services.sagemaker.sparksdk.runs

import java.time.Instant

import com.amazonaws.services.sagemaker.sparksdk.{CreatedResources, S3DataPath}

/** A fit that is under way, or that left something behind.
  *
  * @param runId the fit's id: the tag `sagemaker-spark-run` of all that it creates in SageMaker
  * @param created when it began; `None` when its record is gone
  * @param path the path that it stages to; `None` when nothing says
  * @param trainingJobName its training job, when there is one
  * @param trainingJobStatus the job's status, such as `InProgress` or `Completed`
  * @param modelArtifacts the S3 URI of the `model.tar.gz` that the job left
  * @param resources its model, endpoint configuration and endpoint, those that exist
  * @param endpointStatus the endpoint's status, such as `Creating` or `InService`
  * @param staged what of its data is in S3
  */
final case class Run(
    runId: String,
    created: Option[Instant],
    path: Option[S3DataPath],
    trainingJobName: Option[String],
    trainingJobStatus: Option[String],
    modelArtifacts: Option[String],
    resources: CreatedResources,
    endpointStatus: Option[String],
    staged: StagedLeft
) {

  /** How far it came; one of the phases of the companion. */
  def phase: String = (trainingJobStatus, resources) match {
    case (_, CreatedResources(_, _, Some(_))) if endpointStatus.contains(Run.InService) => Run.Hosted
    case (_, some) if some != CreatedResources.none => Run.Hosting
    case (None, _) => Run.Staging
    case (Some(Run.Completed), _) => Run.Trained
    case (Some(ended), _) if Run.Ended(ended) => Run.Failed
    case _ => Run.Training
  }

  /** Whether SageMaker bills it by the second: its job runs, or its endpoint exists. */
  def costsMoney: Boolean = phase == Run.Training || resources.endpointName.isDefined
}

object Run {

  /** No training job yet: its data is being staged, or its driver died then. */
  val Staging: String = "Staging"

  /** Its training job is going on. */
  val Training: String = "Training"

  /** Its training job has completed, and nothing is hosted. */
  val Trained: String = "Trained"

  /** Its training job failed or was stopped. */
  val Failed: String = "Failed"

  /** Its endpoint is being created, or failed, or only its model and configuration exist. */
  val Hosting: String = "Hosting"

  /** Its endpoint is in service. */
  val Hosted: String = "Hosted"

  private[sparksdk] val Completed = "Completed"
  private[sparksdk] val InService = "InService"
  private[sparksdk] val Ended = Set("Completed", "Failed", "Stopped", "Deleted", "Deleting")
}

/** What is in S3 of a fit's data.
  *
  * @param objects the staged objects, the manifest too
  * @param bytes their size, in bytes
  * @param openUploads multipart uploads that were neither completed nor aborted; S3 bills their parts
  */
final case class StagedLeft(objects: Int, bytes: Long, openUploads: Int)

object StagedLeft {

  /** Nothing. */
  val none: StagedLeft = StagedLeft(0, 0L, 0)
}
