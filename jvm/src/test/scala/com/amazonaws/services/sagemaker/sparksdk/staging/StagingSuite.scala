package com.amazonaws.services.sagemaker.sparksdk.staging

import java.nio.charset.StandardCharsets.UTF_8
import java.util.concurrent.{ConcurrentLinkedQueue, CountDownLatch, TimeUnit}
import java.util.concurrent.atomic.AtomicInteger
import java.util.zip.GZIPInputStream

import com.amazonaws.services.sagemaker.sparksdk.aws.AwsClients
import com.amazonaws.services.sagemaker.sparksdk.exceptions.StagingException
import com.amazonaws.services.sagemaker.sparksdk.wire.{AiAlgs, ContentRules}
import org.apache.spark.TaskContext
import org.apache.spark.ml.linalg.Vectors
import org.apache.spark.sql.functions._

class StagingSuite extends StagingTests {

  test("rows arrive once, in objects that the manifest names, and are deleted again") {
    val staged = Staging.stage(rows(100, 3), request())
    assert(staged.rowCount == 100 && staged.featureWidth.contains(3))
    assert(staged.objects.length == 3 && staged.objects.map(_.rows).sum == 100)
    assert(staged.objects.forall(o => o.bytes == s3.bytes(o.key).length && o.key.endsWith(".pbr")))
    assert(trainedOn(staged) == (0 until 100).map(_.toDouble))
    assert(staged.manifestKey.contains("runs/one.manifest") && staged.keyPrefix == "runs/one/")
    nothingElseIsThere(staged)
    assert(Staging.delete(staged, s3.config).isEmpty)
    assert(s3.keys.isEmpty)
  }

  test("only what this fit wrote is deleted") {
    s3.objects.put("runs/one-other/part", Array[Byte](1))
    s3.objects.put("runs/one.txt", Array[Byte](1))
    val staged = Staging.stage(rows(10, 1), request())
    Staging.delete(staged, s3.config)
    assert(s3.keys == Seq("runs/one-other/part", "runs/one.txt"))
  }

  test("objects roll at their size, and large ones are sent in parts") {
    val small = Staging.stage(rows(200, 1), request().copy(objectBytes = 2000))
    assert(small.objects.length > 2 && small.objects.forall(_.bytes < 2200))
    assert(trainedOn(small) == (0 until 200).map(_.toDouble))
    val wide = rows(300, 1, width = 20000)
    val large = Staging.stage(wide, request().copy(keyPrefix = "runs/two", objectBytes = 20L << 20))
    assert(large.objects.map(_.rows).sum == 300 && large.objects.length == 2)
    val partsSent = s3.requests.toArray.count(_.toString.startsWith("PUT uploadId"))
    assert(partsSent >= 3, "an object of 20 MiB is sent in parts of 8 MiB")
    assert(trainedOn(large) == (0 until 300).map(_.toDouble))
    assert(s3.uploads.isEmpty)
  }

  test("parts of an object are under way together, and keep their order") {
    val together = new CountDownLatch(2)
    s3.refuse = (what, _) =>
      if (what != "PUT uploadId") None
      else {
        together.countDown()
        if (together.await(30, TimeUnit.SECONDS)) None else Some("Alone")
      }
    val staged = Staging.stage(rows(300, 1, width = 20000), request())
    assert(staged.objects.length == 1 && trainedOn(staged) == (0 until 300).map(_.toDouble))
    nothingElseIsThere(staged)
  }

  /** Writes an object in parts and one as a whole, with checksums or without. */
  private def writeTwo(checksums: Boolean): Seq[Double] = AwsClients.withS3(s3.config) { client =>
    val data = rows(300, 1, width = 20000)
    val target = S3Target(
      bucket = "bucket",
      directory = "runs/one/",
      runId = S3Target.newRunId(),
      s3 = s3.config,
      objectBytes = 20L << 20,
      extension = ".pbr",
      contentType = "application/x-recordio-protobuf",
      gzip = false,
      kmsKeyId = None,
      hidden = false,
      checksums = checksums
    )
    val format = EncodedFormat.find("sagemaker", Map.empty, data.schema, ContentRules.lenient).get
    val outputs =
      new StagingJob(client, target).run(
        Projection.select(data, format.schema),
        new StagingTask(format, target),
        "a test"
      )
    labels(outputs.flatMap(_.objects).map(_.key))
  }

