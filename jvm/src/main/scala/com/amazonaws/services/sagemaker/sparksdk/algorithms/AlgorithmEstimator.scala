package com.amazonaws.services.sagemaker.sparksdk.algorithms

import com.amazonaws.services.sagemaker.sparksdk.EstimatorSettings
import com.amazonaws.services.sagemaker.sparksdk.aws.AwsClients
import com.amazonaws.services.sagemaker.sparksdk.transformation.RequestRowSerializer
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers.ProtobufRequestRowSerializer

/** An estimator of one of SageMaker's own algorithms: its image follows from the region and the version. */
private[sparksdk] trait AlgorithmEstimator extends EstimatorSettings {

  /** The algorithm's name in the table of images. */
  protected def algorithm: String

  /** The version of the algorithm's image: the one that was chosen, or the newest.
    *
    * @throws java.lang.IllegalArgumentException when there is no such version; the message lists those that
    *   there are
    */
  def algorithmVersion: String = AlgorithmImages.version(algorithm, settings.algorithmVersion)

  private[sparksdk] def algorithmImage: String =
    AlgorithmImages.uri(algorithm, algorithmVersion, region.getOrElse(AwsClients.region(sagemakerClient)))

  override protected def defaultImage: Option[String] = Some(algorithmImage)

  override protected def defaultSerializer: Option[RequestRowSerializer] = Some(
    new ProtobufRequestRowSerializer()
  )
}
