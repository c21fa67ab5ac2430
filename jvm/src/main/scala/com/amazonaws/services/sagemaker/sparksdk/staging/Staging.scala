package com.amazonaws.services.sagemaker.sparksdk.staging

import com.amazonaws.services.sagemaker.sparksdk.aws.{AwsClients, AwsErrors}
import com.amazonaws.services.sagemaker.sparksdk.exceptions.StagingException
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig
import com.amazonaws.services.sagemaker.sparksdk.wire.ContentRules
import com.amazonaws.services.sagemaker.sparksdk.requests.Uninterrupted
import org.apache.spark.sql.{DataFrame, Dataset}
import org.apache.spark.sql.types.StructType
import org.slf4j.LoggerFactory
import software.amazon.awssdk.core.exception.SdkException
import software.amazon.awssdk.core.sync.RequestBody
import software.amazon.awssdk.services.s3.S3Client
import software.amazon.awssdk.services.s3.model.{ChecksumAlgorithm, PutObjectRequest, ServerSideEncryption}

/** Writes a DataFrame to S3 for training, straight from the tasks, and removes it again.
  *
  * The manifest is written last and names what the accepted attempts of the tasks wrote: whatever failed, was
  * retried or
  * ran twice, each row is trained on once.
  */
object Staging {
  private[staging] val Empty = "the DataFrame has no rows: there is nothing to train on"
  private val logger = LoggerFactory.getLogger("com.amazonaws.services.sagemaker.sparksdk.staging.Staging")

  /** Checks all that can be known before anything is written.
    *
    * @throws IllegalArgumentException naming the column, option or codec at fault, and what to do
    */
  def validate(schema: StructType, request: StagingRequest): Unit = {
    request.compressionCodec.foreach { codec =>
      if (!codec.equalsIgnoreCase("gzip")) {
        throw new IllegalArgumentException(
          s"""the compression codec is "$codec": SageMaker knows only "Gzip""""
        )
      }
    }
    if (formatOf(Projection.schema(schema, request.projectedColumns), request).isEmpty)
      ForeignFormat.validate(request)
  }

  /** Writes the rows, then the manifest.
    *
    * @throws IllegalArgumentException for rows or columns that can't be trained on, and for a DataFrame without rows
    * @throws StagingException when writing failed; nothing is left behind, or the message names it
    */
  def stage(dataset: Dataset[_], request: StagingRequest): StagedData = {
    validate(dataset.schema, request)
    val data = Projection.project(dataset, request.projectedColumns)
    val directory = S3Target.directory(request.keyPrefix)
    formatOf(data.schema, request) match {
      case None => ForeignFormat.stage(data, request, directory)
      case Some(format) =>
        format.warnWithoutLabel(request.formatOptions)
        AwsClients.withS3(request.s3)(stageEncoded(_, data, request, format, directory))
    }
  }

  /** Removes what was written; returns the keys of what is left, each with the reason. */
  def delete(staged: StagedData, s3: AwsClientConfig): Seq[String] = AwsClients.withS3(s3) { client =>
    val cleaner = new S3Cleaner(client, staged.bucket)
    val keys = staged.objects.map(_.key)
    // The manifest goes last: while it is there, it tells what there is.
    val written = cleaner.delete(keys)
    val swept = cleaner.sweep(staged.keyPrefix, keys.toSet)
    // Where the objects are known, a role that may list nothing has deleted them all the same.
    val unlisted = if (keys.isEmpty) swept.unknown else Nil
    if (unlisted.isEmpty)
      swept.unknown.foreach(unknown => logger.warn("Whether more is left could not be listed: {}", unknown))
    written ++ swept.left ++ unlisted ++ cleaner.delete(staged.manifestKey.toSeq)
  }

  /** The key of the manifest of the data below a prefix. */
  private[sparksdk] def manifestKey(keyPrefix: String): String = Manifest.key(keyPrefix)

  /** What is in S3 of the data of a fit: its objects, the manifest too, and how many uploads are open. */
  private[sparksdk] def left(bucket: String, keyPrefix: String, s3: AwsClientConfig): StagedObjects =
    AwsClients.withS3(s3) { client =>
      val cleaner = new S3Cleaner(client, bucket)
      val manifest = Manifest.key(keyPrefix)
      StagedObjects(
        // The manifest lies beside the data's prefix and before it in the order of keys.
        cleaner
          .objects(keyPrefix.stripSuffix("/"))
          .filter(o => o.key == manifest || o.key.startsWith(keyPrefix)),
        cleaner.openUploads(keyPrefix).size
      )
    }

