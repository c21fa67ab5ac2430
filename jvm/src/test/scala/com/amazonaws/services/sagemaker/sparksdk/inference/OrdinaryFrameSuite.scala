package com.amazonaws.services.sagemaker.sparksdk.inference

import java.lang.ref.WeakReference
import java.nio.file.Files
import java.util.concurrent.{ConcurrentLinkedQueue, CountDownLatch}
import java.util.concurrent.atomic.AtomicInteger

import scala.collection.JavaConverters._
import scala.util.Try

import org.apache.spark.{SparkException, TaskContext}
import org.apache.spark.ml.linalg.Vectors
import org.apache.spark.sql.{DataFrame, Row}
import org.apache.spark.sql.functions._
import org.apache.spark.sql.streaming.Trigger
import org.apache.spark.sql.types._
import org.scalatest.funsuite.AnyFunSuite

import com.amazonaws.services.sagemaker.sparksdk.settings.InferenceSettings
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers.XGBoostCSVRowDeserializer
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers.UnlabeledCSVRequestRowSerializer

/** A transformed DataFrame is one like any other. */
class OrdinaryFrameSuite extends AnyFunSuite with SparkTests {
  import ScriptedEndpoint.doubled

  private def transformed(endpoint: ScriptedEndpoint, rows: Long = 40, answer: String = "answer"): DataFrame =
    Inference.transform(
      spark.range(0, rows, 1, 2).toDF(),
      call(endpoint, deserializer = new LineDeserializer(answer))
    )

  private def values(frame: DataFrame): Set[(Long, Double)] =
    frame.collect().map(row => (row.getAs[Long]("id"), row.getAs[Double]("answer"))).toSet

  private def expected(ids: Long*): Set[(Long, Double)] = ids.map(id => (id, id * 2.0)).toSet

  test("transforms can be chained") {
    withEndpoint(doubled) { endpoint =>
      val once = transformed(endpoint)
      val twice = Inference.transform(
        once,
        call(
          endpoint,
          serializer = new LineSerializer("answer"),
          deserializer = new LineDeserializer("again")
        )
      )
      assert(twice.collect().forall(row => row.getAs[Double]("again") == row.getAs[Long]("id") * 4.0))
    }
  }

  test("self joins work, of DataFrames and of SQL views") {
    withEndpoint(doubled) { endpoint =>
      val frame = transformed(endpoint)
      val joined = frame.as("a").join(frame.as("b"), col("a.answer") === col("b.id"))
      val rows = joined.select(col("a.id"), col("b.answer")).collect()
      assert(
        rows.map(r => (r.getLong(0), r.getDouble(1))).toSet == (0L until 20L).map(i => (i, i * 4.0)).toSet
      )
      frame.createOrReplaceTempView("transformed_view")
      val sql =
        spark.sql("SELECT a.id, b.answer FROM transformed_view a JOIN transformed_view b ON a.id = b.id")
      assert(values(sql) == expected(0L until 40L: _*))
    }
  }

  test("union, cache, distinct, sort and shuffles on both sides work") {
    withEndpoint(doubled) { endpoint =>
      val frame = transformed(endpoint)
      assert(frame.union(frame).count() == 80)
      assert(frame.union(frame).distinct().count() == 40)
      val cached = frame.cache()
      try {
        assert(cached.count() == 40)
        val requests = endpoint.count
        assert(values(cached) == expected(0L until 40L: _*))
        assert(endpoint.count == requests)
      } finally cached.unpersist(true)
      val shuffled =
        Inference.transform(spark.range(0, 40, 1, 2).toDF().repartition(4, col("id")), call(endpoint))
      val sums = shuffled.groupBy(col("id") % 2).agg(sum("answer")).orderBy(desc("sum(answer)")).collect()
      assert(sums.map(_.getDouble(1)).toSeq == Seq(800.0, 760.0))
    }
  }

