package com.amazonaws.services.sagemaker.sparksdk.staging

import java.io.File
import java.nio.file.Files
import java.nio.file.attribute.PosixFilePermissions
import java.util.Base64

import com.amazonaws.services.sagemaker.sparksdk.aws.AwsErrors
import com.amazonaws.services.sagemaker.sparksdk.wire.AiAlgs
import org.apache.spark.ml.linalg.Vectors
import org.apache.spark.sql.{DataFrame, SaveMode}

class DataSourceSuite extends SparkSuite {
  private val keys = Map("aws.accessKeyId" -> "stub", "aws.secretAccessKey" -> "stub-secret")

  // A save takes its credentials where every AWS SDK looks for them.
  override def beforeAll(): Unit = {
    super.beforeAll()
    keys.foreach { case (name, value) => System.setProperty(name, value) }
  }

  override def afterAll(): Unit =
    try keys.keys.foreach(name => System.clearProperty(name))
    finally super.afterAll()

  private lazy val frame: DataFrame = {
    val session = spark
    import session.implicits._
    Seq((1.0, Vectors.dense(1.0, 2.0), "a/b"), (2.0, Vectors.sparse(2, Array(1), Array(9.0)), "c"))
      .toDF("label", "features", "group")
  }

  private def directory(): File = new File(Files.createTempDirectory("pbr").toFile, "out")

  private def files(directory: File, suffix: String = ".pbr"): Seq[File] =
    Option(directory.listFiles()).toSeq.flatten
      .flatMap(f => if (f.isDirectory) files(f, suffix) else Seq(f))
      .filter(f => f.getName.endsWith(suffix) && !f.getName.startsWith("."))
      .sortBy(_.getPath)

  private def labels(directory: File): Seq[Double] =
    files(directory)
      .flatMap(f => AiAlgs.payloads(Files.readAllBytes(f.toPath)))
      .map(AiAlgs.read(_, "label").get.values.head)

  test("the bytes are the golden ones") {
    val out = directory()
    frame
      .coalesce(1)
      .write
      .format("sagemaker")
      .option("labelColumnName", "label")
      .option("featuresColumnName", "features")
      .save(out.getPath)
    val Seq(file) = files(out)
    assert(Base64.getEncoder.encodeToString(Files.readAllBytes(file.toPath)) == DataSourceSuite.MixedLabelled)
    assert(new File(out, "_SUCCESS").exists)
  }

  test("every save mode does what it says") {
    val out = directory()
    def save(mode: SaveMode): Unit = frame.write.format("sagemaker").mode(mode).save(out.getPath)
    save(SaveMode.ErrorIfExists)
    assert(labels(out).sorted == Seq(1.0, 2.0))
    intercept[Exception](save(SaveMode.ErrorIfExists))
    save(SaveMode.Append)
    assert(labels(out).sorted == Seq(1.0, 1.0, 2.0, 2.0))
    save(SaveMode.Ignore)
    assert(labels(out).length == 4)
    save(SaveMode.Overwrite)
    assert(labels(out).sorted == Seq(1.0, 2.0))
  }

  test("a file larger than all buffers has every record, and checksums that Hadoop agrees with") {
    val session = spark
    import session.implicits._
    val rows = 60000
    val width = 11
    def save(): (Array[Byte], Int) = {
      val out = directory()
      val numbered =
        session.range(0, rows.toLong, 1, 1).map(i => Tuple1(Vectors.dense(Array.fill(width)(i.toDouble))))
      numbered.toDF("features").write.format("sagemaker").save(out.getPath)
      val Seq(file) = files(out)
      val checksums = Files.readAllBytes(new File(file.getParent, s".${file.getName}.crc").toPath)
      val path = new org.apache.hadoop.fs.Path(file.toURI)
      val in = path.getFileSystem(session.sparkContext.hadoopConfiguration).open(path)
      val read =
        try org.apache.commons.io.IOUtils.toByteArray(in)
        finally in.close()
      assert(read.sameElements(Files.readAllBytes(file.toPath)))
      (read, java.nio.ByteBuffer.wrap(checksums).getInt(4))
    }
    val (read, piece) = save()
    assert(piece == 64 * 1024)
    assert(read.length > 2 * 1024 * 1024)
    val payloads = AiAlgs.payloads(read)
    assert(payloads.length == rows)
    (0 until rows by 997).foreach { i =>
      assert(AiAlgs.read(payloads(i), "features").get.values == Seq.fill(width)(i.toDouble))
    }
    val hadoop = session.sparkContext.hadoopConfiguration
    hadoop.set("file.bytes-per-checksum", "1024")
    try {
      val (same, other) = save()
      assert(same.sameElements(read) && other != 64 * 1024, "the user's size is not replaced")
    } finally hadoop.unset("file.bytes-per-checksum")
  }

