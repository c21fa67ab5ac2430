package com.amazonaws.services.sagemaker.sparksdk.wire

import java.nio.charset.StandardCharsets.UTF_8

import org.apache.spark.ml.linalg.{SQLDataTypes, Vector, Vectors}
import org.apache.spark.sql.Row
import org.apache.spark.sql.catalyst.CatalystTypeConverters
import org.apache.spark.sql.types._
import org.scalatest.funsuite.AnyFunSuite

class TextFormatsSuite extends AnyFunSuite {

  private def text(encoder: RowEncoder, schema: StructType, rows: Seq[Any]*): String =
    new String(Rows.encode(encoder, rows.map(r => Rows.unsafe(schema, r: _*)): _*), UTF_8)

  test("libsvm lines count from 1 and name every stored value") {
    val encoder = LibSVMRowEncoder(Rows.labelled, "features", Some("label"), ContentRules.lenient)
    val lines = text(
      encoder,
      Rows.labelled,
      Seq(1.0, Vectors.dense(0.5, 0.0, -3.0)),
      Seq(-2.5, Vectors.sparse(10, Array(0, 9), Array(1e10, 2.0))),
      Seq(0.0, Vectors.sparse(3, Array.empty[Int], Array.empty[Double]))
    )
    assert(lines == "1.0 1:0.5 2:0.0 3:-3.0\n-2.5 1:1.0E10 10:2.0\n0.0\n")
    val unlabelled = LibSVMRowEncoder(Rows.unlabelled, "features", None, ContentRules.lenient)
    assert(text(unlabelled, Rows.unlabelled, Seq(Vectors.dense(7.0))) == "0.0 1:7.0\n")
  }

  test("libsvm's positions are whole numbers of any size") {
    val encoder = LibSVMRowEncoder(Rows.unlabelled, "features", None, ContentRules.lenient)
    val positions = Seq(1, 9, 10, 99, 100, 999, 1000, 4094, 4095, 4096, 4097, 99999999, Int.MaxValue)
    val vector = Vectors.sparse(Int.MaxValue, positions.map(_ - 1).toArray, positions.map(_ => 0.5).toArray)
    val dense = Vectors.dense(Array.fill(5000)(0.5))
    val lines = text(encoder, Rows.unlabelled, Seq(vector), Seq(dense))
    def line(of: Seq[Int]) = of.map(position => s" $position:0.5").mkString("0.0", "", "\n")
    assert(lines == line(positions) + line(1 to 5000))
  }

  test("CSV lines have every value, also those that a sparse vector leaves out") {
    val encoder = VectorCsvRowEncoder(Rows.unlabelled, "features", ContentRules.lenient)
    val lines = text(
      encoder,
      Rows.unlabelled,
      Seq(Vectors.dense(1.0, 2.25, Double.NaN)),
      Seq(Vectors.sparse(4, Array(1, 3), Array(5.0, -0.0)))
    )
    assert(lines == "1.0,2.25,NaN\n0.0,5.0,0.0,-0.0\n")
  }

  test("a CSV line that would be empty is refused, as in other kinds of CSV") {
    val encoder = VectorCsvRowEncoder(Rows.unlabelled, "features", ContentRules.lenient)
    Seq(Vectors.dense(Array.empty[Double]), Vectors.sparse(0, Nil)).zipWithIndex.foreach { case (empty, i) =>
      val e = intercept[UnencodableRowException](text(encoder, Rows.unlabelled, Seq(empty)))
      assert(e.getMessage.startsWith(s"""column "features" is empty in row ${i + 1} of its partition"""))
      assert(e.getMessage.contains("readers of CSV skip empty lines"))
    }
  }

  test("a sparse row that CSV would blow up beyond the limit is refused before it is written") {
    val wide = Rows.unsafe(Rows.unlabelled, Vectors.sparse(300000000, Array(5), Array(1.0)))
    val out = new GrowableBuffer(64, limit = 1000000)
    Seq(
      VectorCsvRowEncoder(Rows.unlabelled, "features", ContentRules.lenient),
      CsvRowEncoder(Rows.unlabelled, ContentRules.lenient)
    ).foreach { encoder =>
      encoder.encode(Rows.unsafe(Rows.unlabelled, Vectors.sparse(2, Nil)), out)
      val e = intercept[RowTooLongException](encoder.encode(wide, out))
      assert(e.needed == out.length + 1200000000L && out.array.length < 1000000)
      assert(new String(out.toByteArray, UTF_8) == "0.0,0.0\n")
      out.reset()
    }
    val dense = Rows.unsafe(Rows.unlabelled, Vectors.dense(Array.fill(300000)(0.5)))
    val e = intercept[RowTooLongException] {
      VectorCsvRowEncoder(Rows.unlabelled, "features", ContentRules.lenient).encode(dense, out)
    }
    assert(e.needed > 990000 && e.needed <= 1200000 && out.array.length <= 1000000)
  }

  test("strict rules refuse what isn't finite and leave the buffer as it was") {
    val out = new GrowableBuffer(64)
    val bad = Rows.unsafe(Rows.unlabelled, Vectors.dense(1.0, Double.PositiveInfinity))
    Seq(
      VectorCsvRowEncoder(Rows.unlabelled, "features", ContentRules.strict()),
      LibSVMRowEncoder(Rows.unlabelled, "features", None, ContentRules.strict())
    ).foreach { encoder =>
      val e = intercept[UnencodableRowException](encoder.encode(bad, out))
      assert(e.getMessage.contains("Infinity at position 1") && out.length == 0)
    }
  }

