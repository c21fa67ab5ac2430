package com.amazonaws.services.sagemaker.sparksdk.hosting

import scala.collection.JavaConverters._

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

/** From a plan to the three requests; no I/O. */
private[sparksdk] object HostingRequests {

  /** The production variant's name, which programs rely on. */
  val VariantName: String = "AllRequests"

  def model(plan: HostingPlan): CreateModelRequest = CreateModelRequest
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
    .tags(tags(plan))
    .build()

  def endpointConfig(plan: HostingPlan): CreateEndpointConfigRequest = CreateEndpointConfigRequest
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
    .tags(tags(plan))
    .build()

  def endpoint(plan: HostingPlan): CreateEndpointRequest = CreateEndpointRequest
    .builder()
    .endpointName(plan.endpointName)
    .endpointConfigName(plan.endpointConfigName)
    .tags(tags(plan))
    .build()

  private def tags(plan: HostingPlan): java.util.List[Tag] =
    plan.tags.toSeq.sorted.map { case (key, value) => Tag.builder().key(key).value(value).build() }.asJava
}
