package com.amazonaws.services.sagemaker.sparksdk.python

import java.util.{Map => JavaMap}

import com.amazonaws.services.sagemaker.sparksdk._
import com.amazonaws.services.sagemaker.sparksdk.settings._
import org.apache.spark.ml.PipelineStage
import org.apache.spark.sql.Dataset

/** The one way in for the Python package: Java types and JSON in and out, so that Python never builds a Scala object.
  *
  * Settings come as one flat JSON object of what the user gave, keyed by published names; what JSON can't
  * hold (an object
  * of a user's class) comes beside it, under the same names.
  */
object PythonDoor {

  /** The version of this library. */
  def version(): String = LibraryVersion.current

  /** A new estimator of a class of this library. */
  def newStage(
      className: String,
      uid: String,
      settings: String,
      objects: JavaMap[String, AnyRef]
  ): PipelineStage =
    StageMaker.estimator(className, Option(uid), settings, Option(objects))

  /** A new model; nothing is requested yet, whatever its policy. */
  def newModel(uid: String, settings: String, objects: JavaMap[String, AnyRef]): SageMakerModel =
    StageMaker.model(Option(uid), settings, Option(objects))

  /** A new model of what a training job made; asks SageMaker where its artifacts are. */
  def newModelFromTrainingJob(
      trainingJobName: String,
      uid: String,
      settings: String,
      objects: JavaMap[String, AnyRef]
  ): SageMakerModel =
    SageMakerModelFactories.ofTrainingJob(
      trainingJobName,
      StageMaker.model(Option(uid), settings, Option(objects))
    )

  /** The value that a JSON object describes. */
  def newValue(json: String): AnyRef = ValueCodecs.readAny(JsonCodec.parse(json))

  /** The JSON object that describes a value. */
  def describeValue(value: AnyRef): String = ValueCodecs.writeAny(value).toString

  /** One setting of an estimator or a model, as JSON. */
  def setting(stage: PipelineStage, name: String): String = Stages.setting(stage, name).toString

  /** One setting of an estimator or a model, as the object itself. */
  def settingObject(stage: PipelineStage, name: String): AnyRef = Stages.settingObject(stage, name)

  /** Sets one hyper-parameter, or another Param, by its name; gives the value as the Param keeps it. */
  def setParam(stage: PipelineStage, name: String, value: AnyRef): Any = ParamValues.set(stage, name, value)

  /** Gives one hyper-parameter another default. */
  def setParamDefault(estimator: SageMakerEstimator, name: String, value: AnyRef): Unit =
    ParamValues.setDefault(estimator, name, value)

  /** Checks, stages the data and creates the training job, on a thread of its own. */
  def startFit(estimator: SageMakerEstimator, dataset: Dataset[_]): StartingFit =
    new StartingFit(() => estimator.startFit(dataset))

  /** Creates the model's endpoint, if its policy asks for one and there is none; null when there is nothing
    * to await.
    */
  def startHosting(model: SageMakerModel): PolledRun =
    model.startHosting().map(new PolledHosting(_)).orNull

  /** Takes up the fit of a driver that died; see `SageMakerEstimator.resumeFit`. */
  def resumeFit(estimator: SageMakerEstimator, runId: String): PolledRun =
    new PolledFit(estimator.resumeFit(runId))

  /** The runs that are under way or left something behind, as a JSON list; null stands for a default. */
  def listRuns(
      path: S3Resource,
      sagemaker: AwsClientConfig,
      s3: AwsClientConfig,
      sts: AwsClientConfig
  ): String =
    RunsJson.list(runs(sagemaker, s3, sts).list(Option(path).getOrElse(S3AutoCreatePath())))

  /** Begins to remove a run; null stands for a default. */
  def startRemoval(
      runId: String,
      path: S3Resource,
      timeoutSeconds: Integer,
      pollIntervalMillis: Integer,
      sagemaker: AwsClientConfig,
      s3: AwsClientConfig,
      sts: AwsClientConfig
  ): PolledRun = {
    val waiting = HostingSettings()
    val removal = runs(sagemaker, s3, sts).startRemoval(
      runId,
      Option(path).getOrElse(S3AutoCreatePath()),
      Option(timeoutSeconds).fold(waiting.creationTimeoutSeconds)(_.intValue),
      Option(pollIntervalMillis).fold(waiting.pollIntervalMillis)(_.intValue)
    )
    new PolledRemoval(removal)
  }

  private def runs(sagemaker: AwsClientConfig, s3: AwsClientConfig, sts: AwsClientConfig): SageMakerRuns = {
    def supplied(client: AwsClientConfig) = Option(client).getOrElse(AwsClientConfig())
    new SageMakerRuns(ClientSettings(supplied(sagemaker), supplied(s3), supplied(sts)))
  }

  /** The hyper-parameters of a class of estimators, as a JSON list. */
  def hyperParameterSpec(className: String): String = HyperParameterSpec.of(className).toString
}
