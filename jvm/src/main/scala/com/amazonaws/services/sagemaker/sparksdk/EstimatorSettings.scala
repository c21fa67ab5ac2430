package com.amazonaws.services.sagemaker.sparksdk

import com.amazonaws.services.sagemaker.sparksdk.EndpointCreationPolicy.EndpointCreationPolicy
import com.amazonaws.services.sagemaker.sparksdk.settings.{
  AwsClientConfig,
  ClientSettings,
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

/** The settings of an estimator under their published names, all read from one immutable value. What a subclass overrides
  * of them counts.
  */
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

  /** Whether there is such a Param. Known of the settings without a look at the others: constructors set them, and
    * Spark would list the Params for good before those that a subclass declares exist.
    */
  override def hasParam(paramName: String): Boolean =
    paramName == SettingParam.Name || super.hasParam(paramName)

  /** The settings as they were given; what a fit goes by is [[effectiveSettings]]. */
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
    throw new UnsetSettingException(s"$name of $uid is not set: give it to the constructor")
  )

  /** What an accessor gives, a subclass's own too; `None` when it isn't set. */
  private def chosen[A](accessor: => A): Option[A] =
    try Some(accessor)
    catch { case _: UnsetSettingException => None }

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

  /** How the model of a fit talks to its endpoint: as was chosen, adapted to what the model is.
    *
    * @param hyperParameters what the model is trained with; the Params may say something else by now
    */
  private[sparksdk] def modelTransform(hyperParameters: => Map[String, String]): TransformSettings =
    effectiveSettings.transform

  /** The settings as the accessors give them: what a subclass overrides, and what the algorithm gives where nobody set
    * anything. But for the images, which may have to be looked for: whoever needs one asks its accessor.
    */
  private[sparksdk] def effectiveSettings: SageMakerSettings = {
    val s = settings
    s.copy(
      training = s.training.copy(
        role = sagemakerRole,
        instanceType = chosen(trainingInstanceType),
        instanceCount = chosen(trainingInstanceCount),
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
      staging = s.staging.copy(
        inputPath = trainingInputS3DataPath,
        projectedColumns = trainingProjectedColumns,
        sparkDataFormat = trainingSparkDataFormat,
        sparkDataFormatOptions = trainingSparkDataFormatOptions,
        compressionCodec = trainingCompressionCodec,
        deleteAfterTraining = deleteStagingDataAfterTraining
      ),
      hosting = s.hosting.copy(
        instanceType = chosen(endpointInstanceType),
        instanceCount = chosen(endpointInitialInstanceCount),
        environment = modelEnvironmentVariables,
        policy = endpointCreationPolicy
      ),
      transform = s.transform.copy(
        serializer = chosen(requestRowSerializer),
        deserializer = chosen(responseRowDeserializer),
        prependInputRows = modelPrependInputRowsToTransformationRows
      ),
      clients = ClientSettings(sagemakerClient, s3Client, stsClient),
      region = region
    )
  }
}

/** A setting that is needed and that nobody set. */
private[sparksdk] final class UnsetSettingException(message: String) extends IllegalArgumentException(message)