  test("what is written has a checksum from its start to its end where S3 keeps them, and else none") {
    assert(writeTwo(checksums = true) == (0 until 300).map(_.toDouble))
    def writes(requests: ConcurrentLinkedQueue[String]): Seq[String] =
      requests
        .toArray(Array.empty[String])
        .toSeq
        .map(_.replaceAll(" +", " "))
        .filter(r => r.matches("(PUT|POST) .*part.*"))
    val sent = writes(s3.requests)
    assert(
      Seq("PUT runs", "POST uploads", "PUT uploadId", "POST uploadId").forall(w =>
        sent.exists(_.startsWith(w))
      )
    )
    assert(writes(s3.checksummed).sorted == sent.sorted)
    assert(s3.uploads.isEmpty)

    s3.checksummed.clear()
    assert(writeTwo(checksums = false) == (0 until 300).map(_.toDouble))
    assert(s3.checksummed.isEmpty)
    // A store at an address of its own.
    Staging.stage(rows(300, 1, width = 20000), request().copy(objectBytes = 20L << 20))
    assert(s3.checksummed.isEmpty && s3.uploads.isEmpty)
  }

  test("an upload is aborted when none of its parts is under way any more") {
    val arrived = new AtomicInteger
    val another = new CountDownLatch(1)
    val underWay = new AtomicInteger
    val aborts = new ConcurrentLinkedQueue[Int]
    s3.refuse = (what, _) =>
      what match {
        case "PUT uploadId" if arrived.incrementAndGet() == 1 =>
          assert(another.await(30, TimeUnit.SECONDS))
          Some("AccessDenied")
        case "PUT uploadId" =>
          underWay.incrementAndGet()
          another.countDown()
          new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS)
          underWay.decrementAndGet()
          None
        case "DELETE uploadId" =>
          aborts.add(underWay.get)
          None
        case _ => None
      }
    val staged = Staging.stage(rows(300, 1, width = 20000), request())
    assert(aborts.toArray.toSeq == Seq(0), "one attempt failed, and nothing was under way when it was undone")
    assert(trainedOn(staged) == (0 until 300).map(_.toDouble))
    nothingElseIsThere(staged)
  }

  test("empty partitions write nothing, and a DataFrame without rows is refused") {
    val staged = Staging.stage(rows(10, 4).where(col("label") < 3), request())
    assert(staged.objects.length == 2 && staged.rowCount == 3)
    val e = intercept[IllegalArgumentException](Staging.stage(rows(10, 2).where("label < 0"), request()))
    assert(e.getMessage.contains("no rows"))
  }

  test("gzip compresses whole objects") {
    val staged = Staging.stage(rows(5000, 2), request().copy(compressionCodec = Some("Gzip")))
    val plain = staged.objects.flatMap { o =>
      assert(o.key.endsWith(".pbr.gz") && o.bytes == s3.bytes(o.key).length)
      val in = new GZIPInputStream(new java.io.ByteArrayInputStream(s3.bytes(o.key)))
      val out = new java.io.ByteArrayOutputStream()
      Iterator.continually(in.read()).takeWhile(_ >= 0).foreach(out.write)
      AiAlgs.payloads(out.toByteArray)
    }
    assert(plain.map(AiAlgs.read(_, "label").get.values.head) == (0 until 5000).map(_.toDouble))
    val e = intercept[IllegalArgumentException](
      Staging.validate(rows(1, 1).schema, request().copy(compressionCodec = Some("zip")))
    )
    assert(e.getMessage.contains("zip") && e.getMessage.contains("Gzip"))
  }

  test("libsvm and CSV are written without Hadoop's help") {
    val libsvm = Staging.stage(rows(2, 1), request("libsvm"))
    assert(
      new String(s3.bytes(libsvm.objects.head.key), UTF_8) == "0.0 1:0.0 2:1.0 3:2.0\n1.0 1:1.0 2:2.0 3:3.0\n"
    )
    val session = spark
    import session.implicits._
    val table = Seq[(Int, Double, java.lang.Long, Boolean)]((1, 0.5, 7L, true), (0, 2.0, null, false))
      .toDF("y", "a", "b", "c")
    val csv = Staging.stage(table.coalesce(1), request("csv").copy(keyPrefix = "runs/csv"))
    assert(new String(s3.bytes(csv.objects.head.key), UTF_8) == "1,0.5,7,true\n0,2.0,,false\n")
    assert(csv.featureWidth.contains(3))
    val chosen = request("csv").copy(keyPrefix = "runs/chosen", projectedColumns = Some(List("b", "y")))
    assert(
      new String(
        s3.bytes(Staging.stage(table.coalesce(1).where("y = 1"), chosen).objects.head.key),
        UTF_8
      ) == "7,1\n"
    )
  }

  test("a wrong column is named before anything is sent") {
    val schema = rows(1, 1).schema
    val cases = Seq(
      request(options = Map("featuresColumnName" -> "feature")) -> Seq(
        "\"feature\"",
        "\"label\", \"features\""
      ),
      request(options = Map("labelColumnName" -> "y")).copy(labelRequired = true) -> Seq("\"y\""),
      request().copy(labelRequired = true, projectedColumns = Some(List("features"))) -> Seq("\"label\""),
      request(options = Map("featuresColumnName" -> "label")) -> Seq("\"label\"", "vector", "double"),
      request().copy(projectedColumns = Some(List("features", "nothing"))) -> Seq("\"nothing\""),
      request("parquet") -> Seq("parquet", "hadoop-aws"),
      request("csv", Map("header" -> "true")) -> Seq("csv", "hadoop-aws")
    )
    cases.foreach { case (bad, words) =>
      val e = intercept[IllegalArgumentException](Staging.validate(schema, bad))
      words.foreach(word => assert(e.getMessage.contains(word), e.getMessage))
    }
    assert(s3.requests.isEmpty)
  }

  test("data without the label's column is staged without labels, unless it is required") {
    val unlabelled = rows(3, 1).select("features")
    Seq("label", "y").foreach { name =>
      val staged = Staging.stage(unlabelled, request(options = Map("labelColumnName" -> name)))
      val payloads = manifestKeys(staged).flatMap(key => AiAlgs.payloads(s3.bytes(key)))
      assert(payloads.length == 3 && payloads.forall(AiAlgs.read(_, "label").isEmpty))
      Staging.delete(staged, s3.config)
      intercept[IllegalArgumentException] {
        Staging.stage(
          unlabelled,
          request(options = Map("labelColumnName" -> name)).copy(labelRequired = true)
        )
      }
    }
    assert(s3.keys.isEmpty)
  }

  test("a sparse row that is huge as CSV is named with its size, and nothing is left") {
    val wide = udf((id: Long) => Vectors.sparse(300000000, Array(5), Array(id.toDouble)))
    val data =
      spark.range(0, 2, 1, 1).select(col("id").cast("double").as("label"), wide(col("id")).as("features"))
    Seq(None, Some("Gzip")).foreach { codec =>
      val e = intercept[IllegalArgumentException] {
        Staging.stage(data, request("csv").copy(compressionCodec = codec))
      }
      assert(
        e.getMessage.contains("column \"features\" makes a line of at least 120000000") &&
          e.getMessage.contains("in row 1 of its partition"),
        e.getMessage
      )
    }
    assert(s3.keys.isEmpty && s3.uploads.isEmpty)
  }

  test("a row that can't be trained on is named, and nothing is left") {
    val vector = udf((id: Long) => if (id == 70) Vectors.dense(1.0, Double.NaN) else Vectors.dense(1.0, 2.0))
    val data = spark.range(0, 100, 1, 2).select(vector(col("id")).as("features"))
    val e = intercept[IllegalArgumentException](Staging.stage(data, request()))
    assert(
      e.getMessage.contains("\"features\" holds NaN at position 1 in row 21 of its partition"),
      e.getMessage
    )
    assert(s3.keys.isEmpty && s3.uploads.isEmpty)
  }

  test("rows of two widths in two partitions are refused, and nothing is left") {
    val vector = udf((id: Long) => Vectors.dense(Array.fill(if (id < 5) 2 else 3)(1.0)))
    val data = spark.range(0, 10, 1, 2).select(vector(col("id")).as("features"))
    val e = intercept[IllegalArgumentException](Staging.stage(data, request()))
    assert(e.getMessage.contains("2, 3") && e.getMessage.contains("one width"))
    assert(s3.keys.isEmpty && s3.uploads.isEmpty)
    val lenient = Staging.stage(data, request().copy(strict = false))
    assert(lenient.rowCount == 10 && lenient.featureWidth.isEmpty)
  }

  test("a task attempt that fails after some objects is retried, and its objects are gone") {
    val failing = udf { (id: Long) =>
      val task = TaskContext.get()
      if (task.attemptNumber() == 0 && task.partitionId() == 1 && id == 150)
        throw new IllegalStateException("first attempt")
      Vectors.dense(id.toDouble)
    }
    val data = spark
      .range(0, 200, 1, 2)
      .select(col("id").cast("double").as("label"), failing(col("id")).as("features"))
    val staged = Staging.stage(data, request().copy(objectBytes = 400))
    assert(trainedOn(staged) == (0 until 200).map(_.toDouble))
    nothingElseIsThere(staged)
  }

  test("a job that fails leaves no object and no open upload, and says why") {
    val failing = udf((id: Long) =>
      if (id == 150) throw new IllegalStateException("always") else Vectors.dense(Array.fill(20000)(1.0))
    )
    val data = spark.range(0, 300, 1, 2).select(failing(col("id")).as("features"))
    val e = intercept[StagingException](Staging.stage(data, request().copy(objectBytes = 9L << 20)))
    assert(
      e.getMessage.contains("s3://bucket/runs/one/") && e.getMessage.contains("Nothing is left"),
      e.getMessage
    )
    assert(s3.keys.isEmpty && s3.uploads.isEmpty)
  }

  test("what a dead executor left is found by listing") {
    s3.objects.put("runs/one/part-of-somebody-else", Array[Byte](1))
    val stray = udf { (id: Long) =>
      // Stands for an attempt that died: it can't remove what it wrote.
      val theirs = StagingSuite.runId
      if (id == 5) StagingSuite.plant(theirs)
      Vectors.dense(id.toDouble)
    }
    StagingSuite.stub = s3
    val data =
      spark.range(0, 10, 1, 1).select(col("id").cast("double").as("label"), stray(col("id")).as("features"))
    val staged = Staging.stage(data, request().copy(objectBytes = 100))
    assert(trainedOn(staged) == (0 until 10).map(_.toDouble))
    assert(s3.uploads.isEmpty)
    assert(
      s3.keys.toSet == staged.objects
        .map(_.key)
        .toSet ++ staged.manifestKey + "runs/one/part-of-somebody-else"
    )
  }

  test("denied requests are told with key and reason") {
    s3.refuse =
      (what, key) => if (what.startsWith("PUT") && key.endsWith(".pbr")) Some("AccessDenied") else None
    val e = intercept[StagingException](Staging.stage(rows(5, 1), request()))
    assert(
      e.getMessage.contains("AccessDenied") && e.getMessage.contains("runs/one/part-00000"),
      e.getMessage
    )
    s3.refuse =
      (what, key) => if (key.endsWith(".manifest") && what.startsWith("PUT")) Some("AccessDenied") else None
    val manifest = intercept[StagingException](Staging.stage(rows(5, 1), request()))
    assert(manifest.getMessage.contains("manifest") && s3.keys.isEmpty)
  }

  test("an upload that can't be completed takes the others with it") {
    s3.refuse =
      (what, key) => if (what == "POST uploadId" && key.contains("part-00001")) Some("AccessDenied") else None
    val e = intercept[StagingException](Staging.stage(rows(300, 2, width = 20000), request()))
    assert(e.getMessage.contains("completing the upload of s3://bucket/runs/one/part-00001"), e.getMessage)
    assert(s3.keys.isEmpty && s3.uploads.isEmpty)
  }

  test("a part that is answered without an ETag fails the upload, and nothing is left") {
    s3.tagsParts = false
    try {
      val e = intercept[StagingException](Staging.stage(rows(300, 1, width = 20000), request()))
      assert(
        e.getMessage.contains("without an ETag") && e.getMessage.contains("runs/one/part-00000"),
        e.getMessage
      )
    } finally s3.tagsParts = true
    assert(s3.keys.isEmpty && s3.uploads.isEmpty)
  }

  test("what can't be deleted is returned with the reason") {
    val staged = Staging.stage(rows(5, 1), request())
    s3.refuse = (what, _) => if (what == "POST delete") Some("AccessDenied") else None
    val left = Staging.delete(staged, s3.config)
    assert(left.exists(l => l.contains(staged.objects.head.key) && l.contains("AccessDenied")))
    assert(left.exists(_.contains("runs/one.manifest")))
  }

  test("what S3 asks to have deleted again is deleted") {
    val staged = Staging.stage(rows(5, 1), request())
    s3.busyDeletions = 2
    assert(Staging.delete(staged, s3.config).isEmpty && s3.keys.isEmpty)
    assert(s3.busyDeletions == 0)
  }

  test("an interrupt while S3 is asked again names what is left") {
    val staged = Staging.stage(rows(5, 1), request())
    s3.busyDeletions = 1
    Thread.currentThread().interrupt()
    // Clients end at once on an interrupted thread; whichever it meets, nothing is thrown.
    val left = Staging.delete(staged, s3.config)
    assert(Thread.interrupted() && left.nonEmpty)
  }

  test("every client is given back") {
    Staging.delete(Staging.stage(rows(5, 2), request()), s3.config)
    eventually(assert(AwsClients.openLeases == 0))
  }
}

object StagingSuite {
  @volatile var stub: StubS3 = _

  /** The run's id, as it stands in the names of the objects that are already there. */
  def runId: String =
    stub.keys.find(_.startsWith("runs/one/part-00000-")).map(_.split('-')(2)).getOrElse("")

  def plant(runId: String): Unit = if (runId.nonEmpty) {
    stub.objects.put(s"runs/one/part-00000-$runId-a999-0000.pbr", Array[Byte](1))
    stub.uploads.put(
      "lost",
      StubS3.Upload(s"runs/one/part-00000-$runId-a999-0001.pbr", scala.collection.concurrent.TrieMap.empty)
    )
  }
}
