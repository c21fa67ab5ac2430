package com.amazonaws.services.sagemaker.sparksdk.exceptions

import com.amazonaws.services.sagemaker.sparksdk.CreatedResources

/** What goes wrong between Spark and SageMaker: the root of this library's errors. Bad arguments aren't among them:
  * they are `IllegalArgumentException`s.
  *
  * @param message what went wrong, with which input, and what to do; what exists and costs money is named
  * @param cause what was caught, if anything
  * @param createdResources what had been created in SageMaker and is still there
  */
case class SageMakerSparkSDKException(
    message: String,
    cause: Throwable = None.orNull,
    createdResources: CreatedResources = CreatedResources.none
) extends RuntimeException(message, cause)
