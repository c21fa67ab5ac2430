package com.amazonaws.services.sagemaker.sparksdk.hosting

import java.time.Instant

import com.amazonaws.services.sagemaker.sparksdk.CreatedResources
import com.amazonaws.services.sagemaker.sparksdk.aws.{
  AwsClients,
  AwsErrors,
  Creation,
  RunTag,
  UncertainCreationException
}
import com.amazonaws.services.sagemaker.sparksdk.exceptions.{
  AwsConfigurationException,
  EndpointException,
  SageMakerResourceCleanupException
}
import com.amazonaws.services.sagemaker.sparksdk.requests.Uninterrupted
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig
import software.amazon.awssdk.services.sagemaker.SageMakerClient
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointRequest

/** An endpoint that is being created: three requests, then waiting, and undoing when it doesn't come up.
  *
  * @param plan what to create
  * @param client how to reach SageMaker
  */
private[sparksdk] final class Endpoint(val plan: HostingPlan, client: AwsClientConfig) {
  @volatile private var resources = CreatedResources.none
  @volatile private var inService = false

  /** Whether it was seen in service. */
  def isInService: Boolean = inService

  /** What has been created and not been deleted. */
  def created: CreatedResources = resources

  /** Creates the model, the endpoint configuration and the endpoint, without waiting; deletes what it created
    * when one of them fails.
    */
  def create(): Unit = {
    step("model", plan.modelName, _.copy(modelName = Some(plan.modelName)))(
      (sagemaker, tagged) => sagemaker.createModel(HostingRequests.model(tagged)),
      HostingRequests.foundModel(plan, _, _)
    )
    step(
      "endpoint configuration",
      plan.endpointConfigName,
      _.copy(endpointConfigName = Some(plan.endpointConfigName))
    )(
      (sagemaker, tagged) => sagemaker.createEndpointConfig(HostingRequests.endpointConfig(tagged)),
      HostingRequests.foundEndpointConfig(plan, _, _)
    )
    step("endpoint", plan.endpointName, _.copy(endpointName = Some(plan.endpointName)))(
      (sagemaker, tagged) => sagemaker.createEndpoint(HostingRequests.endpoint(tagged)),
      HostingRequests.foundEndpoint(plan, _, _)
    )
  }

  private def step(kind: String, name: String, andThis: CreatedResources => CreatedResources)(
      request: (SageMakerClient, HostingPlan) => Any,
      found: (SageMakerClient, Instant) => Boolean
  ): Unit =
    try {
      AwsClients.withSageMaker(client)(sagemaker =>
        Creation.make(
          RunTag.orWithout(s"$kind '$name'", plan.tags)(tags => request(sagemaker, plan.copy(tags = tags)))
        )(found(sagemaker, _))
      )
      resources = andThis(resources)
    } catch {
      case e: UncertainCreationException =>
        val left = undo()
        // Not deleted: it may be somebody else's.
        resources = andThis(resources)
        throw new EndpointException(
          s"The $kind '$name' may have been created: ${e.getMessage}. If it is there, delete it, or it stays and is " +
            s"billed.${left.getOrElse("")}",
          e.getCause,
          resources
        )
      case e: Exception =>
        val sentence = s"The $kind '$name' could not be created"
        val left = undo()
        throw (AwsErrors.translated(sentence, e) match {
          case configuration: AwsConfigurationException if left.isEmpty => configuration
          case other => new EndpointException(other.message + left.getOrElse(""), e, resources)
        })
    }

  /** The endpoint's status; an endpoint that failed is deleted, with its model and configuration, and thrown as an
    * [[EndpointException]] with the service's reason.
    */
  def status(): String = {
    val answer =
      try
        AwsClients.withSageMaker(client)(
          _.describeEndpoint(DescribeEndpointRequest.builder().endpointName(plan.endpointName).build())
        )
      catch {
        case e: Exception if AwsErrors.isNotFound(e) =>
          abandon(
            s"The endpoint '${plan.endpointName}' isn't there any more: somebody deleted it before it was in service " +
              s"(${AwsErrors.describe(e)})."
          )
        case e: Exception =>
          throw new EndpointException(
            s"The state of endpoint '${plan.endpointName}' could not be read; it exists and is billed: " +
              AwsErrors.describe(e),
            e,
            resources
          )
      }
    val status = answer.endpointStatusAsString
    inService = status == Endpoint.InService
    if (Endpoint.Unusable.contains(status)) {
      val reason = Option(answer.failureReason).getOrElse("SageMaker gives no reason")
      abandon(
        s"The endpoint '${plan.endpointName}' ended as $status: $reason. Its log: CloudWatch, log group " +
          s"/aws/sagemaker/Endpoints/${plan.endpointName}"
      )
    }
    status
  }

  /** Deletes what was created and throws an [[EndpointException]] that names what could not be deleted. */
  def abandon(sentence: String): Nothing = {
    val left = undo()
    throw new EndpointException(sentence + left.getOrElse(""), None.orNull, resources)
  }

  /** Deletes what was created; the sentence that names what could not be. */
  private def undo(): Option[String] =
    try {
      Uninterrupted(new Deletion(client).resources(resources))
      resources = CreatedResources.none
      None
    } catch {
      case e: SageMakerResourceCleanupException =>
        resources = e.createdResources
        Some(s" Still there, and to be deleted by you: ${Endpoint.named(resources)} (${e.getMessage})")
    }

  /** Forgets what was created, once somebody has deleted it. */
  def forget(): Unit = resources = CreatedResources.none
}

private[sparksdk] object Endpoint {

  /** An endpoint that was created before, in this process or another one. */
  def existing(plan: HostingPlan, client: AwsClientConfig, resources: CreatedResources): Endpoint = {
    val endpoint = new Endpoint(plan, client)
    endpoint.resources = resources
    endpoint
  }

  val InService: String = "InService"

  /** The states from which an endpoint that is being created doesn't come into service. */
  val Unusable: Set[String] = Set("Failed", "Deleting", "OutOfService")

  /** `endpoint 'x', model 'y'`. */
  def named(resources: CreatedResources): String = Seq(
    resources.endpointName.map(name => s"endpoint '$name'"),
    resources.endpointConfigName.map(name => s"endpoint configuration '$name'"),
    resources.modelName.map(name => s"model '$name'")
  ).flatten.mkString(", ")
}
