package com.amazonaws.services.sagemaker.sparksdk.wire

import java.nio.charset.StandardCharsets.UTF_8

import org.apache.spark.ml.linalg.{SQLDataTypes, Vectors}
import org.apache.spark.sql.Row
import org.apache.spark.sql.catalyst.CatalystTypeConverters
import org.apache.spark.sql.types._
import org.scalatest.funsuite.AnyFunSuite

class JsonDecoderSuite extends AnyFunSuite {
  private val Predictions = Some("predictions")
  private val score = new StructType().add("score", DoubleType, nullable = false)
  private val vector = new StructType().add("score", SQLDataTypes.VectorType, nullable = false)

  private def read(
      schema: StructType,
      body: String,
      list: Option[String] = Predictions,
      keys: Option[Seq[String]] = None
  ): List[Row] = {
    val toPublic = CatalystTypeConverters.createToScalaConverter(schema)
    val bytes = body.getBytes(UTF_8)
    // Bytes behind the body belong to an older answer.
    val buffer = bytes ++ "]}{".getBytes(UTF_8)
    new JsonDecoder(schema, keys.getOrElse(schema.fieldNames.toSeq), list)
      .decode(buffer, bytes.length)
      .map(row => toPublic(row.copy()).asInstanceOf[Row])
      .toList
  }

  private def refused(schema: StructType, body: String, list: Option[String] = Predictions): String =
    intercept[MalformedBodyException](read(schema, body, list)).getMessage

  test("a list's objects are rows, whatever else is in them and around the list") {
    val schema = new StructType().add("closest_cluster", DoubleType).add("distance_to_cluster", FloatType)
    val body =
      """{"meta":{"predictions":[1]},"predictions":[{"distance_to_cluster":1.5,"other":{"a":[1,{}]},"closest_cluster":3},
        |{"closest_cluster":4.0,"distance_to_cluster":2}],"more":[[]]}
        |""".stripMargin
    assert(read(schema, body) == List(Row(3.0, 1.5f), Row(4.0, 2f)))
    assert(read(score, """{"predictions":[]}""") == Nil)
    assert(
      read(vector, """{"projections":[{"score":[1,2]}]}""", Some("projections")) == List(
        Row(Vectors.dense(1, 2))
      )
    )
    assert(read(score, """[{"score":1}]""", Some("")) == List(Row(1.0)))
    val renamed =
      read(new StructType().add("p", DoubleType), """[{"score":1}]""", Some(""), Some(Seq("score")))
    assert(renamed == List(Row(1.0)))
  }

  test("lines are rows, with blanks, without an end of line, and of one column's values") {
    assert(
      read(score, "{\"score\":1}\n\n {\"score\":2}\r\n{\"score\":3}", None) == List(
        Row(1.0),
        Row(2.0),
        Row(3.0)
      )
    )
    assert(read(score, "", None) == Nil)
    assert(read(score, "0.5\n1\n", None) == List(Row(0.5), Row(1.0)))
    assert(
      read(vector, "[0.5,1]\n[]\n", None) == List(
        Row(Vectors.dense(0.5, 1)),
        Row(Vectors.dense(Array.empty[Double]))
      )
    )
  }

  test("an element that is no object is the only column's value") {
    assert(read(score, """{"predictions":[0.25,1]}""") == List(Row(0.25), Row(1.0)))
    assert(read(vector, """{"predictions":[[0.1,0.9],[1,0]]}""").length == 2)
    val two = new StructType().add("a", DoubleType).add("b", DoubleType)
    assert(
      refused(two, """{"predictions":[0.25]}""").contains("an object with the keys \"a\", \"b\" for row 0")
    )
  }

  test("all types are read, and nulls where they may be") {
    val schema = new StructType()
      .add("d", DoubleType)
      .add("f", FloatType)
      .add("i", IntegerType)
      .add("l", LongType)
      .add("s", StringType)
      .add("b", BooleanType)
      .add("v", SQLDataTypes.VectorType)
      .add("a", ArrayType(DoubleType))
      .add("w", ArrayType(StringType))
      .add("n", ArrayType(ArrayType(LongType)))
    val body =
      """{"d":-0.0,"f":0.1,"i":3.0,"l":9223372036854775807,"s":"\"für\" \u2028","b":false,"v":7,"a":[1,null],""" +
        """"w":["x"],"n":[[9007199254740993],[]]}"""
    val row = read(schema, body, None).head
    assert(1 / row.getDouble(0) == Double.NegativeInfinity)
    assert(
      row.toSeq.drop(1).take(6) == Seq(0.1f, 3, Long.MaxValue, "\"für\" \u2028", false, Vectors.dense(7.0))
    )
    assert(row.getSeq[Any](7) == Seq(1.0, null) && row.getSeq[String](8) == Seq("x"))
    assert(row.getSeq[scala.collection.Seq[Long]](9) == Seq(Seq(9007199254740993L), Nil))
    val nothing = schema.fieldNames.map(n => s""""$n":null""").mkString("{", ",", "}")
    assert(read(schema, nothing, None) == List(Row(Seq.fill[Any](schema.length)(null): _*)))
    assert(read(schema, s"$nothing\n$body", None).last == row, "a null of one row isn't the next one's")
  }

