package com.amazonaws.services.sagemaker.sparksdk.staging

import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig

/** What is to be written to S3 for a training job, and how.
  *
  * @param bucket the bucket
  * @param keyPrefix where the objects go; of this fit alone, since what is found there may be deleted
  * @param s3 how to reach S3
  * @param format `sagemaker` (RecordIO-framed protobuf), `libsvm`, `csv`, or any other format of Spark's
  * @param formatOptions the format's options, such as `featuresColumnName`
  * @param projectedColumns the columns to write; `None`: all
  * @param compressionCodec `Gzip`, or `None`
  * @param kmsKeyId the KMS key to encrypt with
  * @param objectBytes the size at which a new object is begun, in bytes
  * @param strict whether rows that can't be trained on are refused (see `wire.ContentRules`)
  * @param labelRequired whether data without the label's column is refused, where the format is `sagemaker`
  * @param csvLabelled whether the first field of a line is the label, where the format is `csv`
  */
final case class StagingRequest(
    bucket: String,
    keyPrefix: String,
    s3: AwsClientConfig,
    format: String,
    formatOptions: Map[String, String],
    projectedColumns: Option[List[String]],
    compressionCodec: Option[String],
    kmsKeyId: Option[String],
    objectBytes: Long = StagingRequest.DefaultObjectBytes,
    strict: Boolean = true,
    labelRequired: Boolean = false,
    csvLabelled: Boolean = true
) {
  require(bucket.nonEmpty, "the bucket's name is empty")
  require(
    keyPrefix.exists(_ != '/'),
    s"""the key prefix "$keyPrefix" is empty: give the fit a place of its own"""
  )
  require(objectBytes >= 1, s"objectBytes is $objectBytes: give at least 1 byte")
}

object StagingRequest {

  /** 64 MiB: large enough that requests cost nothing, small enough that all instances get some. */
  val DefaultObjectBytes: Long = 64L * 1024 * 1024
}

/** An object that was written.
  *
  * @param bytes its size in S3
  * @param rows the rows in it; -1 where Spark's own writer made it
  */
final case class StagedObject(key: String, bytes: Long, rows: Long)

/** What there is of a fit's data.
  *
  * @param openUploads multipart uploads that were neither completed nor aborted
  */
private[sparksdk] final case class StagedObjects(objects: Seq[StagedObject], openUploads: Int)

/** What was written.
  *
  * @param keyPrefix the objects' prefix, ending in a slash
  * @param objects what was written; empty where only a listing can tell
  * @param manifestKey the key of the ManifestFile that names the objects, outside their prefix; `None` where
  *   Spark's own
  *                    writer made the objects: then the prefix is the S3Prefix to train on
  * @param rowCount the rows in all
  * @param featureWidth the width of every row's features, where the format has a features column and all rows one width
  */
final case class StagedData(
    bucket: String,
    keyPrefix: String,
    objects: Seq[StagedObject],
    manifestKey: Option[String],
    rowCount: Long,
    featureWidth: Option[Int]
)
