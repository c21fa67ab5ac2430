package com.amazonaws.services.sagemaker.sparksdk.inference

import com.amazonaws.services.sagemaker.sparksdk.NamePolicy
import com.amazonaws.services.sagemaker.sparksdk.settings.{AwsClientConfig, InferenceSettings}
import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  RequestRowSerializer,
  ResponseRowDeserializer
}

/** What `transform` needs to know to call an endpoint.
  *
  * @param endpointName the endpoint
  * @param client how to reach the SageMaker Runtime
  * @param serializer turns rows into the bodies of requests
  * @param deserializer turns the bodies of answers into rows
  * @param prependInputRows whether the input's columns come before those of the answer
  * @param settings limits, time-outs, retries
  */
final case class EndpointCall(
    endpointName: String,
    client: AwsClientConfig,
    serializer: RequestRowSerializer,
    deserializer: ResponseRowDeserializer,
    prependInputRows: Boolean,
    settings: InferenceSettings
) {
  NamePolicy.requireValid("endpoint", endpointName, "Give the name of an endpoint that exists.")
}
