package com.amazonaws.services.sagemaker.sparksdk.runs

import scala.collection.JavaConverters._

import com.amazonaws.services.sagemaker.sparksdk.aws.{AwsClients, AwsErrors, RunTag}
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig
import org.apache.spark.internal.Logging
import software.amazon.awssdk.core.exception.SdkException
import software.amazon.awssdk.services.sagemaker.SageMakerClient
import software.amazon.awssdk.services.sagemaker.model._

/** What SageMaker says of a training job. */
private[sparksdk] final case class JobFacts(
    name: String,
    status: String,
    image: String,
    roleArn: String,
    hyperParameters: Map[String, String],
    inputUris: Seq[String],
    artifacts: Option[String]
)

/** What SageMaker says of an endpoint. */
private[sparksdk] final case class EndpointFacts(name: String, configName: String, status: String)

/** Reads what a run created, which is what carries its tag, and the training job that reads its data: what else has the
  * same name is somebody else's and isn't seen.
  */
private[sparksdk] final class TaggedResources(client: AwsClientConfig) extends Logging {

  /** A training job of the run. A caller who may not tag has one without the tag, which is known by what it reads. */
  def job(name: String, runId: String): Option[JobFacts] =
    look(s"training job '$name'")(
      _.describeTrainingJob(DescribeTrainingJobRequest.builder().trainingJobName(name).build())
    ).map { answer =>
      answer -> JobFacts(
        answer.trainingJobName,
        answer.trainingJobStatusAsString,
        Option(answer.algorithmSpecification).flatMap(a => Option(a.trainingImage)).getOrElse(""),
        answer.roleArn,
        answer.hyperParameters.asScala.toMap,
        answer.inputDataConfig.asScala.toList.flatMap(c => Option(c.dataSource.s3DataSource).map(_.s3Uri)),
        Option(answer.modelArtifacts).flatMap(a => Option(a.s3ModelArtifacts))
      )
    }.collect {
      case (answer, facts)
          if isTagged(answer.trainingJobArn, runId) ||
            facts.inputUris.exists(RunRecord.pathOf(_, facts.name, runId).isDefined) =>
        facts
    }

  /** An endpoint of the run; one that is being deleted is as good as gone. */
  def endpoint(name: String, runId: String): Option[EndpointFacts] =
    look(s"endpoint '$name'")(
      _.describeEndpoint(DescribeEndpointRequest.builder().endpointName(name).build())
    ).filter(answer =>
      answer.endpointStatus != EndpointStatus.DELETING && isTagged(answer.endpointArn, runId)
    ).map(answer =>
      EndpointFacts(answer.endpointName, answer.endpointConfigName, answer.endpointStatusAsString)
    )

  /** The models that an endpoint configuration of the run deploys; `None` when the run has no such configuration. */
  def endpointConfig(name: String, runId: String): Option[Seq[String]] =
    look(s"endpoint configuration '$name'")(
      _.describeEndpointConfig(DescribeEndpointConfigRequest.builder().endpointConfigName(name).build())
    ).filter(answer => isTagged(answer.endpointConfigArn, runId))
      .map(_.productionVariants.asScala.toList.flatMap(variant => Option(variant.modelName)))

  /** Where the artifacts of a model of the run are; `None` when the run has no such model. */
  def model(name: String, runId: String): Option[Option[String]] =
    look(s"model '$name'")(_.describeModel(DescribeModelRequest.builder().modelName(name).build()))
      .filter(answer => isTagged(answer.modelArn, runId))
      .map(answer => Option(answer.primaryContainer).flatMap(container => Option(container.modelDataUrl)))

  /** Name and run of every endpoint that a fit created. */
  def endpoints(): Seq[(String, String)] = AwsErrors.translate("The endpoints could not be listed") {
    val found = AwsClients.withSageMaker(client)(
      _.listEndpointsPaginator(ListEndpointsRequest.builder().maxResults(TaggedResources.Page).build())
        .endpoints()
        .asScala
        .filter(_.endpointStatus != EndpointStatus.DELETING)
        .map(e => (e.endpointName, e.endpointArn))
        .toList
    )
    tagged(found)
  }

  /** Name and run of every training job of a fit that is billed. */
  def activeJobs(): Seq[(String, String)] = AwsErrors.translate("The training jobs could not be listed") {
    val statuses = Seq(TrainingJobStatus.IN_PROGRESS, TrainingJobStatus.STOPPING)
    val found = statuses.flatMap { status =>
      val request =
        ListTrainingJobsRequest.builder().statusEquals(status).maxResults(TaggedResources.Page).build()
      AwsClients.withSageMaker(client)(
        _.listTrainingJobsPaginator(request)
          .trainingJobSummaries()
          .asScala
          .map(j => (j.trainingJobName, j.trainingJobArn))
          .toList
      )
    }
    tagged(found.distinct)
  }

  private def tagged(found: Seq[(String, String)]): Seq[(String, String)] = found.flatMap {
    case (name, arn) =>
      try runOf(arn).map(name -> _)
      catch {
        // Policies may hide what belongs to others.
        case e: SdkException if AwsErrors.isAccessDenied(e) =>
          logWarning(s"Whether $arn belongs to a fit can't be seen: ${AwsErrors.describe(e)}")
          None
      }
  }

  private def isTagged(arn: String, runId: String): Boolean =
    AwsErrors.translate(s"The tags of $arn could not be read")(runOf(arn)).contains(runId)

  /** The run that something belongs to. */
  private def runOf(arn: String): Option[String] =
    try
      AwsClients
        .withSageMaker(client)(
          _.listTagsPaginator(ListTagsRequest.builder().resourceArn(arn).build()).tags().asScala.toList
        )
        .find(_.key == RunTag.Key)
        .map(_.value)
        .filter(RunRecord.isRunId)
    // It may be gone since it was listed.
    catch { case e: SageMakerException if TaggedResources.isGone(e) => None }

  private def look[T](what: String)(request: SageMakerClient => T): Option[T] =
    AwsErrors.translate(s"The $what could not be looked up")(
      try Some(AwsClients.withSageMaker(client)(request))
      catch { case e: SageMakerException if TaggedResources.isGone(e) => None }
    )
}

private[sparksdk] object TaggedResources {

  private val Page = 100

  private def isGone(e: SageMakerException): Boolean = AwsErrors.isNotFound(e)
}
