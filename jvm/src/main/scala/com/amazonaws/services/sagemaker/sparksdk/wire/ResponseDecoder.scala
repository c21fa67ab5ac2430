package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.InternalRow

/** Reads the body of an answer in one format into Spark's internal rows, in the order of the body.
  *
  * Not thread-safe: one per task. The rows may be one reused object: whoever keeps one copies it.
  */
trait ResponseDecoder {

  /** The rows in the first `length` bytes of `body`; a body that can't be read throws a
    * [[MalformedBodyException]] that says expected, found and where.
    */
  def decode(body: Array[Byte], length: Int): Iterator[InternalRow]
}
