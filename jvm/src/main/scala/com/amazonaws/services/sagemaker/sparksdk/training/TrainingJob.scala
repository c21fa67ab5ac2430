package com.amazonaws.services.sagemaker.sparksdk.training

import scala.collection.JavaConverters._

import com.amazonaws.services.sagemaker.sparksdk.aws.{AwsClients, AwsErrors}
import com.amazonaws.services.sagemaker.sparksdk.exceptions.{AwsConfigurationException, TrainingJobException}
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig
import software.amazon.awssdk.core.exception.SdkException
import software.amazon.awssdk.services.sagemaker.model.{
  CreateTrainingJobRequest,
  DescribeTrainingJobRequest,
  DescribeTrainingJobResponse,
  StopTrainingJobRequest
}

/** How a training job stands.
  *
  * @param status `InProgress`, `Completed`, `Failed`, `Stopping`, `Stopped`, or one that this library doesn't know
  * @param secondaryStatus such as `Downloading` or `Training`
  * @param message what the service says of the secondary status
  * @param failureReason why it failed
  * @param artifacts the S3 URI of `model.tar.gz`, once there is one
  * @param metrics the algorithm's final metrics
  * @param hyperParameters what the job was given
  */
private[sparksdk] final case class TrainingStatus(
    status: String,
    secondaryStatus: String,
    message: String,
    failureReason: Option[String],
    artifacts: Option[String],
    metrics: Map[String, Double],
    hyperParameters: Map[String, String] = Map.empty
)

/** One training job: created, looked at, stopped. */
private[sparksdk] final class TrainingJob(val name: String, client: AwsClientConfig) {

  def create(request: CreateTrainingJobRequest): Unit =
    try AwsClients.withSageMaker(client)(_.createTrainingJob(request))
    catch {
      case e: SdkException =>
        throw (AwsErrors.translated(s"The training job '$name' could not be created", e) match {
          case configuration: AwsConfigurationException => configuration
          case other => new TrainingJobException(other.message, e)
        })
    }

  def describe(): TrainingStatus =
    try {
      val request = DescribeTrainingJobRequest.builder().trainingJobName(name).build()
      TrainingJob.status(AwsClients.withSageMaker(client)(_.describeTrainingJob(request)))
    } catch {
      case e: Exception =>
        throw new TrainingJobException(
          s"The state of training job '$name' could not be read; it may be running and be billed: " +
            AwsErrors.describe(e),
          e,
          Some(name)
        )
    }

  /** Asks SageMaker to stop the job; it ends as `Stopped`. */
  def stop(): Unit =
    try {
      val request = StopTrainingJobRequest.builder().trainingJobName(name).build()
      AwsClients.withSageMaker(client)(_.stopTrainingJob(request))
    } catch {
      case e: Exception =>
        throw new TrainingJobException(
          s"The training job '$name' could not be stopped; it may be running and be billed: ${AwsErrors.describe(e)}",
          e,
          Some(name)
        )
    }

  /** The error for a job that has ended without a model.
    *
    * @param left a sentence that names what is left behind, or nothing
    */
  def failure(status: TrainingStatus, left: String): TrainingJobException = {
    val reason = status.failureReason
      .orElse(Some(status.message).filter(_.nonEmpty))
      .getOrElse("SageMaker gives no reason")
    new TrainingJobException(
      s"The training job '$name' ended as ${status.status} (${status.secondaryStatus}): $reason. " +
        s"Its log: CloudWatch, log group /aws/sagemaker/TrainingJobs, streams '$name/...', " +
        s"${TrainingJob.logAddress(AwsClients.region(client), name)} $left".trim,
      None.orNull,
      Some(name),
      Some(status.status),
      status.failureReason
    )
  }
}

private[sparksdk] object TrainingJob {
  val Completed: String = "Completed"

  /** The states from which a job doesn't move on. */
  val Unsuccessful: Set[String] = Set("Failed", "Stopped", "Deleting")

  def logAddress(region: String, name: String): String =
    s"https://$region.console.aws.amazon.com/cloudwatch/home?region=$region#logStream:" +
      s"group=/aws/sagemaker/TrainingJobs;prefix=$name/"

  /** What an answer says; states are kept as text, so that a new one doesn't end the wait. */
  def status(answer: DescribeTrainingJobResponse): TrainingStatus = TrainingStatus(
    answer.trainingJobStatusAsString,
    Option(answer.secondaryStatusAsString).getOrElse(""),
    answer.secondaryStatusTransitions.asScala.lastOption.flatMap(t => Option(t.statusMessage)).getOrElse(""),
    Option(answer.failureReason),
    Option(answer.modelArtifacts).flatMap(a => Option(a.s3ModelArtifacts)),
    answer.finalMetricDataList.asScala.map(m => m.metricName -> m.value.doubleValue).toMap,
    answer.hyperParameters.asScala.toMap
  )
}
