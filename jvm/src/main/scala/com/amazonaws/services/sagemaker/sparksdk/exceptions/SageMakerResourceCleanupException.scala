package com.amazonaws.services.sagemaker.sparksdk.exceptions

import com.amazonaws.services.sagemaker.sparksdk.CreatedResources

/** A deletion that failed.
  *
  * @param message what could not be deleted and why
  * @param cause what the service answered
  * @param createdResources what is still there
  */
case class SageMakerResourceCleanupException(
    message: String,
    cause: Throwable = None.orNull,
    createdResources: CreatedResources = CreatedResources.none
) extends RuntimeException(message, cause)
