package com.amazonaws.services.sagemaker.sparksdk.inference

import java.util.Arrays

import com.amazonaws.services.sagemaker.sparksdk.wire.GrowableBuffer

/** The rows of one request: the body, where each row ends in it, and what is kept of the rows. Used again and
  * again.
  *
  * @param payloadLimit the largest body, in bytes
  */
final private[inference] class Batch(payloadLimit: Int) {
  val body = new GrowableBuffer(Batch.FirstCapacity)
  val kept = new RowStore
  val answer = new GrowableBuffer(Batch.FirstCapacity)
  private[this] var ends = new Array[Int](256)
  private[this] var count = 0

  /** The number of the first row in its partition, from 1. */
  var firstRow: Long = 1

  def rows: Int = count

  /** Where a row begins in the body; `rows` gives the body's length. */
  def start(row: Int): Int = if (row == 0) 0 else ends(row - 1)

  /** Counts what was appended to the body as one row. */
  def endRow(): Unit = {
    if (count == ends.length) ends = Arrays.copyOf(ends, count * 2)
    ends(count) = body.length
    count += 1
    // Doubling would end far above the limit: from some size on, the whole of it is reserved at once.
    if (body.length > Batch.ReserveFrom && body.array.length < payloadLimit)
      body.ensure(payloadLimit - body.length + Batch.Slack)
  }

  def clear(): Unit = {
    body.reset()
    kept.clear()
    answer.reset()
    count = 0
  }
}

private[inference] object Batch {
  private val FirstCapacity = 16 * 1024
  private val ReserveFrom = 1024 * 1024
  private val Slack = 64 * 1024
}
