package com.amazonaws.services.sagemaker.sparksdk.wire

import java.io.InputStream
import java.util.{Base64, Map => JMap, List => JList}

import scala.collection.JavaConverters._

import com.fasterxml.jackson.databind.ObjectMapper
import org.apache.spark.ml.linalg._
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{UnsafeArrayData, UnsafeProjection, UnsafeRow}
import org.apache.spark.sql.catalyst.util.GenericArrayData
import org.apache.spark.sql.types._
import org.apache.spark.unsafe.Platform
import org.scalatest.funsuite.AnyFunSuite

class RecordRowEncoderSuite extends AnyFunSuite {

  private val golden: Map[String, JMap[String, AnyRef]] = {
    val stream: InputStream = getClass.getResourceAsStream("/golden_records.json")
    try new ObjectMapper().readValue(stream, classOf[JMap[String, JMap[String, AnyRef]]]).asScala.toMap
    finally stream.close()
  }

  private def number(text: AnyRef): Double = text.toString match {
    case "nan" => Double.NaN
    case "inf" => Double.PositiveInfinity
    case "-inf" => Double.NegativeInfinity
    case plain => plain.toDouble
  }

  private def numbers(list: AnyRef): Array[Double] =
    list.asInstanceOf[JList[AnyRef]].asScala.map(number).toArray

  private def features(cell: JMap[String, AnyRef]): Any =
    if (cell.containsKey("dense")) Vectors.dense(numbers(cell.get("dense")))
    else if (cell.containsKey("matrix"))
      Matrices.dense(
        cell.get("rows").asInstanceOf[Int],
        cell.get("cols").asInstanceOf[Int],
        numbers(cell.get("column_major"))
      )
    else
      Vectors.sparse(
        cell.get("size").asInstanceOf[Int],
        cell.get("indices").asInstanceOf[JList[Int]].asScala.toArray,
        numbers(cell.get("values"))
      )

  private def rowsOf(form: String): (StructType, Seq[Seq[Any]]) = {
    val cells = golden(form).get("rows").asInstanceOf[JList[JList[AnyRef]]].asScala.map(_.asScala.toSeq).toSeq
    val featuresType = if (form.startsWith("matrix")) SQLDataTypes.MatrixType else SQLDataTypes.VectorType
    val schema =
      if (cells.head.length == 2) new StructType().add("label", DoubleType).add("features", featuresType)
      else new StructType().add("features", featuresType)
    (schema, cells.map(row => row.init.map(number) :+ features(row.last.asInstanceOf[JMap[String, AnyRef]])))
  }

  private def encoder(schema: StructType, rules: ContentRules = ContentRules.lenient) =
    RecordRowEncoder(
      schema,
      "features",
      if (schema.fieldNames.contains("label")) Some("label") else None,
      rules
    )

  golden.keys.toSeq.sorted.foreach { form =>
    test(s"$form rows have the golden bytes, from both of Spark's internal forms") {
      val (schema, rows) = rowsOf(form)
      val expected = golden(form).get("bytes_base64").toString
      val unsafe = Rows.encode(encoder(schema), rows.map(r => Rows.unsafe(schema, r: _*)): _*)
      assert(Base64.getEncoder.encodeToString(unsafe) == expected)
      val generic = Rows.encode(encoder(schema), rows.map(r => Rows.generic(schema, r: _*)): _*)
      assert(Base64.getEncoder.encodeToString(generic) == expected)
    }
  }

  test("protobuf-java reads random dense and sparse rows back to the same values") {
    val random = new scala.util.Random(7)
    val rows = (0 until 300).map { i =>
      val size = 1 + random.nextInt(400)
      val dense = Array.fill(size)(random.nextGaussian().toFloat.toDouble)
      val vector =
        if (i % 2 == 0) Vectors.dense(dense)
        else {
          val indices = (0 until size).filter(_ => random.nextInt(4) == 0).toArray
          Vectors.sparse(size, indices, indices.map(dense(_)))
        }
      (random.nextInt(1000).toDouble, vector)
    }
    val bytes =
      Rows.encode(encoder(Rows.labelled), rows.map { case (l, v) => Rows.unsafe(Rows.labelled, l, v) }: _*)
    val payloads = AiAlgs.payloads(bytes)
    assert(payloads.length == rows.length)
    payloads.zip(rows).foreach { case (payload, (label, vector)) =>
      assert(AiAlgs.read(payload, "label").map(_.values).contains(Seq(label)))
      val tensor = AiAlgs.read(payload, "features").get
      vector match {
        case d: DenseVector => assert(tensor == AiAlgs.Tensor("Float32Tensor", d.values.toSeq))
        case s: SparseVector =>
          assert(
            tensor == AiAlgs
              .Tensor("Float32Tensor", s.values.toSeq, s.indices.map(_.toLong).toSeq, Seq(s.size.toLong))
          )
      }
    }
  }

