// scalastyle:off sleep -- the scripted endpoint takes its time
package com.amazonaws.services.sagemaker.sparksdk.inference

import java.util.concurrent.{ConcurrentLinkedQueue, ThreadLocalRandom}

import org.apache.spark.SparkException
import org.apache.spark.ml.linalg.Vectors
import org.apache.spark.scheduler.{SparkListener, SparkListenerJobStart}
import org.apache.spark.sql.Row
import org.apache.spark.sql.functions._
import org.apache.spark.sql.types._
import org.scalatest.concurrent.Eventually
import org.scalatest.funsuite.AnyFunSuite
import org.scalatest.time.{Seconds, Span}

import com.amazonaws.services.sagemaker.sparksdk.aws.AwsClients
import com.amazonaws.services.sagemaker.sparksdk.exceptions.RowCountException
import com.amazonaws.services.sagemaker.sparksdk.settings.InferenceSettings
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers.XGBoostCSVRowDeserializer
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers.UnlabeledCSVRequestRowSerializer

class InferenceSuite extends AnyFunSuite with SparkTests with Eventually {
  import ScriptedEndpoint.doubled

  implicit override def patienceConfig: PatienceConfig = PatienceConfig(timeout = Span(20, Seconds))

  private def assertDoubled(rows: Array[Row], count: Long): Unit = {
    assert(rows.length == count)
    rows.foreach(row => assert(row.getDouble(1) == row.getLong(0) * 2.0, row))
  }

  private def assertNothingLeft(endpoint: ScriptedEndpoint): Unit = eventually {
    assert(AwsClients.openLeases == 0)
    assert(endpoint.inFlight.get == 0)
  }

  test("answers come in the order of the rows, whatever each request takes") {
    withEndpoint { r => Thread.sleep(ThreadLocalRandom.current().nextLong(25)); doubled(r) } { endpoint =>
      val rows = Inference.transform(spark.range(0, 1000, 1, 3).toDF(), call(endpoint)).collect()
      assertDoubled(rows, 1000)
      assert(rows.map(_.getLong(0)).toSeq == (0L until 1000L))
      assertNothingLeft(endpoint)
    }
  }

  test("a task has no more requests in flight than it may") {
    withEndpoint { r => Thread.sleep(10); doubled(r) } { endpoint =>
      val settings = InferenceSettings(maxInFlight = 3, maxRowsPerRequest = 5)
      assertDoubled(
        Inference.transform(spark.range(0, 300, 1, 1).toDF(), call(endpoint, settings)).collect(),
        300
      )
      assert(endpoint.mostInFlight.get <= 3)
      assert(endpoint.count == 60)
    }
  }

  test("requests are bounded in bytes, also when a row doesn't fit any more") {
    withEndpoint(doubled) { endpoint =>
      val settings = InferenceSettings(maxPayloadBytes = 25)
      assertDoubled(
        Inference.transform(spark.range(100, 200, 1, 1).toDF(), call(endpoint, settings)).collect(),
        100
      )
      endpoint.requests.forEach(r => assert(r.body.length <= 25))
      assert(endpoint.count == 17)
    }
  }

  test("built-in serializers and deserializers send and read vectors") {
    withEndpoint(r => Reply200(r.lines.map(_.split(',').head + "\n").mkString, "text/csv; charset=utf-8")) {
      endpoint =>
        val data = spark
          .createDataFrame((0 until 50).map(i => (i, Vectors.dense(i + 0.5, 1.0), s"name $i")))
          .toDF("id", "features", "name")
        val out = Inference.transform(
          data,
          call(
            endpoint,
            serializer = new UnlabeledCSVRequestRowSerializer(),
            deserializer = new XGBoostCSVRowDeserializer()
          )
        )
        assert(out.columns.toSeq == Seq("id", "features", "name", "prediction"))
        out.collect().foreach { row =>
          assert(row.getDouble(3) == row.getInt(0) + 0.5)
          assert(row.getString(2) == s"name ${row.getInt(0)}")
        }
        assert(
          out
            .select("prediction", "id")
            .where(col("id") > 40)
            .collect()
            .toSeq
            .map(r => r.getDouble(0) - r.getInt(1))
            .toSet == Set(0.5)
        )
    }
  }

