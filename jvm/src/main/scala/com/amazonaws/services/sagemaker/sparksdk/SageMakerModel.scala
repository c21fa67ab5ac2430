package com.amazonaws.services.sagemaker.sparksdk

import java.time.Duration

import com.amazonaws.services.sagemaker.sparksdk.EndpointCreationPolicy.EndpointCreationPolicy
import com.amazonaws.services.sagemaker.sparksdk.exceptions.EndpointException
import com.amazonaws.services.sagemaker.sparksdk.hosting.{Endpoint, HostingPlan}
import com.amazonaws.services.sagemaker.sparksdk.inference.{EndpointCall, Inference}
import com.amazonaws.services.sagemaker.sparksdk.settings._
import com.amazonaws.services.sagemaker.sparksdk.training.TrainingPlan
import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  RequestRowSerializer,
  ResponseRowDeserializer
}
import org.apache.spark.ml.Model
import org.apache.spark.ml.param.ParamMap
import org.apache.spark.ml.util.{DefaultParamsWritable, Identifiable, MLWriter}
import org.apache.spark.sql.{DataFrame, Dataset}
import org.apache.spark.sql.types.StructType

/** A model that SageMaker hosts: `transform` sends the rows of a DataFrame to its endpoint and appends what comes back.
  *
  * Copies of a model share its endpoint. Nothing deletes the endpoint but [[delete]] or a [[SageMakerResourceCleanup]].
  */
