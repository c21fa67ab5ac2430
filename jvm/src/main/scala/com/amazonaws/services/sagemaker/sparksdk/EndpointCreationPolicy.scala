package com.amazonaws.services.sagemaker.sparksdk

/** When a [[SageMakerModel]] creates the endpoint that its transformations call. */
object EndpointCreationPolicy extends Enumeration {
  type EndpointCreationPolicy = Value

  /** When the model is made: `fit` returns a model whose endpoint is in service. */
  val CREATE_ON_CONSTRUCT: EndpointCreationPolicy = Value

  /** When `transform` is called for the first time. */
  val CREATE_ON_TRANSFORM: EndpointCreationPolicy = Value

  /** Never; the model calls the endpoint named by `existingEndpointName`. */
  val DO_NOT_CREATE: EndpointCreationPolicy = Value
}
