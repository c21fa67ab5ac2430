package com.amazonaws.services.sagemaker.sparksdk

import com.amazonaws.services.sagemaker.sparksdk.EndpointCreationPolicy.EndpointCreationPolicy
import com.amazonaws.services.sagemaker.sparksdk.settings.{
  AwsClientConfig,
  ModelSettings,
  SettingParam,
  StageSettings
}
import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  RequestRowSerializer,
  ResponseRowDeserializer
}
import org.apache.spark.ml.param.Params

/** The settings of a model under their published names, all read from one immutable value. */
trait ModelSettingsAccess extends Params {

  /** The Param that holds the settings. */
  final val sagemakerSettings: SettingParam[ModelSettings] =
    new SettingParam(this, "what the model is configured with", StageSettings.model)

  setDefault(sagemakerSettings, ModelSettings())

  /** Whether there is such a Param; as in [[EstimatorSettings]], of the settings without a look at the others. */
  override def hasParam(paramName: String): Boolean =
    paramName == SettingParam.Name || super.hasParam(paramName)

  private[sparksdk] def settings: ModelSettings = $(sagemakerSettings)

  private def needed[A](name: String, value: Option[A]): A = value.getOrElse(
    throw new IllegalArgumentException(s"$name of model $uid is not set: give it to the constructor")
  )

  def endpointInstanceType: Option[String] = settings.hosting.instanceType
  def endpointInitialInstanceCount: Option[Int] = settings.hosting.instanceCount

  def requestRowSerializer: RequestRowSerializer =
    needed("requestRowSerializer", settings.transform.serializer)

  def responseRowDeserializer: ResponseRowDeserializer =
    needed("responseRowDeserializer", settings.transform.deserializer)

  def existingEndpointName: Option[String] = settings.existingEndpointName
  def modelImage: Option[String] = settings.hosting.image
  def modelPath: Option[S3DataPath] = settings.modelPath
  def modelEnvironmentVariables: Map[String, String] = settings.hosting.environment
  def modelExecutionRoleARN: Option[String] = settings.executionRoleARN
  def endpointCreationPolicy: EndpointCreationPolicy = settings.hosting.policy
  def sagemakerClient: AwsClientConfig = settings.sagemakerClient
  def prependResultRows: Boolean = settings.transform.prependInputRows
  def namePolicy: NamePolicy = settings.namePolicy

  /** The job that trained the model, when it is known. */
  def trainingJobName: Option[String] = settings.trainingJobName

  /** What the training job was sent, when the model comes from a fit or from a training job. */
  def hyperParameters: Map[String, String] = settings.hyperParameters
}
