package com.amazonaws.services.sagemaker.sparksdk

import java.time.Duration

import scala.collection.JavaConverters._

import com.amazonaws.services.sagemaker.sparksdk.EndpointCreationPolicy.EndpointCreationPolicy
import com.amazonaws.services.sagemaker.sparksdk.algorithms.params.{AlgorithmParams, HyperParam}
import com.amazonaws.services.sagemaker.sparksdk.inference.Inference
import com.amazonaws.services.sagemaker.sparksdk.settings._
import com.amazonaws.services.sagemaker.sparksdk.staging.StagedData
import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  RequestRowSerializer,
  ResponseRowDeserializer
}
import org.apache.spark.ml.Estimator
import org.apache.spark.ml.param.{Param, ParamMap}
import org.apache.spark.ml.util.{DefaultParamsWritable, Identifiable}
import org.apache.spark.sql.Dataset
import org.apache.spark.sql.types.StructType

/** Fits a DataFrame on Amazon SageMaker with any training image: writes the DataFrame to S3, runs a training job,
  * and returns a [[SageMakerModel]] that is hosted on an endpoint.
  *
  * Errors: an `IllegalArgumentException` for settings, hyper-parameters or data that SageMaker would refuse,
  * before anything
  * is created; otherwise a [[com.amazonaws.services.sagemaker.sparksdk.exceptions.SageMakerSparkSDKException]].
  */