  test("sparse matrices have ascending row-major keys, whether stored by columns or by rows") {
    val schema = new StructType().add("features", SQLDataTypes.MatrixType)
    // (0, 2) = 5, (1, 0) = 3, (1, 2) = 7
    val byColumns = new SparseMatrix(2, 3, Array(0, 1, 1, 3), Array(1, 0, 1), Array(3.0, 5.0, 7.0))
    val byRows = new SparseMatrix(2, 3, Array(0, 1, 3), Array(2, 0, 2), Array(5.0, 3.0, 7.0), true)
    val expected = AiAlgs.Tensor("Float32Tensor", Seq(5.0, 3.0, 7.0), Seq(2L, 3L, 5L), Seq(2L, 3L))
    Seq(byColumns, byRows).foreach { matrix =>
      val Seq(payload) = AiAlgs.payloads(Rows.encode(encoder(schema), Rows.unsafe(schema, matrix)))
      assert(AiAlgs.read(payload, "features").contains(expected))
    }
  }

  test("indices of every length are read back, in vectors of every width") {
    val borders = Seq(7, 14, 21, 28).flatMap(bits => Seq((1 << bits) - 1, 1 << bits))
    for (width <- borders.map(_ + 1) :+ Int.MaxValue; fewer <- 0 to 1) {
      val indices = (0 +: 1 +: borders :+ (width - 1)).filter(_ < width).distinct.drop(fewer).toArray
      val row = Rows.unsafe(Rows.unlabelled, Vectors.sparse(width, indices, indices.map(_ => 2.0)))
      val Seq(payload) = AiAlgs.payloads(Rows.encode(encoder(Rows.unlabelled), row))
      val expected =
        AiAlgs.Tensor(
          "Float32Tensor",
          indices.map(_ => 2.0).toSeq,
          indices.map(_.toLong).toSeq,
          Seq(width.toLong)
        )
      assert(AiAlgs.read(payload, "features").contains(expected))
    }
  }

  test("rows are written alike wherever their bytes lie") {
    val matrices = new StructType().add("features", SQLDataTypes.MatrixType)
    val floats = new StructType().add("features", ArrayType(FloatType)).add("label", DoubleType)
    def records(schema: StructType) = () => RecordRowEncoder(schema, "features", None, ContentRules.lenient)
    val libsvm = () => LibSVMRowEncoder(Rows.labelled, "features", Some("label"), ContentRules.lenient)
    val vectors =
      Seq(Vectors.dense(1.0, 2.0, 3.0), Vectors.sparse(300, Array(1, 130, 299), Array(1.0, 2.0, 3.0)))
    val rows = vectors.map { v =>
      (Rows.unsafe(Rows.labelled, 1.0, v), Seq(() => encoder(Rows.labelled), libsvm))
    } ++ Seq(
      (Rows.unsafe(matrices, Matrices.dense(2, 2, Array(1.0, 2.0, 3.0, 4.0))), Seq(records(matrices))),
      (
        Rows.unsafe(matrices, Matrices.sparse(2, 2, Array(0, 1, 2), Array(1, 0), Array(5.0, 6.0))),
        Seq(records(matrices))
      ),
      (
        UnsafeProjection
          .create(floats)
          .apply(InternalRow(UnsafeArrayData.fromPrimitiveArray(Array(1.5f, 2.5f)), 1.0))
          .copy(),
        Seq(records(floats))
      )
    )
    rows.foreach { case (row, encoders) =>
      val size = row.getSizeInBytes
      val expected = encoders.map(make => Rows.encode(make(), row).toSeq)
      val outside = Platform.allocateMemory(size.toLong)
      val longs = new Array[Long](size / 8)
      try
        Seq[(Option[AnyRef], Long)]((None, outside), (Some(longs), Platform.LONG_ARRAY_OFFSET.toLong))
          .foreach { case (base, offset) =>
            Platform.copyMemory(row.getBaseObject, row.getBaseOffset, base.orNull, offset, size.toLong)
            val elsewhere = new UnsafeRow(row.numFields)
            elsewhere.pointTo(base.orNull, offset, size)
            assert(encoders.map(make => Rows.encode(make(), elsewhere).toSeq) == expected)
          }
      finally Platform.freeMemory(outside)
    }
  }

