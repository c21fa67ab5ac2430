package com.amazonaws.services.sagemaker.sparksdk.compat

import org.apache.spark.SPARK_VERSION

import com.amazonaws.services.sagemaker.sparksdk.exceptions.SageMakerSparkSDKException

/** The Spark line that this JVM runs, such as `3.5`. */
object SparkLine {

  /** Major and minor version of the Spark that is on the class path. */
  val current: String = lineOf(SPARK_VERSION)

  private val scalaBinary = scala.util.Properties.versionNumberString.split('.').take(2).mkString(".")

  /** Throws a SageMakerSparkSDKException when this jar isn't made for the Spark line. */
  def requireSupported(): Unit =
    if (!isSupported(current))
      throw SageMakerSparkSDKException(
        s"Spark $SPARK_VERSION isn't supported by sagemaker-spark_$scalaBinary, which is for Spark 3.4 " +
          "and 3.5 (Scala 2.12) or Spark 4 (Scala 2.13): use another Spark, or the jar made for this one"
      )

  private[compat] def isSupported(line: String): Boolean = line.split('.').toList match {
    case "3" :: minor :: Nil => number(minor).exists(_ >= 4) && scalaBinary == "2.12"
    case "4" :: _ :: Nil => scalaBinary == "2.13"
    case _ => false
  }

  private[compat] def lineOf(version: String): String = version.split("[.-]").take(2).mkString(".")

  private def number(text: String): Option[Int] =
    if (text.nonEmpty && text.forall(_.isDigit)) Some(text.toInt) else None
}