  test("without prepending, only the answer's columns come out") {
    withEndpoint(doubled) { endpoint =>
      val out = Inference.transform(spark.range(0, 20, 1, 1).toDF(), call(endpoint, prepend = false))
      assert(out.columns.toSeq == Seq("answer"))
      assert(out.collect().map(_.getDouble(0)).toSeq == (0 until 20).map(_ * 2.0))
    }
  }

  for (
    (name, change) <- Seq[(String, Seq[String] => Seq[String])](
      "fewer" -> (_.dropRight(3)),
      "more" -> (l => l ++ l.take(2))
    )
  )
    test(s"$name rows than were sent are an error that names both counts") {
      withEndpoint(r => Reply200(change(r.lines).mkString("\n"))) { endpoint =>
        val e = intercept[SparkException](
          Inference.transform(spark.range(0, 10, 1, 1).toDF(), call(endpoint)).collect()
        )
        val root = rootOf(e)
        assert(root.isInstanceOf[RowCountException])
        assert(root.getMessage.contains("'some-endpoint' was sent 10 rows and answered"))
        assertNothingLeft(endpoint)
      }
    }

  test("short answers give no rows to those who want only a few") {
    withEndpoint(r => Reply200(r.lines.tail.mkString("\n"))) { endpoint =>
      intercept[SparkException](Inference.transform(spark.range(0, 10, 1, 1).toDF(), call(endpoint)).take(2))
    }
  }

  private def throttle(r: Received) = Fail(400, "ThrottlingException", "{\"message\":\"Rate exceeded\"}")

  for (
    (name, fault) <- Seq[(String, Received => Reaction)](
      "throttled" -> throttle,
      "answered by 429" -> (_ => Fail(429, "", "")),
      "told that the model isn't ready" -> (_ =>
        Fail(429, "ModelNotReadyException", "{\"Message\":\"loading\"}")
      ),
      "answered by 500" -> (_ => Fail(500, "InternalFailure", "{}")),
      "answered by 503" -> (_ => Fail(503, "ServiceUnavailable", "{}", Map("Retry-After" -> "0"))),
      "answered by 530" -> (_ => Fail(530, "InternalDependencyException", "{}")),
      "cut off before the answer" -> (_ => Hangup),
      "cut off in the middle of the answer" -> (r => HalfAnswer(r.lines.head + "\n")),
      "failed once by the container" ->
        (_ => Fail(424, "ModelError", "{\"OriginalStatusCode\":500,\"OriginalMessage\":\"oops\"}"))
    )
  ) test(s"all rows arrive in order after requests were $name") {
    withEndpoint(r => if (r.number == 2 || r.number == 3) fault(r) else doubled(r)) { endpoint =>
      val rows = Inference.transform(spark.range(0, 60, 1, 1).toDF(), call(endpoint)).collect()
      assert(rows.map(_.getLong(0)).toSeq == (0L until 60L))
      assertDoubled(rows, 60)
      assert(endpoint.count == 8)
    }
  }

  test("a refused size is split, and later requests are smaller") {
    val tooLarge = Fail(413, "413", "{\"message\":\"HTTP content length exceeded 20 bytes.\"}")
    withEndpoint(r => if (r.body.length > 20) tooLarge else doubled(r)) { endpoint =>
      val settings = InferenceSettings(maxInFlight = 1, maxRowsPerRequest = 64)
      assertDoubled(
        Inference.transform(spark.range(100, 500, 1, 1).toDF(), call(endpoint, settings)).collect(),
        400
      )
      val refused = endpoint.requests.toArray(Array.empty[Received]).count(_.body.length > 20)
      assert(refused < 10)
    }
  }

