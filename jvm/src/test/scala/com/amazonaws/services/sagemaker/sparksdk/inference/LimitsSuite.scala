package com.amazonaws.services.sagemaker.sparksdk.inference

import java.net.{InetAddress, ServerSocket}
import java.util.concurrent.atomic.AtomicInteger

import scala.util.Try

import org.apache.spark.SparkException
import org.apache.spark.ml.linalg.{Vector, Vectors}
import org.scalatest.funsuite.AnyFunSuite

import com.amazonaws.services.sagemaker.sparksdk.settings.InferenceSettings
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers.XGBoostCSVRowDeserializer
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers._

/** Rows that can't be sent, and answers that come late or not at all. */
class LimitsSuite extends AnyFunSuite with SparkTests {

  test("a small row that is a huge request is named with its size, and not written out") {
    withEndpoint(ScriptedEndpoint.doubled) { endpoint =>
      val wide = spark
        .createDataFrame(Seq((1.0, Vectors.sparse(300000000, Array(5), Array(1.0)))))
        .toDF("label", "features")
        .coalesce(1)
      val csv =
        "Row 1 of partition 0 .* is at least 12000000.. bytes as text/csv, " +
          "more than the 5242880 bytes that a request may have: .*"
      val json = csv.replace("text/csv", "application/json")
      Seq(
        new UnlabeledCSVRequestRowSerializer() -> csv,
        new LabeledCSVRequestRowSerializer() -> csv,
        new CSVColumnsRequestRowSerializer(Seq("label", "features")) -> csv,
        new JSONRequestRowSerializer(columns = Some(Seq("features"))) -> json
      ).foreach { case (serializer, expected) =>
        val frame = Inference.transform(
          wide,
          call(endpoint, InferenceSettings(), serializer, new XGBoostCSVRowDeserializer())
        )
        val e = rootOf(intercept[SparkException](frame.collect()))
        assert(e.getMessage.matches(expected), e.getMessage)
      }
      assert(endpoint.count == 0)
    }
  }

  test("a row that is refused is shown with its columns as they are called") {
    withEndpoint(ScriptedEndpoint.doubled) { endpoint =>
      val data = spark
        .createDataFrame(Seq((7L, "a", Option.empty[Vector])))
        .toDF("id", "k", "features")
        .coalesce(1)
      val frame = Inference.transform(
        data,
        call(
          endpoint,
          serializer = new UnlabeledCSVRequestRowSerializer(),
          deserializer = new XGBoostCSVRowDeserializer()
        )
      )
      val said = rootOf(intercept[SparkException](frame.collect())).getMessage
      assert(said.contains("The row: [id=7, k=a, features=null]"), said)
    }
  }

  test("an answer whose end comes too late is used all the same: it is paid for") {
    withEndpoint(r => Trickle(r.lines.map(line => s"${line.toDouble * 2}\n"), 1500)) { endpoint =>
      val settings = InferenceSettings(invokeTimeoutMillis = 2000, invokeAttempts = 2)
      val rows = Inference.transform(spark.range(0, 3, 1, 1).toDF(), call(endpoint, settings)).collect()
      assert(rows.map(_.getDouble(1)).toSeq == Seq(0.0, 2.0, 4.0))
      assert(endpoint.count == 1)
    }
  }

  test("a connection that is closed during the TLS handshake is tried again, as any that is closed") {
    val server = new ServerSocket(0, 0, InetAddress.getByName("127.0.0.1"))
    val closed = new AtomicInteger()
    val closing = new Thread(() =>
      Try {
        while (true) {
          val connection = server.accept()
          connection.getInputStream.read(new Array[Byte](65536))
          closed.incrementAndGet()
          connection.close()
        }
      }
    )
    closing.setDaemon(true)
    closing.start()
    try {
      withEndpoint(ScriptedEndpoint.doubled) { endpoint =>
        val plain = call(endpoint, InferenceSettings(invokeAttempts = 2))
        val tls = plain.copy(
          client = plain.client.copy(endpointUrl = Some(s"https://127.0.0.1:${server.getLocalPort}"))
        )
        val e = intercept[SparkException](Inference.transform(spark.range(1).toDF(), tls).collect())
        assert(rootOf(e).getMessage.contains("'some-endpoint' failed 2 times"))
        assert(closed.get == 2)
      }
    } finally server.close()
  }
}