  test("files have the permissions that Hadoop's umask leaves them") {
    val hadoop = spark.sparkContext.hadoopConfiguration
    hadoop.set("fs.permissions.umask-mode", "027")
    try {
      val out = directory()
      frame.write.format("sagemaker").save(out.getPath)
      val Seq(file, _*) = files(out)
      Seq(file, new File(file.getParent, s".${file.getName}.crc")).foreach { each =>
        assert(PosixFilePermissions.toString(Files.getPosixFilePermissions(each.toPath)) == "rw-r-----")
      }
    } finally hadoop.unset("fs.permissions.umask-mode")
  }

  test("partitionBy makes a directory for each value") {
    val out = directory()
    frame.write.format("sagemaker").partitionBy("group").save(out.getPath)
    assert(out.list().filter(_.startsWith("group=")).sorted.toSeq == Seq("group=a%2Fb", "group=c"))
    assert(labels(new File(out, "group=c")) == Seq(2.0))
  }

  test("a frame without the label that is asked for gives records without one") {
    Seq("label", "y").foreach { name =>
      val out = directory()
      frame
        .select("features")
        .write
        .format("sagemaker")
        .option("labelColumnName", name)
        .option("featuresColumnName", "features")
        .save(out.getPath)
      val payloads = files(out).flatMap(f => AiAlgs.payloads(Files.readAllBytes(f.toPath)))
      assert(payloads.length == 2 && payloads.forall(AiAlgs.read(_, "label").isEmpty))
    }
  }

  test("partitionBy finds columns as the session does, and names directories as Spark does") {
    val (spark, ours) = (directory(), directory())
    frame.select("label", "group").write.partitionBy("GROUP").parquet(spark.getPath)
    frame.write.format("sagemaker").partitionBy("GROUP").save(ours.getPath)
    val stub = new StubS3
    def prefixes = stub.keys.map(_.split('/').toSeq.init.last).toSet
    def names(directory: File) = directory.list().filter(_.contains("=")).toSet
    try {
      toS3(stub).partitionBy("GROUP").save("s3://bucket/out")
      assert(names(spark).size == 2 && names(ours) == names(spark) && prefixes == names(spark))
      this.spark.conf.set("spark.sql.caseSensitive", "true")
      Seq(directory().getPath, "s3://bucket/other").foreach { path =>
        val e = intercept[IllegalArgumentException](toS3(stub).partitionBy("GROUP").save(path))
        assert(e.getMessage.contains("there is no column \"GROUP\""))
      }
    } finally {
      this.spark.conf.unset("spark.sql.caseSensitive")
      stub.close()
    }
  }

  test("NaN is written, a null is not") {
    val session = spark
    import session.implicits._
    val out = directory()
    Seq(Tuple1(Vectors.dense(Double.NaN))).toDF("features").write.format("sagemaker").save(out.getPath)
    assert(files(out).length == 1)
    val withNull = Seq(Tuple1(Vectors.dense(1.0)), Tuple1(null)).toDF("features")
    val e = intercept[Exception](withNull.write.format("sagemaker").save(directory().getPath))
    assert(AwsErrors.chain(e).exists(c => String.valueOf(c.getMessage).contains("\"features\" is null")), e)
  }

  test("a wrong column is named, and an overwrite has deleted nothing") {
    val out = directory()
    frame.write.format("sagemaker").save(out.getPath)
    val e = intercept[IllegalArgumentException] {
      frame.write
        .format("sagemaker")
        .option("featuresColumnName", "group")
        .mode("overwrite")
        .save(out.getPath)
    }
    assert(e.getMessage.contains("\"group\"") && e.getMessage.contains("string"))
    assert(labels(out).length == 2)
  }

  test("compression makes .pbr.gz") {
    val out = directory()
    frame.write.format("sagemaker").option("compression", "gzip").save(out.getPath)
    assert(files(out, ".pbr.gz").nonEmpty && files(out).isEmpty)
  }

  test("reading says that the format is only written") {
    val out = directory()
    frame.write.format("sagemaker").save(out.getPath)
    val e = intercept[UnsupportedOperationException](spark.read.format("sagemaker").load(out.getPath))
    assert(e.getMessage.contains("only be written"))
    intercept[UnsupportedOperationException](spark.read.format("sagemaker").load(out.getPath, out.getPath))
  }

  test("other formats are looked up as before") {
    val out = directory()
    spark.range(3).write.json(out.getPath)
    assert(spark.read.json(out.getPath).count() == 3)
  }

  private def toS3(stub: StubS3, data: DataFrame = frame) =
    data.write
      .format("sagemaker")
      .option("endpointUrl", stub.config.endpointUrl.get)
      .option("region", "us-east-1")

  private def labelsIn(stub: StubS3): Seq[Double] =
    stub.keys
      .flatMap(key => AiAlgs.payloads(stub.bytes(key)))
      .map(AiAlgs.read(_, "label").get.values.head)
      .sorted

