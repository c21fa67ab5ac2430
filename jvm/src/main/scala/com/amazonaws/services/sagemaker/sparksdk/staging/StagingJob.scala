package com.amazonaws.services.sagemaker.sparksdk.staging

import java.util.concurrent.{Callable, ExecutionException, Executors}

import scala.collection.mutable
import scala.concurrent.Await
import scala.concurrent.duration.Duration
import scala.util.control.NonFatal

import com.amazonaws.services.sagemaker.sparksdk.aws.AwsErrors
import com.amazonaws.services.sagemaker.sparksdk.compat.Frames
import com.amazonaws.services.sagemaker.sparksdk.exceptions.{SageMakerSparkSDKException, StagingException}
import com.amazonaws.services.sagemaker.sparksdk.wire.UnencodableRowException
import com.amazonaws.services.sagemaker.sparksdk.requests.Uninterrupted
import org.apache.spark.FutureAction
import org.apache.spark.sql.Dataset
import org.apache.spark.sql.execution.SQLExecution
import software.amazon.awssdk.core.exception.SdkException
import software.amazon.awssdk.services.s3.S3Client
import software.amazon.awssdk.services.s3.model._

/** Runs the Spark job that writes a DataFrame to S3, and commits what it wrote.
  *
  * Spark reports one successful attempt for each partition, whatever was retried or ran twice: only what these attempts
  * wrote is completed. The rest is removed by its attempts, or found by listing when an executor died with it.
  */
