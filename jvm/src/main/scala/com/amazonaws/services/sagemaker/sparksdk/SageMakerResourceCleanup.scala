package com.amazonaws.services.sagemaker.sparksdk

import com.amazonaws.services.sagemaker.sparksdk.hosting.Deletion
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig

/** Deletes what models created in SageMaker.
  *
  * Each method throws an [[exceptions.SageMakerResourceCleanupException]] that names what is still there.
  *
  * @param sagemaker how to reach SageMaker
  */
class SageMakerResourceCleanup(val sagemaker: AwsClientConfig) {
  private val deletion = new Deletion(sagemaker)

  /** Deletes an endpoint, then its configuration, then the model. What isn't there any more counts as deleted; what
    * fails doesn't keep the rest from being deleted.
    */
  def deleteResources(resources: CreatedResources): Unit = deletion.resources(resources)

  /** Deletes an endpoint, and with it what is billed. */
  def deleteEndpoint(name: String): Unit = deletion.endpoint(name)

  /** Deletes an endpoint configuration. */
  def deleteEndpointConfig(name: String): Unit = deletion.endpointConfig(name)

  /** Deletes a model; its artifacts in S3 stay. */
  def deleteModel(name: String): Unit = deletion.model(name)
}