  test("a row's bytes don't depend on the rows before it") {
    val random = new scala.util.Random(11)
    def sparse(size: Int, count: Int) = {
      val indices = random.shuffle((0 until size).toVector).take(count).sorted.toArray
      Vectors.sparse(size, indices, indices.map(_ => random.nextGaussian()))
    }
    def dense(size: Int) = Vectors.dense(Array.fill(size)(random.nextGaussian()))
    // Alike in some of what a record's lengths follow from: the number of values, that of the keys' bytes, the width.
    val vectors =
      Seq(dense(3), sparse(100, 3), sparse(101, 3), sparse(127, 3), sparse(128, 3), sparse(20000, 3)) ++
        Seq(sparse(0, 0), dense(0), sparse(7, 0), dense(300), dense(5000), sparse(100000, 9000), dense(3)) ++
        (0 until 500).map(_ => sparse(1000, 20)) ++ (0 until 500).map(i => sparse(1000, random.nextInt(1000)))
    val matrixSchema = new StructType().add("features", SQLDataTypes.MatrixType)
    val matrices = Seq(2 -> 3, 3 -> 2, 6 -> 1, 1 -> 6, 2 -> 3).map { case (rows, columns) =>
      Matrices.dense(rows, columns, Array.tabulate(rows * columns)(_.toDouble))
    }
    val kinds = Seq(
      (Rows.unlabelled, vectors.map(v => Rows.unsafe(Rows.unlabelled, v))),
      (Rows.labelled, vectors.zipWithIndex.map { case (v, i) => Rows.unsafe(Rows.labelled, i.toDouble, v) }),
      (matrixSchema, matrices.map(m => Rows.unsafe(matrixSchema, m)))
    )
    kinds.foreach { case (schema, rows) =>
      val alone = rows.map(row => Rows.encode(encoder(schema), row).toSeq)
      val together = Rows.encode(encoder(schema), rows: _*).toSeq
      assert(together == alone.flatten)
      assert(AiAlgs.payloads(together.toArray).length == rows.length)
    }
  }

  test("what isn't finite is found wherever it stands") {
    for (width <- 1 to 5; position <- 0 until width; bad <- Seq(Double.NaN, Double.NegativeInfinity, 1e39)) {
      val values = Array.fill(width)(-0.5)
      values(position) = bad
      val message = refused(
        Rows.unlabelled,
        ContentRules.strict(),
        Rows.unsafe(Rows.unlabelled, Vectors.dense(Array.fill(width)(Double.MinPositiveValue))),
        Rows.unsafe(Rows.unlabelled, Vectors.dense(values))
      )
      assert(message.contains(s"holds $bad at position $position"))
    }
  }

  test("arrays of numbers are written as dense vectors are") {
    val expected =
      Rows.encode(encoder(Rows.unlabelled), Rows.unsafe(Rows.unlabelled, Vectors.dense(1.0, -2.0, 3.0)))
    val arrays = Seq[(DataType, Seq[Any])](
      (DoubleType, Seq(1.0, -2.0, 3.0)),
      (FloatType, Seq(1.0f, -2.0f, 3.0f)),
      (IntegerType, Seq(1, -2, 3)),
      (LongType, Seq(1L, -2L, 3L)),
      (ShortType, Seq(1.toShort, -2.toShort, 3.toShort)),
      (ByteType, Seq(1.toByte, -2.toByte, 3.toByte))
    )
    arrays.foreach { case (element, values) =>
      val schema = new StructType().add("features", ArrayType(element))
      assert(Rows.encode(encoder(schema), Rows.unsafe(schema, values)).sameElements(expected), element)
      assert(Rows.encode(encoder(schema), Rows.generic(schema, values)).sameElements(expected), element)
    }
    val schema = new StructType().add("features", ArrayType(DoubleType))
    val e =
      intercept[UnencodableRowException](Rows.encode(encoder(schema), Rows.unsafe(schema, Seq(1.0, null))))
    assert(e.getMessage.contains("null at position 1"))
  }

