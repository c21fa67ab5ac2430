package com.amazonaws.services.sagemaker.sparksdk.inference

import java.util.Arrays

import org.apache.spark.sql.catalyst.expressions.UnsafeRow
import org.apache.spark.unsafe.Platform

import com.amazonaws.services.sagemaker.sparksdk.exceptions.InferenceException

/** Copies of UnsafeRows, one behind the other in one array, so that keeping a row allocates nothing.
  *
  * Upstream operators reuse their row object; what outlives the next row must be a copy.
  */
final private[inference] class RowStore {
  private[this] var bytes = new Array[Byte](16 * 1024)
  private[this] var ends = new Array[Int](256)
  private[this] var count = 0

  def size: Int = count

  /** The bytes that are held. */
  def length: Int = if (count == 0) 0 else ends(count - 1)

  def add(row: UnsafeRow): Unit = append(row.getBaseObject, row.getBaseOffset, row.getSizeInBytes)

  /** Gives the only row to an empty store. */
  def moveTo(other: RowStore): Unit = {
    if (count > 0) other.append(bytes, Platform.BYTE_ARRAY_OFFSET.toLong, length)
    clear()
  }

  private def append(base: AnyRef, offset: Long, size: Int): Unit = {
    val start = length
    val needed = start.toLong + size
    if (needed > bytes.length) grow(needed)
    Platform.copyMemory(base, offset, bytes, Platform.BYTE_ARRAY_OFFSET + start.toLong, size.toLong)
    if (count == ends.length) ends = Arrays.copyOf(ends, count * 2)
    ends(count) = needed.toInt
    count += 1
  }

  /** Makes `row` point to the copy with this number, until the store is cleared. */
  def point(row: UnsafeRow, number: Int): Unit = {
    val start = if (number == 0) 0 else ends(number - 1)
    row.pointTo(bytes, Platform.BYTE_ARRAY_OFFSET + start.toLong, ends(number) - start)
  }

  def clear(): Unit = count = 0

  private def grow(needed: Long): Unit = {
    if (needed > RowStore.MaxCapacity)
      throw new InferenceException(
        s"The rows of one request need $needed bytes, more than the JVM's arrays hold: set " +
          "max_rows_per_request, or select fewer columns"
      )
    bytes =
      Arrays.copyOf(bytes, math.min(math.max(bytes.length * 3L / 2, needed), RowStore.MaxCapacity).toInt)
  }
}

private[inference] object RowStore {
  private val MaxCapacity = Int.MaxValue - 64L
}
