package com.amazonaws.services.sagemaker.sparksdk.algorithms

import com.amazonaws.services.sagemaker.sparksdk.SageMakerEstimator
import com.amazonaws.services.sagemaker.sparksdk.aws.AwsClients

/** An estimator of one of SageMaker's own algorithms: its image follows from the region. */
private[sparksdk] trait AlgorithmEstimator { self: SageMakerEstimator =>

  /** The algorithm's name in the table of images. */
  protected def algorithm: String

  /** The version of the algorithm's image. */
  protected def algorithmVersion: String = "1"

  private[sparksdk] def algorithmImage: String =
    AlgorithmImages.uri(algorithm, algorithmVersion, region.getOrElse(AwsClients.region(sagemakerClient)))
}
