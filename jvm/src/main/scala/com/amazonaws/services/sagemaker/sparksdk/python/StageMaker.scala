package com.amazonaws.services.sagemaker.sparksdk.python

import java.lang.reflect.InvocationTargetException
import java.util.{Map => JavaMap}

import scala.collection.JavaConverters._

import com.amazonaws.services.sagemaker.sparksdk.{SageMakerEstimator, SageMakerModel}
import com.amazonaws.services.sagemaker.sparksdk.settings.{
  JsonCodec,
  Nearest,
  Setting,
  SettingTable,
  SettingTypeException,
  StageSettings,
  ValueCodecs
}
import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  RequestRowSerializer,
  ResponseRowDeserializer
}
import org.apache.spark.ml.PipelineStage

/** Makes stages of flat maps of settings. */
private[python] object StageMaker {
  private val transformations = Map[String, Class[_]](
    "requestRowSerializer" -> classOf[RequestRowSerializer],
    "responseRowDeserializer" -> classOf[ResponseRowDeserializer]
  )

  /** An estimator of one of this library's classes, or of a user's class that extends one. */
  def estimator(
      className: String,
      uid: Option[String],
      json: String,
      objects: Option[JavaMap[String, AnyRef]]
  ): SageMakerEstimator = {
    val made = instance(className, uid)
    made.updateSettings(merged(StageSettings.estimator, _, json, objects))
  }

  def model(uid: Option[String], json: String, objects: Option[JavaMap[String, AnyRef]]): SageMakerModel = {
    val made = uid.map(new SageMakerModel(_)).getOrElse(new SageMakerModel())
    made.configure(merged(StageSettings.model, made.settings, json, objects))
  }

  def instance(className: String, uid: Option[String]): SageMakerEstimator = {
    val stageClass = Class.forName(className, true, Thread.currentThread.getContextClassLoader)
    val made =
      try
        uid match {
          case Some(chosen) => stageClass.getConstructor(classOf[String]).newInstance(chosen)
          case None => stageClass.getConstructor().newInstance()
        }
      catch { case e: InvocationTargetException => throw e.getCause }
    made match {
      case estimator: SageMakerEstimator => estimator
      case _ => throw new SettingTypeException(s"$className is no SageMakerEstimator")
    }
  }

  private def merged[S](
      table: SettingTable[S],
      onto: S,
      json: String,
      objects: Option[JavaMap[String, AnyRef]]
  ): S = {
    val described = table.merged(onto, JsonCodec.parse(json))
    objects.map(_.asScala.toSeq).getOrElse(Nil).foldLeft(described) { case (settings, (name, value)) =>
      table(name).fromObject(settings, transformations.get(name).fold(value)(ofKind(name, value, _)))
    }
  }

  private def ofKind(name: String, value: AnyRef, kind: Class[_]): Option[AnyRef] = {
    if (!kind.isInstance(value)) {
      val found = Option(value).fold("None")(_.getClass.getName)
      throw new SettingTypeException(s"$name takes a ${kind.getSimpleName}, found $found")
    }
    Some(value)
  }
}

/** Looks into stages. */
private[python] object Stages {
  import com.fasterxml.jackson.databind.JsonNode
  import com.fasterxml.jackson.databind.node.JsonNodeFactory

  /** One setting as it is saved; what can't be saved, by its class: Python holds on to the object itself. */
  def setting(stage: PipelineStage, name: String): JsonNode = stage match {
    case estimator: SageMakerEstimator =>
      val effective = name match {
        case "trainingImage" =>
          val s = estimator.settings
          s.copy(training = s.training.copy(image = Some(estimator.trainingImage)))
        case "modelImage" =>
          val s = estimator.settings
          s.copy(hosting = s.hosting.copy(image = Some(estimator.modelImage)))
        case _ => estimator.effectiveSettings
      }
      described(StageSettings.estimator(name), effective)
    case model: SageMakerModel => described(StageSettings.model(name), model.settings)
    case other => foreign(other)
  }

  private def described[S](setting: Setting[S, _], settings: S): JsonNode =
    ValueCodecs
      .unsaved(setting.get(settings))
      .fold(setting.toJson(settings))(own =>
        JsonNodeFactory.instance.objectNode().put("class", own.getClass.getName)
      )

  def settingObject(stage: PipelineStage, name: String): AnyRef = {
    val value = stage match {
      case estimator: SageMakerEstimator => StageSettings.estimator(name).get(estimator.effectiveSettings)
      case model: SageMakerModel => StageSettings.model(name).get(model.settings)
      case other => foreign(other)
    }
    value match {
      case Some(inner) => inner.asInstanceOf[AnyRef]
      case None => None.orNull
      case plain => plain.asInstanceOf[AnyRef]
    }
  }

  private def foreign(stage: PipelineStage): Nothing =
    throw new SettingTypeException(s"${stage.getClass.getName} is no stage of this library")

  /** The error for a Param that a stage doesn't have. */
  def unknownParam(stage: PipelineStage, name: String): Nothing = throw new SettingTypeException(
    s"${stage.getClass.getSimpleName} has no hyper-parameter '$name'." +
      Nearest.suggestion(name, stage.params.map(_.name).toSeq)
  )
}