  test("labels of every number type are the nearest 32-bit float") {
    val labels = Seq[(DataType, Any, Double)](
      (IntegerType, 16777217, 16777216.0),
      (LongType, 3L, 3.0),
      (FloatType, 0.5f, 0.5),
      (ShortType, 4.toShort, 4.0),
      (ByteType, 5.toByte, 5.0),
      (DecimalType(10, 2), new java.math.BigDecimal("6.25"), 6.25)
    )
    labels.foreach { case (dataType, value, expected) =>
      val schema = new StructType().add("label", dataType).add("features", SQLDataTypes.VectorType)
      val Seq(payload) =
        AiAlgs.payloads(Rows.encode(encoder(schema), Rows.unsafe(schema, value, Vectors.dense(1.0))))
      assert(AiAlgs.read(payload, "label").map(_.values).contains(Seq(expected)), dataType)
    }
  }

  private def refused(schema: StructType, rules: ContentRules, rows: InternalRow*): String = {
    val strict = encoder(schema, rules)
    val out = new GrowableBuffer(64)
    rows.init.foreach(strict.encode(_, out))
    val before = out.toByteArray
    val e = intercept[UnencodableRowException](strict.encode(rows.last, out))
    assert(out.toByteArray.sameElements(before), "a refused row must leave the buffer as it was")
    e.getMessage
  }

  test("training's rules name the column, the row and the rule") {
    val strict = ContentRules.strict()
    def row(label: Any, features: Any) = Rows.unsafe(Rows.labelled, label, features)
    val fine = row(1.0, Vectors.dense(1.0, 2.0))
    val cases = Seq(
      row(1.0, null) -> Seq("\"features\" is null", "row 2"),
      row(null, Vectors.dense(1.0, 2.0)) -> Seq("\"label\" is null", "row 2"),
      row(1.0, Vectors.dense(1.0, Double.NaN)) -> Seq(
        "\"features\" holds NaN at position 1",
        "row 2",
        "finite"
      ),
      row(1.0, Vectors.dense(Double.NegativeInfinity, 0.0)) -> Seq("holds -Infinity at position 0"),
      row(1.0, Vectors.dense(1e39, 0.0)) -> Seq("holds 1.0E39 at position 0", "32-bit"),
      row(1.0, Vectors.sparse(2, Array(1), Array(Double.NaN))) -> Seq("holds NaN at position 1"),
      row(Double.NaN, Vectors.dense(1.0, 2.0)) -> Seq("\"label\" holds NaN"),
      row(1.0, Vectors.dense(Array.empty[Double])) -> Seq("is empty"),
      row(1.0, Vectors.dense(1.0, 2.0, 3.0)) -> Seq("has 3 elements", "2", "one width")
    )
    cases.foreach { case (bad, words) =>
      val message = refused(Rows.labelled, strict, fine, bad)
      words.foreach(word => assert(message.contains(word), s"$word is missing in: $message"))
    }
    assert(refused(Rows.labelled, ContentRules.strict(Some(3)), fine).contains("every row must have 3"))
  }

