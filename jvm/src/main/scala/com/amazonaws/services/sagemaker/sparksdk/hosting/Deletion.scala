package com.amazonaws.services.sagemaker.sparksdk.hosting

import scala.util.{Failure, Success, Try}

import com.amazonaws.services.sagemaker.sparksdk.CreatedResources
import com.amazonaws.services.sagemaker.sparksdk.aws.{AwsClients, AwsErrors}
import com.amazonaws.services.sagemaker.sparksdk.exceptions.SageMakerResourceCleanupException
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig
import software.amazon.awssdk.services.sagemaker.SageMakerClient
import software.amazon.awssdk.services.sagemaker.model.{
  DeleteEndpointConfigRequest,
  DeleteEndpointRequest,
  DeleteModelRequest,
  DescribeEndpointRequest
}

/** Deletes what hosting created. Each method throws a [[SageMakerResourceCleanupException]] that names what is still
  * there.
  *
  * @param client how to reach SageMaker
  */
private[sparksdk] final class Deletion(client: AwsClientConfig) {

  /** Deletes an endpoint, then its configuration, then the model. What isn't there any more counts as deleted; what
    * fails doesn't keep the rest from being deleted.
    */
  def resources(created: CreatedResources): Unit = {
    def attempt(name: Option[String], delete: String => Unit): Option[Exception] =
      try {
        name.foreach(delete)
        None
      } catch {
        case e: SageMakerResourceCleanupException if AwsErrors.isNotFound(e.cause) => None
        case e: SageMakerResourceCleanupException => Some(e)
      }
    val endpointError = attempt(created.endpointName, endpoint)
    val configError = attempt(created.endpointConfigName, endpointConfig)
    val modelError = attempt(created.modelName, model)
    val failed = Seq(endpointError, configError, modelError).flatten
    failed.headOption.foreach { first =>
      throw SageMakerResourceCleanupException(
        failed.map(_.getMessage).mkString(" "),
        first.getCause,
        CreatedResources(
          modelError.flatMap(_ => created.modelName),
          configError.flatMap(_ => created.endpointConfigName),
          endpointError.flatMap(_ => created.endpointName)
        )
      )
    }
  }

  /** Deletes an endpoint. SageMaker refuses to delete one that is being deleted already: that counts as done. */
  def endpoint(name: String): Unit =
    delete("endpoint", name, CreatedResources(None, None, Some(name))) { sagemaker =>
      try sagemaker.deleteEndpoint(DeleteEndpointRequest.builder().endpointName(name).build())
      catch { case e: Exception if !AwsErrors.isNotFound(e) && isOnItsWayOut(sagemaker, name) => () }
    }

  def endpointConfig(name: String): Unit =
    delete("endpoint configuration", name, CreatedResources(None, Some(name), None))(
      _.deleteEndpointConfig(DeleteEndpointConfigRequest.builder().endpointConfigName(name).build())
    )

  def model(name: String): Unit =
    delete("model", name, CreatedResources(Some(name), None, None))(
      _.deleteModel(DeleteModelRequest.builder().modelName(name).build())
    )

  private def isOnItsWayOut(sagemaker: SageMakerClient, name: String): Boolean =
    Try(sagemaker.describeEndpoint(DescribeEndpointRequest.builder().endpointName(name).build())) match {
      case Success(found) => found.endpointStatusAsString == "Deleting"
      case Failure(e) => AwsErrors.isNotFound(e)
    }

  private def delete(kind: String, name: String, remaining: CreatedResources)(
      request: SageMakerClient => Any
  ): Unit =
    try {
      AwsClients.withSageMaker(client)(request)
      ()
    } catch {
      case e: Exception =>
        throw SageMakerResourceCleanupException(
          s"The $kind '$name' could not be deleted: ${AwsErrors.describe(e)}.",
          e,
          remaining
        )
    }
}
