package com.amazonaws.services.sagemaker.sparksdk.staging

import java.util.concurrent.atomic.AtomicReference

import com.amazonaws.services.sagemaker.sparksdk.exceptions.{InferenceException, StagingException}
import com.amazonaws.services.sagemaker.sparksdk.retry.Sleeper
import com.amazonaws.services.sagemaker.sparksdk.wire.UnencodableRowException
import org.apache.spark.ml.linalg.Vectors
import org.apache.spark.sql.functions._

/** What comes from outside: earlier stages that fail, permissions that lack, interrupts. */
class StagingTroubleSuite extends StagingTests {

  test("a row that an earlier model's serializer refuses isn't called a wrong row of the training data") {
    val refusing = udf { (id: Long) =>
      if (id == 7)
        throw new InferenceException(
          "Row 8 of partition 0 can't be sent: column \"x\" is null",
          new UnencodableRowException("column \"x\" is null in row 8 of its partition")
        )
      Vectors.dense(id.toDouble)
    }
    val data = spark.range(0, 10, 1, 1).select(refusing(col("id")).as("features"))
    val e = intercept[StagingException](Staging.stage(data, request()))
    assert(
      e.getMessage.contains("failed: Row 8 of partition 0 can't be sent: column \"x\" is null. Nothing"),
      e.getMessage
    )
    assert(s3.keys.isEmpty)
  }

  test(
    "what may not be listed is deleted all the same, and counts as left only where nothing else names it"
  ) {
    Seq("GET list-type", "GET uploads").foreach { listing =>
      val staged = Staging.stage(rows(5, 1), request())
      s3.refuse = (what, _) => if (what == listing) Some("AccessDenied") else None
      assert(Staging.delete(staged, s3.config).isEmpty && s3.keys.isEmpty, listing)
      val left = Staging.deleteAll("bucket", staged.keyPrefix, s3.config)
      assert(left.length == 1 && left.head.contains("under s3://bucket/runs/one/ (AccessDenied"), left)
      s3.refuse = (_, _) => None
    }
  }

  test("an interrupt ends the shuffles that adaptive execution runs before the rows are there") {
    val vector = udf((id: Long) => Vectors.dense(id.toDouble))
    val slow = spark
      .range(0, 4, 1, 2)
      .select(ForeignFormatSuite.waiting(col("id")).as("id"))
      .repartition(3, col("id"))
      .select(col("id").cast("double").as("label"), vector(col("id")).as("features"))
    val failure = new AtomicReference[Throwable]
    val fit = new Thread(() =>
      try { Staging.stage(slow, request()); () }
      catch { case e: Throwable => failure.set(e) }
    )
    fit.start()
    while (fit.isAlive && ForeignFormatSuite.running.get < 2) Sleeper.system.sleep(10)
    fit.interrupt()
    fit.join()
    assert(failure.get.isInstanceOf[StagingException], failure.get)
    assert(ForeignFormatSuite.running.get == 0)
    assert(spark.sparkContext.statusTracker.getActiveJobIds().isEmpty)
  }
}
