package com.amazonaws.services.sagemaker.sparksdk.hosting

import com.amazonaws.services.sagemaker.sparksdk.aws.AwsClients
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig
import software.amazon.awssdk.services.sagemaker.model.{
  DeleteEndpointConfigRequest,
  DeleteEndpointRequest,
  DeleteModelRequest
}

/** The requests that delete what hosting created. */
private[sparksdk] object Deletion {

  def endpoint(client: AwsClientConfig, name: String): Unit = {
    val request = DeleteEndpointRequest.builder().endpointName(name).build()
    AwsClients.withSageMaker(client)(_.deleteEndpoint(request))
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
