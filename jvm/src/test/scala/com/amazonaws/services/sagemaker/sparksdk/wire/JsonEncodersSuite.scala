package com.amazonaws.services.sagemaker.sparksdk.wire

import java.nio.charset.StandardCharsets.UTF_8

import com.fasterxml.jackson.databind.ObjectMapper
import org.apache.spark.ml.linalg.{Matrices, SQLDataTypes, Vectors}
import org.apache.spark.sql.Row
import org.apache.spark.sql.types._
import org.scalatest.funsuite.AnyFunSuite

class JsonEncodersSuite extends AnyFunSuite {
  private val json = new ObjectMapper()

  private def written(encoder: RowEncoder, schema: StructType, rows: Seq[Any]*): String =
    rows.map { row =>
      // Spark's two forms of rows give the same bytes.
      val unsafe = Rows.encode(encoder, Rows.unsafe(schema, row: _*))
      assert(unsafe.toSeq == Rows.encode(encoder, Rows.generic(schema, row: _*)).toSeq)
      new String(unsafe, UTF_8)
    }.mkString

  private def refused(encoder: RowEncoder, schema: StructType, row: Any*): String = {
    val out = new GrowableBuffer(64)
    out.appendAscii("before")
    val e = intercept[UnencodableRowException](encoder.encode(Rows.unsafe(schema, row: _*), out))
    assert(out.length == "before".length, "a refused row leaves nothing in the buffer")
    e.getMessage
  }

  private def features(layout: JsonLayout = JsonLayout.list("instances")) =
    JsonFeaturesEncoder(Rows.unlabelled, "features", layout)

  test("features are the instances that SageMaker's own algorithms read") {
    val dense = written(features(), Rows.unlabelled, Seq(Vectors.dense(1.0, -0.0, 2.5e-10)))
    assert(dense == """{"features":[1.0,-0.0,2.5E-10]}""")
    val sparse =
      written(features(), Rows.unlabelled, Seq(Vectors.sparse(2000, Array(26, 182), Array(1.0, 0.5))))
    assert(sparse == """{"data":{"features":{"keys":[26,182],"shape":[2000],"values":[1.0,0.5]}}}""")
    val zeros = written(features(), Rows.unlabelled, Seq(Vectors.sparse(3, Nil)))
    assert(zeros == """{"data":{"features":{"keys":[],"shape":[3],"values":[]}}}""")
    assert(
      written(features(), Rows.unlabelled, Seq(Vectors.dense(Array.empty[Double]))) == """{"features":[]}"""
    )
  }

  test("JSON Lines end each row; a JSON list stands in its object, or alone") {
    val lines = features(JsonLayout.lines)
    val two = Seq(Seq(Vectors.dense(1.0)), Seq(Vectors.dense(2.0)))
    assert(written(lines, Rows.unlabelled, two: _*) == "{\"features\":[1.0]}\n{\"features\":[2.0]}\n")
    assert(lines.framing.isNone && lines.contentType == "application/jsonlines")
    val framing = features().framing
    assert(
      new String(framing.prefix, UTF_8) == "{\"instances\":[" && new String(framing.suffix, UTF_8) == "]}"
    )
    val odd = Framing.jsonList("a\"b")
    assert(new String(odd.prefix, UTF_8) == "{\"a\\\"b\":[")
    assert(new String(Framing.jsonList("").prefix, UTF_8) == "[")
  }

  test("arrays of any numbers are features, written as they are") {
    def of(element: DataType, values: Seq[Any]): String = {
      val schema = new StructType().add("features", ArrayType(element))
      written(JsonFeaturesEncoder(schema, "features", JsonLayout.lines), schema, Seq(values))
    }
    assert(of(FloatType, Seq(0.1f, 3e-9f)) == "{\"features\":[0.1,3.0E-9]}\n")
    assert(
      of(
        LongType,
        Seq(Long.MaxValue, 9007199254740993L)
      ) == "{\"features\":[9223372036854775807,9007199254740993]}\n"
    )
  }

  test("what JSON can't hold in features names column, row, position and rule") {
    for (
      (bad, finding) <- Seq(
        Vectors.dense(1.0, Double.NaN) -> "NaN at position 1",
        Vectors.dense(Double.NegativeInfinity) -> "-Infinity at position 0",
        Vectors.sparse(9, Array(7), Array(Double.PositiveInfinity)) -> "Infinity at position 7"
      )
    ) {
      val encoder = features()
      Rows.encode(encoder, Rows.unsafe(Rows.unlabelled, Vectors.dense(1.0)))
      val said = refused(encoder, Rows.unlabelled, bad)
      assert(
        said.startsWith(s"""column "features" holds $finding in row 2 of its partition: JSON has no NaN""")
      )
    }
    assert(refused(features(), Rows.unlabelled, null).contains("column \"features\" is null in row 1"))
    val floats = new StructType().add("features", ArrayType(FloatType))
    val encoder = JsonFeaturesEncoder(floats, "features", JsonLayout.lines)
    assert(refused(encoder, floats, Seq(1f, Float.NaN)).contains("holds NaN at position 1"))
    assert(refused(encoder, floats, Seq(1f, null)).contains("is null at position 1"))
    val matrix = new StructType().add("features", SQLDataTypes.MatrixType)
    val e = intercept[IllegalArgumentException](JsonFeaturesEncoder(matrix, "features", JsonLayout.lines))
    assert(e.getMessage.contains("\"features\"") && Matrices.zeros(1, 1).numRows == 1)
  }

