package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.ml.linalg.{SQLDataTypes, Vector, Vectors}
import org.apache.spark.sql.Row
import org.apache.spark.sql.catalyst.CatalystTypeConverters
import org.apache.spark.sql.types._
import org.scalatest.funsuite.AnyFunSuite

class RecordDecoderSuite extends AnyFunSuite {
  import AiAlgs.Tensor

  private val clusters = new StructType().add("distance", DoubleType).add("cluster", DoubleType)
  private val clusterKeys = Seq("distance_to_cluster", "closest_cluster")
  private val vector = new StructType().add("v", SQLDataTypes.VectorType)

  private def decode(schema: StructType, keys: Seq[String], body: Array[Byte]): Seq[Row] = {
    val toPublic = CatalystTypeConverters.createToScalaConverter(schema)
    new RecordDecoder(schema, keys).decode(body, body.length).map(r => toPublic(r).asInstanceOf[Row]).toList
  }

  private def cluster(distance: Double, cluster: Double): Seq[(String, Tensor)] = Seq(
    "distance_to_cluster" -> Tensor("Float32Tensor", Seq(distance)),
    "closest_cluster" -> Tensor("Float32Tensor", Seq(cluster))
  )

  private val kinds = Seq("Float32Tensor", "Float64Tensor", "Int32Tensor")

  test(
    "records of protobuf-java are read in order, whatever the order of their keys, with unknown fields skipped"
  ) {
    val body = AiAlgs.frames(
      AiAlgs.record(cluster(1.5, 3)),
      AiAlgs.record(cluster(2.5, 4).reverse, uid = Some("a")),
      AiAlgs.record(cluster(0.0, 0) :+ ("other" -> Tensor("Int32Tensor", Seq(9))))
    )
    assert(decode(clusters, clusterKeys, body) == Seq(Row(1.5, 3.0), Row(2.5, 4.0), Row(0.0, 0.0)))
    assert(decode(clusters, clusterKeys, Array.empty).isEmpty)
  }

  kinds.foreach { kind =>
    test(s"$kind values are read, packed and not") {
      Seq(true, false).foreach { packed =>
        val body = AiAlgs.frames(AiAlgs.record(Seq("v" -> Tensor(kind, Seq(1.0, -2.0, 3.0))), packed))
        assert(decode(vector, Seq("v"), body) == Seq(Row(Vectors.dense(1.0, -2.0, 3.0))))
        val sparse = Tensor(kind, Seq(1.0, -2.0), Seq(3L, 200L), Seq(300L))
        val sparseBody = AiAlgs.frames(AiAlgs.record(Seq("v" -> sparse), packed))
        assert(
          decode(vector, Seq("v"), sparseBody) == Seq(
            Row(Vectors.sparse(300, Array(3, 200), Array(1.0, -2.0)))
          )
        )
      }
    }
  }

  test("a tensor of one value is a vector where the schema says vector, and a number where it says double") {
    val body = AiAlgs.frames(AiAlgs.record(Seq("v" -> Tensor("Float32Tensor", Seq(0.5)))))
    assert(decode(vector, Seq("v"), body) == Seq(Row(Vectors.dense(0.5))))
    assert(decode(new StructType().add("v", DoubleType), Seq("v"), body) == Seq(Row(0.5)))
    assert(decode(new StructType().add("v", FloatType), Seq("v"), body) == Seq(Row(0.5f)))
    assert(
      decode(new StructType().add("v", ArrayType(DoubleType)), Seq("v"), body).head.getSeq[Double](0) == Seq(
        0.5
      )
    )
  }

  test("an all-zero sparse tensor has its width") {
    val body = AiAlgs.frames(AiAlgs.record(Seq("v" -> Tensor("Float32Tensor", Nil, Nil, Seq(4L)))))
    val Seq(Row(found: Vector)) = decode(vector, Seq("v"), body)
    assert(found.size == 4 && found.numNonzeros == 0)
    val array = new StructType().add("v", ArrayType(FloatType))
    assert(decode(array, Seq("v"), body).head.getSeq[Float](0) == Seq(0f, 0f, 0f, 0f))
  }

  private def refused(schema: StructType, keys: Seq[String], body: Array[Byte], words: String*): Unit = {
    val e = intercept[MalformedBodyException](decode(schema, keys, body))
    words.foreach(word => assert(e.getMessage.contains(word), s"$word is missing in: ${e.getMessage}"))
  }

  test("what doesn't fit says what was expected, what was found and where") {
    val body = AiAlgs.frames(AiAlgs.record(cluster(1.0, 2)), AiAlgs.record(cluster(1.0, 2)))
    refused(clusters, Seq("distance_to_cluster", "score"), body, "offset 0", "\"score\"", "\"cluster\"")
    refused(
      clusters,
      clusterKeys,
      "{\"predictions\": []}".getBytes("UTF-8"),
      "magic",
      "0xced7230a",
      "offset 0"
    )
    refused(clusters, clusterKeys, body.take(body.length / 2 + 5), s"offset ${body.length / 2}")
    val two = AiAlgs.frames(AiAlgs.record(Seq("v" -> Tensor("Float32Tensor", Seq(1.0, 2.0)))))
    refused(new StructType().add("v", DoubleType), Seq("v"), two, "2 values", "double", "one is expected")
    val outside =
      AiAlgs.frames(AiAlgs.record(Seq("v" -> Tensor("Float32Tensor", Seq(1.0), Seq(7L), Seq(5L)))))
    refused(vector, Seq("v"), outside, "index 7", "below 5")
    val huge = AiAlgs.frames(AiAlgs.record(Seq("v" -> Tensor("Float32Tensor", Nil, Nil, Seq(1L << 40)))))
    refused(vector, Seq("v"), huge, "shape")
  }

