package com.amazonaws.services.sagemaker.sparksdk.staging

import java.io.{ByteArrayInputStream, ByteArrayOutputStream, ObjectInputStream, ObjectOutputStream}
import java.util.UUID

import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig

/** Where tasks write to and how. Travels to the tasks.
  *
  * @param directory the objects' prefix, empty or ending in a slash
  * @param runId makes the names of this job's objects its own
  * @param gzip whether objects are compressed
  * @param hidden whether no object may be seen before the job is committed: then all are multipart uploads
  * @param checksums whether requests name an algorithm for S3 to check by what arrives, CRC32, from an upload's start to
  *   its end
  * @param objectRows the number of rows at which a new object is begun
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
    hidden: Boolean,
    checksums: Boolean,
    objectRows: Long = Long.MaxValue
) {

  /** The size of a part of a multipart upload. S3 takes at most 10,000 of them, and at least 5 MiB in each. */
  def partBytes: Int = math.min(math.max(S3Target.PartBytes, objectBytes / 9000), S3Target.MaxPartBytes).toInt

  def uri(key: String): String = s"s3://$bucket/$key"

  /** What the names of the objects begin with that an attempt of a task writes, before their number. */
  def attemptName(partition: String, attempt: Long): String = s"part-$partition-$runId-a$attempt"

  /** Whether a task of this job wrote an object, as its key shows. */
  def isOwn(key: String): Boolean = {
    val name = key.substring(key.lastIndexOf('/') + 1)
    name.startsWith("part-") && name.contains(s"-$runId-a")
  }
}

private[staging] object S3Target {
  val PartBytes: Long = 8L * 1024 * 1024
  private val MaxPartBytes: Long = 1024L * 1024 * 1024

  /** What no other job's names have in them. */
  def newRunId(): String = UUID.randomUUID().toString.replace("-", "")

  /** A prefix as a directory: with a slash at its end and none at its start. */
  def directory(prefix: String): String = {
    val trimmed = prefix.dropWhile(_ == '/').reverse.dropWhile(_ == '/').reverse
    if (trimmed.isEmpty) "" else s"$trimmed/"
  }
}

/** An object that a task wrote: complete, or a multipart upload that the driver completes when the job has succeeded.
  *
  * @param uploadId the open upload; empty for an object that is complete
  * @param parts what S3 answered for the parts, in their order
  */
final private[staging] case class WrittenObject(
    key: String,
    uploadId: String,
    parts: Array[WrittenPart],
    bytes: Long,
    rows: Long
) {
  def isOpen: Boolean = uploadId.nonEmpty
  def staged: StagedObject = StagedObject(key, bytes, rows)
}

/** What S3 says of a part that it has, and wants to be told when the upload is completed.
  *
  * @param checksum its CRC32 in Base64, where the upload has checksums
  */
final private[staging] case class WrittenPart(eTag: String, checksum: Option[String])

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
) {

  /** What Spark carries to the driver: bytes, since a program may allow its serializer registered classes only. */
  def toBytes: Array[Byte] = {
    val bytes = new ByteArrayOutputStream
    val out = new ObjectOutputStream(bytes)
    try out.writeObject(this)
    finally out.close()
    bytes.toByteArray
  }
}

private[staging] object TaskOutput {

  /** What a task brings back that wrote nothing. */
  def nothing(refusal: String = ""): TaskOutput = TaskOutput(Array.empty, 0L, -1, refusal)

  /** What `toBytes` gave. */
  def fromBytes(bytes: Array[Byte]): TaskOutput =
    new ObjectInputStream(new ByteArrayInputStream(bytes)).readObject().asInstanceOf[TaskOutput]
}
