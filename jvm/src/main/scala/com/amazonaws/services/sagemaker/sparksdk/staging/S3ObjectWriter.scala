package com.amazonaws.services.sagemaker.sparksdk.staging

import java.io.{ByteArrayInputStream, InputStream}

import scala.collection.mutable.ArrayBuffer

import com.amazonaws.services.sagemaker.sparksdk.aws.AwsErrors
import com.amazonaws.services.sagemaker.sparksdk.exceptions.StagingException
import com.amazonaws.services.sagemaker.sparksdk.wire.GrowableBuffer
import software.amazon.awssdk.core.exception.SdkException
import software.amazon.awssdk.core.sync.RequestBody
import software.amazon.awssdk.http.ContentStreamProvider
import software.amazon.awssdk.services.s3.S3Client
import software.amazon.awssdk.services.s3.model._

/** Writes one S3 object after another from a buffer that is used again: small ones by a single PUT, others in parts.
  *
  * `finish` doesn't complete a multipart upload: that is the driver's, when the whole job has succeeded. What
  * was written
  * is undone by `abort`.
  */
final private[staging] class S3ObjectWriter(s3: S3Client, target: S3Target, buffer: GrowableBuffer) {
  private[this] val written = ArrayBuffer.empty[WrittenObject]
  private[this] val eTags = ArrayBuffer.empty[String]
  private[this] var key = ""
  private[this] var uploadId = ""
  private[this] var sent = 0L
  private[this] val partBytes = target.partBytes

  /** Begins an object; what is in the buffer then belongs to it. */
  def begin(newKey: String): Unit = {
    key = newKey
    uploadId = ""
    sent = 0L
    eTags.clear()
  }

  def isOpen: Boolean = key.nonEmpty

  /** The size of the object so far, with what waits in the buffer. */
  def size: Long = sent + buffer.length

  /** Sends the buffer as a part when it is large enough; returns whether it did. */
  def flushFullPart(): Boolean = {
    val full = buffer.length >= partBytes
    if (full) sendPart()
    full
  }

  /** Sends the rest and remembers the object. */
  def finish(rows: Long): Unit = {
    if (uploadId.isEmpty && !target.hidden) put() else if (buffer.length > 0) sendPart()
    written += WrittenObject(key, uploadId, eTags.toArray, sent, rows)
    key = ""
  }

  def objects: Array[WrittenObject] = written.toArray

  /** Removes what was written and drops what is open; returns what could not be removed, with reasons. */
  def abort(): Seq[String] = {
    val open =
      if (key.nonEmpty && uploadId.nonEmpty) Seq(WrittenObject(key, uploadId, Array.empty, 0L, 0L)) else Nil
    key = ""
    val cleaner = new S3Cleaner(s3, target.bucket)
    cleaner.undo(written.toSeq ++ open)
  }

  private def put(): Unit = call(s"writing ${target.uri(key)}") {
    val request = PutObjectRequest.builder().bucket(target.bucket).key(key).contentType(target.contentType)
    target.kmsKeyId.foreach(id => request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(id))
    // Known before the answer is: an object whose answer got lost is undone too.
    val bytes = buffer.length
    try s3.putObject(request.build(), body())
    catch {
      case e: Throwable =>
        written += WrittenObject(key, "", Array.empty, bytes.toLong, 0L)
        throw e
    }
    forgetBuffer()
  }

  private def sendPart(): Unit = {
    if (uploadId.isEmpty) uploadId = create()
    call(s"uploading part ${eTags.length + 1} of ${target.uri(key)}") {
      val request =
        UploadPartRequest
          .builder()
          .bucket(target.bucket)
          .key(key)
          .uploadId(uploadId)
          .partNumber(eTags.length + 1)
          .build()
      eTags += s3.uploadPart(request, body()).eTag
    }
    forgetBuffer()
  }

  private def create(): String = call(s"starting an upload to ${target.uri(key)}") {
    val request =
      CreateMultipartUploadRequest.builder().bucket(target.bucket).key(key).contentType(target.contentType)
    target.kmsKeyId.foreach(id => request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(id))
    s3.createMultipartUpload(request.build()).uploadId
  }

  private def forgetBuffer(): Unit = {
    sent += buffer.length
    buffer.reset()
  }

  /** The buffer's bytes without a copy; a retry reads them again. */
  private def body(): RequestBody = {
    val bytes = buffer.array
    val length = buffer.length
    val provider = new ContentStreamProvider {
      override def newStream(): InputStream = new ByteArrayInputStream(bytes, 0, length)
    }
    RequestBody.fromContentProvider(provider, length.toLong, target.contentType)
  }

  private def call[T](what: String)(request: => T): T =
    try request
    catch {
      case e: SdkException => throw new StagingException(s"$what failed: ${AwsErrors.describe(e)}", e)
    }
}
