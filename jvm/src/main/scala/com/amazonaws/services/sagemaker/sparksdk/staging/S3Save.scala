package com.amazonaws.services.sagemaker.sparksdk.staging

import java.util.Locale

import scala.util.Try

import com.amazonaws.services.sagemaker.sparksdk.S3DataPath
import com.amazonaws.services.sagemaker.sparksdk.aws.{AwsClients, AwsErrors}
import com.amazonaws.services.sagemaker.sparksdk.exceptions.StagingException
import com.amazonaws.services.sagemaker.sparksdk.wire.ContentTypes
import org.apache.spark.sql.{DataFrame, SaveMode}
import org.slf4j.LoggerFactory
import software.amazon.awssdk.core.exception.SdkException
import software.amazon.awssdk.services.s3.S3Client

/** Saves to `s3://` without a Hadoop file system.
  *
  * Whoever reads the prefix knows of no manifest, so that nothing may be seen there before the job has succeeded: every
  * object is a multipart upload that the driver completes at the end.
  */
private[staging] object S3Save {
  private val logger = LoggerFactory.getLogger("com.amazonaws.services.sagemaker.sparksdk.staging.S3Save")

  def save(
      path: String,
      mode: SaveMode,
      options: Map[String, String],
      data: DataFrame,
      partitions: Seq[String]
  ): Unit = {
    // Not as a URI: `#`, `?` and `%` are parts of a key.
    val place = S3DataPath.fromS3URI(path)
    val directory = S3Target.directory(place.objectPath)
    val config = DataSourceWriter.clientConfig(options)
    AwsClients.withS3(config) { s3 =>
      val existing = if (mode == SaveMode.Append) Nil else list(s3, place.bucket, directory)
      mode match {
        case SaveMode.ErrorIfExists if existing.nonEmpty =>
          throw new IllegalArgumentException(
            s"""there are already ${existing.length} objects at $path: choose another place, or mode "overwrite", """ +
              """"append" or "ignore""""
          )
        case SaveMode.Ignore if existing.nonEmpty =>
          logger.info("{} exists already: nothing is written", path)
        case _ =>
          val gzip = DataSourceOptions.gzip(options)
          val format = DataSourceOptions.format(options, Projection.without(data.schema, partitions))
          val target = S3Target(
            bucket = place.bucket,
            directory = directory,
            runId = S3Target.newRunId(),
            s3 = config,
            objectBytes = StagingRequest.DefaultObjectBytes,
            extension = if (gzip) format.extension + ".gz" else format.extension,
            contentType = ContentTypes.Protobuf,
            gzip = gzip,
            kmsKeyId = None,
            hidden = true,
            checksums = AwsClients.keepsChecksums(config),
            objectRows = objectRows(data, options)
          )
          // Looked at in each mode: what is misspelt would be found when it costs data.
          val dynamic = isDynamic(data, options) && mode == SaveMode.Overwrite && partitions.nonEmpty
          write(s3, target, format, data, partitions, existing, dynamic)
      }
    }
  }

  private def write(
      s3: S3Client,
      target: S3Target,
      format: EncodedFormat,
      data: DataFrame,
      partitions: Seq[String],
      existing: Seq[String],
      onlyWrittenPartitions: Boolean
  ): Unit = {
    val rows = PartitionPaths.prepare(data, format.schema, partitions)
    val withDirectory = if (partitions.isEmpty) format else format.copy(schema = rows.schema)
    val task = new StagingTask(withDirectory, target, PartitionPaths.ordinal(rows.schema, partitions))
    val job = new StagingJob(s3, target)
    val outputs = job.run(rows, task, "save as sagemaker")
    job.removeStrays().foreach(left => logger.warn("left behind by a task attempt that failed: {}", left))
    val written = outputs.flatMap(_.objects).map(o => folder(o.key)).toSet
    // What lies anywhere below a folder that was written belongs to that partition.
    def isReplaced(key: String): Boolean =
      folders(key).takeWhile(_.length > target.directory.length).exists(written)
    deleteReplaced(s3, target, if (onlyWrittenPartitions) existing.filter(isReplaced) else existing)
  }

  /** The folder that a key lies in, and those around it, the innermost first. */
  private def folders(key: String): Iterator[String] =
    Iterator.iterate(folder(key))(inner => folder(inner.stripSuffix("/"))).takeWhile(_.nonEmpty)

  private def folder(key: String): String = key.substring(0, key.lastIndexOf('/') + 1)

  /** Whether an overwrite keeps the partitions that it doesn't write. */
  private def isDynamic(data: DataFrame, options: Map[String, String]): Boolean =
    setting(data, options, "partitionOverwriteMode", "spark.sql.sources.partitionOverwriteMode")
      .toLowerCase(Locale.ROOT) match {
      case "dynamic" => true
      case "static" => false
      case other =>
        throw new IllegalArgumentException(
          s"""partitionOverwriteMode is "$other": give "static" or "dynamic""""
        )
    }

  /** How many rows an object may have. */
  private def objectRows(data: DataFrame, options: Map[String, String]): Long = {
    val given = setting(data, options, "maxRecordsPerFile", "spark.sql.files.maxRecordsPerFile")
    val most = Try(given.trim.toLong).getOrElse(
      throw new IllegalArgumentException(s"""maxRecordsPerFile is "$given": give a number of rows""")
    )
    if (most > 0) most else Long.MaxValue
  }

  /** What the option says or, without it, Spark's configuration. */
  private def setting(data: DataFrame, options: Map[String, String], option: String, key: String): String =
    DataSourceOptions.get(options, option).getOrElse(data.sparkSession.conf.get(key))

  /** What an overwrite replaces goes last: a save that fails costs nothing of it. */
  private def deleteReplaced(s3: S3Client, target: S3Target, keys: Seq[String]): Unit = {
    val left = new S3Cleaner(s3, target.bucket).delete(keys)
    if (left.nonEmpty) {
      throw new StagingException(
        s"the data was saved, and these objects that it replaces could not be removed: ${left.take(5).mkString("; ")}"
      )
    }
  }

  private def list(s3: S3Client, bucket: String, directory: String): Seq[String] =
    try new S3Cleaner(s3, bucket).objectKeys(directory)
    catch {
      case e: SdkException =>
        throw AwsErrors.translated(s"looking for what is already at s3://$bucket/$directory failed", e)
    }
}
