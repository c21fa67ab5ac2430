package com.amazonaws.services.sagemaker.sparksdk.algorithms

import com.amazonaws.services.sagemaker.sparksdk._
import com.amazonaws.services.sagemaker.sparksdk.EndpointCreationPolicy.EndpointCreationPolicy
import com.amazonaws.services.sagemaker.sparksdk.algorithms.params.KMeansParams
import com.amazonaws.services.sagemaker.sparksdk.settings._
import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  RequestRowSerializer,
  ResponseRowDeserializer
}
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers.KMeansProtobufResponseRowDeserializer
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers.ProtobufRequestRowSerializer
import org.apache.spark.ml.util.{DefaultParamsReadable, Identifiable}

/** Clusters vectors with the k-means of Amazon SageMaker.
  *
  * Trains on the column `features` (a vector of doubles). The model appends `distance_to_cluster` (double,
  * Euclidean) and
  * `closest_cluster` (double, the index of the nearest centre).
  */
class KMeansSageMakerEstimator(override val uid: String)
    extends SageMakerEstimator(uid)
    with AlgorithmEstimator
    with KMeansParams {

  setDefault(k -> 2, miniBatchSize -> 5000)

  override protected def algorithm: String = "kmeans"
  override protected def defaultImage: Option[String] = Some(algorithmImage)
  override protected def defaultSerializer: Option[RequestRowSerializer] = Some(
    new ProtobufRequestRowSerializer()
  )

  override protected def defaultDeserializer: Option[ResponseRowDeserializer] =
    Some(new KMeansProtobufResponseRowDeserializer())

  def this() = this(Identifiable.randomUID("sagemaker"))

  /** The published constructor; see [[SageMakerSettings]] for what each argument means. */
  // scalastyle:off parameter.number
  def this(
      sagemakerRole: IAMRoleResource = IAMRoleFromConfig(),
      trainingInstanceType: String,
      trainingInstanceCount: Int,
      endpointInstanceType: String,
      endpointInitialInstanceCount: Int,
      requestRowSerializer: RequestRowSerializer = new ProtobufRequestRowSerializer(),
      responseRowDeserializer: ResponseRowDeserializer = new KMeansProtobufResponseRowDeserializer(),
      trainingInputS3DataPath: S3Resource = S3AutoCreatePath(),
      trainingOutputS3DataPath: S3Resource = S3AutoCreatePath(),
      trainingInstanceVolumeSizeInGB: Int = 1024,
      trainingProjectedColumns: Option[List[String]] = None,
      trainingChannelName: String = "train",
      trainingContentType: Option[String] = None,
      trainingS3DataDistribution: String = "ShardedByS3Key",
      trainingSparkDataFormat: String = "sagemaker",
      trainingSparkDataFormatOptions: Map[String, String] = Map(),
      trainingInputMode: String = "File",
      trainingCompressionCodec: Option[String] = None,
      trainingMaxRuntimeInSeconds: Int = 24 * 60 * 60,
      trainingKmsKeyId: Option[String] = None,
      modelEnvironmentVariables: Map[String, String] = Map(),
      endpointCreationPolicy: EndpointCreationPolicy = EndpointCreationPolicy.CREATE_ON_CONSTRUCT,
      sagemakerClient: AwsClientConfig = AwsClientConfig(),
      region: Option[String] = None,
      s3Client: AwsClientConfig = AwsClientConfig(),
      stsClient: AwsClientConfig = AwsClientConfig(),
      modelPrependInputRowsToTransformationRows: Boolean = true,
      deleteStagingDataAfterTraining: Boolean = true,
      namePolicyFactory: NamePolicyFactory = new RandomNamePolicyFactory(),
      uid: String = Identifiable.randomUID("sagemaker"),
      hyperParameters: Map[String, String] = Map(),
      trainingImage: Option[String] = None,
      modelImage: Option[String] = None,
      limits: InferenceSettings = InferenceSettings()
  ) = {
    this(uid)
    set(
      sagemakerSettings,
      SageMakerSettings(
        training = TrainingSettings(
          image = trainingImage,
          role = sagemakerRole,
          instanceType = Some(trainingInstanceType),
          instanceCount = Some(trainingInstanceCount),
          volumeSizeInGB = trainingInstanceVolumeSizeInGB,
          channelName = trainingChannelName,
          contentType = trainingContentType,
          s3DataDistribution = trainingS3DataDistribution,
          inputMode = trainingInputMode,
          maxRuntimeInSeconds = trainingMaxRuntimeInSeconds,
          kmsKeyId = trainingKmsKeyId,
          outputPath = trainingOutputS3DataPath,
          namePolicyFactory = namePolicyFactory,
          hyperParameters = hyperParameters
        ),
        staging = StagingSettings(
          inputPath = trainingInputS3DataPath,
          projectedColumns = trainingProjectedColumns,
          sparkDataFormat = trainingSparkDataFormat,
          sparkDataFormatOptions = trainingSparkDataFormatOptions,
          compressionCodec = trainingCompressionCodec,
          deleteAfterTraining = deleteStagingDataAfterTraining
        ),
        hosting = HostingSettings(
          image = modelImage,
          instanceType = Some(endpointInstanceType),
          instanceCount = Some(endpointInitialInstanceCount),
          environment = modelEnvironmentVariables,
          policy = endpointCreationPolicy
        ),
        transform = TransformSettings(
          serializer = Some(requestRowSerializer),
          deserializer = Some(responseRowDeserializer),
          prependInputRows = modelPrependInputRowsToTransformationRows,
          limits = limits
        ),
        clients = ClientSettings(sagemakerClient, s3Client, stsClient),
        region = region
      )
    )
  }
  // scalastyle:on parameter.number
}

object KMeansSageMakerEstimator extends DefaultParamsReadable[KMeansSageMakerEstimator]