  test("a number that its column doesn't hold is an error, never another number") {
    def one(dataType: DataType, numbers: Double*): Seq[Row] = decode(
      new StructType().add("n", dataType),
      Seq("x"),
      AiAlgs.frames(numbers.map(n => AiAlgs.record(Seq("x" -> Tensor("Float64Tensor", Seq(n))))): _*)
    )
    def bad(dataType: DataType, expected: String, numbers: Double*): Unit = numbers.foreach { number =>
      val alone = intercept[MalformedBodyException](one(dataType, number)).getMessage
      assert(alone.startsWith(s"""expected $expected for column "n" (key "x") in the record at offset 0"""))
      assert(alone.endsWith(s"found the number $number"))
      // Records that are laid out alike are read in another way.
      val later = intercept[MalformedBodyException](one(dataType, 1, 2, 3, 4, number)).getMessage
      assert(later.endsWith(s"found the number $number"))
    }
    val whole = "a whole number from"
    bad(
      IntegerType,
      s"$whole -2147483648 to 2147483647",
      0.7,
      Double.NaN,
      3e9,
      -2147483649.0,
      Double.NegativeInfinity
    )
    bad(
      LongType,
      s"$whole -9223372036854775808 to 9223372036854775807",
      -0.9,
      Double.NaN,
      1e30,
      9223372036854775808.0,
      Double.PositiveInfinity
    )
    bad(FloatType, "a number that a float holds", 1e300, -1e39)
    assert(
      one(IntegerType, -2147483648.0, 2147483647.0, -0.0, 3) == Seq(Int.MinValue, Int.MaxValue, 0, 3).map(
        Row(_)
      )
    )
    assert(one(LongType, -9223372036854775808.0, 1e15) == Seq(Row(Long.MinValue), Row(1000000000000000L)))
    assert(one(FloatType, 0.1, Double.NegativeInfinity) == Seq(Row(0.1f), Row(Float.NegativeInfinity)))
    assert(one(FloatType, Double.NaN).head.getFloat(0).isNaN)
    val floats = new StructType().add("n", ArrayType(FloatType))
    refused(
      floats,
      Seq("x"),
      AiAlgs.frames(AiAlgs.record(Seq("x" -> Tensor("Float64Tensor", Seq(1.0, 1e300))))),
      "expected a number that a float holds for column \"n\"",
      "found the number 1.0E300"
    )
  }

  test("a column type that no tensor can fill is refused at once") {
    val e =
      intercept[IllegalArgumentException](new RecordDecoder(new StructType().add("v", StringType), Seq("v")))
    assert(e.getMessage.contains("\"v\"") && e.getMessage.contains("string"))
    intercept[IllegalArgumentException](new RecordDecoder(clusters, Seq("score")))
  }

  test("every truncation is a MalformedBodyException, or ends between two records") {
    val first = AiAlgs.frames(AiAlgs.record(cluster(1.0, 2)))
    val body = first ++ AiAlgs.frames(AiAlgs.record(cluster(3.0, 4)))
    (0 to body.length).foreach { length =>
      if (length == 0 || length == first.length || length == body.length) {
        assert(decode(clusters, clusterKeys, body.take(length)).length == length / first.length)
      } else intercept[MalformedBodyException](decode(clusters, clusterKeys, body.take(length)))
    }
  }

  test("corrupt bodies give rows or a MalformedBodyException, never anything else") {
    val seed = 20240501L
    val random = new scala.util.Random(seed)
    val mixed =
      new StructType().add("v", SQLDataTypes.VectorType).add("d", DoubleType).add("a", ArrayType(DoubleType))
    val good = AiAlgs.frames((0 until 4).map { i =>
      AiAlgs.record(
        Seq(
          "v" -> Tensor(kinds(i % 3), Seq(1.0, 2.0), Seq(1L, 5L), Seq(9L)),
          "d" -> Tensor("Float32Tensor", Seq(1.0)),
          "a" -> Tensor("Float64Tensor", Seq(1.0, 2.0, 3.0))
        ),
        packed = i % 2 == 0
      )
    }: _*)
    var refusals = 0
    (0 until 20000).foreach { _ =>
      val bad = good.clone()
      (0 to random.nextInt(4)).foreach(_ => bad(random.nextInt(bad.length)) = random.nextInt().toByte)
      val cut = if (random.nextInt(4) == 0) bad.take(random.nextInt(bad.length)) else bad
      try new RecordDecoder(mixed, Seq("v", "d", "a")).decode(cut, cut.length).foreach(_ => ())
      catch { case _: MalformedBodyException => refusals += 1 }
    }
    assert(refusals > 1000, s"seed $seed")
  }
}
