package com.amazonaws.services.sagemaker.sparksdk.staging

import scala.collection.JavaConverters._

import com.amazonaws.services.sagemaker.sparksdk.aws.AwsErrors
import com.amazonaws.services.sagemaker.sparksdk.retry.Sleeper
import software.amazon.awssdk.core.exception.SdkException
import software.amazon.awssdk.services.s3.S3Client
import software.amazon.awssdk.services.s3.model._

/** Removes objects and open uploads. What could not be removed is returned, each with its reason; nothing is thrown. */
final private[staging] class S3Cleaner(s3: S3Client, bucket: String, sleeper: Sleeper = Sleeper.system) {
  import S3Cleaner._

  /** Deletes complete objects and aborts open uploads, of a job that isn't to be. */
  def undo(objects: Seq[WrittenObject]): Seq[String] = {
    val (open, complete) = objects.partition(_.isOpen)
    open.flatMap(o => abort(o.key, o.uploadId)) ++ delete(complete.map(_.key))
  }

  /** Deletes objects, a thousand with each request. Those that don't exist count as deleted. */
  def delete(keys: Seq[String]): Seq[String] = keys.distinct.grouped(BatchKeys).flatMap(deleteBatch(_)).toList

  /** Aborts an upload; one that doesn't exist counts as aborted. */
  def abort(key: String, uploadId: String): Option[String] =
    attempt(s"the open upload of s3://$bucket/$key") {
      s3.abortMultipartUpload(
        AbortMultipartUploadRequest.builder().bucket(bucket).key(key).uploadId(uploadId).build()
      )
      Nil
    }.left.toOption

  /** Removes every object under `directory` but those to keep, and aborts every upload that is open there. */
  def sweep(directory: String, keep: Set[String]): Swept = {
    val uploads = attempt(s"what uploads are open under s3://$bucket/$directory")(openUploads(directory))
    val objects = attempt(s"what objects are under s3://$bucket/$directory")(objectKeys(directory))
    Swept(
      uploads.toSeq.flatten.flatMap { case (key, uploadId) => abort(key, uploadId) } ++
        delete(objects.toSeq.flatten.filterNot(keep)),
      uploads.left.toSeq ++ objects.left.toSeq
    )
  }

  /** The keys of the objects under a prefix. */
  def objectKeys(directory: String): Seq[String] = objects(directory).map(_.key)

  /** The objects under a prefix; how many rows they hold isn't known. */
  def objects(directory: String): Seq[StagedObject] = {
    val request = ListObjectsV2Request.builder().bucket(bucket).prefix(directory).build()
    s3.listObjectsV2Paginator(request).contents().asScala.map(o => StagedObject(o.key, o.size, -1L)).toList
  }

  /** Key and upload id of the open uploads under a prefix. */
  def openUploads(directory: String): Seq[(String, String)] = {
    val request = ListMultipartUploadsRequest.builder().bucket(bucket).prefix(directory).build()
    s3.listMultipartUploadsPaginator(request).uploads().asScala.map(u => (u.key, u.uploadId)).toList
  }

  /** S3 may answer for some of the keys that they are to be sent again. */
  private def deleteBatch(keys: Seq[String], attempt: Int = 1): Seq[String] = {
    val identifiers = keys.map(key => ObjectIdentifier.builder().key(key).build())
    val request = DeleteObjectsRequest
      .builder()
      .bucket(bucket)
      .delete(Delete.builder().objects(identifiers.asJava).quiet(true).build())
      .build()
    try {
      val (again, failed) = s3
        .deleteObjects(request)
        .errors()
        .asScala
        .toList
        .partition(e => attempt < Attempts && PassingCodes(String.valueOf(e.code)))
      val left = failed.map(described)
      if (again.isEmpty) left
      else if (!waited(WaitMillis << attempt)) left ++ again.map(described)
      else left ++ deleteBatch(again.map(_.key), attempt + 1)
    } catch {
      case e: SdkException => keys.map(key => s"s3://$bucket/$key (${AwsErrors.describe(e)})")
    }
  }

  private def described(error: S3Error): String =
    s"s3://$bucket/${error.key} (${error.code}: ${error.message})"

  /** False when the thread was interrupted meanwhile, and is still marked so. */
  private def waited(millis: Long): Boolean =
    try {
      sleeper.sleep(millis)
      true
    } catch {
      case _: InterruptedException =>
        Thread.currentThread().interrupt()
        false
    }

  /** What a request gave, or what it was refused for, and why. What doesn't exist is nothing. */
  private def attempt[T](what: String)(request: => Seq[T]): Either[String, Seq[T]] =
    try Right(request)
    catch {
      case e: SdkException if AwsErrors.isNotFound(e) => Right(Nil)
      case e: SdkException => Left(s"$what (${AwsErrors.describe(e)})")
    }
}

/** What a removal by listing left, each with the reason.
  *
  * @param left what was found and could not be removed
  * @param unknown what could not be listed: more may be left, or nothing
  */
final private[staging] case class Swept(left: Seq[String], unknown: Seq[String])

private[staging] object S3Cleaner {
  private val BatchKeys = 1000
  private val Attempts = 4
  private val WaitMillis = 100L
  private val PassingCodes = Set("InternalError", "SlowDown", "ServiceUnavailable")
}