  test("NaN and infinities that containers write are numbers") {
    val rows = read(score, "NaN\nInfinity\n-Infinity", None).map(_.getDouble(0))
    assert(rows.head.isNaN && rows.tail == List(Double.PositiveInfinity, Double.NegativeInfinity))
    assert(refused(score, "1e999", None).contains("a number that a double holds"))
  }

  test("sparse vectors are read, also without a stored value") {
    val sparse = """{"score":{"keys":[1,4],"shape":[6],"values":[0.5,2]}}"""
    assert(read(vector, sparse, None) == List(Row(Vectors.sparse(6, Array(1, 4), Array(0.5, 2.0)))))
    val zeros = """{"score":{"shape":[3]}}"""
    assert(read(vector, zeros, None) == List(Row(Vectors.sparse(3, Nil))))
    for (
      bad <- Seq(
        """{"keys":[1],"values":[1]}""",
        """{"keys":[3],"shape":[3],"values":[1]}""",
        """{"keys":[1,1],"shape":[3],"values":[1,2]}""",
        """{"keys":[0.5],"shape":[3],"values":[1]}""",
        """{"keys":[1],"shape":[3],"values":[]}""",
        """{"shape":[1e12]}"""
      )
    ) assert(refused(vector, s"""{"score":$bad}""", None).contains("ascending \"keys\""), bad)
  }

  test("a key that is missing, and an envelope that is, name what is there") {
    val missing = refused(score, """{"predictions":[{"score":1},{"scores":2,"label":0}]}""")
    assert(
      missing == "row 1 of the answer has no key \"score\", which column \"score\" is read from; it has \"scores\", \"label\""
    )
    val envelope = refused(score, """{"projections":[{"score":1}]}""")
    assert(
      envelope.contains("a list under \"predictions\", found one with \"projections\"") && envelope.contains(
        "envelope"
      )
    )
    assert(refused(score, "{}").contains("found one with no keys"))
    assert(
      refused(score, """{"predictions":{"score":1}}""").contains(
        "expected a list under \"predictions\" at offset 15, found an object"
      )
    )
    assert(
      refused(score, "[1]").contains(
        "expected an object with a list under \"predictions\" at offset 0, found a list"
      )
    )
    assert(refused(score, """{"predictions":[1]}""", Some("")).contains("expected a list of rows"))
    assert(refused(score, "").contains("found the end"))
  }

  test("values of other types name column, expected and found") {
    def of(dataType: DataType, value: String): String =
      refused(new StructType().add("c", dataType, nullable = false), s"""{"c":$value}""", None)
    assert(
      of(DoubleType, "\"0.5\"") == "expected a number for column \"c\" at offset 5, found the text \"0.5\""
    )
    assert(of(DoubleType, "[0.5]").contains("found a list"))
    assert(of(DoubleType, "true").contains("found true"))
    assert(of(DoubleType, "null").contains("isn't nullable"))
    assert(of(IntegerType, "0.5").contains("a whole number from -2147483648 to 2147483647 for column \"c\""))
    assert(of(IntegerType, "3000000000").contains("found the number 3000000000"))
    assert(of(LongType, "9223372036854775808").contains("a whole number"))
    assert(of(FloatType, "1e39").contains("a number that a float holds"))
    assert(of(LongType, "1e999999999").contains("a whole number"))
    assert(of(StringType, "1").contains("expected a text"))
    assert(of(BooleanType, "1").contains("expected true or false"))
    assert(of(SQLDataTypes.VectorType, "[1,\"2\"]").contains("found the text \"2\""))
    assert(of(SQLDataTypes.VectorType, "\"x\"").contains("a list of numbers"))
    assert(of(ArrayType(DoubleType, containsNull = false), "[null]").contains("an element of column \"c\""))
  }

  test("what is no JSON, cut off, or goes on behind the list is an error, never fewer rows") {
    val whole = """{"predictions":[{"score":1.5},{"score":2.5}],"x":"y"}"""
    (0 until whole.length).foreach(n => assert(refused(score, whole.take(n)).nonEmpty, whole.take(n)))
    assert(refused(score, "<html>").startsWith("not JSON at offset"))
    assert(refused(score, s"$whole$whole").contains("the end of the body"))
    assert(refused(score, """{"predictions":[1],"predictions":[2]}""").contains("twice"))
    assert(refused(score, "{\"score\":1}\n{\"score\":", None).contains("offset"))
    val random = new scala.util.Random(5)
    (0 until 3000).foreach { _ =>
      val bytes = whole.getBytes(UTF_8)
      (0 to random.nextInt(3)).foreach(_ => bytes(random.nextInt(bytes.length)) = random.nextInt(256).toByte)
      try
        new JsonDecoder(score, Seq("score"), Predictions)
          .decode(bytes, bytes.length)
          .foreach(r => assert(r.numFields == 1))
      catch { case e: MalformedBodyException => assert(e.getMessage.nonEmpty) }
    }
  }

  test("schemas and keys that don't fit are refused at once") {
    for (
      make <- Seq[() => Any](
        () => new JsonDecoder(new StructType(), Nil, None),
        () => new JsonDecoder(score, Seq("a", "b"), None),
        () => new JsonDecoder(new StructType().add("day", DateType), Seq("day"), None),
        () => new JsonDecoder(new StructType().add("a", DoubleType).add("b", DoubleType), Seq("x", "x"), None)
      )
    ) intercept[IllegalArgumentException](make())
  }
}
