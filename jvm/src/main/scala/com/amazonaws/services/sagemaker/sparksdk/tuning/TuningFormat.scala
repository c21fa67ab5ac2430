package com.amazonaws.services.sagemaker.sparksdk.tuning

import com.amazonaws.services.sagemaker.sparksdk.SavedStage
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.JsonNodeFactory
import org.apache.hadoop.fs.Path
import org.apache.spark.ml.param.{Param, Params}
import org.apache.spark.ml.util.{MLReader, MLWriter}
import org.apache.spark.sql.SparkSession

/** How a tuning estimator is saved: the metadata that Spark's loaders of pipelines read, with this library's class, and
  * beside it Spark's own tuning estimator with the same Params, saved by Spark.
  */
private[tuning] object TuningFormat {
  val Inner: String = "tuning"
  private val Version = 1
  private val VersionKey = "formatVersion"

  /** Sets the Params that are set in one stage in another, and returns that. */
  def copyParams[T <: Params](from: Params, to: T): T = {
    from.params.filter(param => to.hasParam(param.name)).foreach { param =>
      from.get(param).foreach(to.set(to.getParam(param.name).asInstanceOf[Param[Any]], _))
    }
    to
  }

  def writeMetadata(session: SparkSession, stage: Params, path: String): Unit = {
    val nodes = JsonNodeFactory.instance
    val metadata = nodes.objectNode()
    metadata
      .put("class", stage.getClass.getName)
      .put("timestamp", System.currentTimeMillis())
      .put("sparkVersion", session.version)
      .put("uid", stage.uid)
      .put(VersionKey, Version)
    metadata.set[JsonNode]("paramMap", nodes.objectNode())
    metadata.set[JsonNode]("defaultParamMap", nodes.objectNode())
    session.sparkContext
      .parallelize(Seq(metadata.toString), 1)
      .saveAsTextFile(new Path(path, "metadata").toString)
  }

  /** The class that saved what is at a path; an IllegalArgumentException for a newer format, or no metadata. */
  def savedClass(session: SparkSession, path: String): String = {
    val metadata = SavedStage.metadata(session, path)
    val version = metadata.path(VersionKey).asInt(Version)
    if (version > Version) {
      throw new IllegalArgumentException(
        s"$path was saved in format $version, newer than format $Version that this version reads: load it with the " +
          "version that saved it, or a later one."
      )
    }
    metadata.path("class").asText()
  }
}

private[tuning] final class TuningWriter(stage: Params, plain: () => MLWriter) extends MLWriter {
  override protected def saveImpl(path: String): Unit = {
    TuningFormat.writeMetadata(sparkSession, stage, path)
    plain().save(new Path(path, TuningFormat.Inner).toString)
  }
}

private[tuning] final class TuningReader[S, T](own: Class[T], spark: String => S, of: S => T)
    extends MLReader[T] {
  override def load(path: String): T = {
    val found = TuningFormat.savedClass(sparkSession, path)
    if (found == own.getName) of(spark(new Path(path, TuningFormat.Inner).toString))
    else if (found == own.getSuperclass.getName) of(spark(path))
    else
      throw new IllegalArgumentException(
        s"$path holds a $found, not a ${own.getName}: load it with that class."
      )
  }
}