  test("strict libsvm leaves out NaN, which is how a vector says that a number is missing") {
    val encoder = LibSVMRowEncoder(Rows.unlabelled, "features", None, ContentRules.strict())
    val rows = Seq(
      Seq(Vectors.dense(1.0, Double.NaN, 3.0)),
      Seq(Vectors.sparse(9, Array(2, 5), Array(Double.NaN, 0.5))),
      Seq(Vectors.dense(Double.NaN, Double.NaN, Double.NaN)),
      Seq(Vectors.dense(4.0, 5.0, 6.0))
    )
    val lines = text(
      LibSVMRowEncoder(
        Rows.unlabelled,
        "features",
        None,
        ContentRules.strict().copy(requireUniformWidth = false)
      ),
      Rows.unlabelled,
      rows: _*
    )
    assert(lines == "0.0 1:1.0 3:3.0\n0.0 6:0.5\n0.0\n0.0 1:4.0 2:5.0 3:6.0\n")
    assert(text(encoder, Rows.unlabelled, rows.last) == "0.0 1:4.0 2:5.0 3:6.0\n")
  }

  test("numbers are written as Java writes them, and read back to themselves") {
    val random = new scala.util.Random(3)
    val some = Seq(
      0.0,
      -0.0,
      1.0,
      -1.0,
      0.1,
      0.3,
      1e-3,
      9.99e-4,
      1e7,
      9999999.0,
      123456.789,
      1e-300,
      Double.MaxValue,
      Double.MinPositiveValue,
      0.1 + 0.2,
      1.0 / 3,
      2.5e-3,
      1234567.125,
      100.0,
      1000.001,
      Double.NaN,
      Double.NegativeInfinity
    )
    val many = Seq.fill(20000)(random.nextInt(4) match {
      case 0 => random.nextInt(1000000) / 1000.0
      case 1 => random.nextGaussian()
      case 2 => random.nextInt(10000).toDouble
      case _ => java.lang.Double.longBitsToDouble(random.nextLong())
    })
    val out = new GrowableBuffer(64)
    (some ++ many).foreach { value =>
      out.reset()
      DecimalText.append(value, out)
      val written = new String(out.toByteArray, UTF_8)
      assert(java.lang.Double.compare(written.toDouble, value) == 0, written)
      if (some.contains(value)) assert(written == value.toString)
    }
    Seq(0L, 9L, 10L, -7L, Long.MaxValue, Long.MinValue, 1000000L).foreach { value =>
      out.reset()
      DecimalText.append(value, out)
      assert(new String(out.toByteArray, UTF_8) == value.toString)
    }
  }

  private def predictions(body: String): Seq[Double] = {
    val bytes = body.getBytes(UTF_8)
    new CsvNumbersDecoder().decode(bytes, bytes.length).map(_.getDouble(0)).toList
  }

  test("predictions are read from one line, from a line for each, and with spaces and signs") {
    assert(predictions("0.5,1.5,-2e-3") == Seq(0.5, 1.5, -2e-3))
    assert(predictions("0.5\n1.5\r\n2\n") == Seq(0.5, 1.5, 2.0))
    assert(predictions("0.5,\n1.5\n") == Seq(0.5, 1.5))
    assert(predictions("inf\n-inf") == Seq(Double.PositiveInfinity, Double.NegativeInfinity))
    assert(predictions("0.5,1.5,") == Seq(0.5, 1.5), "1.4.5 read this too")
    assert(predictions("0.5,1.5,\n") == Seq(0.5, 1.5))
    assert(predictions("\ufeff0.5\n1.5") == Seq(0.5, 1.5))
    assert(predictions("").isEmpty && predictions("\ufeff").isEmpty)
    Seq("0.5,,1", "0.5,,", "abc", "0.5\n\ufeff1", "1.0f", "[0.5]", ",1").foreach { bad =>
      assert(intercept[MalformedBodyException](predictions(bad)).getMessage.contains("offset"), bad)
    }
  }

  test("libsvm answers are a label and a sparse vector") {
    val schema = new StructType().add("label", DoubleType).add("features", SQLDataTypes.VectorType)
    val toPublic = CatalystTypeConverters.createToScalaConverter(schema)
    def read(body: String): Seq[Row] = {
      val bytes = body.getBytes(UTF_8)
      new LibSVMDecoder(5).decode(bytes, bytes.length).map(r => toPublic(r).asInstanceOf[Row]).toList
    }
    val expected: Vector = Vectors.sparse(5, Array(0, 4), Array(1.5, -2.0))
    assert(read("1.0 1:1.5 5:-2.0\n0\n") == Seq(Row(1.0, expected), Row(0.0, Vectors.sparse(5, Nil))))
    Seq("1 6:1", "1 0:1", "1 2:1 2:1", "1 a:1", "1 2", "x 1:1", "1 2:").foreach { bad =>
      assert(intercept[MalformedBodyException](read(bad)).getMessage.contains("offset"), bad)
    }
  }

  test("corrupt text gives rows or a MalformedBodyException, never anything else") {
    val random = new scala.util.Random(11)
    (0 until 5000).foreach { _ =>
      val body = Array.fill(1 + random.nextInt(40))("0123456789.,:- \neEx".charAt(random.nextInt(19)).toByte)
      Seq(new CsvNumbersDecoder, new LibSVMDecoder(50)).foreach { decoder =>
        try decoder.decode(body, body.length).foreach(row => assert(row.numFields >= 1))
        catch { case e: MalformedBodyException => assert(e.getMessage.contains("offset")) }
      }
    }
  }
}
