package com.amazonaws.services.sagemaker.sparksdk.hosting

import java.time.Instant

import scala.collection.JavaConverters._

import software.amazon.awssdk.services.sagemaker.SageMakerClient
import software.amazon.awssdk.services.sagemaker.model._

/** A model on an endpoint as it will be asked for: everything looked up and checked. */
private[sparksdk] final case class HostingPlan(
    modelName: String,
    endpointConfigName: String,
    endpointName: String,
    image: String,
    modelDataUrl: String,
    roleArn: String,
    environment: Map[String, String],
    instanceType: String,
    instanceCount: Int,
    tags: Map[String, String]
)

/** From a plan to the three requests, and what these have made. */
private[sparksdk] object HostingRequests {

  /** The production variant's name, which programs rely on. */
  val VariantName: String = "AllRequests"

  def model(plan: HostingPlan): CreateModelRequest = {
    val request = CreateModelRequest
      .builder()
      .modelName(plan.modelName)
      .executionRoleArn(plan.roleArn)
      .primaryContainer(
        ContainerDefinition
          .builder()
          .image(plan.image)
          .modelDataUrl(plan.modelDataUrl)
          .environment(plan.environment.asJava)
          .build()
      )
    tags(plan).foreach(some => request.tags(some))
    request.build()
  }

  def endpointConfig(plan: HostingPlan): CreateEndpointConfigRequest = {
    val request = CreateEndpointConfigRequest
      .builder()
      .endpointConfigName(plan.endpointConfigName)
      .productionVariants(
        ProductionVariant
          .builder()
          .variantName(VariantName)
          .modelName(plan.modelName)
          .instanceType(plan.instanceType)
          .initialInstanceCount(plan.instanceCount)
          .build()
      )
    tags(plan).foreach(some => request.tags(some))
    request.build()
  }

  def endpoint(plan: HostingPlan): CreateEndpointRequest = {
    val request = CreateEndpointRequest
      .builder()
      .endpointName(plan.endpointName)
      .endpointConfigName(plan.endpointConfigName)
    tags(plan).foreach(some => request.tags(some))
    request.build()
  }

  /** Whether the model of the plan's name is the plan's, created at `earliest` or later. */
  def foundModel(plan: HostingPlan, client: SageMakerClient, earliest: Instant): Boolean = {
    val answer = client.describeModel(DescribeModelRequest.builder().modelName(plan.modelName).build())
    // A model may have a chain of containers in its place.
    val container = Option(answer.primaryContainer)
    container.exists(c => c.image == plan.image && c.modelDataUrl == plan.modelDataUrl) &&
    answer.executionRoleArn == plan.roleArn && !answer.creationTime.isBefore(earliest)
  }

  /** Whether the endpoint configuration of the plan's name is the plan's, created at `earliest` or later. */
  def foundEndpointConfig(plan: HostingPlan, client: SageMakerClient, earliest: Instant): Boolean = {
    val answer = client.describeEndpointConfig(
      DescribeEndpointConfigRequest.builder().endpointConfigName(plan.endpointConfigName).build()
    )
    answer.productionVariants.asScala.map(_.modelName) == Seq(plan.modelName) &&
    !answer.creationTime.isBefore(earliest)
  }

  /** Whether the endpoint of the plan's name is the plan's, created at `earliest` or later. */
  def foundEndpoint(plan: HostingPlan, client: SageMakerClient, earliest: Instant): Boolean = {
    val answer =
      client.describeEndpoint(DescribeEndpointRequest.builder().endpointName(plan.endpointName).build())
    answer.endpointConfigName == plan.endpointConfigName && !answer.creationTime.isBefore(earliest)
  }

  /** Nothing where there are none: to send none, in an empty list, may be taken for tagging. */
  private def tags(plan: HostingPlan): Option[java.util.List[Tag]] =
    Some(plan.tags.toSeq.sorted.map { case (key, value) => Tag.builder().key(key).value(value).build() })
      .filter(_.nonEmpty)
      .map(_.asJava)
}