class SageMakerEstimator(override val uid: String)
    extends Estimator[SageMakerModel]
    with EstimatorSettings
    with DefaultParamsWritable {

  def this() = this(Identifiable.randomUID("sagemaker"))

  /** The published constructor; see [[settings.SageMakerSettings]] for what each argument means.
    *
    * @param hyperParameters sent to the training job as they are
    * @param limits sizes, time-outs and attempts of the requests to the endpoint
    */
  // scalastyle:off parameter.number
  def this(
      trainingImage: String,
      modelImage: String,
      sagemakerRole: IAMRoleResource = IAMRoleFromConfig(),
      trainingInstanceType: String,
      trainingInstanceCount: Int,
      endpointInstanceType: String,
      endpointInitialInstanceCount: Int,
      requestRowSerializer: RequestRowSerializer,
      responseRowDeserializer: ResponseRowDeserializer,
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
      s3Client: AwsClientConfig = AwsClientConfig(),
      stsClient: AwsClientConfig = AwsClientConfig(),
      modelPrependInputRowsToTransformationRows: Boolean = true,
      deleteStagingDataAfterTraining: Boolean = true,
      namePolicyFactory: NamePolicyFactory = new RandomNamePolicyFactory(),
      uid: String = Identifiable.randomUID("sagemaker"),
      hyperParameters: Map[String, String] = Map(),
      limits: InferenceSettings = InferenceSettings()
  ) = {
    this(uid)
    set(
      sagemakerSettings,
      SageMakerSettings(
        training = TrainingSettings(
          image = Some(trainingImage),
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
          image = Some(modelImage),
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
        clients = ClientSettings(sagemakerClient, s3Client, stsClient)
      )
    )
  }

  /** Exactly the published arguments, for callers that know no defaults, such as py4j. */
  // format: off
  protected def this(
      trainingImage: String,
      modelImage: String,
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
      s3Client: AwsClientConfig,
      stsClient: AwsClientConfig,
      modelPrependInputRowsToTransformationRows: Boolean,
      deleteStagingDataAfterTraining: Boolean,
      namePolicyFactory: NamePolicyFactory,
      uid: String,
      hyperParameters: Map[String, String]
  ) =
    this(
      trainingImage, modelImage, sagemakerRole, trainingInstanceType, trainingInstanceCount,
      endpointInstanceType, endpointInitialInstanceCount, requestRowSerializer, responseRowDeserializer,
      trainingInputS3DataPath, trainingOutputS3DataPath, trainingInstanceVolumeSizeInGB,
      trainingProjectedColumns, trainingChannelName, trainingContentType, trainingS3DataDistribution,
      trainingSparkDataFormat, trainingSparkDataFormatOptions, trainingInputMode, trainingCompressionCodec,
      trainingMaxRuntimeInSeconds, trainingKmsKeyId, modelEnvironmentVariables, endpointCreationPolicy,
      sagemakerClient, s3Client, stsClient, modelPrependInputRowsToTransformationRows,
      deleteStagingDataAfterTraining, namePolicyFactory, uid, hyperParameters, InferenceSettings()
    )
  // format: on
  // scalastyle:on parameter.number

  /** Not saved: which job an estimator ran last is of its process. */
  @transient private var jobs = new LatestTrainingJob

  /** The name of the last training job that this estimator, or a copy of it, created. */
  def latestTrainingJob: Option[String] = jobs.name

  private[sparksdk] def recordTrainingJob(name: String): Unit = jobs.name = Some(name)

  /** Not saved: who is told of the fits of this estimator and of its copies. */
  @transient private var watchers: Seq[FitRun => Unit] = Nil

  private def readObject(in: java.io.ObjectInputStream): Unit = {
    in.defaultReadObject()
    jobs = new LatestTrainingJob
    watchers = Nil
  }

  /** Tells of every fit of this estimator, and of copies made from here on, once its training job exists. */
  private[sparksdk] def watchFits(watcher: FitRun => Unit): Unit = watchers = watchers :+ watcher

  private[sparksdk] def unwatchFits(watcher: FitRun => Unit): Unit =
    watchers = watchers.filterNot(_ eq watcher)

  /** Trains and hosts a model, and waits for both. */
  override def fit(dataSet: Dataset[_]): SageMakerModel = startFit(dataSet).await()

  /** Writes the data and creates the training job; whoever holds the run polls it, waits for it or stops it. */
  def startFit(dataset: Dataset[_]): FitRun = {
    val run = FitRun.start(this, dataset)
    watchers.foreach(_(run))
    run
  }

  /** Takes up a fit whose driver died, as [[SageMakerRuns]] lists it: waits for its training job, removes its staged
    * data and hosts its model, as the fit would have done.
    *
    * The estimator is configured as the one that began the fit.
    *
    * @param runId the fit's id
    * @throws exceptions.RunNotFoundException when there is no such run below the estimator's input path
    * @throws exceptions.TrainingJobException when it has no training job, or its job fails
    */
  def resumeFit(runId: String): FitRun = ResumedFit.of(this, runId)

  /** What the training job is sent: the defaults of the Params, over them the map `hyperParameters`, over that the
    * Params that were set; a subclass's own Params too, never a setting.
    */
  def makeHyperParameters(): java.util.Map[String, String] = {
    val mine = params.filterNot(_.isInstanceOf[SettingParam[_]])
    def written(which: Param[_] => Boolean): Map[String, String] =
      mine.filter(which).map(p => p.name -> HyperParam.onTheWire(p, $(p.asInstanceOf[Param[Any]]))).toMap
    (written(p => hasDefault(p)) ++ hyperParameters ++ written(p => isSet(p))).asJava
  }

  /** Gives a Param another default, for subclasses that are written in Python. */
  private[sparksdk] def setParamDefault(param: Param[Any], value: Any): Unit = setDefault(param, value)

  /** Throws when a hyper-parameter is missing, or has a value, with which the job would fail. */
  private[sparksdk] def requireHyperParameters(): Unit = this match {
    case algorithm: AlgorithmParams => algorithm.checkHyperParameters(makeHyperParameters().asScala.toMap)
    case _ => ()
  }

  private[sparksdk] def hyperParametersFor(staged: StagedData): Map[String, String] = this match {
    case algorithm: AlgorithmParams =>
      val fromData = algorithm.hyperParametersOfData(staged.featureWidth, staged.rowCount)
      val sent = algorithm.sentHyperParameters(fromData ++ makeHyperParameters().asScala)
      sent.notes.foreach(note => logWarning(note))
      sent.values
    case _ => makeHyperParameters().asScala.toMap
  }

  /** The schema that `transform` of the fitted model gives. */
  override def transformSchema(schema: StructType): StructType = {
    val transform = modelTransform(makeHyperParameters().asScala.toMap)
    Inference.outputSchema(
      schema,
      transform.serializer.getOrElse(requestRowSerializer),
      transform.deserializer.getOrElse(responseRowDeserializer),
      transform.prependInputRows
    )
  }

  override def copy(extra: ParamMap): SageMakerEstimator = {
    val copied: SageMakerEstimator = defaultCopy(extra)
    copied.jobs = jobs
    copied.watchers = watchers
    copied
  }
}

/** Shared by an estimator with its copies, since Spark fits a copy when it is given a ParamMap. */
private[sparksdk] final class LatestTrainingJob {
  @volatile var name: Option[String] = None
}

object SageMakerEstimator extends SavedStage[SageMakerEstimator] {
  private val Default = TrainingSettings().pollIntervalMillis

  /** How long to wait between two looks at a training job, for estimators that weren't told
    * `trainingPollIntervalMillis`; counts from the next look on.
    */
  @volatile var TrainingJobPollInterval: Duration = Duration.ofMillis(Default.toLong)

  private[sparksdk] def pollIntervalMillis(own: TrainingSettings): Int =
    WaitingVariable(own.pollIntervalMillis, Default, atLeast = 1)(TrainingJobPollInterval.toMillis)
}
