package com.amazonaws.services.sagemaker.sparksdk.algorithms

import com.amazonaws.services.sagemaker.sparksdk._
import com.amazonaws.services.sagemaker.sparksdk.EndpointCreationPolicy.EndpointCreationPolicy
import com.amazonaws.services.sagemaker.sparksdk.settings._
import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  RequestRowSerializer,
  ResponseRowDeserializer
}

private[algorithms] object AlgorithmSettings {

  /** The settings of an algorithm's estimator from the arguments of its published constructor, in their
    * order.
    */
  // scalastyle:off parameter.number
  def of(
      sagemakerRole: IAMRoleResource,
      trainingInstanceType: String,
      trainingInstanceCount: Int,
      endpointInstanceType: String,
      endpointInitialInstanceCount: Int,
      requestRowSerializer: RequestRowSerializer,
      responseRowDeserializer: ResponseRowDeserializer,
      trainingInputS3DataPath: S3Resource,
      trainingOutputS3DataPath: S3Resource,
      trainingInstanceVolumeSizeInGB: Int,
      trainingProjectedColumns: Option[List[String]],
      trainingChannelName: String,
      trainingContentType: Option[String],
      trainingS3DataDistribution: String,
      trainingSparkDataFormat: String,
      trainingSparkDataFormatOptions: Map[String, String],
      trainingInputMode: String,
      trainingCompressionCodec: Option[String],
      trainingMaxRuntimeInSeconds: Int,
      trainingKmsKeyId: Option[String],
      modelEnvironmentVariables: Map[String, String],
      endpointCreationPolicy: EndpointCreationPolicy,
      sagemakerClient: AwsClientConfig,
      region: Option[String],
      s3Client: AwsClientConfig,
      stsClient: AwsClientConfig,
      modelPrependInputRowsToTransformationRows: Boolean,
      deleteStagingDataAfterTraining: Boolean,
      namePolicyFactory: NamePolicyFactory,
      hyperParameters: Map[String, String],
      trainingImage: Option[String],
      modelImage: Option[String],
      limits: InferenceSettings,
      algorithmVersion: Option[String] = None
  ): SageMakerSettings = SageMakerSettings(
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
    region = region,
    algorithmVersion = algorithmVersion
  )
  // scalastyle:on parameter.number
}
