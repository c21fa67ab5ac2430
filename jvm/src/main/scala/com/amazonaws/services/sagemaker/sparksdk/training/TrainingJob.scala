package com.amazonaws.services.sagemaker.sparksdk.training

import scala.collection.JavaConverters._

import com.amazonaws.services.sagemaker.sparksdk.aws.{
  AwsClients,
  AwsErrors,
  Creation,
  RunTag,
  UncertainCreationException
}
import com.amazonaws.services.sagemaker.sparksdk.exceptions.{AwsConfigurationException, TrainingJobException}
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig
import software.amazon.awssdk.core.exception.SdkException
import software.amazon.awssdk.services.sagemaker.SageMakerClient
import software.amazon.awssdk.services.sagemaker.model.{
  Channel,
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

  /** Creates it. A [[TrainingJobException]] with the job's name says that it may exist all the same.
    *
    * @param tags its tags, the fit's own among them
    * @param request asks for it with the tags that it is given
    */
  def create(tags: Map[String, String])(request: Map[String, String] => CreateTrainingJobRequest): Unit =
    try
      AwsClients.withSageMaker(client)(sagemaker =>
        Creation.make(
          RunTag.orWithout(s"training job '$name'", tags)(given =>
            sagemaker.createTrainingJob(request(given))
          )
        )(_ => found(request(tags), sagemaker))
      )
    catch {
      case e: UncertainCreationException =>
        throw new TrainingJobException(
          s"The training job '$name' may have been created: ${e.getMessage}. If it is there, it is billed until it " +
            "ends or is stopped; its data is kept for it: list_runs() shows the run, remove_run(run) ends it.",
          e.getCause,
          Some(name)
        )
      case e: SdkException =>
        throw (AwsErrors.translated(s"The training job '$name' could not be created", e) match {
          case configuration: AwsConfigurationException => configuration
          case other => new TrainingJobException(other.message, e)
        })
    }

  /** Whether the job of this name trains on the request's data, which is another for each fit. */
  private def found(request: CreateTrainingJobRequest, sagemaker: SageMakerClient): Boolean = {
    val there = DescribeTrainingJobRequest.builder().trainingJobName(name).build()
    val answer = sagemaker.describeTrainingJob(there)
    TrainingJob.sources(answer.inputDataConfig) == TrainingJob.sources(request.inputDataConfig)
  }

  def describe(): TrainingStatus =
    try {
      val request = DescribeTrainingJobRequest.builder().trainingJobName(name).build()
      TrainingJob.status(AwsClients.withSageMaker(client)(_.describeTrainingJob(request)))
    } catch {
      case e: Exception if AwsErrors.isNotFound(e) =>
        throw new TrainingJobException(
          s"There is no training job '$name' in region ${AwsClients.region(client)}: ${AwsErrors.describe(e)}. Check the " +
            "name, the region and the account of the credentials.",
          e,
          Some(name)
        )
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
      s"The training job '$name' ended as ${status.status} (${status.secondaryStatus}): ${reason.stripSuffix(".")}. " +
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

  /** The places of the channels' data; `None` for one that isn't in S3. */
  private def sources(channels: java.util.List[Channel]): Seq[Option[String]] =
    channels.asScala.map(channel => Option(channel.dataSource.s3DataSource).map(_.s3Uri)).toList

  def logAddress(region: String, name: String): String =
    s"https://$region.${consoleHost(region)}/cloudwatch/home?region=$region#logStream:" +
      s"group=/aws/sagemaker/TrainingJobs;prefix=$name/"

  private def consoleHost(region: String): String =
    if (region.startsWith("cn-")) "console.amazonaws.cn"
    else if (region.startsWith("us-gov-")) "console.amazonaws-us-gov.com"
    else "console.aws.amazon.com"

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