  test("s3:// paths take every save mode without a Hadoop file system, and show nothing before the end") {
    val stub = new StubS3
    try {
      toS3(stub).save("s3://bucket/deep/out")
      assert(stub.keys.forall(_.startsWith("deep/out/part-")) && labelsIn(stub) == Seq(1.0, 2.0))
      assert(
        !stub.requests.toArray.exists(_.toString.startsWith("PUT  ")),
        "a plain PUT would be seen before the end"
      )
      intercept[IllegalArgumentException](toS3(stub).save("s3://bucket/deep/out"))
      toS3(stub).mode("ignore").save("s3://bucket/deep/out")
      assert(labelsIn(stub) == Seq(1.0, 2.0))
      toS3(stub).mode("append").save("s3://bucket/deep/out/")
      assert(labelsIn(stub) == Seq(1.0, 1.0, 2.0, 2.0))
      toS3(stub).mode("overwrite").save("s3://bucket/deep/out")
      assert(labelsIn(stub) == Seq(1.0, 2.0) && stub.uploads.isEmpty)
    } finally stub.close()
  }

  test("partitionBy to s3:// makes a prefix for each value") {
    val stub = new StubS3
    try {
      toS3(stub, frame.coalesce(1)).partitionBy("group").save("s3://bucket/out")
      assert(stub.keys.map(_.split('/').toSeq.init.last) == Seq("group=a%2Fb", "group=c"))
      assert(labelsIn(stub) == Seq(1.0, 2.0))
    } finally stub.close()
  }

  private def withConf[T](key: String, value: String)(body: => T): T = {
    spark.conf.set(key, value)
    try body
    finally spark.conf.unset(key)
  }

  test("a dynamic overwrite of s3:// keeps the partitions that aren't written, a static one none") {
    val stub = new StubS3
    val mode = "partitionOverwriteMode"
    def overwrite(data: DataFrame, options: (String, String)*): Unit =
      toS3(stub, data).options(options.toMap).mode("overwrite").partitionBy("group").save("s3://bucket/out")
    def keys(group: String): Set[String] = stub.keys.filter(_.contains(s"/group=$group/")).toSet
    val part = frame.where("`group` = 'c'")
    try {
      overwrite(frame)
      val (other, replaced) = (keys("a%2Fb"), keys("c"))
      overwrite(part, mode -> "Dynamic")
      assert(keys("a%2Fb") == other && keys("c").nonEmpty && keys("c").intersect(replaced).isEmpty)
      assert(labelsIn(stub) == Seq(1.0, 2.0))
      withConf("spark.sql.sources.partitionOverwriteMode", "dynamic") {
        overwrite(part)
        assert(keys("a%2Fb") == other && labelsIn(stub) == Seq(1.0, 2.0))
        overwrite(part, mode -> "static")
        assert(keys("a%2Fb").isEmpty && labelsIn(stub) == Seq(2.0))
        toS3(stub).mode("overwrite").save("s3://bucket/out")
        assert(stub.keys.forall(!_.contains("group=")), "without partitions all is replaced")
        overwrite(frame)
      }
      overwrite(part)
      assert(labelsIn(stub) == Seq(2.0))
      // What lies deeper in a partition is a part of it.
      overwrite(frame)
      stub.objects.put("out/group=c/day=1/part-old.pbr", Array[Byte](1))
      stub.objects.put("out/group=cc/part-old.pbr", Array[Byte](1))
      overwrite(part, mode -> "dynamic")
      assert(stub.keys.filter(_.endsWith("old.pbr")) == Seq("out/group=cc/part-old.pbr"))
      val before = stub.keys
      val misspelt = intercept[IllegalArgumentException](overwrite(part, mode -> "dynmaic"))
      assert(misspelt.getMessage.contains("dynmaic") && stub.keys == before)
    } finally stub.close()
  }

  test("no object at s3:// has more rows than maxRecordsPerFile says") {
    val stub = new StubS3
    val key = "spark.sql.files.maxRecordsPerFile"
    val session = spark
    import session.implicits._
    val data = session.range(0, 7, 1, 1).map(i => (i.toDouble, Vectors.dense(0.5))).toDF("label", "features")
    def saved(options: (String, String)*): Seq[Int] = {
      toS3(stub, data).options(options.toMap).mode("overwrite").save("s3://bucket/out")
      assert(labelsIn(stub) == (0 until 7).map(_.toDouble))
      stub.keys.map(k => AiAlgs.payloads(stub.bytes(k)).length)
    }
    try {
      assert(saved("maxRecordsPerFile" -> "3") == Seq(3, 3, 1))
      assert(saved("maxrecordsperfile" -> "7") == Seq(7))
      withConf(key, "2") {
        assert(saved() == Seq(2, 2, 2, 1))
        assert(saved("maxRecordsPerFile" -> "5") == Seq(5, 2))
        assert(saved("maxRecordsPerFile" -> "0") == Seq(7))
      }
      assert(saved() == Seq(7))
    } finally stub.close()
  }
}

object DataSourceSuite {
  private val MixedLabelled =
    "CiPXziwAAAAKFgoGdmFsdWVzEgwSCgoIAACAPwAAAEASEgoGdmFsdWVzEggSBgoEAACAPwoj184uAAAAChgKBnZhbHVlcxIOEgwKBAAAEEESAQEaAQIS" +
      "EgoGdmFsdWVzEggSBgoEAAAAQAAA"
}