  /** Removes all that a fit may have left of its data; returns what is still there, each with the reason. */
  private[sparksdk] def deleteAll(bucket: String, keyPrefix: String, s3: AwsClientConfig): Seq[String] =
    delete(StagedData(bucket, keyPrefix, Nil, Some(Manifest.key(keyPrefix)), 0L, None), s3)

  /** Removes objects; returns those that are still there, each with the reason. */
  private[sparksdk] def deleteObjects(bucket: String, keys: Seq[String], s3: AwsClientConfig): Seq[String] =
    AwsClients.withS3(s3)(new S3Cleaner(_, bucket).delete(keys))

  private def formatOf(schema: StructType, request: StagingRequest): Option[EncodedFormat] =
    EncodedFormat.find(
      request.format,
      request.formatOptions,
      schema,
      if (request.strict) ContentRules.strict() else ContentRules.lenient,
      request.labelRequired,
      // What an own image makes of the first field isn't known.
      csvLabelled = request.strict && request.csvLabelled
    )

  private def stageEncoded(
      s3: S3Client,
      data: DataFrame,
      request: StagingRequest,
      format: EncodedFormat,
      directory: String
  ): StagedData = {
    val gzip = request.compressionCodec.isDefined
    val target = S3Target(
      bucket = request.bucket,
      directory = directory,
      runId = S3Target.newRunId(),
      s3 = request.s3,
      objectBytes = request.objectBytes,
      extension = if (gzip) format.extension + ".gz" else format.extension,
      contentType = format.encoder().contentType,
      gzip = gzip,
      kmsKeyId = request.kmsKeyId,
      hidden = false,
      checksums = AwsClients.keepsChecksums(request.s3)
    )
    val job = new StagingJob(s3, target)
    val outputs = job.run(
      Projection.select(data, format.schema),
      new StagingTask(format, target),
      "stage training data"
    )
    try {
      val width = commonWidth(outputs, format)
      val rows = outputs.map(_.rows).sum
      if (rows == 0) throw new IllegalArgumentException(Empty)
      job
        .removeStrays()
        .foreach(left => logger.warn("left behind by a task attempt that isn't trained on: {}", left))
      val objects = outputs.flatMap(_.objects).map(_.staged)
      val manifest = writeManifest(s3, target, objects)
      StagedData(request.bucket, directory, objects, Some(manifest), rows, width)
    } catch {
      case e: Exception =>
        val left = Uninterrupted {
          job.undo() ++ new S3Cleaner(s3, request.bucket).delete(Seq(Manifest.key(directory)))
        }
        if (left.isEmpty) throw e
        else throw new StagingException(s"${e.getMessage} Left in S3: ${left.mkString("; ")}.", e)
    }
  }

  /** Each task has seen rows of one width; different tasks may have seen different ones. */
  private def commonWidth(outputs: Seq[TaskOutput], format: EncodedFormat): Option[Int] = {
    val widths = outputs.filter(_.rows > 0).map(_.width).distinct
    if (widths.length > 1 && format.rules.requireUniformWidth) {
      throw new IllegalArgumentException(
        s"""column "${format.featuresColumn.getOrElse(format.schema.last.name)}" has rows of ${widths.sorted
            .mkString(", ")} """ +
          "elements, and all rows must be of one width"
      )
    }
    if (widths.length == 1 && format.rules.requireUniformWidth) widths.headOption.filter(_ >= 0) else None
  }

  private def writeManifest(s3: S3Client, target: S3Target, objects: Seq[StagedObject]): String = {
    val key = Manifest.key(target.directory)
    val request = PutObjectRequest.builder().bucket(target.bucket).key(key).contentType("application/json")
    target.kmsKeyId.foreach(id => request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(id))
    if (target.checksums) request.checksumAlgorithm(ChecksumAlgorithm.CRC32)
    try
      s3.putObject(
        request.build(),
        RequestBody.fromString(Manifest.json(target.bucket, target.directory, objects.map(_.key)))
      )
    catch {
      case e: SdkException =>
        throw new StagingException(
          s"writing the manifest ${target.uri(key)} failed: ${AwsErrors.describe(e)}.",
          e
        )
    }
    key
  }
}
