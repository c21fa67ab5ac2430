package com.amazonaws.services.sagemaker.sparksdk.staging

import java.io.{ByteArrayInputStream, InputStream, OutputStream}
import java.util.ArrayDeque
import java.util.concurrent.{CountDownLatch, TimeUnit}

import scala.collection.mutable.ArrayBuffer

import com.amazonaws.services.sagemaker.sparksdk.aws.AwsErrors
import com.amazonaws.services.sagemaker.sparksdk.exceptions.StagingException
import com.amazonaws.services.sagemaker.sparksdk.requests.{Cancellation, OrderedWindow, RequestThreads}
import com.amazonaws.services.sagemaker.sparksdk.wire.GrowableBuffer
import software.amazon.awssdk.core.exception.SdkException
import software.amazon.awssdk.core.sync.RequestBody
import software.amazon.awssdk.http.ContentStreamProvider
import software.amazon.awssdk.services.s3.S3Client
import software.amazon.awssdk.services.s3.model._

/** Writes one S3 object after another: small ones by a single PUT, others in parts, of which some are under way while
  * the next is filled.
  *
  * What is to be written goes into [[buffer]]. A part that fails is told of by a later call, by [[finished]] at the
  * latest. No multipart upload is completed here: that is the driver's, when the whole job has succeeded. What was
  * written is undone by `abort`.
  *
  * @param checkWanted called while waiting for parts; it throws when nobody wants the objects any more
  */
