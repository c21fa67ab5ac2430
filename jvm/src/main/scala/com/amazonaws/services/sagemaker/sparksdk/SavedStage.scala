package com.amazonaws.services.sagemaker.sparksdk

import scala.util.control.NonFatal

import com.amazonaws.services.sagemaker.sparksdk.settings.JsonCodec
import com.amazonaws.services.sagemaker.sparksdk.transformation.SavedClasses
import com.fasterxml.jackson.databind.JsonNode
import org.apache.hadoop.fs.Path
import org.apache.hadoop.mapred.InvalidInputException
import org.apache.spark.ml.param.Params
import org.apache.spark.ml.util.{DefaultParamsReadable, MLReader}
import org.apache.spark.sql.SparkSession

/** The companion of a stage that is saved with Spark's default writer. Spark's own reader makes an object of whichever
  * class the file names; this one looks first.
  */
private[sparksdk] trait SavedStage[T <: Params] extends DefaultParamsReadable[T] {

  /** A reader that refuses, with an IllegalArgumentException, what was saved by a newer version, is damaged, or is of a
    * class that is neither this library's nor named in [[transformation.SavedClasses]].
    */
  override def read: MLReader[T] = new CheckedReader(super.read)
}

private[sparksdk] object SavedStage {
  private val Package = "com.amazonaws.services.sagemaker.sparksdk."
  private val Algorithms = Seq(
    "KMeansSageMakerEstimator",
    "PCASageMakerEstimator",
    "LDASageMakerEstimator",
    "XGBoostSageMakerEstimator",
    "LinearLearnerBinaryClassifier",
    "LinearLearnerMultiClassClassifier",
    "LinearLearnerRegressor",
    "FactorizationMachinesBinaryClassifier",
    "FactorizationMachinesRegressor"
  )

  /** The stages of this library that Spark's default writer saves. */
  val own: Set[String] = (Seq("SageMakerEstimator", "SageMakerModel") ++ Algorithms.map("algorithms." + _))
    .map(Package + _)
    .toSet

  /** The metadata of what is saved at a path; an IllegalArgumentException when there is none, or it is damaged. */
  def metadata(session: SparkSession, path: String): JsonNode = {
    val lines =
      try session.sparkContext.textFile(new Path(path, "metadata").toString, 1).take(1)
      catch {
        case e: InvalidInputException =>
          throw new IllegalArgumentException(
            s"There is no saved stage at $path: it has no folder 'metadata'.",
            e
          )
      }
    val found =
      try lines.headOption.map(JsonCodec.parse)
      catch { case e: IllegalArgumentException => throw damaged(path, e.getMessage, e) }
    found
      .filter(_.path("class").isTextual)
      .getOrElse(throw damaged(path, "its metadata name no class", None.orNull))
  }

  def damaged(path: String, why: String, cause: Throwable): IllegalArgumentException =
    new IllegalArgumentException(s"What is saved at $path is damaged: $why. Save the stage again.", cause)
}

private[sparksdk] final class CheckedReader[T](plain: MLReader[T]) extends MLReader[T] {

  override def load(path: String): T = {
    val name = SavedStage.metadata(sparkSession, path).path("class").asText()
    if (!SavedStage.own(name) && !SavedClasses.registered.contains(name)) {
      throw new IllegalArgumentException(
        s"$path holds a stage of the class $name, which isn't one of this library's: load it with that class, or, if it " +
          s"is your own kind of SageMaker stage, set ${SavedClasses.ConfigKey}=$name in the Spark configuration."
      )
    }
    try plain.session(sparkSession).load(path)
    catch {
      case e: IllegalArgumentException => throw e
      case e @ (_: NoSuchElementException | _: ClassCastException) =>
        throw SavedStage.damaged(path, e.getMessage, e)
      case NonFatal(e) if e.getClass.getName.startsWith("org.json4s.") =>
        throw SavedStage.damaged(path, e.getMessage, e)
    }
  }
}
