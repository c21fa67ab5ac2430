package com.amazonaws.services.sagemaker.sparksdk.wire

import java.io.OutputStream
import java.util.Arrays

import org.apache.spark.unsafe.Platform
import org.apache.spark.unsafe.types.UTF8String

/** A byte array that grows and is used again and again, so that writing a row allocates nothing.
  *
  * Not thread-safe. Holds at most about 2 GiB, or less where a limit is given; what doesn't fit throws a
  * [[RowTooLongException]].
  *
  * Doubling makes an array up to twice as large as what it must hold, and costs copies that the collector has to see
  * to. So a buffer that has outgrown 1 MiB is given at once what it usually comes to hold.
  *
  * @param initialCapacity the size of the first array, in bytes
  * @param usualLength how much the buffer usually comes to hold, in bytes; 0: not known
  * @param limit how large it may become, in bytes
  */
final class GrowableBuffer(
    initialCapacity: Int = 64 * 1024,
    usualLength: Int = 0,
    limit: Int = GrowableBuffer.MaxCapacity
) {
  private[this] val reserved = usualLength.toLong + GrowableBuffer.Slack
  private[this] var bytes = new Array[Byte](math.max(initialCapacity, 64))
  private[this] var used = 0

  /** The array that holds the bytes; only the first `length` count. Growth replaces it. */
  def array: Array[Byte] = bytes

  /** How many bytes have been written. */
  def length: Int = used

  /** Forgets what was written and keeps the array. */
  def reset(): Unit = used = 0

  /** Forgets what was written after the first `length` bytes. */
  def truncate(length: Int): Unit = {
    require(length >= 0 && length <= used, s"can't truncate $used bytes to $length")
    used = length
  }

  /** Forgets what was written; returns the array, with room for so many bytes. */
  private[sparksdk] def emptied(needed: Long): Array[Byte] = {
    used = 0
    if (needed > bytes.length) growTo(needed)
    bytes
  }

  /** Makes room for `extra` more bytes. */
  def ensure(extra: Int): Unit = {
    val needed = used.toLong + extra
    if (needed > bytes.length) growTo(needed)
  }

  /** Refuses to begin what has so many bytes at least, when they can't all be held. */
  private[wire] def expect(extra: Long): Unit =
    if (used + extra > limit) throw GrowableBuffer.tooLong(used + extra, limit)

  /** Counts `extra` more bytes as written and returns the position of the first: the caller fills them in. */
  private[sparksdk] def claim(extra: Int): Int = {
    ensure(extra)
    val start = used
    used += extra
    start
  }

  /** Forgets the first `count` bytes and moves the rest to the front. */
  private[sparksdk] def dropFirst(count: Int): Unit = {
    System.arraycopy(bytes, count, bytes, 0, used - count)
    used -= count
  }

  def appendByte(value: Int): Unit = {
    if (used == bytes.length) growTo(used.toLong + 1)
    bytes(used) = value.toByte
    used += 1
  }

  def appendBytes(source: Array[Byte]): Unit = appendBytes(source, 0, source.length)

  def appendBytes(source: Array[Byte], offset: Int, count: Int): Unit = {
    val at = claim(count)
    System.arraycopy(source, offset, bytes, at, count)
  }

  /** Appends the low bytes of ASCII characters. */
  def appendAscii(text: String): Unit = {
    val count = text.length
    val at = claim(count)
    var i = 0
    while (i < count) {
      bytes(at + i) = text.charAt(i).toByte
      i += 1
    }
  }

  /** Appends the UTF-8 bytes of a text. */
  private[sparksdk] def appendText(text: UTF8String): Unit = {
    val count = text.numBytes
    val at = claim(count)
    Platform.copyMemory(
      text.getBaseObject,
      text.getBaseOffset,
      bytes,
      Platform.BYTE_ARRAY_OFFSET.toLong + at,
      count.toLong
    )
  }

  def writeTo(out: OutputStream): Unit = out.write(bytes, 0, used)

  def toByteArray: Array[Byte] = Arrays.copyOf(bytes, used)

  private def growTo(needed: Long): Unit = {
    if (needed > limit) throw GrowableBuffer.tooLong(needed - GrowableBuffer.MostAhead, limit)
    val doubled = math.min(bytes.length * 2L, limit.toLong)
    val grown =
      if (needed > GrowableBuffer.ReserveFrom && needed <= reserved) reserved else math.max(doubled, needed)
    bytes = Arrays.copyOf(bytes, grown.toInt)
  }
}

object GrowableBuffer {

  /** The largest array that every JVM can make, in bytes. */
  final val MaxCapacity = Int.MaxValue - 64

  private final val ReserveFrom = 1024 * 1024
  // For the row that goes beyond what is usual.
  private final val Slack = 64 * 1024
  // Encoders make room for some values at once, each for its longest text.
  private final val MostAhead = 4 * 1024

  private def tooLong(needed: Long, limit: Int): RowTooLongException = new RowTooLongException(
    needed,
    s"a buffer of $needed bytes is more than ${if (limit == MaxCapacity) "the JVM's arrays hold"
      else "a row may need"} " +
      s"($limit): the row is too wide, or the batch too large"
  )
}
