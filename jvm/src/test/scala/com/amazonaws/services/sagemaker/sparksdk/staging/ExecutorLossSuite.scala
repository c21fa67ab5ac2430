package com.amazonaws.services.sagemaker.sparksdk.staging

import java.io.File
import java.nio.charset.StandardCharsets.UTF_8

import com.amazonaws.services.sagemaker.sparksdk.wire.AiAlgs
import org.apache.commons.io.FileUtils
import org.apache.spark.TaskContext
import org.apache.spark.ml.linalg.Vectors
import org.apache.spark.sql.functions.{col, udf}

/** Executors in processes of their own, so that one can die. */
class ExecutorLossSuite extends SparkSuite {
  private val classPath = System.getProperty("java.class.path")

  override def master: String = "local-cluster[2,1,512]"

  override def sparkConfig: Map[String, String] = Map(
    "spark.executor.memory" -> "512m",
    "spark.executor.extraClassPath" -> classPath,
    "spark.executor.extraJavaOptions" -> ExecutorLossSuite.OpenModules,
    "spark.home" -> System.getProperty("java.io.tmpdir"),
    "spark.executorEnv.SPARK_TESTING" -> "1",
    "spark.executorEnv.SPARK_SCALA_VERSION" -> scala.util.Properties.versionNumberString
      .split('.')
      .take(2)
      .mkString("."),
    "spark.executorEnv.SPARK_LOCAL_IP" -> "127.0.0.1"
  )

  /** The workers of a local cluster keep their executors' files under the working directory. */
  override def afterAll(): Unit =
    try super.afterAll()
    finally FileUtils.deleteDirectory(new File("work"))

  test("what an executor wrote before it died is neither trained on nor left behind") {
    val s3 = new StubS3
    try {
      // The first attempt of the second task has written some objects, and has no time to remove them.
      val dying = udf { (id: Long) =>
        val task = TaskContext.get()
        if (task.partitionId() == 1 && task.attemptNumber() == 0 && id == 190) Runtime.getRuntime.halt(1)
        Vectors.dense(id.toDouble)
      }
      val rows = spark
        .range(0, 200, 1, 2)
        .select(col("id").cast("double").as("label"), dying(col("id")).as("features"))
      val request = StagingRequest(
        "bucket",
        "runs/one",
        s3.config,
        "sagemaker",
        Map.empty,
        None,
        None,
        None,
        objectBytes = 400
      )
      val staged = Staging.stage(rows, request)
      val manifest = new String(s3.bytes(staged.manifestKey.get), UTF_8)
      val named = s3.keys.filter(key =>
        key != staged.manifestKey.get && manifest.contains(key.stripPrefix("runs/one/"))
      )
      val labels =
        named.flatMap(key => AiAlgs.payloads(s3.bytes(key))).map(AiAlgs.read(_, "label").get.values.head)
      assert(labels.sorted == (0 until 200).map(_.toDouble))
      assert(s3.keys.toSet == named.toSet ++ staged.manifestKey && s3.uploads.isEmpty)
      val attempts = s3.requests.toArray
        .map(_.toString)
        .filter(_.startsWith("PUT  runs/one/part-00001"))
        .map(_.split('-')(3))
      assert(attempts.distinct.length == 2, "the attempt that died had written something")
    } finally s3.close()
  }
}

object ExecutorLossSuite {
  private val OpenModules: String =
    Seq(
      "java.lang",
      "java.lang.invoke",
      "java.lang.reflect",
      "java.io",
      "java.net",
      "java.nio",
      "java.util",
      "java.util.concurrent",
      "java.util.concurrent.atomic",
      "sun.nio.ch",
      "sun.nio.cs",
      "sun.security.action",
      "sun.util.calendar"
    ).map(p => s"--add-opens=java.base/$p=ALL-UNNAMED").mkString("-XX:+IgnoreUnrecognizedVMOptions ", " ", "")
}
