package com.amazonaws.services.sagemaker.sparksdk.staging

import java.util.Locale
import java.util.zip.GZIPOutputStream

import scala.util.control.NonFatal

import com.amazonaws.services.sagemaker.sparksdk.aws.AwsClients
import com.amazonaws.services.sagemaker.sparksdk.wire.{
  GrowableBuffer,
  MeasuringEncoder,
  UnencodableRowException
}
import com.amazonaws.services.sagemaker.sparksdk.requests.Uninterrupted
import org.apache.spark.{TaskContext, TaskKilledException}
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.unsafe.types.UTF8String
import software.amazon.awssdk.services.s3.S3Client

/** What a task does: encodes its partition's rows into objects of S3.
  *
  * Holds the parts that are under way, the one that is filled and one row more, whatever the partition's size. An
  * attempt that fails or is killed removes what it wrote; the driver removes what an attempt that died could not.
  *
  * @param directoryOrdinal the column that says below which directory of the target a row belongs, where rows with the
  *   same follow each other; -1: all belong into the target's
  */
final private[staging] class StagingTask(format: EncodedFormat, target: S3Target, directoryOrdinal: Int = -1)
    extends (Iterator[InternalRow] => Array[Byte])
    with Serializable {

  /** A [[TaskOutput]], as bytes. */
  override def apply(rows: Iterator[InternalRow]): Array[Byte] = {
    val output =
      if (!rows.hasNext) TaskOutput.nothing() else AwsClients.withS3(target.s3)(write(rows, _))
    output.toBytes
  }

  private def write(rows: Iterator[InternalRow], s3: S3Client): TaskOutput = {
    val task = TaskContext.get()
    val objects = new S3ObjectWriter(s3, target, () => stopIfKilled(task))
    val encoder = format.encoder()
    try {
      val sink = if (target.gzip) new GzipSink(objects) else new PlainSink(objects)
      val name = target.attemptName(StagingTask.digits(5, task.partitionId()), task.taskAttemptId())
      val count = writeRows(rows, task, encoder, objects, sink, name)
      val written = objects.finished()
      // An attempt whose result nobody waits for must not end as if somebody did.
      stopIfKilled(task)
      TaskOutput(written, count, encoder.width.getOrElse(-1), "")
    } catch {
      case e: UnencodableRowException =>
        undo(objects, e)
        TaskOutput.nothing(e.getMessage)
      case e: Throwable =>
        undo(objects, e)
        throw e
    }
  }

  private def writeRows(
      rows: Iterator[InternalRow],
      task: TaskContext,
      encoder: MeasuringEncoder,
      objects: S3ObjectWriter,
      sink: RowSink,
      name: String
  ): Long = {
    var count = 0L
    var inObject = 0L
    var sequence = 0
    var directory = UTF8String.EMPTY_UTF8
    while (rows.hasNext) {
      val row = rows.next()
      if (directoryOrdinal >= 0 && row.getUTF8String(directoryOrdinal) != directory) {
        if (objects.isOpen) finish(objects, sink, inObject)
        directory = row.getUTF8String(directoryOrdinal).copy()
      }
      if (!objects.isOpen) {
        objects.begin(
          s"${target.directory}$directory$name-${StagingTask.digits(4, sequence)}${target.extension}"
        )
        sink.begin()
        sequence += 1
        inObject = 0L
      }
      sink.write(encoder, row)
      count += 1
      inObject += 1
      val sent = objects.flushFullPart()
      if (objects.size >= target.objectBytes || inObject >= target.objectRows)
        finish(objects, sink, inObject)
      if (sent || (count & StagingTask.KillCheckMask) == 0) stopIfKilled(task)
    }
    if (objects.isOpen) finish(objects, sink, inObject)
    count
  }

  private def finish(objects: S3ObjectWriter, sink: RowSink, rows: Long): Unit = {
    sink.end()
    objects.finish(rows)
  }

  private def stopIfKilled(task: TaskContext): Unit =
    if (task.isInterrupted()) throw new TaskKilledException("staging was cancelled")

  private def undo(objects: S3ObjectWriter, cause: Throwable): Unit =
    try
      Uninterrupted(objects.abort()).foreach { left =>
        // The driver lists and removes what is left; the reason is kept for its error.
        cause.addSuppressed(new IllegalStateException(s"could not be removed: $left"))
      }
    catch { case NonFatal(e) => cause.addSuppressed(e) }
}

private[staging] object StagingTask {
  private val KillCheckMask = 1023L

  /** With at least so many digits, which are ASCII's in every locale. */
  private def digits(atLeast: Int, number: Int): String = s"%0${atLeast}d".formatLocal(Locale.ROOT, number)
}

/** Encodes rows into what is sent. */
private[staging] trait RowSink {
  def begin(): Unit
  def write(encoder: MeasuringEncoder, row: InternalRow): Unit
  def end(): Unit
}

final private[staging] class PlainSink(objects: S3ObjectWriter) extends RowSink {
  override def begin(): Unit = {}
  override def write(encoder: MeasuringEncoder, row: InternalRow): Unit =
    encoder.encode(row, objects.buffer)
  override def end(): Unit = {}
}

/** Encodes into a buffer of its own and compresses that into what is sent. */
final private[staging] class GzipSink(objects: S3ObjectWriter) extends RowSink {
  private[this] val raw = new GrowableBuffer(
    GzipSink.RawBytes * 2,
    limit = (GzipSink.RawBytes + S3ObjectWriter.MostRowBytes).toInt
  )
  private[this] var gzip: Option[GZIPOutputStream] = None

  override def begin(): Unit = gzip = Some(new GZIPOutputStream(objects.stream, GzipSink.RawBytes))

  override def write(encoder: MeasuringEncoder, row: InternalRow): Unit = {
    encoder.encode(row, raw)
    if (raw.length >= GzipSink.RawBytes) compress()
  }

  override def end(): Unit = {
    compress()
    gzip.foreach(_.close())
    gzip = None
  }

  private def compress(): Unit = {
    gzip.foreach(raw.writeTo)
    raw.reset()
  }
}

private[staging] object GzipSink {
  private val RawBytes = 64 * 1024
}
