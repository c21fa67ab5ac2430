package com.amazonaws.services.sagemaker.sparksdk.staging

import java.nio.charset.StandardCharsets.UTF_8

import com.amazonaws.services.sagemaker.sparksdk.wire.AiAlgs
import com.fasterxml.jackson.databind.ObjectMapper
import org.apache.spark.ml.linalg.Vectors
import org.apache.spark.sql.DataFrame
import org.apache.spark.sql.functions._
import org.scalatest.BeforeAndAfterEach
import org.scalatest.concurrent.Eventually
import org.scalatest.time.{Seconds, Span}

/** Frames that are staged to an S3 of the test's own. */
abstract class StagingTests extends SparkSuite with BeforeAndAfterEach with Eventually {
  // Tasks that were killed give their clients back when they have ended.
  implicit override def patienceConfig: PatienceConfig = PatienceConfig(timeout = Span(20, Seconds))

  protected var s3: StubS3 = _

  override def beforeEach(): Unit = s3 = new StubS3
  override def afterEach(): Unit = s3.close()

  protected def request(
      format: String = "sagemaker",
      options: Map[String, String] = Map.empty
  ): StagingRequest =
    StagingRequest("bucket", "runs/one", s3.config, format, options, None, None, None)

  protected def rows(count: Long, partitions: Int, width: Int = 3): DataFrame = {
    val vector = udf((id: Long) => Vectors.dense(Array.tabulate(width)(i => id.toDouble + i)))
    spark
      .range(0, count, 1, partitions)
      .select(col("id").cast("double").as("label"), vector(col("id")).as("features"))
  }

  /** The labels in what the manifest names, in order: each row is to be there once. */
  protected def trainedOn(staged: StagedData): Seq[Double] =
    labels(manifestKeys(staged))

  protected def labels(keys: Seq[String]): Seq[Double] = keys.flatMap { key =>
    AiAlgs.payloads(s3.bytes(key)).map(payload => AiAlgs.read(payload, "label").get.values.head)
  }

  protected def manifestKeys(staged: StagedData): Seq[String] = {
    val entries = new ObjectMapper().readTree(new String(s3.bytes(staged.manifestKey.get), UTF_8))
    assert(entries.get(0).get("prefix").asText == s"s3://bucket/${staged.keyPrefix}")
    (1 until entries.size).map(i => staged.keyPrefix + entries.get(i).asText)
  }

  protected def nothingElseIsThere(staged: StagedData): Unit = {
    assert(s3.uploads.isEmpty)
    assert(s3.keys.toSet == staged.objects.map(_.key).toSet ++ staged.manifestKey)
  }
}
