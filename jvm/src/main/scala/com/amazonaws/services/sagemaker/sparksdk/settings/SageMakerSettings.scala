package com.amazonaws.services.sagemaker.sparksdk.settings

import com.amazonaws.services.sagemaker.sparksdk.{
  CreatedResources,
  EndpointCreationPolicy,
  IAMRoleFromConfig,
  IAMRoleResource,
  NamePolicy,
  NamePolicyFactory,
  RandomNamePolicy,
  RandomNamePolicyFactory,
  S3AutoCreatePath,
  S3DataPath,
  S3Resource
}
import com.amazonaws.services.sagemaker.sparksdk.EndpointCreationPolicy.EndpointCreationPolicy
import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  RequestRowSerializer,
  ResponseRowDeserializer
}

/** What a training job is told.
  *
  * @param image the container's image; `None` for an algorithm whose image follows from the region
  * @param role the role that SageMaker assumes
  * @param instanceType such as `ml.m5.xlarge`
  * @param instanceCount how many instances train
  * @param volumeSizeInGB the storage of each instance, in gigabytes
  * @param channelName the input channel that the DataFrame arrives in
  * @param contentType the MIME type of the channel's data; `None` leaves it to the algorithm
  * @param s3DataDistribution `ShardedByS3Key` or `FullyReplicated`
  * @param inputMode `File`, `Pipe` or `FastFile`
  * @param maxRuntimeInSeconds after which SageMaker stops the job
  * @param kmsKeyId the key that encrypts the volumes and the artifacts
  * @param outputPath where the artifacts go
  * @param namePolicyFactory makes the names of each fit
  * @param hyperParameters as the container reads them
  * @param tags put on the job, the model and the endpoint
  * @param pollIntervalMillis how long to wait between two looks at the job
  */
final case class TrainingSettings(
    image: Option[String] = None,
    role: IAMRoleResource = IAMRoleFromConfig(),
    instanceType: Option[String] = None,
    instanceCount: Option[Int] = None,
    volumeSizeInGB: Int = 1024,
    channelName: String = "train",
    contentType: Option[String] = None,
    s3DataDistribution: String = "ShardedByS3Key",
    inputMode: String = "File",
    maxRuntimeInSeconds: Int = 24 * 60 * 60,
    kmsKeyId: Option[String] = None,
    outputPath: S3Resource = S3AutoCreatePath(),
    namePolicyFactory: NamePolicyFactory = new RandomNamePolicyFactory(),
    hyperParameters: Map[String, String] = Map.empty,
    tags: Map[String, String] = Map.empty,
    pollIntervalMillis: Int = 5000
) {
  require(
    pollIntervalMillis >= 1,
    s"trainingPollIntervalMillis is $pollIntervalMillis: expected at least 1"
  )
}

/** How the DataFrame is written to S3 for training.
  *
  * @param inputPath the bucket and path under which each fit makes a prefix of its own
  * @param projectedColumns the columns that are written; `None` for all
  * @param sparkDataFormat `sagemaker` (RecordIO-protobuf), `libsvm`, `csv` or any format of Spark
  * @param sparkDataFormatOptions options of that format
  * @param compressionCodec `Gzip`, or `None`
  * @param deleteAfterTraining whether the data is deleted once the job has ended
  * @param objectBytes the size at which a task begins another object, in bytes
  */
final case class StagingSettings(
    inputPath: S3Resource = S3AutoCreatePath(),
    projectedColumns: Option[List[String]] = None,
    sparkDataFormat: String = "sagemaker",
    sparkDataFormatOptions: Map[String, String] = Map.empty,
    compressionCodec: Option[String] = None,
    deleteAfterTraining: Boolean = true,
    objectBytes: Long = 64L * 1024 * 1024
) {
  require(objectBytes >= 1, s"stagingObjectBytes is $objectBytes: expected at least 1")
}

/** How the model is hosted.
  *
  * @param image the container's image; `None` for an algorithm whose image follows from the region
  * @param instanceType of the endpoint
  * @param instanceCount with which the endpoint begins
  * @param environment environment variables of the container
  * @param policy when the endpoint is created
  * @param creationTimeoutSeconds how long an endpoint may take to come into service
  * @param pollIntervalMillis how long to wait between two looks at the endpoint
  */
final case class HostingSettings(
    image: Option[String] = None,
    instanceType: Option[String] = None,
    instanceCount: Option[Int] = None,
    environment: Map[String, String] = Map.empty,
    policy: EndpointCreationPolicy = EndpointCreationPolicy.CREATE_ON_CONSTRUCT,
    creationTimeoutSeconds: Int = 30 * 60,
    pollIntervalMillis: Int = 5000
) {
  // Here, since what is found later has cost an endpoint.
  require(
    creationTimeoutSeconds >= 0,
    s"endpointCreationTimeoutSeconds is $creationTimeoutSeconds: expected at least 0"
  )
  require(
    pollIntervalMillis >= 1,
    s"endpointPollIntervalMillis is $pollIntervalMillis: expected at least 1"
  )
}

/** How rows are sent to the endpoint and what comes back.
  *
  * @param serializer `None` for the algorithm's own
  * @param deserializer `None` for the algorithm's own
  * @param prependInputRows whether the columns of the input stand before those of the answer
  * @param limits sizes, time-outs and attempts of the requests
  */
final case class TransformSettings(
    serializer: Option[RequestRowSerializer] = None,
    deserializer: Option[ResponseRowDeserializer] = None,
    prependInputRows: Boolean = true,
    limits: InferenceSettings = InferenceSettings()
)

/** The three services' recipes. */
final case class ClientSettings(
    sagemaker: AwsClientConfig = AwsClientConfig(),
    s3: AwsClientConfig = AwsClientConfig(),
    sts: AwsClientConfig = AwsClientConfig()
)

/** Everything that an estimator is configured with and that isn't a hyper-parameter.
  *
  * @param region the region of the algorithm's image; `None` for the SageMaker client's
  * @param algorithmVersion the version of the algorithm's image; `None` for the newest
  */
final case class SageMakerSettings(
    training: TrainingSettings = TrainingSettings(),
    staging: StagingSettings = StagingSettings(),
    hosting: HostingSettings = HostingSettings(),
    transform: TransformSettings = TransformSettings(),
    clients: ClientSettings = ClientSettings(),
    region: Option[String] = None,
    algorithmVersion: Option[String] = None
)

/** Everything that a model is configured with.
  *
  * @param existingEndpointName an endpoint that is there already
  * @param modelPath the artifacts' place in S3
  * @param executionRoleARN the role that the endpoint's containers run with
  * @param namePolicy the names of model, endpoint configuration and endpoint
  * @param trainingJobName the job that trained the model
  * @param hyperParameters what the job was trained with
  * @param createdResources what this model had created when it was saved
  */
final case class ModelSettings(
    hosting: HostingSettings = HostingSettings(),
    transform: TransformSettings = TransformSettings(),
    sagemakerClient: AwsClientConfig = AwsClientConfig(),
    existingEndpointName: Option[String] = None,
    modelPath: Option[S3DataPath] = None,
    executionRoleARN: Option[String] = None,
    namePolicy: NamePolicy = RandomNamePolicy(),
    tags: Map[String, String] = Map.empty,
    trainingJobName: Option[String] = None,
    hyperParameters: Map[String, String] = Map.empty,
    createdResources: CreatedResources = CreatedResources.none
)