  test("several partitions in one task are each answered") {
    withEndpoint(doubled) { endpoint =>
      val frame = Inference.transform(spark.range(0, 40, 1, 8).toDF(), call(endpoint)).coalesce(1)
      assert(frame.collect().map(_.getLong(0)).toSeq == (0L until 40L))
    }
  }

  test("a task of many partitions holds only what the present one needs") {
    withEndpoint(doubled) { endpoint =>
      val frame = Inference
        .transform(spark.range(0, 40, 1, 8).toDF(), call(endpoint, serializer = new WatchedSerializer))
        .coalesce(1)
      val held = frame.rdd
        .mapPartitions { rows =>
          rows.foreach(_ => ())
          System.gc()
          Iterator(WatchedSerializer.held)
        }
        .collect()
      assert(held.toSeq.forall(_ <= 2), held.mkString)
      assert(WatchedSerializer.made == 8)
    }
  }

  test("whoever takes rows when the task has ended gets none, and none are read for it") {
    import OrdinaryFrameSuite._
    withEndpoint(doubled) { endpoint =>
      readAfterEnd.set(0)
      val source = udf { (id: Long) =>
        // All rows fit into one request: this is in the middle of reading them.
        if (id == 500) {
          reading.countDown()
          taskEnded.await()
        } else if (taskEnded.getCount == 0) readAfterEnd.incrementAndGet()
        id
      }
      val frame = Inference.transform(
        spark.range(0, 1000, 1, 1).select(source(col("id")).as("id")),
        call(endpoint, InferenceSettings())
      )
      frame.rdd
        .mapPartitions { rows =>
          // PySpark's writer thread, which the task doesn't wait for.
          val taker = new Thread(() => { Try(rows.foreach(_ => ())); takerEnded.countDown() })
          TaskContext.get().addTaskCompletionListener[Unit](_ => taskEnded.countDown())
          taker.start()
          reading.await()
          Iterator[Int]()
        }
        .count()
      takerEnded.await()
      assert(readAfterEnd.get == 0)
      assert(endpoint.count == 0)
    }
  }

  test("a checkpoint keeps the answers") {
    withEndpoint(doubled) { endpoint =>
      val kept = transformed(endpoint).localCheckpoint()
      val requests = endpoint.count
      assert(values(kept) == expected(0L until 40L: _*))
      assert(endpoint.count == requests)
    }
  }

  test("a stream is transformed batch by batch") {
    withEndpoint(doubled) { endpoint =>
      val folder = Files.createTempDirectory("stream").toString
      spark.range(0, 30, 1, 3).write.parquet(s"$folder/in")
      val stream = spark.readStream.schema("id LONG").option("maxFilesPerTrigger", "1").parquet(s"$folder/in")
      val seen = new ConcurrentLinkedQueue[Row]()
      val query = Inference
        .transform(stream, call(endpoint))
        .writeStream
        .option("checkpointLocation", s"$folder/checkpoint")
        .trigger(Trigger.AvailableNow())
        .foreachBatch((batch: DataFrame, _: Long) => batch.collect().foreach(row => seen.add(row)))
        .start()
      query.awaitTermination()
      assert(
        seen.toArray(Array.empty[Row]).map(r => (r.getLong(0), r.getDouble(1))).toSet == expected(
          0L until 30L: _*
        )
      )
    }
  }

  test("a global view is read in a session that never transformed") {
    withEndpoint(doubled) { endpoint =>
      transformed(endpoint).createOrReplaceGlobalTempView("answers")
      val other = spark.newSession()
      assert(values(other.sql("SELECT * FROM global_temp.answers")) == expected(0L until 40L: _*))
    }
  }

  test("column metadata is kept") {
    withEndpoint(doubled) { endpoint =>
      val metadata = new MetadataBuilder().putString("origin", "here").build()
      val data = spark.range(3).select(col("id").as("id", metadata))
      assert(Inference.transform(data, call(endpoint)).schema("id").metadata == metadata)
    }
  }

