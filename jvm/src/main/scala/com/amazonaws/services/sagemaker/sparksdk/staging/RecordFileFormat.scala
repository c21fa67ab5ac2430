package com.amazonaws.services.sagemaker.sparksdk.staging

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
  private[this] val buffer = new GrowableBuffer(RecordWriter.BufferBytes + RecordWriter.RowRoom)
  private[this] val encoder = format.encoder()
  private[this] val out = {
    val hadoopPath = new Path(file)
    val stream = hadoopPath.getFileSystem(hadoop).create(hadoopPath, false, RecordWriter.BufferBytes)
    if (gzip) new GZIPOutputStream(stream, RecordWriter.BufferBytes) else stream
  }

  override def write(row: InternalRow): Unit = {
    encoder.encode(row, buffer)
    if (buffer.length >= RecordWriter.BufferBytes) flush()
  }

  override def close(): Unit =
    try flush()
    finally out.close()

  override def path(): String = file

  private def flush(): Unit = {
    buffer.writeTo(out)
    buffer.reset()
  }
}

private[staging] object RecordWriter {
  // The file system's own buffer, too: with its default of 4 KiB, writing costs more than encoding.
  private val BufferBytes = 256 * 1024
  private val RowRoom = 32 * 1024
}

/** The data source's options. */
private[staging] object DataSourceOptions {

  /** What 1.4.5 encoded is encoded: the strict rules belong to `fit`. */
  def format(options: Map[String, String], schema: StructType): EncodedFormat =
    EncodedFormat
      .find(EncodedFormat.SageMaker, options, schema, ContentRules.lenient)
      .getOrElse(throw new IllegalStateException("the format sagemaker has no encoder"))

  def gzip(options: Map[String, String]): Boolean = get(options, "compression").map(_.toLowerCase) match {
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
