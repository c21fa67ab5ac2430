package com.amazonaws.services.sagemaker.sparksdk.hosting

import scala.util.{Failure, Success, Try}

import com.amazonaws.services.sagemaker.sparksdk.aws.{AwsClients, AwsErrors}
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig
import software.amazon.awssdk.services.sagemaker.model.{
  DeleteEndpointConfigRequest,
  DeleteEndpointRequest,
  DeleteModelRequest,
  DescribeEndpointRequest
}

/** The requests that delete what hosting created. */
private[sparksdk] object Deletion {

  /** Deletes an endpoint. SageMaker refuses to delete one that is being deleted already: that counts as done. */
  def endpoint(client: AwsClientConfig, name: String): Unit = {
    val request = DeleteEndpointRequest.builder().endpointName(name).build()
    try AwsClients.withSageMaker(client)(_.deleteEndpoint(request))
    catch { case e: Exception if !AwsErrors.isNotFound(e) && isOnItsWayOut(client, name) => () }
  }

  private def isOnItsWayOut(client: AwsClientConfig, name: String): Boolean = {
    val request = DescribeEndpointRequest.builder().endpointName(name).build()
    Try(AwsClients.withSageMaker(client)(_.describeEndpoint(request))) match {
      case Success(endpoint) => endpoint.endpointStatusAsString == "Deleting"
      case Failure(e) => AwsErrors.isNotFound(e)
    }
  }

  def endpointConfig(client: AwsClientConfig, name: String): Unit = {
    val request = DeleteEndpointConfigRequest.builder().endpointConfigName(name).build()
    AwsClients.withSageMaker(client)(_.deleteEndpointConfig(request))
  }

  def model(client: AwsClientConfig, name: String): Unit = {
    val request = DeleteModelRequest.builder().modelName(name).build()
    AwsClients.withSageMaker(client)(_.deleteModel(request))
  }
}
