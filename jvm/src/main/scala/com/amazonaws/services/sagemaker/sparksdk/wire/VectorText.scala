package com.amazonaws.services.sagemaker.sparksdk.wire

/** Writes the vector that a reader has read as text: all its values, or the stored ones with their positions.
  *
  * What isn't finite is written too: the caller forgets it where that is refused.
  */
final private[wire] class VectorText(features: FeaturesReader) {
  import VectorText._

  private[this] val values = features.values
  private[this] val indices = features.indices
  private[this] val positions = Positions
  private[this] val digits = new Array[Long](AtOnce)

  /** Appends all values with commas between; returns whether they are finite as 32-bit floats. */
  def appendAll(out: GrowableBuffer): Boolean = {
    val fine = if (features.isSparse) appendWithZeros(out) else appendEach(out, withPositions = false)
    if (features.width > 0) out.truncate(out.length - 1)
    fine
  }

  /** Appends " position:value" for each stored value, with positions from 1; returns as above. */
  def appendStored(out: GrowableBuffer): Boolean = appendEach(out, withPositions = true)

  /** The stored values, each with its position before it or with a comma behind it. */
  private def appendEach(out: GrowableBuffer, withPositions: Boolean): Boolean = {
    val sparse = features.isSparse
    val count = values.count
    var fine = true
    var from = 0
    while (from < count) {
      val until = math.min(from + AtOnce, count)
      out.ensure((until - from) * RoomForOne)
      val bytes = out.array
      val start = out.length
      fine &= findDigits(from, until)
      var at = start
      var i = from
      while (i < until) {
        if (withPositions)
          at = putPosition(bytes, at, (if (sparse) indices.intAt(i).toLong else i.toLong) + 1L)
        at = DecimalText.put(bytes, at, values.doubleAt(i), digits(i - from))
        if (!withPositions) {
          bytes(at) = ','
          at += 1
        }
        i += 1
      }
      out.claim(at - start)
      from = until
    }
    fine
  }

  /** All values of a sparse vector, each with a comma behind it. */
  private def appendWithZeros(out: GrowableBuffer): Boolean = {
    val width = features.width
    // A small row of Spark's can be a huge one here.
    out.expect(width * LeastForOne)
    val count = values.count
    var fine = true
    var stored = 0
    var position = 0L
    while (position < width) {
      val until = math.min(position + AtOnce, width)
      out.ensure((until - position).toInt * RoomForOne)
      val bytes = out.array
      val start = out.length
      var at = start
      while (position < until) {
        if (stored >= count || indices.intAt(stored) != position) {
          LittleEndian.putInt(bytes, at, ZeroAndComma)
          at += 4
        } else {
          val value = values.doubleAt(stored)
          fine &= isFinite(value)
          at = DecimalText.put(bytes, at, value)
          bytes(at) = ','
          at += 1
          stored += 1
        }
        position += 1
      }
      out.claim(at - start)
    }
    fine
  }

  /** Finds the digits of some values; returns whether the values are finite. */
  private def findDigits(from: Int, until: Int): Boolean = {
    // Zero times a number is zero; not so NaN and the infinities, and a product with NaN stays NaN.
    var zero = 0.0f
    var i = from
    while (i < until) {
      val value = values.doubleAt(i)
      zero *= value.toFloat
      digits(i - from) = DecimalText.digitsOf(value)
      i += 1
    }
    zero == 0.0f
  }

  /** Writes " 12:". Few positions come again and again, so their texts are kept. */
  private def putPosition(bytes: Array[Byte], start: Int, position: Long): Int =
    if (position < positions.length) {
      val text = positions(position.toInt)
      LittleEndian.putLong(bytes, start, text)
      start + (text >>> 56).toInt
    } else {
      bytes(start) = ' '
      val colon = DecimalText.put(bytes, start + 1, position)
      bytes(colon) = ':'
      colon + 1
    }
}

private[wire] object VectorText {

  /** For how many values room is made, and digits are found, before they are written. */
  private final val AtOnce = 64

  // " ", a position of at most ten digits, ":", a value.
  private final val RoomForOne = DecimalText.ROOM_FOR_ONE + 12

  // No number has fewer characters than a zero and its comma.
  private final val LeastForOne = 4L

  /** "0.0,", the first character in the lowest byte. */
  private final val ZeroAndComma = 0x2c302e30

  /** The texts of the first positions, the first character in the lowest byte, and in the highest how many they are. */
  private val Positions: Array[Long] = Array.tabulate(4096) { position =>
    val text = s" $position:"
    text.reverse.foldLeft(0L)((bytes, character) => bytes << 8 | character) | text.length.toLong << 56
  }

  /** Whether a value is finite as a 32-bit float. */
  def isFinite(value: Double): Boolean = {
    val single = value.toFloat
    !single.isNaN && !single.isInfinite
  }
}
