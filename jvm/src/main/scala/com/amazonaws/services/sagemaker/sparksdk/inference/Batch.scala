package com.amazonaws.services.sagemaker.sparksdk.inference

import java.util.Arrays

import com.amazonaws.services.sagemaker.sparksdk.wire.{Framing, GrowableBuffer}

/** The rows of one request: the body, where each row ends in it, and what is kept of the rows. Used again and
  * again.
  *
  * @param payloadLimit the largest body, in bytes
  * @param framing what the body has around and between the rows
  */
final private[inference] class Batch(payloadLimit: Int, framing: Framing = Framing.none) {
  // A row that makes it larger than that is too large by itself.
  val body = new GrowableBuffer(
    Batch.FirstCapacity,
    payloadLimit,
    math.min(2L * payloadLimit + Batch.Slack, GrowableBuffer.MaxCapacity.toLong).toInt
  )
  val kept = new RowStore
  val answer = new GrowableBuffer(Batch.FirstCapacity)
  private[this] var ends = new Array[Int](256)
  private[this] var count = 0
  body.appendBytes(framing.prefix)

  /** The number of the first row in its partition, from 1. */
  var firstRow: Long = 1

  def rows: Int = count

  /** What messages call the rows `from` to `until - 1` of a batch of this partition. */
  def label(from: Int, until: Int, partition: Int): String = {
    val (first, last) = (firstRow + from, firstRow + until - 1)
    if (first == last) s"row $first of partition $partition"
    else s"rows $first to $last of partition $partition"
  }

  /** Where a row begins in the body. */
  private def start(row: Int): Int =
    if (row == 0) framing.prefix.length else ends(row - 1) + framing.separator.length

  /** The length of a request of the rows `from` to `until - 1`, in bytes. */
  def requestLength(from: Int, until: Int): Int = framing.overhead + ends(until - 1) - start(from)

  /** A request of the rows `from` to `until - 1` of a batch that is complete; of all rows, or without framing, it is a
    * slice of the body, otherwise a copy.
    */
  def request(from: Int, until: Int): BodySlice = {
    val length = requestLength(from, until)
    if (framing.isNone) BodySlice(body.array, start(from), length)
    else if (from == 0 && until == count) BodySlice(body.array, 0, length)
    else {
      val copy = new GrowableBuffer(length)
      copy.appendBytes(framing.prefix)
      copy.appendBytes(body.array, start(from), ends(until - 1) - start(from))
      copy.appendBytes(framing.suffix)
      BodySlice(copy.array, 0, length)
    }
  }

  /** Appends what stands before the next row, which is then appended to the body. */
  def beginRow(): Unit = if (count > 0) body.appendBytes(framing.separator)

  /** Appends what stands behind the last row. */
  def complete(): Unit = body.appendBytes(framing.suffix)

  /** Counts what was appended to the body as one row. */
  def endRow(): Unit = {
    if (count == ends.length) ends = Arrays.copyOf(ends, count * 2)
    ends(count) = body.length
    count += 1
  }

  def clear(): Unit = {
    body.reset()
    body.appendBytes(framing.prefix)
    kept.clear()
    answer.reset()
    count = 0
  }
}

/** Bytes to send: a part of an array that isn't changed meanwhile. */
final private[inference] case class BodySlice(array: Array[Byte], offset: Int, length: Int)

private[inference] object Batch {
  private val FirstCapacity = 16 * 1024
  private val Slack = 64 * 1024
}
