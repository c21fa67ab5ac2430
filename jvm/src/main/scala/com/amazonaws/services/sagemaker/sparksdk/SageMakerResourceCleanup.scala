package com.amazonaws.services.sagemaker.sparksdk

import com.amazonaws.services.sagemaker.sparksdk.aws.AwsErrors
import com.amazonaws.services.sagemaker.sparksdk.exceptions.SageMakerResourceCleanupException
import com.amazonaws.services.sagemaker.sparksdk.hosting.Deletion
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig

/** Deletes what models created in SageMaker.
  *
  * Each method throws a [[SageMakerResourceCleanupException]] that names what is still there.
  *
  * @param sagemaker how to reach SageMaker
  */
class SageMakerResourceCleanup(val sagemaker: AwsClientConfig) {

  /** Deletes an endpoint, then its configuration, then the model. What isn't there any more counts as deleted; what
    * fails doesn't keep the rest from being deleted.
    */
  def deleteResources(resources: CreatedResources): Unit = {
    def attempt(name: Option[String], delete: String => Unit): Option[Exception] =
      try {
        name.foreach(delete)
        None
      } catch {
        case e: SageMakerResourceCleanupException if AwsErrors.isNotFound(e.cause) => None
        case e: SageMakerResourceCleanupException => Some(e)
      }
    val endpoint = attempt(resources.endpointName, deleteEndpoint)
    val config = attempt(resources.endpointConfigName, deleteEndpointConfig)
    val model = attempt(resources.modelName, deleteModel)
    val failed = Seq(endpoint, config, model).flatten
    failed.headOption.foreach { first =>
      throw SageMakerResourceCleanupException(
        failed.map(_.getMessage).mkString(" "),
        first.getCause,
        CreatedResources(
          model.flatMap(_ => resources.modelName),
          config.flatMap(_ => resources.endpointConfigName),
          endpoint.flatMap(_ => resources.endpointName)
        )
      )
    }
  }

  /** Deletes an endpoint, and with it what is billed. */
  def deleteEndpoint(name: String): Unit =
    delete("endpoint", name, CreatedResources(None, None, Some(name)))(Deletion.endpoint)

  /** Deletes an endpoint configuration. */
  def deleteEndpointConfig(name: String): Unit =
    delete("endpoint configuration", name, CreatedResources(None, Some(name), None))(Deletion.endpointConfig)

  /** Deletes a model; its artifacts in S3 stay. */
  def deleteModel(name: String): Unit =
    delete("model", name, CreatedResources(Some(name), None, None))(Deletion.model)

  private def delete(kind: String, name: String, remaining: CreatedResources)(
      deletion: (AwsClientConfig, String) => Unit
  ): Unit =
    try deletion(sagemaker, name)
    catch {
      case e: Exception =>
        throw SageMakerResourceCleanupException(
          s"The $kind '$name' could not be deleted: ${AwsErrors.describe(e)}.",
          e,
          remaining
        )
    }
}
