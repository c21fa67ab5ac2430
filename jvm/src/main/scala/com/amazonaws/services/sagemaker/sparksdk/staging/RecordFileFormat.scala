package com.amazonaws.services.sagemaker.sparksdk.staging

import java.io.{IOException, OutputStream}
import java.util.zip.GZIPOutputStream

import com.amazonaws.services.sagemaker.sparksdk.wire.{ContentRules, GrowableBuffer}
import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs.{FileStatus, Path}
import org.apache.hadoop.mapreduce.{Job, TaskAttemptContext}
import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.execution.datasources.{FileFormat, OutputWriter, OutputWriterFactory}
import org.apache.spark.sql.types.{DataType, StructType}

/** Writes RecordIO files by way of Spark's own file writing: every Hadoop file system, save mode and committer. */
class RecordFileFormat extends FileFormat {

  override def inferSchema(
      session: SparkSession,
      options: Map[String, String],
      files: Seq[FileStatus]
  ): Option[StructType] = None

  override def supportDataType(dataType: DataType): Boolean = true

  override def prepareWrite(
      session: SparkSession,
      job: Job,
      options: Map[String, String],
      dataSchema: StructType
  ): OutputWriterFactory =
    new RecordWriterFactory(DataSourceOptions.format(options, dataSchema), DataSourceOptions.gzip(options))

  override def toString: String = "sagemaker"
}

final private[staging] class RecordWriterFactory(format: EncodedFormat, gzip: Boolean)
    extends OutputWriterFactory {

  override def getFileExtension(context: TaskAttemptContext): String =
    if (gzip) format.extension + ".gz" else format.extension

  override def newInstance(path: String, dataSchema: StructType, context: TaskAttemptContext): OutputWriter =
    // The rows that come have all columns of the data, not only those that are written.
    new RecordWriter(path, format.copy(schema = dataSchema), gzip, context.getConfiguration)
}

/** One file. What fails before `close` leaves an attempt's file, which Spark's committer throws away. */
final private[staging] class RecordWriter(
    file: String,
    format: EncodedFormat,
    gzip: Boolean,
    hadoop: Configuration
) extends OutputWriter {
  import RecordWriter._

  private[this] val buffer = new GrowableBuffer(BufferBytes + RowRoom)
  private[this] val encoder = format.encoder()
  private[this] val hadoopPath = new Path(file)
  private[this] val local = LocalDisk.of(hadoopPath, hadoop)
  private[this] val out = open()

  private def open(): OutputStream = {
    var opened: Option[OutputStream] = None
    try {
      val files = local.getOrElse(hadoopPath.getFileSystem(hadoop))
      val stream = files.create(hadoopPath, false, StreamBytes)
      opened = Some(stream)
      if (gzip) new GZIPOutputStream(stream, StreamBytes) else stream
    } catch {
      case error: Throwable =>
        (opened.toSeq ++ local).foreach { part =>
          try part.close()
          catch { case other: IOException => error.addSuppressed(other) }
        }
        throw error
    }
  }

  override def write(row: InternalRow): Unit = {
    encoder.encode(row, buffer)
    if (buffer.length >= BufferBytes) flush(buffer.length - buffer.length % BufferBytes)
  }

  override def close(): Unit =
    try flush(buffer.length)
    finally
      try out.close()
      finally local.foreach(_.close())

  override def path(): String = file

  private def flush(bytes: Int): Unit = {
    out.write(buffer.array, 0, bytes)
    buffer.dropFirst(bytes)
  }
}

private[staging] object RecordWriter {
  // Nine pieces at once go through Hadoop's checksums without being copied together first.
  private val BufferBytes = 9 * LocalDisk.ChecksumBytes
  private val RowRoom = 32 * 1024
  // What the file system gathers for one write: as much as a checksum is for, so that pieces aren't gathered again.
  private val StreamBytes = LocalDisk.ChecksumBytes
}

/** The data source's options. */
private[staging] object DataSourceOptions {

  /** What 1.4.5 encoded is encoded: the strict rules belong to `fit`. */
  def format(options: Map[String, String], schema: StructType): EncodedFormat =
    EncodedFormat
      .find(EncodedFormat.SageMaker, options, schema, ContentRules.lenient)
      .getOrElse(throw new IllegalStateException("the format sagemaker has no encoder"))

  def gzip(options: Map[String, String]): Boolean =
    get(options, "compression").map(_.toLowerCase(java.util.Locale.ROOT)) match {
      case None | Some("none") | Some("uncompressed") => false
      case Some("gzip") => true
      case Some(other) =>
        throw new IllegalArgumentException(
          s"""the compression is "$other": SageMaker reads "none" and "gzip""""
        )
    }

  def get(options: Map[String, String], name: String): Option[String] =
    options.collectFirst { case (key, value) if key.equalsIgnoreCase(name) => value }
}
