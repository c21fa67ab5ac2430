package com.amazonaws.services.sagemaker.sparksdk.staging

import java.util.Locale

import com.amazonaws.services.sagemaker.sparksdk.aws.AwsClients
import com.amazonaws.services.sagemaker.sparksdk.exceptions.StagingException
import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs.{FileSystem, UnsupportedFileSystemException}
import com.amazonaws.services.sagemaker.sparksdk.requests.Uninterrupted
import org.apache.spark.sql.{DataFrame, SaveMode, SparkSession}
import org.slf4j.LoggerFactory

/** Formats that this library doesn't write itself go through Spark's own writers, and Hadoop's file system for S3. */
private[staging] object ForeignFormat {
  private val logger =
    LoggerFactory.getLogger("com.amazonaws.services.sagemaker.sparksdk.staging.ForeignFormat")
  private val Schemes = Seq("s3a", "s3")
  private val compressible = Set("csv", "json", "text", "libsvm")

  /** The scheme that Hadoop can write to S3 with.
    *
    * @throws IllegalArgumentException saying what to add when there is none
    */
  def scheme(format: String): String = {
    val hadoop = SparkSession.active.sparkContext.hadoopConfiguration
    Schemes
      .find(hasFileSystem(_, hadoop))
      .getOrElse(
        throw new IllegalArgumentException(
          s"""the format "$format" with these columns and options is written by Spark's own writer, which needs a Hadoop """ +
            "file system for S3, and none can be loaded: add org.apache.hadoop:hadoop-aws in the version of Spark's " +
            """Hadoop to spark.jars.packages, or use the format "sagemaker", "libsvm" or "csv" (numbers and vectors, no """ +
            "header), which need nothing"
        )
      )
  }

  /** Whether Hadoop can load a file system for a scheme. */
  def hasFileSystem(scheme: String, hadoop: Configuration): Boolean =
    try {
      FileSystem.getFileSystemClass(scheme, hadoop)
      true
    } catch {
      // A missing file system, or one whose classes are missing.
      case _: UnsupportedFileSystemException => false
      case _: java.io.IOException | _: RuntimeException | _: LinkageError => false
    }

  def validate(request: StagingRequest): Unit = {
    scheme(request.format)
    if (request.compressionCodec.isDefined && !compressible(request.format.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
        s"""the format "${request.format}" can't be compressed as a whole: leave out the compression codec, """ +
          "or use an option of the format"
      )
    }
  }

  /** Writes with Spark's writer. What is left after a failure is removed by prefix, which is the fit's own. */
  def stage(data: DataFrame, request: StagingRequest, directory: String): StagedData = {
    if (request.kmsKeyId.isDefined)
      logger.warn(
        "The format {} is written by Spark, with the encryption that the bucket and Hadoop's file system are set to: " +
          "trainingKmsKeyId is used for the model's artifacts and the volumes, and not for this data",
        request.format
      )
    val path = s"${scheme(request.format)}://${request.bucket}/${directory.stripSuffix("/")}"
    val options = request.formatOptions ++ request.compressionCodec.map(_ => "compression" -> "gzip")
    AwsClients.withS3(request.s3) { s3 =>
      val cleaner = new S3Cleaner(s3, request.bucket)
      try {
        val writer = data.write.format(request.format).options(options).mode(SaveMode.ErrorIfExists)
        OwnJobs.endedWith(data.sparkSession.sparkContext)(writer.save(path))
        // `_SUCCESS` and directory markers aren't data: the training containers would read them.
        cleaner.delete(cleaner.objects(directory).filter(isMarker).map(_.key))
        val rows = data.sparkSession.read
          .format(request.format)
          .options(options)
          .schema(data.schema)
          .load(path)
          .count()
        if (rows == 0) throw new IllegalArgumentException(Staging.Empty)
        StagedData(
          request.bucket,
          directory,
          cleaner.objects(directory).filterNot(isMarker),
          None,
          rows,
          None
        )
      } catch {
        case e: Exception =>
          val swept = Uninterrupted(cleaner.sweep(directory, Set.empty))
          val left = swept.left ++ swept.unknown
          val rest =
            if (left.isEmpty) "Nothing is left of it in S3." else s"Left in S3: ${left.mkString("; ")}."
          e match {
            case empty: IllegalArgumentException if left.isEmpty => throw empty
            case _ =>
              throw new StagingException(
                s"writing the data to $path failed: ${StagingJob.reason(e)}. $rest",
                e
              )
          }
      }
    }
  }

  private def isMarker(staged: StagedObject): Boolean = {
    val name = staged.key.substring(staged.key.lastIndexOf('/') + 1)
    name.isEmpty || name.startsWith("_") || name.startsWith(".") || name.endsWith("_$folder$")
  }
}