  private val wide = new StructType()
    .add("name \"x\"", StringType)
    .add("count", LongType)
    .add("share", FloatType)
    .add("price", DecimalType(20, 3))
    .add("is_new", BooleanType)
    .add("v", SQLDataTypes.VectorType)
    .add("words", ArrayType(StringType))
    .add("inner", new StructType().add("a", IntegerType).add("b", ArrayType(DoubleType)))
    .add("weights", MapType(StringType, DoubleType))
    .add("small", ByteType)
  private val all = JsonColumnsEncoder(wide, wide.fieldNames.toSeq, JsonLayout.lines)

  test("chosen columns are members of an object, of every type that JSON has a form for") {
    val row = Seq[Any](
      "x",
      Long.MinValue,
      0.1f,
      new java.math.BigDecimal("12345678901234567.125"),
      true,
      Vectors.sparse(3, Array(1), Array(2.0)),
      Seq("a", null),
      Row(1, Seq(0.5)),
      Map("k" -> 1.0),
      (-3).toByte
    )
    assert(
      written(all, wide, row) ==
        """{"name \"x\"":"x","count":-9223372036854775808,"share":0.1,"price":12345678901234567.125,"is_new":true,""" +
        """"v":[0.0,2.0,0.0],"words":["a",null],"inner":{"a":1,"b":[0.5]},"weights":{"k":1.0},"small":-3}""" + "\n"
    )
    val nothing = written(all, wide, Seq.fill[Any](wide.length)(null))
    val read = json.readTree(nothing)
    assert(read.size == wide.length && wide.fieldNames.forall(name => read.get(name).isNull))
    val two = JsonColumnsEncoder(wide, Seq("small", "count"), JsonLayout.lines)
    assert(written(two, wide, row) == "{\"small\":-3,\"count\":-9223372036854775808}\n")
  }

  test("texts of any characters read back as they were, on one line") {
    val schema = new StructType().add("t", StringType)
    val encoder = JsonColumnsEncoder(schema, Seq("t"), JsonLayout.lines)
    val every = (0 until 0x3000).filterNot(c => Character.isSurrogate(c.toChar)).map(_.toChar).mkString
    for (
      text <- Seq("", "\"quotes\" \\ and / slashes", "a\u2028b\u2029c\u0085d", "\uD83D\uDE00 für 日本", every)
    ) {
      val line = written(encoder, schema, Seq(text))
      assert(json.readTree(line).get("t").asText == text)
      assert(line.count(c => "\n\r\u0085\u2028\u2029\u000b\u000c\u001c".indexOf(c.toInt) >= 0) == 1)
    }
    val bytes = org.apache.spark.unsafe.types.UTF8String.fromBytes(Array[Byte](65, -1))
    val row = org.apache.spark.sql.catalyst.InternalRow(bytes)
    val e = intercept[UnencodableRowException](encoder.encode(row, new GrowableBuffer(64)))
    assert(e.getMessage.contains("column \"t\" holds bytes that are no UTF-8 text in row "))
  }

  test("what JSON can't hold in columns names the column and where in it") {
    def with_(column: String, value: Any): String = {
      val row = wide.fieldNames.map(name => if (name == column) value else null)
      refused(all, wide, row.toSeq: _*)
    }
    assert(with_("share", Float.NaN).startsWith("column \"share\" holds NaN in row "))
    assert(with_("v", Vectors.dense(0, Double.NaN)).startsWith("column \"v\" holds NaN at position 1"))
    assert(with_("inner", Row(1, Seq(1.0, Double.PositiveInfinity))).contains("at position 1 in its field b"))
    assert(with_("weights", Map("k" -> Double.NaN)).contains("holds NaN in its entry 0"))
  }

  test("columns that are missing or of a type without a form are named") {
    val schema = new StructType()
      .add("day", DateType)
      .add("raw", BinaryType)
      .add("vectors", ArrayType(SQLDataTypes.VectorType))
    for (column <- schema.fieldNames) {
      val e = intercept[IllegalArgumentException](JsonColumnsEncoder(schema, Seq(column), JsonLayout.lines))
      assert(e.getMessage.contains(s"""column "$column" is """) && e.getMessage.contains("cast"))
    }
    val e = intercept[IllegalArgumentException](JsonColumnsEncoder(schema, Seq("gone"), JsonLayout.lines))
    assert(e.getMessage.contains("\"gone\"") && e.getMessage.contains("\"day\""))
  }
}