  test("columns that nobody asks for aren't read") {
    withEndpoint(r => Reply200(r.lines.map(_.split(',').head + "\n").mkString)) { endpoint =>
      val data = spark
        .createDataFrame((0 until 20).map(i => (i, Vectors.dense(i.toDouble), s"name $i")))
        .toDF("id", "features", "name")
      val path = Files.createTempDirectory("pruned").toString + "/data"
      data.write.parquet(path)
      val out = Inference.transform(
        spark.read.parquet(path),
        call(
          endpoint,
          serializer = new UnlabeledCSVRequestRowSerializer(),
          deserializer = new XGBoostCSVRowDeserializer()
        )
      )
      val pruned = out.select("id", "prediction")
      assert(pruned.collect().map(r => r.getInt(0).toDouble == r.getDouble(1)).forall(identity))
      val scan = pruned.queryExecution.executedPlan.toString.split('\n').filter(_.contains("ReadSchema"))
      assert(scan.nonEmpty && scan.forall(line => !line.contains("name:string")))
      assert(
        out.select("prediction").collect().map(_.getDouble(0)).toSet == (0 until 20).map(_.toDouble).toSet
      )
    }
  }

  test("explain says what will be called, and no key") {
    withEndpoint(doubled) { endpoint =>
      val frame = transformed(endpoint)
      val text = frame.queryExecution.toString + frame.queryExecution.optimizedPlan.treeString
      for (
        part <- Seq(
          "InvokeEndpoint some-endpoint",
          "LineSerializer (text/csv)",
          "in flight <= 8",
          "bytes <= 5242880"
        )
      )
        assert(text.contains(part), text)
      assert(!text.contains(SparkTests.Secret))
      assert(!frame.queryExecution.executedPlan.toJSON.contains(SparkTests.Secret))
      assert(!frame.queryExecution.analyzed.toJSON.contains(SparkTests.Secret))
    }
  }

  test("a failing request tells no key") {
    withEndpoint(_ => Fail(403, "AccessDeniedException", "{\"Message\":\"not allowed\"}")) { endpoint =>
      val e = intercept[SparkException](transformed(endpoint).collect())
      val out = new java.io.StringWriter()
      e.printStackTrace(new java.io.PrintWriter(out))
      assert(out.toString.contains("sagemaker:InvokeEndpoint"))
      assert(!out.toString.contains(SparkTests.Secret))
      assert(!call(endpoint).toString.contains(SparkTests.Secret))
    }
  }

  test("a serializer that can't be sent to executors is named when transform is called") {
    withEndpoint(doubled) { endpoint =>
      val bad = new LineSerializer() { val held: AnyRef = new Object }
      val e = intercept[IllegalArgumentException](
        Inference.transform(spark.range(1).toDF(), call(endpoint, serializer = bad))
      )
      assert(e.getMessage.contains("can't be serialized"))
    }
  }
}

object OrdinaryFrameSuite {

  /** Shared with the tasks, which run in this JVM. */
  private val reading = new CountDownLatch(1)
  private val taskEnded = new CountDownLatch(1)
  private val takerEnded = new CountDownLatch(1)
  private val readAfterEnd = new AtomicInteger()
}

/** Knows which of its copies, one for each partition, are still in memory. */
class WatchedSerializer extends LineSerializer {
  @transient private lazy val watched: Unit = WatchedSerializer.watch(this)

  override def serializeRow(row: Row): Array[Byte] = {
    watched
    super.serializeRow(row)
  }
}

object WatchedSerializer {
  private val copies = new ConcurrentLinkedQueue[WeakReference[WatchedSerializer]]()

  private def watch(copy: WatchedSerializer): Unit = {
    copies.add(new WeakReference(copy))
    ()
  }

  def made: Int = copies.size

  def held: Int = copies.asScala.count(copy => Option(copy.get).isDefined)
}