  test("a row that is refused alone, and one above the limit, are named with their sizes") {
    withEndpoint(_ => Fail(413, "", "too much")) { endpoint =>
      val e = intercept[SparkException](
        Inference.transform(spark.range(100, 104, 1, 1).toDF(), call(endpoint)).collect()
      )
      assert(rootOf(e).getMessage.startsWith("row 1 of partition 0 needs a request of 4 bytes"))
      val tight = call(endpoint, InferenceSettings(maxPayloadBytes = 3))
      val e2 =
        intercept[SparkException](Inference.transform(spark.range(8, 1008, 1, 1).toDF(), tight).collect())
      assert(
        rootOf(e2).getMessage.startsWith(
          "row 1 of partition 0 needs a request of 2 bytes, which endpoint 'some-endpoint' refuses as too large ("
        ),
        rootOf(e2).getMessage
      )
      val e3 = intercept[SparkException](
        Inference.transform(spark.range(123, 124, 1, 1).toDF(), tight).collect()
      )
      assert(rootOf(e3).getMessage.contains("Row 1 of partition 0"))
      assert(rootOf(e3).getMessage.contains("is 4 bytes as text/csv, more than the 3 bytes"))
    }
  }

  test("a container's client error fails at once, with endpoint, rows, status, message and log") {
    val json =
      "{\"OriginalStatusCode\":415,\"OriginalMessage\":\"no such " +
        "type\",\"LogStreamArn\":\"arn:aws:logs:x\"," +
        "\"Message\":\"Received client error (415) from primary with message\"}"
    withEndpoint(_ => Fail(424, "ModelError", json)) { endpoint =>
      val e = intercept[SparkException](
        Inference.transform(spark.range(0, 5, 1, 1).toDF(), call(endpoint)).collect()
      )
      val text = rootOf(e).getMessage
      for (
        part <- Seq(
          "'some-endpoint'",
          "rows 1 to 5 of partition 0",
          "424 ModelError",
          "415",
          "no such type",
          "arn:aws:logs:x"
        )
      )
        assert(text.contains(part), text)
      assert(endpoint.count == 1)
      assertNothingLeft(endpoint)
    }
  }

  test("an unknown endpoint is named, with what to do") {
    val json = "{\"message\":\"Endpoint some-endpoint of account 1 not found.\"}"
    withEndpoint(_ => Fail(400, "ValidationError", json)) { endpoint =>
      val e = intercept[SparkException](Inference.transform(spark.range(5).toDF(), call(endpoint)).collect())
      assert(rootOf(e).getMessage.contains("doesn't exist in this account and region"))
    }
  }

  test("an answer of another type, and one that can't be read, say what was expected and what came") {
    withEndpoint(_ => Reply200("<html>hello</html>", "text/html")) { endpoint =>
      val features = spark.createDataFrame(Seq(Tuple1(Vectors.dense(1.0)))).toDF("features")
      val builtIn =
        call(
          endpoint,
          serializer = new UnlabeledCSVRequestRowSerializer(),
          deserializer = new XGBoostCSVRowDeserializer()
        )
      for (
        frame <- Seq(
          Inference.transform(features, builtIn),
          Inference.transform(spark.range(1).toDF(), call(endpoint))
        )
      ) {
        val text = rootOf(intercept[SparkException](frame.collect())).getMessage
        for (part <- Seq("'some-endpoint'", "expected: text/csv", "found: text/html", "<html>hello"))
          assert(text.contains(part))
      }
    }
  }

  test("empty partitions make no request, and transform itself starts no job") {
    withEndpoint(doubled) { endpoint =>
      val jobs = new ConcurrentLinkedQueue[String]()
      val listener = new SparkListener {
        override def onJobStart(start: SparkListenerJobStart): Unit = {
          jobs.add(start.properties.getProperty("spark.job.description", "another"))
          ()
        }
      }
      spark.sparkContext.addSparkListener(listener)
      try {
        val shuffled = spark.range(0, 40, 1, 4).toDF().repartition(5, col("id")).where(col("id") < 0)
        val out = Inference.transform(shuffled, call(endpoint))
        assert(out.schema.fieldNames.toSeq == Seq("id", "answer"))
        // Listeners hear of jobs in their order, some time later.
        spark.sparkContext.setJobDescription("marker")
        spark.sparkContext.parallelize(Seq(1), 1).count()
        eventually(assert(jobs.contains("marker")))
        assert(jobs.toArray.toSeq == Seq("marker"))
        assert(out.collect().isEmpty)
        assert(endpoint.count == 0)
      } finally {
        spark.sparkContext.setLocalProperty("spark.job.description", null)
        spark.sparkContext.removeSparkListener(listener)
      }
    }
  }

