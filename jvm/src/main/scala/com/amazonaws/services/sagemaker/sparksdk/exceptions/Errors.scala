package com.amazonaws.services.sagemaker.sparksdk.exceptions

import com.amazonaws.services.sagemaker.sparksdk.CreatedResources

/** No region, no credentials, no role, no bucket: something that the caller's account or configuration lacks. */
class AwsConfigurationException(message: String, cause: Throwable = None.orNull)
    extends SageMakerSparkSDKException(message, cause)

/** Writing the training data failed; nothing is trained on what was written, and what is left in S3 is named. */
class StagingException(message: String, cause: Throwable = None.orNull)
    extends SageMakerSparkSDKException(message, cause)

/** A training job that could not be created, failed, or was stopped.
  *
  * @param trainingJobName the job, when it exists
  * @param status its last status, such as `Failed`
  * @param failureReason what SageMaker says of it
  */
class TrainingJobException(
    message: String,
    cause: Throwable = None.orNull,
    val trainingJobName: Option[String] = None,
    val status: Option[String] = None,
    val failureReason: Option[String] = None
) extends SageMakerSparkSDKException(message, cause)

/** A model, endpoint configuration or endpoint that could not be created, did not come up, or is gone. */
class EndpointException(
    message: String,
    cause: Throwable = None.orNull,
    createdResources: CreatedResources = CreatedResources.none
) extends SageMakerSparkSDKException(message, cause, createdResources)

/** A request to an endpoint that failed for good. */
class InferenceException(message: String, cause: Throwable = None.orNull)
    extends SageMakerSparkSDKException(message, cause)

/** An endpoint that answered another number of rows than it was sent. */
class RowCountException(message: String) extends InferenceException(message)

/** A run that isn't there: it has ended, was removed, or lies elsewhere. */
class RunNotFoundException(message: String) extends SageMakerSparkSDKException(message)
