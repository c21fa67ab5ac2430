package com.amazonaws.services.sagemaker.sparksdk.inference

import scala.collection.JavaConverters._

import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}
import org.apache.spark.SparkException
import org.apache.spark.ml.linalg.{SQLDataTypes, Vectors}
import org.apache.spark.sql.{DataFrame, Row}
import org.apache.spark.sql.functions.{col, lit, when}
import org.apache.spark.sql.types._
import org.scalatest.funsuite.AnyFunSuite

import com.amazonaws.services.sagemaker.sparksdk.exceptions.{InferenceException, RowCountException}
import com.amazonaws.services.sagemaker.sparksdk.settings.InferenceSettings
import com.amazonaws.services.sagemaker.sparksdk.transformation.FramedRequests
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers._
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers._

/** Formats whose requests aren't just one row after the other. */
class FramedRequestsSuite extends AnyFunSuite with SparkTests {
  private val json = new ObjectMapper()
  private val answerSchema = new StructType().add("twice", DoubleType)

  private def instances(r: Received): Seq[JsonNode] = {
    val body = json.readTree(r.body)
    assert(body.size == 1 && body.get("instances").isArray)
    body.get("instances").asScala.toSeq
  }

  private def twice(r: Received): Reaction = Reply200(
    instances(r)
      .map(i => s"""{"twice":${i.get("id").asLong * 2}}""")
      .mkString("{\"predictions\":[", ",", "]}"),
    "application/json"
  )

  private def transformed(
      endpoint: ScriptedEndpoint,
      frame: DataFrame,
      settings: InferenceSettings = InferenceSettings(maxRowsPerRequest = 10)
  ): DataFrame = Inference.transform(
    frame,
    call(
      endpoint,
      settings,
      new JSONRequestRowSerializer(columns = Some(Seq("id"))),
      new JSONResponseRowDeserializer(answerSchema)
    )
  )

  private def assertTwice(rows: Array[Row], expected: Range): Unit =
    assert(rows.map(r => (r.getLong(0), r.getDouble(1))).toSeq == expected.map(i => (i.toLong, i * 2.0)))

  private def failure(frame: DataFrame): Throwable = Iterator
    .iterate[Throwable](intercept[SparkException](frame.collect()))(_.getCause)
    .takeWhile(t => Option(t).isDefined)
    .find(_.isInstanceOf[InferenceException])
    .get

  test("each request is one JSON document, and answers come in order") {
    withEndpoint(twice) { endpoint =>
      assertTwice(transformed(endpoint, spark.range(0, 105, 1, 3).toDF()).collect(), 0 until 105)
      assert(endpoint.count == 12)
      endpoint.requests.forEach { r =>
        assert(r.headers("Content-Type").contains("application/json"))
        assert(r.headers("Accept").contains("application/json"))
        assert(instances(r).length <= 10)
      }
    }
  }

  test("what stands around and between the rows counts for the limit of a request") {
    withEndpoint(twice) { endpoint =>
      // {"instances":[ + {"id":100} + ,{"id":101} + ]} are 37 bytes; a third row doesn't fit into 47.
      val settings = InferenceSettings(maxPayloadBytes = 47)
      assertTwice(
        transformed(endpoint, spark.range(100, 200, 1, 1).toDF(), settings).collect(),
        100 until 200
      )
      endpoint.requests.forEach(r => assert(r.body.length == 37))
      val exact = InferenceSettings(maxPayloadBytes = 26)
      assertTwice(transformed(endpoint, spark.range(100, 103, 1, 1).toDF(), exact).collect(), 100 until 103)
      val tight =
        transformed(endpoint, spark.range(100, 103, 1, 1).toDF(), InferenceSettings(maxPayloadBytes = 25))
      assert(failure(tight).getMessage.contains("is 26 bytes as application/json, more than the 25 bytes"))
    }
  }

