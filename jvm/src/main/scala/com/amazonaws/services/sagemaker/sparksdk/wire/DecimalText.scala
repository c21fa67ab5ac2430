package com.amazonaws.services.sagemaker.sparksdk.wire

/** Writes numbers as the shortest text that reads back to the same number, in the form of
  * `java.lang.Double.toString`, without making a string.
  */
private[wire] object DecimalText {
  // A sign, 17 digits, a point, zeros before or after them, E, a sign, three digits.
  private val LongestDouble = 32
  private val LongestLong = 20
  // From here on Java writes an exponent.
  private val WholeLimit = 10000000L

  private val PowersOfTen: Array[Long] = Array.iterate(1L, 19)(_ * 10)

  /** "00" to "99". */
  private val Pairs: Array[Byte] = (0 until 100).flatMap(i => f"$i%02d".map(_.toByte)).toArray

  def append(value: Double, out: GrowableBuffer): Unit = {
    val magnitude = math.abs(value)
    if (!(magnitude <= Double.MaxValue)) out.appendAscii(java.lang.Double.toString(value))
    else {
      out.ensure(LongestDouble)
      val bytes = out.array
      val start = out.length
      var at = start
      if (java.lang.Double.doubleToRawLongBits(value) < 0) {
        bytes(at) = '-'
        at += 1
      }
      val whole = magnitude.toLong
      if (whole == magnitude && whole < WholeLimit) {
        at = putDigits(bytes, at, whole, digitsOf(whole))
        bytes(at) = '.'
        bytes(at + 1) = '0'
        at += 2
      } else at = putDecimal(bytes, at, magnitude)
      out.claim(at - start)
    }
  }

  private def putDecimal(bytes: Array[Byte], start: Int, magnitude: Double): Int = {
    val padded = ShortestDecimal.digits(magnitude)
    // The power of ten that the first digit stands for.
    val scale = ShortestDecimal.exponent(magnitude) + digitsOf(padded) - 1
    val digits = withoutZeros(padded)
    val count = digitsOf(digits)
    if (scale >= -3 && scale < 7) putPlain(bytes, start, digits, count, scale)
    else putScientific(bytes, start, digits, count, scale)
  }

  def append(value: Long, out: GrowableBuffer): Unit =
    if (value == Long.MinValue) out.appendAscii(java.lang.Long.toString(value))
    else {
      out.ensure(LongestLong)
      val bytes = out.array
      val start = out.length
      var at = start
      if (value < 0) {
        bytes(at) = '-'
        at += 1
      }
      val magnitude = math.abs(value)
      at = putDigits(bytes, at, magnitude, digitsOf(magnitude))
      out.claim(at - start)
    }

  /** `digits` has `count` of them, of which the first stands for ten to the power of `scale`. */
  private def putPlain(bytes: Array[Byte], start: Int, digits: Long, count: Int, scale: Int): Int =
    if (scale < 0) {
      bytes(start) = '0'
      bytes(start + 1) = '.'
      var at = start + 2
      while (at < start + 1 - scale) {
        bytes(at) = '0'
        at += 1
      }
      putDigits(bytes, at, digits, count)
    } else {
      val decimals = count - scale - 1
      if (decimals <= 0) {
        val end = putDigits(bytes, start, digits * PowersOfTen(-decimals), scale + 1)
        bytes(end) = '.'
        bytes(end + 1) = '0'
        end + 2
      } else {
        val whole = digits / PowersOfTen(decimals)
        val end = putDigits(bytes, start, whole, scale + 1)
        bytes(end) = '.'
        putDigits(bytes, end + 1, digits - whole * PowersOfTen(decimals), decimals)
      }
    }

  private def putScientific(bytes: Array[Byte], start: Int, digits: Long, count: Int, scale: Int): Int = {
    var at = putPlain(bytes, start, digits, count, 0)
    bytes(at) = 'E'
    at += 1
    if (scale < 0) {
      bytes(at) = '-'
      at += 1
    }
    val power = math.abs(scale).toLong
    putDigits(bytes, at, power, digitsOf(power))
  }

  private def withoutZeros(number: Long): Long = {
    var rest = number
    if (rest % 100000000L == 0) rest /= 100000000L
    while (rest % 10 == 0) rest /= 10
    rest
  }

  private def digitsOf(number: Long): Int = {
    // 1233 / 4096 is a little above log10(2).
    val guess = ((64 - java.lang.Long.numberOfLeadingZeros(number | 1)) * 1233) >>> 12
    if (number >= PowersOfTen(guess)) guess + 1 else math.max(guess, 1)
  }

  /** Writes exactly `count` digits, zeros in front if need be; returns the position behind. */
  private def putDigits(bytes: Array[Byte], start: Int, number: Long, count: Int): Int = {
    var at = start + count
    var rest = number
    while (rest > Int.MaxValue) {
      val upper = rest / 100
      at -= 2
      putPair(bytes, at, (rest - upper * 100).toInt)
      rest = upper
    }
    var small = rest.toInt
    while (at - start >= 2) {
      val upper = small / 100
      at -= 2
      putPair(bytes, at, small - upper * 100)
      small = upper
    }
    if (at > start) bytes(start) = ('0' + small).toByte
    start + count
  }

  private def putPair(bytes: Array[Byte], at: Int, pair: Int): Unit = {
    bytes(at) = Pairs(2 * pair)
    bytes(at + 1) = Pairs(2 * pair + 1)
  }
}
