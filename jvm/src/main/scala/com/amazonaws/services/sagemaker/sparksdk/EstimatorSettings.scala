package com.amazonaws.services.sagemaker.sparksdk

import com.amazonaws.services.sagemaker.sparksdk.EndpointCreationPolicy.EndpointCreationPolicy
import com.amazonaws.services.sagemaker.sparksdk.settings.{
  AwsClientConfig,
  SageMakerSettings,
  SettingParam,
  StageSettings,
  TransformSettings
}
import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  RequestRowSerializer,
  ResponseRowDeserializer
}
import org.apache.spark.ml.param.Params

/** The settings of an estimator under their published names, all read from one immutable value. */
trait EstimatorSettings extends Params {

  /** The Param that holds the settings. */
  final val sagemakerSettings: SettingParam[SageMakerSettings] =
    new SettingParam(
      this,
      "what the estimator is configured with beside hyper-parameters",
      StageSettings.estimator
    )

  setDefault(sagemakerSettings, defaultSettings)

  /** The settings of this class of estimators before anybody sets one. */
  protected def defaultSettings: SageMakerSettings = SageMakerSettings()

  private[sparksdk] def settings: SageMakerSettings = $(sagemakerSettings)

  private[sparksdk] def updateSettings(change: SageMakerSettings => SageMakerSettings): this.type =
    set(sagemakerSettings, change(settings))

  /** The algorithm's own serializer, where there is an algorithm. */
  protected def defaultSerializer: Option[RequestRowSerializer] = None

  /** The algorithm's own deserializer, where there is an algorithm. */
  protected def defaultDeserializer: Option[ResponseRowDeserializer] = None

  /** The algorithm's own image, where there is an algorithm. */
  protected def defaultImage: Option[String] = None

  private def needed[A](name: String, value: Option[A]): A = value.getOrElse(
    throw new IllegalArgumentException(s"$name of $uid is not set: give it to the constructor")
  )

  def trainingImage: String = needed("trainingImage", settings.training.image.orElse(defaultImage))
  def modelImage: String = needed("modelImage", settings.hosting.image.orElse(defaultImage))
  def sagemakerRole: IAMRoleResource = settings.training.role
  def trainingInstanceType: String = needed("trainingInstanceType", settings.training.instanceType)
  def trainingInstanceCount: Int = needed("trainingInstanceCount", settings.training.instanceCount)
  def endpointInstanceType: String = needed("endpointInstanceType", settings.hosting.instanceType)

  def endpointInitialInstanceCount: Int =
    needed("endpointInitialInstanceCount", settings.hosting.instanceCount)

  def requestRowSerializer: RequestRowSerializer =
    needed("requestRowSerializer", settings.transform.serializer.orElse(defaultSerializer))

  def responseRowDeserializer: ResponseRowDeserializer =
    needed("responseRowDeserializer", settings.transform.deserializer.orElse(defaultDeserializer))

  def trainingInputS3DataPath: S3Resource = settings.staging.inputPath
  def trainingOutputS3DataPath: S3Resource = settings.training.outputPath
  def trainingInstanceVolumeSizeInGB: Int = settings.training.volumeSizeInGB
  def trainingProjectedColumns: Option[List[String]] = settings.staging.projectedColumns
  def trainingChannelName: String = settings.training.channelName
  def trainingContentType: Option[String] = settings.training.contentType
  def trainingS3DataDistribution: String = settings.training.s3DataDistribution
  def trainingSparkDataFormat: String = settings.staging.sparkDataFormat
  def trainingSparkDataFormatOptions: Map[String, String] = settings.staging.sparkDataFormatOptions
  def trainingInputMode: String = settings.training.inputMode
  def trainingCompressionCodec: Option[String] = settings.staging.compressionCodec
  def trainingMaxRuntimeInSeconds: Int = settings.training.maxRuntimeInSeconds
  def trainingKmsKeyId: Option[String] = settings.training.kmsKeyId
  def modelEnvironmentVariables: Map[String, String] = settings.hosting.environment
  def endpointCreationPolicy: EndpointCreationPolicy = settings.hosting.policy
  def sagemakerClient: AwsClientConfig = settings.clients.sagemaker
  def region: Option[String] = settings.region
  def s3Client: AwsClientConfig = settings.clients.s3
  def stsClient: AwsClientConfig = settings.clients.sts
  def modelPrependInputRowsToTransformationRows: Boolean = settings.transform.prependInputRows
  def deleteStagingDataAfterTraining: Boolean = settings.staging.deleteAfterTraining
  def namePolicyFactory: NamePolicyFactory = settings.training.namePolicyFactory
  def hyperParameters: Map[String, String] = settings.training.hyperParameters

  /** Whether records without a label can't be trained on. */
  private[sparksdk] def labelRequired: Boolean = false

  /** How the model of a fit talks to its endpoint: as was chosen, adapted to what the model will be. */
  private[sparksdk] def modelTransform: TransformSettings = effectiveSettings.transform

  /** The effective value of a setting, by its published name, where the algorithm gives one that nobody set. */
  private[sparksdk] def effectiveSettings: SageMakerSettings = {
    val s = settings
    s.copy(
      transform = s.transform.copy(
        serializer = s.transform.serializer.orElse(defaultSerializer),
        deserializer = s.transform.deserializer.orElse(defaultDeserializer)
      )
    )
  }
}