  test("vectors and matrices that a program has put together wrongly are refused, whatever the rules") {
    def ints(values: Int*) = new GenericArrayData(values.toArray)
    def doubles(count: Int) = new GenericArrayData(Array.fill(count)(1.0))
    def vector(size: Int, indices: GenericArrayData, count: Int) =
      InternalRow(0.toByte, size, indices, doubles(count))
    def matrix(
        kind: Int,
        rows: Int,
        columns: Int,
        starts: GenericArrayData,
        indices: GenericArrayData,
        count: Int
    ) =
      InternalRow(kind.toByte, rows, columns, starts, indices, doubles(count), false)
    val matrixSchema = new StructType().add("features", SQLDataTypes.MatrixType)
    val none = ints()
    Seq(
      (Rows.unlabelled, vector(-1, ints(), 0), "a size of -1"),
      (Rows.unlabelled, vector(3, ints(0, 1), 1), "2 indices and 1 values"),
      (Rows.unlabelled, vector(3, ints(3), 1), "an index that isn't from 0 to 2"),
      (Rows.unlabelled, vector(3, ints(-1), 1), "an index that isn't from 0 to 2"),
      (Rows.unlabelled, vector(0, ints(0), 1), "an index that isn't from 0 to -1"),
      (Rows.unlabelled, vector(3, ints(0, 3), 2), "an index that isn't from 0 to 2"),
      (Rows.unlabelled, vector(3, ints(3, 0), 2), "an index that isn't from 0 to 2"),
      (Rows.unlabelled, vector(3, ints(-1, 0), 2), "an index that isn't from 0 to 2"),
      (Rows.unlabelled, vector(3, ints(0, Int.MinValue, 1), 3), "an index that isn't from 0 to 2"),
      (Rows.unlabelled, vector(3, ints(0, 1, Int.MaxValue), 3), "an index that isn't from 0 to 2"),
      (Rows.unlabelled, vector(3, null, 1), "no size or no indices"),
      (Rows.unlabelled, InternalRow(0.toByte, null, ints(0), doubles(1)), "no size or no indices"),
      (Rows.unlabelled, InternalRow(1.toByte, null, null, null), "no values"),
      (Rows.unlabelled, InternalRow(7.toByte, null, null, doubles(1)), "of type 7"),
      (matrixSchema, InternalRow(1.toByte, 1, 1, null, null, null, false), "no size or no values"),
      (matrixSchema, matrix(0, 2, 3, null, ints(0), 1), "no pointers or no indices"),
      (matrixSchema, matrix(0, 2, 3, ints(0, 1, 1, 1), ints(2), 1), "an index that isn't from 0 to 1"),
      (matrixSchema, matrix(0, -2, 3, ints(0, 0, 0, 0), none, 0), "-2 rows and 3 columns"),
      (matrixSchema, matrix(1, 2, -3, none, none, 0), "2 rows and -3 columns"),
      (matrixSchema, matrix(1, 2, 3, none, none, 5), "5 values for 2 rows and 3 columns"),
      (matrixSchema, matrix(0, 2, 3, ints(0, 1), ints(0), 1), "2 pointers to 3 columns"),
      (matrixSchema, matrix(0, 2, 3, ints(0, 1, 1, 1), ints(0, 1), 1), "2 indices and 1 values"),
      (matrixSchema, matrix(0, 2, 3, ints(0, 1, 1, 9), ints(0), 1), "columns from 0 to 9"),
      (matrixSchema, matrix(0, 2, 3, ints(0, 9, 1, 1), ints(0), 1), "don't follow each other"),
      (matrixSchema, matrix(0, 2, 3, ints(0, 1, 0, 1), ints(0), 1), "don't follow each other")
    ).foreach { case (schema, features, words) =>
      Seq[InternalRow](InternalRow(features), UnsafeProjection.create(schema)(InternalRow(features)))
        .foreach { row =>
          val message = refused(schema, ContentRules.lenient, row)
          assert(message.contains(words), message)
        }
    }
  }

  test("nulls are refused where the type says that there are none") {
    val array = new StructType().add("features", ArrayType(DoubleType, containsNull = false))
    val holed = InternalRow(new GenericArrayData(Array[Any](1.0, null)))
    assert(refused(array, ContentRules.lenient, holed).contains("is null at position 1"))
    val matrix = new StructType().add("features", SQLDataTypes.MatrixType)
    val noRows = InternalRow(1.toByte, null, 1, null, null, new GenericArrayData(Array.empty[Double]), false)
    assert(refused(matrix, ContentRules.lenient, InternalRow(noRows)).contains("no size or no values"))
  }

  test("nulls are refused under the lenient rules too") {
    assert(
      refused(Rows.labelled, ContentRules.lenient, Rows.unsafe(Rows.labelled, 1.0, null)).contains("is null")
    )
    assert(
      refused(Rows.labelled, ContentRules.lenient, Rows.unsafe(Rows.labelled, null, Vectors.dense(1.0)))
        .contains("is null")
    )
  }

  test("a column that is missing or of another type is named, with what is there") {
    val missing = intercept[IllegalArgumentException](
      RecordRowEncoder(Rows.labelled, "feature", None, ContentRules.lenient)
    )
    assert(
      missing.getMessage.contains("\"feature\"") && missing.getMessage.contains("\"label\", \"features\"")
    )
    val text = new StructType().add("features", StringType)
    val wrong =
      intercept[IllegalArgumentException](RecordRowEncoder(text, "features", None, ContentRules.lenient))
    assert(wrong.getMessage.contains("vector") && wrong.getMessage.contains("string"))
    val label = new StructType().add("label", StringType).add("features", SQLDataTypes.VectorType)
    val wrongLabel = intercept[IllegalArgumentException](
      RecordRowEncoder(label, "features", Some("label"), ContentRules.lenient)
    )
    assert(wrongLabel.getMessage.contains("number") && wrongLabel.getMessage.contains("string"))
  }
}
