package com.amazonaws.services.sagemaker.sparksdk

/** The names of what a model created in SageMaker and that exists until it is deleted.
  *
  * @param modelName the SageMaker model
  * @param endpointConfigName the endpoint configuration
  * @param endpointName the endpoint, which is billed as long as it exists
  */
case class CreatedResources(
    modelName: Option[String],
    endpointConfigName: Option[String],
    endpointName: Option[String]
)

object CreatedResources {

  /** Nothing created. */
  val none: CreatedResources = CreatedResources(None, None, None)
}
