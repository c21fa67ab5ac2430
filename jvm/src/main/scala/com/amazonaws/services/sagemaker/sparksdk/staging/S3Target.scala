package com.amazonaws.services.sagemaker.sparksdk.staging

import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig

/** Where tasks write to and how. Travels to the tasks.
  *
  * @param directory the objects' prefix, empty or ending in a slash
  * @param runId makes the names of this job's objects its own
  * @param gzip whether objects are compressed
  * @param hidden whether no object may be seen before the job is committed: then all are multipart uploads
  */
final private[staging] case class S3Target(
    bucket: String,
    directory: String,
    runId: String,
    s3: AwsClientConfig,
    objectBytes: Long,
    extension: String,
    contentType: String,
    gzip: Boolean,
    kmsKeyId: Option[String],
    hidden: Boolean
) {

  /** The size of a part of a multipart upload. S3 takes at most 10,000 of them, and at least 5 MiB in each. */
  def partBytes: Int = math.min(math.max(S3Target.PartBytes, objectBytes / 9000), S3Target.MaxPartBytes).toInt

  def uri(key: String): String = s"s3://$bucket/$key"
}

private[staging] object S3Target {
  val PartBytes: Long = 8L * 1024 * 1024
  private val MaxPartBytes: Long = 1024L * 1024 * 1024

  /** A prefix as a directory: with a slash at its end and none at its start. */
  def directory(prefix: String): String = {
    val trimmed = prefix.dropWhile(_ == '/').reverse.dropWhile(_ == '/').reverse
    if (trimmed.isEmpty) "" else s"$trimmed/"
  }
}

/** An object that a task wrote: complete, or a multipart upload that the driver completes when the job has succeeded.
  *
  * @param uploadId the open upload; empty for an object that is complete
  * @param eTags the parts' tags in their order
  */
final private[staging] case class WrittenObject(
    key: String,
    uploadId: String,
    eTags: Array[String],
    bytes: Long,
    rows: Long
) {
  def isOpen: Boolean = uploadId.nonEmpty
  def staged: StagedObject = StagedObject(key, bytes, rows)
}

/** What a task brings back.
  *
  * @param width the width of all rows' features, -1 when there are no rows
  * @param refusal why a row was refused; empty when none was. Not an exception: the task would be tried again in vain.
  */
final private[staging] case class TaskOutput(
    objects: Array[WrittenObject],
    rows: Long,
    width: Int,
    refusal: String
)