class SageMakerModel(override val uid: String)
    extends Model[SageMakerModel]
    with ModelSettingsAccess
    with DefaultParamsWritable {

  def this() = this(Identifiable.randomUID("sagemaker"))

  /** The published constructor; with the policy CREATE_ON_CONSTRUCT it waits until the endpoint is in service.
    *
    * @param existingEndpointName an endpoint that is there already; takes the policy DO_NOT_CREATE
    * @param limits sizes, time-outs and attempts of the requests
    */
  // scalastyle:off parameter.number
  def this(
      endpointInstanceType: Option[String],
      endpointInitialInstanceCount: Option[Int],
      requestRowSerializer: RequestRowSerializer,
      responseRowDeserializer: ResponseRowDeserializer,
      existingEndpointName: Option[String] = Option.empty,
      modelImage: Option[String] = Option.empty,
      modelPath: Option[S3DataPath] = Option.empty,
      modelEnvironmentVariables: Map[String, String] = Map(),
      modelExecutionRoleARN: Option[String] = Option.empty,
      endpointCreationPolicy: EndpointCreationPolicy = EndpointCreationPolicy.CREATE_ON_CONSTRUCT,
      sagemakerClient: AwsClientConfig = AwsClientConfig(),
      prependResultRows: Boolean = true,
      namePolicy: NamePolicy = new RandomNamePolicy(),
      uid: String = Identifiable.randomUID("sagemaker"),
      limits: InferenceSettings = InferenceSettings()
  ) = {
    this(uid)
    configure(
      ModelSettings(
        hosting = HostingSettings(
          image = modelImage,
          instanceType = endpointInstanceType,
          instanceCount = endpointInitialInstanceCount,
          environment = modelEnvironmentVariables,
          policy = endpointCreationPolicy
        ),
        transform = TransformSettings(
          serializer = Some(requestRowSerializer),
          deserializer = Some(responseRowDeserializer),
          prependInputRows = prependResultRows,
          limits = limits
        ),
        sagemakerClient = sagemakerClient,
        existingEndpointName = existingEndpointName,
        modelPath = modelPath,
        executionRoleARN = modelExecutionRoleARN,
        namePolicy = namePolicy
      )
    )
    if (endpointCreationPolicy == EndpointCreationPolicy.CREATE_ON_CONSTRUCT) {
      startHosting().foreach(_.await())
    }
  }
  // scalastyle:on parameter.number

  @volatile @transient private var hosted = new HostedEndpoint

  private def readObject(in: java.io.ObjectInputStream): Unit = {
    in.defaultReadObject()
    hosted = new HostedEndpoint
  }

  /** Takes settings, checked against each other. */
  private[sparksdk] def configure(settings: ModelSettings): this.type = {
    if (
      settings.existingEndpointName.isDefined && settings.hosting.policy != EndpointCreationPolicy.DO_NOT_CREATE
    ) {
      throw new IllegalArgumentException(
        s"The endpoint '${settings.existingEndpointName.get}' exists already, and endpointCreationPolicy is " +
          s"${settings.hosting.policy}: an existing endpoint takes DO_NOT_CREATE."
      )
    }
    set(sagemakerSettings, settings)
  }

  /** Says which job made the model, and of what. */
  private[sparksdk] def ofTrainingJob(name: String, hyperParameters: Map[String, String]): this.type =
    configure(settings.copy(trainingJobName = Some(name), hyperParameters = hyperParameters))

  /** The endpoint that `transform` calls: the existing one, or the one created, or none yet. */
  def endpointName: Option[String] = existingEndpointName.orElse(getCreatedResources.endpointName)

  /** What this model, or a copy of it, created in SageMaker and didn't delete. */
  def getCreatedResources: CreatedResources = hosted.created(settings.createdResources)

  /** Deletes the endpoint, its configuration and the model that this model, or a copy of it, created.
    *
    * @throws exceptions.SageMakerResourceCleanupException naming what could not be deleted
    */
  def delete(): Unit = {
    hosted.delete(settings.createdResources)(
      new SageMakerResourceCleanup(sagemakerClient).deleteResources(_)
    )
  }

  /** Deletes as [[delete]] does, and lets a later `transform` create an endpoint again, of the same artifacts and under
    * fresh names where the name policy has such: until then the model costs nothing. A model of an existing endpoint
    * stays as it is.
    *
    * @throws exceptions.SageMakerResourceCleanupException naming what could not be deleted
    */
  def suspend(): Unit = if (endpointCreationPolicy != EndpointCreationPolicy.DO_NOT_CREATE) {
    delete()
    hosted = new HostedEndpoint
    set(
      sagemakerSettings,
      settings.copy(
        hosting = settings.hosting.copy(policy = EndpointCreationPolicy.CREATE_ON_TRANSFORM),
        namePolicy = NamePolicy.renewed(settings.namePolicy),
        createdResources = CreatedResources.none
      )
    )
  }

  /** Creates the endpoint if this model's policy asks for one and there is none; the run waits for it. */
  def startHosting(): Option[HostingRun] =
    if (endpointCreationPolicy == EndpointCreationPolicy.DO_NOT_CREATE) None
    else
      hosted.startOrJoin(settings.createdResources)(
        () => new Endpoint(hostingPlan(), sagemakerClient),
        SageMakerModel.waiting(settings.hosting)
      )

  /** Takes over what a fit that is taken up again had created; without an endpoint it is removed, to be made anew. */
  private[sparksdk] def adopt(resources: CreatedResources): Unit =
    if (resources.endpointName.isDefined) {
      hosted.adopt(Endpoint.existing(hostingPlan(), sagemakerClient, resources))
    } else new SageMakerResourceCleanup(sagemakerClient).deleteResources(resources)

  private def hostingPlan(): HostingPlan = {
    def needed[A](name: String, value: Option[A]): A = value.getOrElse(
      throw new IllegalArgumentException(
        s"$name of model $uid is not set: without it no endpoint can be created"
      )
    )
    val names = namePolicy
    val plan = HostingPlan(
      names.modelName,
      names.endpointConfigName,
      names.endpointName,
      needed("modelImage", modelImage),
      needed("modelPath", modelPath).toS3UriString,
      needed("modelExecutionRoleARN", modelExecutionRoleARN),
      modelEnvironmentVariables,
      needed("endpointInstanceType", endpointInstanceType),
      needed("endpointInitialInstanceCount", endpointInitialInstanceCount),
      settings.tags
    )
    NamePolicy.requireValid("model", plan.modelName)
    NamePolicy.requireValid("endpoint configuration", plan.endpointConfigName)
    NamePolicy.requireValid("endpoint", plan.endpointName)
    TrainingPlan.requireRole(plan.roleArn)
    TrainingPlan.requireImage("modelImage", plan.image)
    TrainingPlan.requireInstanceType("endpointInstanceType", plan.instanceType)
    TrainingPlan.requireCount("endpointInitialInstanceCount", plan.instanceCount)
    plan
  }

  /** The DataFrame with the endpoint's inferences appended, or alone; lazy, so that errors of requests come with the
    * first action on it. Creates the endpoint first when the policy says so and there is none.
    */
  override def transform(dataset: Dataset[_]): DataFrame = {
    transformSchema(dataset.schema)
    startHosting().foreach(_.await())
    Inference.transform(
      dataset,
      EndpointCall(
        endpointName.getOrElse(
          throw new EndpointException(
            s"The model $uid has no endpoint, and its policy is $endpointCreationPolicy: give existingEndpointName, " +
              "or another policy."
          )
        ),
        sagemakerClient,
        requestRowSerializer,
        responseRowDeserializer,
        prependResultRows,
        settings.transform.limits
      )
    )
  }

  /** The columns that `transform` gives; throws when the serializer can't read the columns that there are. */
  override def transformSchema(schema: StructType): StructType =
    Inference.outputSchema(schema, requestRowSerializer, responseRowDeserializer, prependResultRows)

  override def copy(extra: ParamMap): SageMakerModel = {
    val copied: SageMakerModel = defaultCopy(extra)
    copied.hosted = hosted
    copied.setParent(parent)
  }

  /** Saves the settings with the names of what was created, so that the loaded model calls the same endpoint. */
  override def write: MLWriter = {
    val saved: SageMakerModel = defaultCopy(ParamMap.empty)
    saved.set(saved.sagemakerSettings, settings.copy(createdResources = getCreatedResources))
    saved.plainWrite
  }

  private def plainWrite: MLWriter = super.write
}

object SageMakerModel extends SavedStage[SageMakerModel] with SageMakerModelFactories {
  private val Default = HostingSettings()

  /** How long an endpoint may take to come into service, for models that weren't told `endpointCreationTimeoutSeconds`;
    * counts for endpoints that are waited for from then on.
    */
  @volatile var EndpointCreationTimeout: Duration = Duration.ofSeconds(Default.creationTimeoutSeconds.toLong)

  /** How long to wait between two looks at an endpoint that comes up, for models that weren't told
    * `endpointPollIntervalMillis`; counts for endpoints that are waited for from then on.
    */
  @volatile var EndpointPollInterval: Duration = Duration.ofMillis(Default.pollIntervalMillis.toLong)

  private def waiting(own: HostingSettings): HostingSettings = own.copy(
    creationTimeoutSeconds =
      WaitingVariable(own.creationTimeoutSeconds, Default.creationTimeoutSeconds, atLeast = 0)(
        EndpointCreationTimeout.getSeconds
      ),
    pollIntervalMillis = WaitingVariable(own.pollIntervalMillis, Default.pollIntervalMillis, atLeast = 1)(
      EndpointPollInterval.toMillis
    )
  )
}
