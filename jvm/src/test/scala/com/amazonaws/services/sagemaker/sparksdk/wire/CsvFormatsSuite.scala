package com.amazonaws.services.sagemaker.sparksdk.wire

import java.nio.charset.StandardCharsets.UTF_8
import java.util.Locale

import org.apache.spark.ml.linalg.{SQLDataTypes, Vector, Vectors}
import org.apache.spark.sql.Row
import org.apache.spark.sql.catalyst.CatalystTypeConverters
import org.apache.spark.sql.types._
import org.scalatest.funsuite.AnyFunSuite

class CsvFormatsSuite extends AnyFunSuite {

  private def written(encoder: RowEncoder, schema: StructType, row: Any*): String = {
    val unsafe = Rows.encode(encoder, Rows.unsafe(schema, row: _*))
    assert(unsafe.toSeq == Rows.encode(encoder, Rows.generic(schema, row: _*)).toSeq)
    new String(unsafe, UTF_8)
  }

  private def refused(encoder: RowEncoder, schema: StructType, row: Any*): String = {
    val out = new GrowableBuffer(64)
    val e = intercept[UnencodableRowException](encoder.encode(Rows.unsafe(schema, row: _*), out))
    assert(out.length == 0)
    e.getMessage
  }

  private val frame = new StructType()
    .add("a", DoubleType)
    .add("b", LongType)
    .add("v", SQLDataTypes.VectorType)
    .add("t", StringType)
    .add("f", ArrayType(FloatType))
    .add("x", BooleanType)
    .add("m", DecimalType(10, 2))

  private def columns(names: String*) = CsvRowEncoder.ofColumns(frame, names, ContentRules.lenient)
  private val row = Seq[Any](
    1.5,
    Long.MaxValue,
    Vectors.sparse(3, Array(1), Array(-0.0)),
    "t",
    Seq(0.1f, 2f),
    true,
    new java.math.BigDecimal("3.10")
  )

  test("columns are fields in the order of the choice, numbers as they are") {
    assert(written(columns("b", "a"), frame, row: _*) == "9223372036854775807,1.5\n")
    assert(written(columns("v", "f", "m", "x", "t"), frame, row: _*) == "0.0,-0.0,0.0,0.1,2.0,3.10,true,t\n")
    val german = Locale.getDefault
    Locale.setDefault(Locale.GERMANY)
    try assert(written(columns("a", "m"), frame, row: _*) == "1.5,3.10\n")
    finally Locale.setDefault(german)
  }

  test("nulls are empty fields; NaN and infinities are written; lines that would be empty are refused") {
    val nothing = Seq.fill[Any](frame.length)(null)
    assert(written(columns("a", "b", "t", "x", "m"), frame, nothing: _*) == ",,,,\n")
    val odd = Seq(Double.NaN, Double.PositiveInfinity, Double.NegativeInfinity)
    assert(
      odd
        .map(v => written(columns("a"), frame, row.updated(0, v): _*))
        .mkString == "NaN\nInfinity\n-Infinity\n"
    )
    for (name <- Seq("a", "b", "x")) {
      val said = refused(columns(name), frame, nothing: _*)
      assert(said.contains(s"""column "$name" is null in row 1""") && said.contains("skip empty lines"))
    }
    assert(refused(columns("a", "v"), frame, nothing: _*).contains("column \"v\" is null"))
    assert(refused(columns("f"), frame, row.updated(4, Seq(1f, null)): _*).contains("is null at position 1"))
    val empty = row.updated(2, Vectors.dense(Array.empty[Double]))
    assert(refused(columns("a", "v"), frame, empty: _*).contains("column \"v\" is empty"))
    assert(refused(columns("v"), frame, empty: _*).contains("column \"v\" is empty"))
  }

  test("texts are quoted where they must be, and read back") {
    val cases = Seq(
      "plain" -> "plain",
      "" -> "\"\"",
      "a,b" -> "\"a,b\"",
      "say \"hi\"" -> "\"say \"\"hi\"\"\"",
      "two\nlines" -> "\"two\nlines\"",
      " blank" -> "\" blank\"",
      "für 日本 \uD83D\uDE00" -> "für 日本 \uD83D\uDE00"
    )
    for ((text, field) <- cases) {
      val line = written(columns("t", "a"), frame, row.updated(3, text): _*)
      assert(line == s"$field,1.5\n")
      val schema = new StructType().add("t", StringType).add("a", DoubleType)
      assert(read(new CsvColumnsDecoder(schema), schema, line) == Seq(Row(text, 1.5)))
    }
  }

  test("labelled lines begin with the label, which every row needs") {
    val encoder = CsvRowEncoder.labelled(Rows.labelled, "label", "features", ContentRules.lenient)
    assert(
      written(encoder, Rows.labelled, 1.0, Vectors.sparse(3, Array(2), Array(5.0))) == "1.0,0.0,0.0,5.0\n"
    )
    assert(refused(encoder, Rows.labelled, null, Vectors.dense(1.0)).contains("column \"label\" is null"))
    assert(refused(encoder, Rows.labelled, 1.0, null).contains("column \"features\" is null"))
    val e = intercept[IllegalArgumentException](
      CsvRowEncoder.labelled(Rows.unlabelled, "label", "features", ContentRules.lenient)
    )
    assert(e.getMessage.contains("no column \"label\""))
  }

  test("libsvm rows without a label get 0.0 where none is required") {
    def encoder(schema: StructType) =
      LibSVMRowEncoder(schema, "features", Some("label"), ContentRules.lenient, labelRequired = false)
    assert(written(encoder(Rows.unlabelled), Rows.unlabelled, Vectors.dense(7.0)) == "0.0 1:7.0\n")
    assert(written(encoder(Rows.labelled), Rows.labelled, null, Vectors.dense(7.0)) == "0.0 1:7.0\n")
    assert(written(encoder(Rows.labelled), Rows.labelled, 2.0, Vectors.dense(7.0)) == "2.0 1:7.0\n")
  }