final private[staging] class StagingJob(s3: S3Client, target: S3Target) {
  private[this] val outputs = new mutable.HashMap[Int, TaskOutput]()
  @volatile private[this] var running: Option[FutureAction[Unit]] = None
  private[this] val cleaner = new S3Cleaner(s3, target.bucket)

  /** Writes and commits; the objects in the order of the partitions.
    *
    * @param label what the Spark UI calls the job
    * @return what the accepted attempts of the tasks brought back, in the order of the partitions
    */
  def run(dataset: Dataset[_], task: StagingTask, label: String): Seq[TaskOutput] =
    try {
      write(dataset, task, label)
      val accepted = synchronized(outputs.toSeq.sortBy(_._1).map(_._2))
      complete(accepted.flatMap(_.objects).filter(_.isOpen))
      accepted
    } catch {
      case e: Throwable =>
        val failed = failure(e, undo())
        if (e.isInstanceOf[InterruptedException]) Thread.currentThread().interrupt()
        throw failed
    }

  /** Removes everything that the job wrote; returns what is left, with reasons. */
  def undo(): Seq[String] = Uninterrupted {
    val accepted = synchronized(outputs.values.toList).flatMap(_.objects)
    val failed = cleaner.undo(accepted) ++ cleaner.delete(accepted.filter(_.isOpen).map(_.key))
    // What is there by now, or, when it can't be listed, what could not be removed.
    strays(Nil).fold(unknown => failed :+ unknown, left => left)
  }

  /** Removes what attempts that weren't accepted left behind; returns what is left, with reasons. */
  def removeStrays(): Seq[String] =
    strays(synchronized(outputs.values.toList).flatMap(_.objects)).fold(Seq(_), left => left)

  /** What is left of what isn't to be kept; or that it isn't known, and why. */
  private def strays(keep: Seq[WrittenObject]): Either[String, Seq[String]] = {
    val (keys, uploadIds) = (keep.map(_.key).toSet, keep.map(_.uploadId).toSet)
    try {
      // An upload whose start was answered in vain has the key of the one that was begun after it.
      val uploads =
        cleaner.openUploads(target.directory).filter { case (key, id) => target.isOwn(key) && !uploadIds(id) }
      val objects = cleaner.objectKeys(target.directory).filter(key => target.isOwn(key) && !keys(key))
      Right(uploads.flatMap { case (key, uploadId) =>
        cleaner.abort(key, uploadId)
      } ++ cleaner.delete(objects))
    } catch {
      case e: SdkException if AwsErrors.isNotFound(e) => Right(Nil)
      case e: SdkException =>
        Left(
          s"unknown objects and open uploads under ${target.uri(target.directory)}: they can't be listed " +
            s"(${AwsErrors.describe(e)})"
        )
    }
  }

  private def write(dataset: Dataset[_], task: StagingTask, label: String): Unit = {
    val plan = Frames.execution(dataset)
    val context = dataset.sparkSession.sparkContext
    val watch = new TaskWatch
    context.addSparkListener(watch)
    try
      SQLExecution.withNewExecutionId(plan, Some(label)) {
        // Adaptive execution runs the shuffles before it knows the rows' last stage.
        val rows = OwnJobs.endedWith(context)(plan.toRdd)
        val job = context.submitJob(rows, task, rows.partitions.indices, accept, ())
        running = Some(job)
        if (refusal.isDefined) job.cancel()
        try {
          Await.ready(job, Duration.Inf)
          // A row that was refused is the reason, also of the cancellation that followed.
          if (refusal.isEmpty) Await.result(job, Duration.Inf)
        } catch {
          case e: InterruptedException =>
            job.cancel()
            throw e
        } finally Uninterrupted(watch.await(job.jobIds, StagingJob.KilledTasksMillis))
      }
    finally context.removeSparkListener(watch)
    refusal.foreach(message => throw new UnencodableRowException(message))
  }

  /** Called by Spark's scheduler with the result of the first attempt of each partition that succeeds. */
  private def accept(partition: Int, bytes: Array[Byte]): Unit = {
    val output = TaskOutput.fromBytes(bytes)
    synchronized(outputs.put(partition, output))
    if (output.refusal.nonEmpty) running.foreach(_.cancel())
  }

  private def refusal: Option[String] = synchronized(outputs.values.map(_.refusal).find(_.nonEmpty))

  /** Completes uploads side by side: there can be thousands. */
  private def complete(uploads: Seq[WrittenObject]): Unit = if (uploads.nonEmpty) {
    val pool = Executors.newFixedThreadPool(math.min(uploads.length, StagingJob.Completers))
    try {
      val completions = uploads.map(upload =>
        pool.submit(new Callable[Unit] {
          override def call(): Unit = completeOne(upload)
        })
      )
      completions.foreach(_.get())
    } catch {
      case e: ExecutionException => throw e.getCause
    } finally {
      pool.shutdownNow()
      pool.awaitTermination(StagingJob.LastRequestSeconds, java.util.concurrent.TimeUnit.SECONDS)
    }
  }

  private def completeOne(upload: WrittenObject): Unit = {
    val parts = upload.parts.zipWithIndex.map { case (written, i) =>
      val part = CompletedPart.builder().partNumber(i + 1).eTag(written.eTag)
      written.checksum.foreach(crc => part.checksumCRC32(crc))
      part.build()
    }
    val request = CompleteMultipartUploadRequest
      .builder()
      .bucket(target.bucket)
      .key(upload.key)
      .uploadId(upload.uploadId)
      .multipartUpload(CompletedMultipartUpload.builder().parts(parts: _*).build())
      .build()
    try {
      val answer = s3.completeMultipartUpload(request)
      // A proxy's page, say, is no answer of S3's.
      if (Option(answer.eTag).forall(_.isEmpty) && !isThere(upload))
        throw new StagingException(
          s"completing the upload of ${target.uri(upload.key)} was answered without an ETag, and the object isn't there: " +
            "the service isn't S3, or something on the way answers in its place"
        )
    } catch {
      // The answer to an earlier attempt may have got lost: no other upload has this key.
      case e: SdkException if AwsErrors.isNotFound(e) && isThere(upload) => ()
      case e: SdkException =>
        throw new StagingException(
          s"completing the upload of ${target.uri(upload.key)} failed: ${AwsErrors.describe(e)}",
          e
        )
    }
  }

  private def isThere(upload: WrittenObject): Boolean =
    try {
      val head = s3.headObject(HeadObjectRequest.builder().bucket(target.bucket).key(upload.key).build())
      head.contentLength == upload.bytes
    } catch { case _: SdkException => false }

  private def failure(e: Throwable, left: Seq[String]): Throwable = {
    val rest =
      if (left.isEmpty) "Nothing is left of it in S3."
      else s"These are left in S3 and could not be removed: ${left.mkString("; ")}."
    e match {
      // Deeper in a chain it is the refusal of another model's serializer, which the rows came through.
      case refused: UnencodableRowException if left.isEmpty => refused
      case refused: UnencodableRowException =>
        new UnencodableRowException(s"${refused.getMessage}. $rest")
      case _ if NonFatal(e) || e.isInstanceOf[InterruptedException] =>
        new StagingException(
          s"writing the data to ${target.uri(target.directory)} failed: ${StagingJob.reason(e)}. $rest",
          e
        )
      case _ => e
    }
  }
}

private[staging] object StagingJob {
  private val Completers = 16
  private val LastRequestSeconds = 60L
  // Attempts that were killed get the time to remove what they wrote, before it is listed.
  private val KilledTasksMillis = 10000L

  /** What the outermost cause says that is an error of this library, or else of S3's client; else the first line of what
    * Spark says.
    */
  def reason(e: Throwable): String = {
    val causes = AwsErrors.chain(e)
    causes
      .collectFirst { case ours: SageMakerSparkSDKException => ours.message }
      .orElse(causes.collectFirst { case sdk: SdkException => AwsErrors.describe(sdk) })
      .getOrElse(Option(e.getMessage).map(firstLine).getOrElse(e.getClass.getSimpleName))
      .stripSuffix(".")
  }

  /** The first line; of a function in Python that failed, its error, with which the traceback ends. */
  private def firstLine(text: String): String = {
    val lines = text.split('\n')
    val traceback = lines.indexWhere(_.contains("Traceback (most recent call last):"))
    if (traceback < 0) lines.head
    else {
      val block = lines.drop(traceback + 1).takeWhile(line => line.trim.nonEmpty && !line.startsWith("\tat "))
      block.lastOption.fold(lines.head)(error => s"${lines.head} ${error.trim}")
    }
  }
}