  test("a request that is refused as too large is split into whole documents") {
    val tooLarge = Fail(413, "413", "{\"message\":\"too much\"}")
    withEndpoint(r => if (r.body.length > 60) tooLarge else twice(r)) { endpoint =>
      for (inFlight <- Seq(1, 4)) {
        val settings = InferenceSettings(maxInFlight = inFlight, maxRowsPerRequest = 64)
        assertTwice(
          transformed(endpoint, spark.range(100, 400, 1, 1).toDF(), settings).collect(),
          100 until 400
        )
      }
      endpoint.requests.forEach(r => assert(instances(r).nonEmpty))
    }
  }

  test(
    "each request has a row, also when what stands around the rows is more than the endpoint's limit seems to be"
  ) {
    val key = "a key that is longer than the two rows of a request"
    val tooLarge = Fail(413, "413", "{\"message\":\"too much\"}")
    withEndpoint { r =>
      val rows = json.readTree(r.body).get(key).asScala.toSeq
      assert(rows.nonEmpty)
      if (rows.length > 1) tooLarge
      else
        Reply200(
          rows.map(i => s"""{"twice":${i.get("id").asLong * 2}}""").mkString("[", ",", "]"),
          "application/json"
        )
    } { endpoint =>
      val out = Inference.transform(
        spark.range(0, 20, 1, 1).toDF(),
        call(
          endpoint,
          InferenceSettings(maxInFlight = 1, maxRowsPerRequest = 2),
          new JSONRequestRowSerializer(columns = Some(Seq("id")), envelope = key),
          new JSONResponseRowDeserializer(answerSchema, envelope = "")
        )
      )
      assertTwice(out.collect(), 0 until 20)
    }
  }

  test("requests are repeated as they were") {
    withEndpoint(r => if (r.number % 2 == 1) Fail(503, "ServiceUnavailable", "{}") else twice(r)) {
      endpoint =>
        val settings = InferenceSettings(maxInFlight = 1, maxRowsPerRequest = 10)
        assertTwice(transformed(endpoint, spark.range(0, 30, 1, 1).toDF(), settings).collect(), 0 until 30)
        val bodies = endpoint.requests.asScala.map(_.text).toSeq
        assert(bodies.length == 6 && bodies.grouped(2).forall(pair => pair.distinct.length == 1))
    }
  }

  test("a short list, another key and another type say endpoint, expected, found and the body's start") {
    def answering(body: String, contentType: String = "application/json"): String =
      withEndpoint(_ => Reply200(body, contentType)) { endpoint =>
        val e = failure(transformed(endpoint, spark.range(0, 3, 1, 1).toDF()))
        for (
          part <- Seq(
            "'some-endpoint'",
            "rows 1 to 3 of partition 0",
            "expected: application/json",
            body.take(20)
          )
        )
          assert(e.getMessage.contains(part), e.getMessage)
        if (body.contains("\"twice\":1}]")) assert(e.isInstanceOf[RowCountException])
        e.getMessage
      }
    assert(answering("""{"predictions":[{"twice":1}]}""").contains("was sent 3 rows and answered 1"))
    assert(answering("""{"predictions":[{"thrice":1}]}""").contains("no key \"twice\""))
    assert(answering("""{"predictions":[{"twice":"1"}]}""").contains("found the text \"1\""))
    assert(answering("""{"projections":[]}""").contains("found one with \"projections\""))
    assert(answering("{\"predictions\":[{\"twice\":1},").contains("not JSON"))
    assert(answering("1,2,3", "text/csv").contains("found: text/csv"))
  }