  private def read(decoder: ResponseDecoder, schema: StructType, body: String): Seq[Row] = {
    val toPublic = CatalystTypeConverters.createToScalaConverter(schema)
    val bytes = body.getBytes(UTF_8)
    decoder
      .decode(bytes ++ "9".getBytes(UTF_8), bytes.length)
      .map(r => toPublic(r.copy()).asInstanceOf[Row])
      .toList
  }

  private val vectors = new StructType().add("p", SQLDataTypes.VectorType)
  private def probabilities(body: String): Seq[Vector] =
    read(new CsvVectorsDecoder(3), vectors, body).map(_.getAs[Vector](0))

  test("vectors of one size are read from a line for each row, from one line for all, and from brackets") {
    val expected = Seq(Vectors.dense(0.1, 0.2, 0.7), Vectors.dense(1e-3, Double.NaN, 1))
    for (
      body <- Seq(
        "0.1,0.2,0.7\n1e-3,nan,1\n",
        "0.1,0.2,0.7\r\n1e-3,nan,1",
        "0.1,0.2,0.7,1e-3,nan,1",
        "0.1,0.2,0.7,1e-3,nan,1,",
        "\ufeff0.1,0.2,0.7\n1e-3,nan,1\n",
        "[0.1, 0.2, 0.7],[1e-3, nan, 1]",
        "[0.1, 0.2, 0.7]\n[1e-3, nan, 1]\n"
      )
    ) assert(probabilities(body).map(_.toString) == expected.map(_.toString), body)
    assert(probabilities("") == Nil && probabilities("\n") == Nil)
    for (
      bad <- Seq(
        "0.1,0.2\n0.3\n",
        "0.1,0.2,0.7,0.1\n",
        "0.5\n0.5\n0.5\n",
        "[0.1,0.2]",
        "[0.1,0.2,0.3,0.4]",
        "[0.1,0.2,0.3"
      )
    )
      assert(
        intercept[MalformedBodyException](probabilities(bad)).getMessage
          .contains("expected 3 numbers for the row"),
        bad
      )
    for (bad <- Seq("a,b,c", "0.1,,0.7", "{\"a\":1}", "0.1,0.2,0.7]")) {
      assert(intercept[MalformedBodyException](probabilities(bad)).getMessage.contains("offset"), bad)
    }
  }

  test("lines are read as columns, one of which may be a vector") {
    val schema = new StructType()
      .add("score", SQLDataTypes.VectorType)
      .add("label", IntegerType)
      .add("sure", BooleanType)
    assert(
      read(new CsvColumnsDecoder(schema), schema, "0.1,0.9,1.0,true\r\n\n1,0,0,False") ==
        Seq(Row(Vectors.dense(0.1, 0.9), 1, true), Row(Vectors.dense(1.0, 0.0), 0, false))
    )
    val plain = new StructType().add("d", DoubleType).add("l", LongType).add("f", FloatType, nullable = false)
    val decoder = new CsvColumnsDecoder(plain)
    assert(
      read(decoder, plain, "1,9223372036854775807,2\n,,-inf\n") ==
        Seq(Row(1.0, Long.MaxValue, 2f), Row(null, null, Float.NegativeInfinity))
    )
    assert(read(decoder, plain, "\ufeff1,2,3\n") == Seq(Row(1.0, 2L, 3f)))
    for (
      (bad, said) <- Seq(
        "1,2\n" -> "expected 3 fields for the columns d, l, f in the line at offset 0, and found 2",
        "1,2,3\n1,2,3,4\n" -> "in the line at offset 6, and found 4",
        "1,2.5,3" -> "expected a bigint for column \"l\" at offset 2, and found \"2.5\"",
        "1,2,1e39" -> "expected a float for column \"f\" at offset 4, and found 1.0E39",
        "1,2," -> "expected a float for column \"f\" at offset 4, and found an empty field",
        "x,2,3" -> "expected a number at offset 0, found \"x\"",
        "\"1,2,3" -> "the quote at offset 0 isn't closed",
        "\"1\"x,2,3" -> "expected a comma after the quote at offset 2"
      )
    ) assert(intercept[MalformedBodyException](read(decoder, plain, bad)).getMessage.contains(said), bad)
    val short = intercept[MalformedBodyException](read(new CsvColumnsDecoder(schema), schema, "1,true"))
    assert(short.getMessage.contains("expected at least 3 fields"))
  }

  test("corrupt text gives rows or a MalformedBodyException, never anything else") {
    val random = new scala.util.Random(7)
    val schema = new StructType().add("v", SQLDataTypes.VectorType).add("s", StringType)
    (0 until 5000).foreach { _ =>
      val body = Array.fill(1 + random.nextInt(40))("012.,[]\"\n\r eNa-".charAt(random.nextInt(15)).toByte)
      Seq(new CsvVectorsDecoder(2), new CsvColumnsDecoder(schema)).foreach { decoder =>
        try decoder.decode(body, body.length).foreach(row => assert(row.numFields >= 1))
        catch { case e: MalformedBodyException => assert(e.getMessage.contains("offset")) }
      }
    }
  }

  test("schemas that CSV can't be read as are refused at once") {
    val two = new StructType().add("a", SQLDataTypes.VectorType).add("b", ArrayType(DoubleType))
    Seq(new StructType(), two, new StructType().add("day", DateType)).foreach { schema =>
      intercept[IllegalArgumentException](new CsvColumnsDecoder(schema))
    }
  }
}
