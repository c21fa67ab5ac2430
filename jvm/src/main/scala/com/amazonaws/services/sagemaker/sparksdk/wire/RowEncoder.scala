package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.InternalRow

/** Writes rows in one format, straight from Spark's internal form, into a buffer that the caller reuses.
  *
  * Not thread-safe: one per task.
  */
trait RowEncoder {

  /** The MIME type of what is written. */
  def contentType: String

  /** What a body of several rows has around and between them. */
  def framing: Framing = Framing.none

  /** Appends one row's record. A row that can't be written throws an [[UnencodableRowException]] and leaves
    * the buffer as it was.
    */
  def encode(row: InternalRow, out: GrowableBuffer): Unit
}
