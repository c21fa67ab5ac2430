package com.amazonaws.services.sagemaker.sparksdk.staging

import org.apache.spark.sql.SparkSession
import org.scalatest.BeforeAndAfterAll
import org.scalatest.funsuite.AnyFunSuite

/** A suite with a Spark session of its own, whose tasks are tried twice. */
abstract class SparkSuite extends AnyFunSuite with BeforeAndAfterAll {

  protected def master: String = "local[2,2]"

  protected def config: Map[String, String] = Map.empty

  protected lazy val spark: SparkSession = {
    val builder = SparkSession
      .builder()
      .master(master)
      .appName(getClass.getSimpleName)
      .config("spark.ui.enabled", "false")
      .config("spark.sql.shuffle.partitions", "2")
      .config("spark.driver.host", "127.0.0.1")
      .config("spark.driver.bindAddress", "127.0.0.1")
    config.foldLeft(builder) { case (b, (key, value)) => b.config(key, value) }.getOrCreate()
  }

  override def afterAll(): Unit =
    try spark.stop()
    finally super.afterAll()
}