  test("JSON Lines and CSV go both ways, from rows of vectors and of several columns") {
    val data = spark
      .createDataFrame(
        (0 until 25).map(i => (i.toLong, "name, \"" + i + "\"", Vectors.dense(i.toDouble, 0.5)))
      )
      .toDF("id", "name", "features")
    def lines(r: Received): Seq[JsonNode] = r.lines.map(json.readTree(_))
    withEndpoint(r =>
      Reply200(lines(r).map(n => s"${n.get("features")}\n").mkString, "application/x-jsonlines")
    ) { endpoint =>
      val vector = new StructType().add("same", SQLDataTypes.VectorType)
      val out = Inference.transform(
        data,
        call(
          endpoint,
          serializer = new JSONLinesRequestRowSerializer(),
          deserializer = new JSONLinesResponseRowDeserializer(vector)
        )
      )
      out.collect().foreach(row => assert(row.getAs[Any]("same") == row.getAs[Any]("features")))
    }
    withEndpoint(r => Reply200(r.text)) { endpoint =>
      val schema = new StructType().add("n", StringType).add("i", LongType).add("f", ArrayType(DoubleType))
      val out = Inference.transform(
        data,
        call(
          endpoint,
          serializer = new CSVColumnsRequestRowSerializer(Seq("name", "id", "features")),
          deserializer = new CSVResponseRowDeserializer(schema)
        )
      )
      out.collect().foreach { row =>
        assert(row.getAs[Any]("n") == row.getAs[Any]("name") && row.getAs[Any]("i") == row.getAs[Any]("id"))
        assert(row.getSeq[Double](5).head == row.getLong(0))
      }
      assert(
        out.select("i").where(col("id") === 3).collect().toSeq == Seq(Row(3L)),
        "columns that aren't needed are pruned"
      )
    }
  }

  test("a row that can't be JSON names its place, and no rows are lost in silence") {
    withEndpoint(twice) { endpoint =>
      val frame = spark
        .range(0, 5, 1, 1)
        .toDF()
        .withColumn("x", when(col("id") === 3, lit(Double.NaN)).otherwise(lit(1.0)))
      val out = Inference.transform(
        frame,
        call(
          endpoint,
          serializer = new JSONRequestRowSerializer(columns = Some(Seq("id", "x"))),
          deserializer = new JSONResponseRowDeserializer(answerSchema)
        )
      )
      val said = failure(out).getMessage
      assert(
        said.contains("Row 4 of partition 0") && said.contains(
          "column \"x\" holds NaN in row 4 of its partition"
        )
      )
    }
  }

  test("a subclass that changes the rows of a framed format sends them in its frame") {
    withEndpoint(twice) { endpoint =>
      val out = Inference.transform(
        spark.range(0, 35, 1, 2).toDF(),
        call(
          endpoint,
          serializer = new ShiftedSerializer,
          deserializer = new JSONResponseRowDeserializer(answerSchema)
        )
      )
      assert(
        out.collect().map(r => (r.getLong(0), r.getDouble(1))).toSeq ==
          (0L until 35L).map(i => (i, (i + 1000) * 2.0))
      )
    }
  }

  test("a user's own serializer, and a subclass of one of ours, can frame its requests too") {
    withEndpoint { r =>
      assert(r.text.startsWith("<") && r.text.endsWith(">"))
      Reply200(r.text.drop(1).dropRight(1).split('|').map(n => s"${n.trim.toLong * 2}\n").mkString)
    } { endpoint =>
      for (serializer <- Seq(new PipeSerializer, new FramedSerializer)) {
        val out =
          Inference.transform(spark.range(0, 35, 1, 2).toDF(), call(endpoint, serializer = serializer))
        assertTwice(out.collect(), 0 until 35)
      }
    }
  }
}

/** A user's format: `<1|2|3>`. */
class PipeSerializer extends LineSerializer with FramedRequests {
  override def serializeRow(row: Row): Array[Byte] = super.serializeRow(row).dropRight(1)
  override def prefix: Array[Byte] = "<".getBytes("UTF-8")
  override def separator: Array[Byte] = "|".getBytes("UTF-8")
  override def suffix: Array[Byte] = ">".getBytes("UTF-8")
}