final private[staging] class S3ObjectWriter(s3: S3Client, target: S3Target, checkWanted: () => Unit) {
  import S3ObjectWriter._

  private[this] val objects = ArrayBuffer.empty[Begun]
  private[this] var open: Option[Begun] = None
  private[this] val partBytes = target.partBytes
  private[this] val idle = new CountDownLatch(1)
  private[this] val parts = new OrderedWindow[Part, WrittenPart](
    math.max(BytesInFlight / partBytes, 1),
    RequestThreads.executor,
    upload,
    () => idle.countDown()
  )
  private[this] var bytesUnderWay = 0L
  private[this] val free = new ArrayDeque[GrowableBuffer]()
  private[this] var filling = newBuffer()

  /** Where the bytes of the open object go: another one after each part. */
  def buffer: GrowableBuffer = filling

  /** The same as a stream. */
  val stream: OutputStream = new OutputStream {
    override def write(value: Int): Unit = filling.appendByte(value)
    override def write(source: Array[Byte], offset: Int, count: Int): Unit =
      filling.appendBytes(source, offset, count)
  }

  /** Begins an object; what comes into the buffer then belongs to it. */
  def begin(key: String): Unit = {
    val begun = new Begun(key)
    objects += begun
    open = Some(begun)
  }

  def isOpen: Boolean = open.isDefined

  /** The size of the open object so far, with what waits in the buffer. */
  def size: Long = open match {
    // Asked for each row: a fold would make an object of the number.
    case Some(begun) => begun.bytes + filling.length
    case None => filling.length.toLong
  }

  /** Sends the buffer as a part when it is large enough; returns whether it did. */
  def flushFullPart(): Boolean = {
    val full = filling.length >= partBytes
    if (full) open.foreach(sendPart)
    full
  }

  /** Sends the rest of the open object. */
  def finish(rows: Long): Unit = {
    open.foreach { begun =>
      if (begun.uploadId.isEmpty && !target.hidden) put(begun)
      else if (filling.length > 0) sendPart(begun)
      begun.rows = rows
    }
    open = None
  }

  /** What was written, when all of it has arrived. */
  def finished(): Array[WrittenObject] = {
    while (!parts.isEmpty) takePart()
    objects.map(_.written).toArray
  }

  /** Removes what was written and drops what is open; returns what could not be removed, with reasons. An interrupt
    * meanwhile doesn't keep it from that.
    */
  def abort(): Seq[String] = {
    open = None
    parts.close()
    // A part that arrives after its upload was aborted would stay.
    val (ended, interrupted) = awaitIdle(target.s3.requestTimeoutMillis + BeyondRequestMillis)
    val late =
      if (ended) Nil
      else Seq(s"parts that are still on their way to ${target.uri(target.directory)}, if they arrive")
    val left = new S3Cleaner(s3, target.bucket).undo(objects.filter(_.isInS3).map(_.written).toSeq)
    if (interrupted) Thread.currentThread().interrupt()
    late ++ left
  }

  /** Whether no part is under way any more, and whether the thread was interrupted meanwhile. */
  private def awaitIdle(mostMillis: Long): (Boolean, Boolean) = {
    val until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(mostMillis)
    var interrupted = false
    var ended: Option[Boolean] = None
    while (ended.isEmpty)
      try ended = Some(idle.await(until - System.nanoTime(), TimeUnit.NANOSECONDS))
      catch { case _: InterruptedException => interrupted = true }
    (ended.contains(true), interrupted)
  }

  private def put(begun: Begun): Unit = call(s"writing ${target.uri(begun.key)}") {
    val request =
      PutObjectRequest.builder().bucket(target.bucket).key(begun.key).contentType(target.contentType)
    target.kmsKeyId.foreach(id => request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(id))
    if (target.checksums) request.checksumAlgorithm(ChecksumAlgorithm.CRC32)
    // Known before the answer is: an object whose answer got lost is undone too.
    begun.bytes = filling.length.toLong
    begun.isPut = true
    val answer = s3.putObject(request.build(), body(filling, checkWanted))
    requireETag(answer.eTag, s"writing ${target.uri(begun.key)}", "a write")
    filling.reset()
  }

  private def sendPart(begun: Begun): Unit = {
    if (begun.uploadId.isEmpty) begun.uploadId = create(begun.key)
    while (parts.isOldestDone || !parts.hasRoom || (!parts.isEmpty && bytesUnderWay >= BytesInFlight))
      takePart()
    begun.parts += 1
    begun.bytes += filling.length
    bytesUnderWay += filling.length
    parts.submit(Part(begun, begun.parts, filling))
    filling = if (free.isEmpty) newBuffer() else free.pop()
  }

  private def takePart(): Unit = {
    val (part, written) = parts.take(checkWanted)
    part.of.writtenParts += written
    bytesUnderWay -= part.content.length
    part.content.reset()
    // What one huge row made isn't kept for the others.
    if (part.content.array.length <= 2L * partBytes) free.push(part.content)
  }

  /** Runs on a thread of the window's. */
  private def upload(part: Part, cancellation: Cancellation): WrittenPart =
    call(s"uploading part ${part.number} of ${target.uri(part.of.key)}") {
      val request = UploadPartRequest
        .builder()
        .bucket(target.bucket)
        .key(part.of.key)
        .uploadId(part.of.uploadId)
        .partNumber(part.number)
      if (target.checksums) request.checksumAlgorithm(ChecksumAlgorithm.CRC32)
      val answer =
        s3.uploadPart(request.build(), body(part.content, () => cancellation.throwIfCancelled()))
      val eTag =
        requireETag(answer.eTag, s"uploading part ${part.number} of ${target.uri(part.of.key)}", "a part")
      WrittenPart(eTag, Option(answer.checksumCRC32))
    }

  private def requireETag(eTag: String, what: String, kind: String): String =
    Option(eTag).filter(_.nonEmpty).getOrElse {
      throw new StagingException(
        s"$what was answered without an ETag, by which S3 says that it has $kind: the service isn't S3, or something on " +
          "the way drops the header, or answers in its place"
      )
    }

  private def create(key: String): String = call(s"starting an upload to ${target.uri(key)}") {
    val request =
      CreateMultipartUploadRequest.builder().bucket(target.bucket).key(key).contentType(target.contentType)
    target.kmsKeyId.foreach(id => request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(id))
    if (target.checksums) request.checksumAlgorithm(ChecksumAlgorithm.CRC32)
    Option(s3.createMultipartUpload(request.build()).uploadId).filter(_.nonEmpty).getOrElse {
      throw new StagingException(
        s"starting an upload to ${target.uri(key)} was answered without an UploadId: the service isn't S3, or something " +
          "on the way answers in its place"
      )
    }
  }

  private def newBuffer(): GrowableBuffer = new GrowableBuffer(
    FirstBufferBytes,
    partBytes,
    math.min(partBytes + MostRowBytes, GrowableBuffer.MaxCapacity.toLong).toInt
  )

  /** A buffer's bytes without a copy; each attempt reads them, unless `check` throws. */
  private def body(content: GrowableBuffer, check: () => Unit): RequestBody = {
    val bytes = content.array
    val length = content.length
    val provider = new ContentStreamProvider {
      override def newStream(): InputStream = {
        check()
        new ByteArrayInputStream(bytes, 0, length)
      }
    }
    RequestBody.fromContentProvider(provider, length.toLong, target.contentType)
  }

  private def call[T](what: String)(request: => T): T =
    try request
    catch {
      case e: SdkException => throw new StagingException(s"$what failed: ${AwsErrors.describe(e)}", e)
    }
}

private[staging] object S3ObjectWriter {

  /** How many bytes a row may have: sparse rows that are written out with all their zeros can have any size. */
  final val MostRowBytes: Long = 256L * 1024 * 1024

  private final val BytesInFlight = 32 * 1024 * 1024
  private final val FirstBufferBytes = 256 * 1024
  private final val BeyondRequestMillis = 5000L

  /** An object that was begun. Of the task's thread, but for the key and the upload, which don't change once a part has
    * been submitted.
    */
  final private class Begun(val key: String) {
    var uploadId = ""
    var isPut = false
    var parts = 0
    var bytes = 0L
    var rows = 0L
    val writtenParts = ArrayBuffer.empty[WrittenPart]

    /** Whether something of it may be in S3. */
    def isInS3: Boolean = isPut || uploadId.nonEmpty

    def written: WrittenObject = WrittenObject(key, uploadId, writtenParts.toArray, bytes, rows)
  }

  final private case class Part(of: Begun, number: Int, content: GrowableBuffer)
}
