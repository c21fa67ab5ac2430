package com.amazonaws.services.sagemaker.sparksdk

import java.nio.file.Files

import org.apache.spark.sql.SparkSession
import org.scalatest.{BeforeAndAfterAll, Suite}

/** A Spark session of the suite's own, begun when it is first used and stopped with the suite: a JVM has room for one. */
trait OwnSparkSession extends BeforeAndAfterAll { self: Suite =>

  protected def master: String = "local[2]"

  protected def sparkConfig: Map[String, String] = Map.empty

  @volatile private var begun = false

  protected lazy val spark: SparkSession = {
    begun = true
    val builder = SparkSession
      .builder()
      .master(master)
      .appName(getClass.getSimpleName)
      .config("spark.ui.enabled", "false")
      .config("spark.sql.shuffle.partitions", "3")
      .config("spark.sql.warehouse.dir", Files.createTempDirectory("warehouse").toUri.toString)
      .config("spark.driver.host", "127.0.0.1")
      .config("spark.driver.bindAddress", "127.0.0.1")
    sparkConfig.foldLeft(builder) { case (b, (key, value)) => b.config(key, value) }.getOrCreate()
  }

  override def afterAll(): Unit =
    try if (begun) spark.stop()
    finally super.afterAll()
}
