package com.amazonaws.services.sagemaker.sparksdk.staging

import java.nio.charset.StandardCharsets.UTF_8
import java.util.concurrent.atomic.{AtomicInteger, AtomicReference}

import com.amazonaws.services.sagemaker.sparksdk.exceptions.StagingException
import com.amazonaws.services.sagemaker.sparksdk.retry.Sleeper
import org.apache.spark.TaskContext
import org.apache.spark.sql.DataFrame
import org.apache.spark.sql.functions._
import org.scalatest.BeforeAndAfterEach

/** Formats that Spark's own writers write through Hadoop's file system for S3. */
class ForeignFormatSuite extends SparkSuite with BeforeAndAfterEach {
  private var s3: StubS3 = _

  override def beforeEach(): Unit = {
    s3 = new StubS3
    StubS3FileSystem.stub = s3
    spark.sparkContext.hadoopConfiguration.set("fs.s3.impl", classOf[StubS3FileSystem].getName)
  }

  override def afterEach(): Unit = {
    spark.sparkContext.hadoopConfiguration.unset("fs.s3.impl")
    s3.close()
  }

  private def request = StagingRequest("bucket", "runs/one", s3.config, "json", Map.empty, None, None, None)

  private def stage(data: DataFrame): StagedData = Staging.stage(data, request)

  test("the rows are there once, and nothing that Spark puts beside them") {
    val staged = stage(spark.range(0, 10, 1, 2).toDF("id"))
    assert(staged.rowCount == 10 && staged.manifestKey.isEmpty)
    assert(s3.keys.toSet == staged.objects.map(_.key).toSet && s3.keys.forall(_.endsWith(".json")))
    val lines = s3.keys.flatMap(key => new String(s3.bytes(key), UTF_8).split("\n"))
    assert(lines.toSet == (0 until 10).map(id => s"""{"id":$id}""").toSet && lines.length == 10)
    assert(Staging.delete(staged, s3.config).isEmpty && s3.keys.isEmpty)
  }

  test("a failure leaves nothing, and neither does a frame without rows") {
    val broken = udf((id: Long) => if (id == 7) sys.error("row 7 is broken") else id)
    val failed =
      intercept[StagingException](stage(spark.range(0, 10, 1, 2).select(broken(col("id")).as("id"))))
    assert(failed.getMessage.contains("Nothing is left of it in S3."))
    intercept[IllegalArgumentException](stage(spark.range(0).toDF("id")))
    assert(s3.keys.isEmpty)
  }

  test("an interrupt ends the job before what it wrote is removed") {
    val data = spark.range(0, 4, 1, 2).select(ForeignFormatSuite.waiting(col("id")).as("id"))
    val failure = new AtomicReference[Throwable]
    val fit = new Thread(() =>
      try { stage(data); () }
      catch { case e: Throwable => failure.set(e) }
    )
    fit.start()
    while (fit.isAlive && ForeignFormatSuite.running.get < 2) Sleeper.system.sleep(10)
    fit.interrupt()
    fit.join()
    assert(failure.get.isInstanceOf[StagingException])
    assert(failure.get.getMessage.contains("Nothing is left of it in S3."))
    assert(ForeignFormatSuite.running.get == 0)
    assert(spark.sparkContext.statusTracker.getActiveJobIds().isEmpty)
    assert(s3.keys.isEmpty)
  }
}

object ForeignFormatSuite {
  val running = new AtomicInteger

  /** Waits for a minute, unless its task is killed. */
  private[staging] val waiting = udf { (id: Long) =>
    running.incrementAndGet()
    try {
      val until = System.nanoTime() + 60L * 1000 * 1000 * 1000
      while (System.nanoTime() < until && !TaskContext.get.isInterrupted()) Sleeper.system.sleep(50)
      if (TaskContext.get.isInterrupted()) throw new InterruptedException
    } finally running.decrementAndGet()
    id
  }
}
