package com.amazonaws.services.sagemaker.sparksdk.wire

import scala.util.{Random, Try}

import org.apache.spark.ml.linalg.SQLDataTypes
import org.apache.spark.sql.Row
import org.apache.spark.sql.catalyst.CatalystTypeConverters
import org.apache.spark.sql.types._
import org.scalatest.funsuite.AnyFunSuite

/** Records that are alike are read in a shorter way: with the same result as each of them alone. */
class RecordLayoutSuite extends AnyFunSuite {
  import AiAlgs.Tensor

  private val schema = new StructType()
    .add("score", DoubleType)
    .add("rank", FloatType)
    .add("mixture", SQLDataTypes.VectorType)
  private val keys = Seq("score", "rank", "mixture")
  private val toPublic = CatalystTypeConverters.createToScalaConverter(schema)

  private def decode(bodies: Seq[Array[Byte]]): Seq[Row] = {
    val decoder = new RecordDecoder(schema, keys)
    bodies.flatMap(b => decoder.decode(b, b.length).map(r => toPublic(r).asInstanceOf[Row]).toList)
  }

  private def one(random: Random, kind: String, width: Int, shape: Seq[Long] = Nil): Array[Byte] = {
    val values = Seq.fill(width)(random.nextInt(1000) / 8.0 - 60)
    AiAlgs.frames(
      AiAlgs.record(
        Seq(
          "score" -> Tensor(kind, Seq(random.nextInt(1000) / 4.0)),
          "rank" -> Tensor("Float32Tensor", Seq(random.nextInt(100).toDouble), Nil, shape),
          "mixture" -> Tensor(kind, values)
        ),
        uid = if (random.nextInt(50) == 0) Some("b") else Some("a")
      )
    )
  }

  private def mixed(random: Random, count: Int): Seq[Array[Byte]] = {
    val kinds = Seq("Float32Tensor", "Float64Tensor", "Int32Tensor")
    var kind = kinds.head
    var width = 3
    Seq.fill(count) {
      if (random.nextInt(12) == 0) kind = kinds(random.nextInt(3))
      if (random.nextInt(12) == 0) width = random.nextInt(4) * random.nextInt(4) + 1
      one(random, kind, width, if (random.nextInt(20) == 0) Seq(1L) else Nil)
    }
  }

  test("many records in one body give what each gives alone, whether they are alike or not") {
    (0 until 30).foreach { seed =>
      val records = mixed(new Random(seed), 200)
      val alone = records.map(record => decode(Seq(record)).head)
      assert(decode(Seq(records.flatten.toArray)) == alone)
      // What a decoder has learned from one body it uses for the next.
      assert(decode(records.grouped(7).map(_.flatten.toArray).toSeq) == alone)
    }
  }

  test("a record that was damaged is read, or refused, as it is alone") {
    val random = new Random(5)
    val records = Seq.fill(5)(one(random, "Float32Tensor", 3).clone())
    val before = records.take(4).flatten.toArray
    val last = records.last
    (0 until 3000).foreach { _ =>
      val damaged = last.clone()
      damaged(random.nextInt(damaged.length)) = random.nextInt(256).toByte
      val alone = Try(decode(Seq(damaged)))
      val behind = Try(decode(Seq(before ++ damaged)).drop(4))
      assert(alone.isSuccess == behind.isSuccess)
      alone.foreach(rows => assert(rows.toString == behind.get.toString))
      behind.failed.foreach(e => assert(e.isInstanceOf[MalformedBodyException]))
    }
  }

  test("a body that is cut off behind records that are alike is a MalformedBodyException") {
    val random = new Random(6)
    val records = Seq.fill(4)(one(random, "Float64Tensor", 5).clone())
    val body = records.flatten.toArray
    val borders = records.scanLeft(0)(_ + _.length).toSet
    (0 until body.length).filterNot(borders).foreach { cut =>
      intercept[MalformedBodyException](decode(Seq(body.take(cut))))
    }
  }
}
