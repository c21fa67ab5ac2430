package com.amazonaws.services.sagemaker.sparksdk

import com.amazonaws.services.sagemaker.sparksdk.EndpointCreationPolicy.EndpointCreationPolicy
import com.amazonaws.services.sagemaker.sparksdk.exceptions.TrainingJobException
import com.amazonaws.services.sagemaker.sparksdk.settings.{AwsClientConfig, ModelSettings}
import com.amazonaws.services.sagemaker.sparksdk.training.{TrainingJob, TrainingPlan, TrainingStatus}
import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  RequestRowSerializer,
  ResponseRowDeserializer
}
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers.XGBoostCSVRowDeserializer
import org.apache.spark.ml.util.Identifiable

/** The three ways to a model without a fit. */
trait SageMakerModelFactories {
  // scalastyle:off parameter.number

  /** A model of what a training job made.
    *
    * An `XGBoostCSVRowDeserializer` that wasn't told the number of classes takes it from the job's hyper-parameters.
    *
    * @throws TrainingJobException when the job isn't there or has no artifacts
    */
  def fromTrainingJob(
      trainingJobName: String,
      modelImage: String,
      modelExecutionRoleARN: String,
      endpointInstanceType: String,
      endpointInitialInstanceCount: Int,
      requestRowSerializer: RequestRowSerializer,
      responseRowDeserializer: ResponseRowDeserializer,
      modelEnvironmentVariables: Map[String, String] = Map(),
      endpointCreationPolicy: EndpointCreationPolicy = EndpointCreationPolicy.CREATE_ON_CONSTRUCT,
      sagemakerClient: AwsClientConfig = AwsClientConfig(),
      prependResultRows: Boolean = true,
      namePolicy: NamePolicy = new RandomNamePolicy(),
      uid: String = Identifiable.randomUID("sagemaker")
  ): SageMakerModel = {
    val status = new TrainingJob(trainingJobName, sagemakerClient).describe()
    fromModelS3Path(
      SageMakerModelFactories.artifacts(trainingJobName, status).toS3UriString,
      modelImage,
      modelExecutionRoleARN,
      endpointInstanceType,
      endpointInitialInstanceCount,
      requestRowSerializer,
      SageMakerModelFactories.fitting(responseRowDeserializer, status),
      modelEnvironmentVariables,
      endpointCreationPolicy,
      sagemakerClient,
      prependResultRows,
      namePolicy,
      uid
    ).ofTrainingJob(trainingJobName, status.hyperParameters)
  }

  /** A model of artifacts in S3.
    *
    * @param modelPath the S3 URI of `model.tar.gz`
    */
  def fromModelS3Path(
      modelPath: String,
      modelImage: String,
      modelExecutionRoleARN: String,
      endpointInstanceType: String,
      endpointInitialInstanceCount: Int,
      requestRowSerializer: RequestRowSerializer,
      responseRowDeserializer: ResponseRowDeserializer,
      modelEnvironmentVariables: Map[String, String] = Map(),
      endpointCreationPolicy: EndpointCreationPolicy = EndpointCreationPolicy.CREATE_ON_CONSTRUCT,
      sagemakerClient: AwsClientConfig = AwsClientConfig(),
      prependResultRows: Boolean = true,
      namePolicy: NamePolicy = new RandomNamePolicy(),
      uid: String = Identifiable.randomUID("sagemaker")
  ): SageMakerModel = new SageMakerModel(
    endpointInstanceType = Some(endpointInstanceType),
    endpointInitialInstanceCount = Some(endpointInitialInstanceCount),
    requestRowSerializer = requestRowSerializer,
    responseRowDeserializer = responseRowDeserializer,
    existingEndpointName = None,
    modelImage = Some(modelImage),
    modelPath = Some(S3DataPath.fromS3URI(modelPath)),
    modelEnvironmentVariables = modelEnvironmentVariables,
    modelExecutionRoleARN = Some(modelExecutionRoleARN),
    endpointCreationPolicy = endpointCreationPolicy,
    sagemakerClient = sagemakerClient,
    prependResultRows = prependResultRows,
    namePolicy = namePolicy,
    uid = uid
  )

  /** A model on an endpoint that is there already; it deletes nothing. */
  def fromEndpoint(
      endpointName: String,
      requestRowSerializer: RequestRowSerializer,
      responseRowDeserializer: ResponseRowDeserializer,
      modelEnvironmentVariables: Map[String, String] = Map(),
      sagemakerClient: AwsClientConfig = AwsClientConfig(),
      prependResultRows: Boolean = true,
      namePolicy: NamePolicy = new RandomNamePolicy(),
      uid: String = Identifiable.randomUID("sagemaker")
  ): SageMakerModel = new SageMakerModel(
    endpointInstanceType = None,
    endpointInitialInstanceCount = None,
    requestRowSerializer = requestRowSerializer,
    responseRowDeserializer = responseRowDeserializer,
    existingEndpointName = Some(endpointName),
    modelEnvironmentVariables = modelEnvironmentVariables,
    endpointCreationPolicy = EndpointCreationPolicy.DO_NOT_CREATE,
    sagemakerClient = sagemakerClient,
    prependResultRows = prependResultRows,
    namePolicy = namePolicy,
    uid = uid
  )
  // scalastyle:on parameter.number

  /** The model of a fit whose job has completed; its endpoint isn't created yet. */
  private[sparksdk] def fitted(
      estimator: SageMakerEstimator,
      plan: TrainingPlan,
      artifacts: S3DataPath,
      trainingJobName: String,
      hyperParameters: Map[String, String],
      tags: Map[String, String]
  ): SageMakerModel = new SageMakerModel(Identifiable.randomUID("sagemaker"))
    .configure(
      ModelSettings(
        hosting = estimator.effectiveSettings.hosting.copy(image = Some(estimator.modelImage)),
        transform = estimator.modelTransform(hyperParameters),
        sagemakerClient = estimator.sagemakerClient,
        modelPath = Some(artifacts),
        executionRoleARN = Some(plan.roleArn),
        namePolicy = plan.names,
        tags = tags,
        trainingJobName = Some(trainingJobName),
        hyperParameters = hyperParameters
      )
    )
    .setParent(estimator)
}

private[sparksdk] object SageMakerModelFactories {

  /** Makes a model one of what a training job made. */
  def ofTrainingJob(trainingJobName: String, model: SageMakerModel): SageMakerModel = {
    val status = new TrainingJob(trainingJobName, model.sagemakerClient).describe()
    val transform = model.settings.transform
    model
      .configure(
        model.settings.copy(
          modelPath = Some(artifacts(trainingJobName, status)),
          transform = transform.copy(deserializer = transform.deserializer.map(fitting(_, status)))
        )
      )
      .ofTrainingJob(trainingJobName, status.hyperParameters)
  }

  /** A deserializer that fits what the job's model answers. */
  def fitting(deserializer: ResponseRowDeserializer, status: TrainingStatus): ResponseRowDeserializer =
    deserializer match {
      case numbers: XGBoostCSVRowDeserializer => numbers.fitting(status.hyperParameters)
      case other => other
    }

  /** Where a job's artifacts are. */
  def artifacts(trainingJobName: String, status: TrainingStatus): S3DataPath =
    S3DataPath.fromS3URI(
      status.artifacts.getOrElse(
        throw new TrainingJobException(
          s"The training job '$trainingJobName' has no artifacts: it is ${status.status}" +
            status.failureReason.map(reason => s" ($reason)").getOrElse(""),
          None.orNull,
          Some(trainingJobName),
          Some(status.status),
          status.failureReason
        )
      )
    )
}