  test("limit and take leave nothing in flight") {
    withEndpoint { r => Thread.sleep(20); doubled(r) } { endpoint =>
      val out = Inference.transform(spark.range(0, 100000, 1, 2).toDF(), call(endpoint))
      assert(out.take(3).map(_.getDouble(1)).toSeq == Seq(0.0, 2.0, 4.0))
      assert(out.limit(5).collect().length == 5)
      assertNothingLeft(endpoint)
      assert(endpoint.count < 500)
    }
  }

  test("a failure downstream and a cancelled job leave nothing in flight") {
    withEndpoint { r => Thread.sleep(50); doubled(r) } { endpoint =>
      val out = Inference.transform(spark.range(0, 100000, 1, 2).toDF(), call(endpoint))
      val fails = udf((x: Double) => if (x > 30) sys.error("downstream") else x)
      intercept[SparkException](out.select(fails(col("answer"))).collect())
      assertNothingLeft(endpoint)
      val running = new Thread(() => {
        spark.sparkContext.setJobGroup("cancelled", "a job to cancel")
        intercept[SparkException](out.foreach((_: Row) => ()))
        ()
      })
      val before = endpoint.count
      running.start()
      eventually(assert(endpoint.count > before + 4))
      spark.sparkContext.cancelJobGroup("cancelled")
      running.join()
      assertNothingLeft(endpoint)
    }
  }

  test("the endpoint gets the names, types and settings it should") {
    withEndpoint(doubled) { endpoint =>
      val settings = InferenceSettings(
        targetVariant = Some("blue"),
        targetModel = Some("m.tar.gz"),
        inferenceComponent = Some("part"),
        customAttributes = Some("trace=1")
      )
      Inference.transform(spark.range(1).toDF(), call(endpoint, settings)).collect()
      val request = endpoint.requests.peek()
      assert(request.path == "/endpoints/some-endpoint/invocations")
      val expected = Map(
        "Content-Type" -> "text/csv",
        "Accept" -> "text/csv",
        "X-Amzn-SageMaker-Target-Variant" -> "blue",
        "X-Amzn-SageMaker-Target-Model" -> "m.tar.gz",
        "X-Amzn-SageMaker-Inference-Component" -> "part",
        "X-Amzn-SageMaker-Custom-Attributes" -> "trace=1"
      )
      expected.foreach { case (name, value) => assert(request.headers(name).contains(value)) }
      assert(
        request
          .headers("Authorization")
          .exists(a => a.contains("AKIDEXAMPLE/") && a.contains("/sagemaker/aws4_request"))
      )
      assert(request.headers("User-Agent").exists(_.startsWith("sagemaker-pyspark-bridge/")))
    }
  }

  test("columns that would be there twice are named, with the remedy") {
    withEndpoint(doubled) { endpoint =>
      val taken = spark.range(3).withColumn("Answer", lit(1))
      val e = intercept[IllegalArgumentException](Inference.transform(taken, call(endpoint)))
      assert(
        e.getMessage.contains("'answer'") && e.getMessage.contains(
          "modelPrependInputRowsToTransformationRows"
        )
      )
      val e2 =
        intercept[IllegalArgumentException](Inference.transform(spark.range(3).toDF("n"), call(endpoint)))
      assert(e2.getMessage.contains("there is no column 'id'"))
    }
  }

  test("the counters tell what was done") {
    withEndpoint(r => if (r.number == 1) throttle(r) else doubled(r)) { endpoint =>
      val counted = call(endpoint).copy(endpointName = "counted")
      Inference.transform(spark.range(0, 30, 1, 1).toDF(), counted).collect()
      val counters = InferenceCounters.of(spark.sparkContext, "counted")
      assert(counters.rows == 30)
      assert(counters.requests == 4)
      assert(counters.retries == 1)
      assert(counters.throttles == 1)
      assert(counters.bytesSent > 80 && counters.bytesReceived > 0)
    }
  }
}
