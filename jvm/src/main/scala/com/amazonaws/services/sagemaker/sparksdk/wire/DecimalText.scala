package com.amazonaws.services.sagemaker.sparksdk.wire

/** Writes numbers as the shortest text that reads back to the same number, in the form of
  * `java.lang.Double.toString`, without making a string.
  */
private[wire] object DecimalText {

  /** The room that one number needs, in bytes. All digits are written, and then the zeros at the end forgotten. */
  final val RoomForOne = 32

  // From here on Java writes an exponent.
  private final val WholeLimit = 10000000L
  private final val MostDigits = 17
  private final val EightDigits = 100000000L

  private val PowersOfTen: Array[Long] = Array.iterate(1L, 19)(_ * 10)

  /** "00" to "99". */
  private val Pairs: Array[Byte] = (0 until 100).flatMap(i => f"$i%02d".map(_.toByte)).toArray

  def append(value: Double, out: GrowableBuffer): Unit = {
    out.ensure(RoomForOne)
    out.claim(put(out.array, out.length, value) - out.length)
  }

  def append(value: Long, out: GrowableBuffer): Unit = {
    out.ensure(RoomForOne)
    out.claim(put(out.array, out.length, value) - out.length)
  }

  /** Writes a number into an array, which must have [[RoomForOne]] bytes from `start` on: that isn't checked, and all of
    * them may be written to. Returns the position behind the text.
    */
  def put(bytes: Array[Byte], start: Int, value: Double): Int = {
    val magnitude = math.abs(value)
    if (!(magnitude <= Double.MaxValue)) putAscii(bytes, start, java.lang.Double.toString(value))
    else {
      bytes(start) = '-'
      val at = start + (java.lang.Double.doubleToRawLongBits(value) >>> 63).toInt
      val whole = magnitude.toLong
      if (whole == magnitude && whole < WholeLimit) {
        val point = putWhole(bytes, at, whole)
        bytes(point) = '.'
        bytes(point + 1) = '0'
        point + 2
      } else putDecimal(bytes, at, magnitude)
    }
  }

  /** Writes a whole number into an array that has room for it; returns the position behind its text. */
  def put(bytes: Array[Byte], start: Int, value: Long): Int =
    if (value >= 0) putWhole(bytes, start, value)
    else if (value == Long.MinValue) putAscii(bytes, start, java.lang.Long.toString(value))
    else {
      bytes(start) = '-'
      putWhole(bytes, start + 1, -value)
    }

  private def putDecimal(bytes: Array[Byte], start: Int, magnitude: Double): Int = {
    val shortest = ShortestDecimal.digits(magnitude)
    val count = digitsOf(shortest)
    // The power of ten that the first digit stands for.
    val scale = ShortestDecimal.exponent(magnitude) + count - 1
    val digits = shortest * PowersOfTen(MostDigits - count)
    if (scale >= -3 && scale < 7) putPlain(bytes, start, digits, scale)
    else {
      val end = putPlain(bytes, start, digits, 0)
      bytes(end) = 'E'
      put(bytes, end + 1, scale.toLong)
    }
  }

  /** Writes seventeen digits, of which the first stands for ten to the power of `scale`, without the zeros at the end.
    *
    * Signs and sizes of the numbers in a column follow no pattern, so that every branch on them costs a wrong guess of
    * the processor: the two forms, "123.4" and "0.001234", are made without one.
    */
  private def putPlain(bytes: Array[Byte], start: Int, digits: Long, scale: Int): Int = {
    val upper = overEightDigits(digits)
    val first = (upper * 720575941L) >>> 56
    val middle = eightDigits(upper - first * EightDigits)
    val last = eightDigits(digits - upper * EightDigits)
    val zeros = math.max(-scale, 0)
    val at = start + 1 + zeros
    LittleEndian.putLong(bytes, at + 1, middle + ZeroDigits)
    LittleEndian.putLong(bytes, at + 9, last + ZeroDigits)
    LittleEndian.putLong(bytes, start, beginning(first | middle << 8, scale, zeros))
    val trailing =
      if (last != 0) java.lang.Long.numberOfLeadingZeros(last) / 8
      else 8 + java.lang.Long.numberOfLeadingZeros(middle) / 8
    at + math.max(MostDigits - trailing, scale + 2)
  }

  /** A number of at most seventeen digits divided by 10^8: the compiler's own way looks after signs too. */
  private def overEightDigits(number: Long): Long = HighProduct.of(number, 6189700196426901375L) >>> 25

  /** The first eight characters of a number with these first eight digits. */
  private def beginning(digits: Long, scale: Int, zeros: Int): Long = {
    val ascii = digits + ZeroDigits
    val pointAt = 8 * (math.max(scale, 0) + 1)
    val before = (1L << pointAt) - 1
    val around = (ascii & before) | '.'.toLong << pointAt | (ascii & ~before) << 8
    val digitsAt = 8 * (zeros + 1)
    val behind = (ZeroPointZeros & ((1L << digitsAt) - 1)) | ascii << digitsAt
    val isBelowOne = (scale >> 31).toLong
    (around & ~isBelowOne) | (behind & isBelowOne)
  }

  /** The digits of a number below 10^8, one in each byte, the first in the lowest.
    *
    * All lanes of the number are divided at once: by 10,000 into two, by 100 into four, by 10 into eight.
    * Multiplications by rounded-up reciprocals are exact for numbers this small.
    */
  private def eightDigits(number: Long): Long = {
    val upper = (number * 109951163L) >>> 40
    val fours = upper | (number - upper * 10000) << 32
    val hundreds = (fours * 10486) >>> 20 & 0x0000007f0000007fL
    val twos = hundreds | (fours - hundreds * 100) << 16
    val tens = (twos * 103) >>> 10 & 0x000f000f000f000fL
    tens | (twos - tens * 10) << 8
  }

  /** "00000000" */
  private final val ZeroDigits = 0x3030303030303030L

  /** "0.000000", its first character in the lowest byte. */
  private final val ZeroPointZeros = 0x3030303030302e30L

  /** How many digits a number above zero has. */
  private def digitsOf(number: Long): Int = {
    // 1233 / 4096 is a little above log10(2).
    val guess = ((64 - java.lang.Long.numberOfLeadingZeros(number)) * 1233) >>> 12
    guess + 1 - ((number - PowersOfTen(guess)) >>> 63).toInt
  }

  private def putWhole(bytes: Array[Byte], start: Int, number: Long): Int =
    if (number < 10) {
      bytes(start) = ('0' + number.toInt).toByte
      start + 1
    } else if (number < 100) {
      putPair(bytes, start, number.toInt)
      start + 2
    } else putMany(bytes, start, number)

  private def putMany(bytes: Array[Byte], start: Int, number: Long): Int = {
    val end = start + digitsOf(number)
    var at = end
    var rest = number
    while (rest >= 100) {
      val upper = rest / 100
      at -= 2
      putPair(bytes, at, (rest - upper * 100).toInt)
      rest = upper
    }
    if (at - start == 2) putPair(bytes, start, rest.toInt) else bytes(start) = ('0' + rest.toInt).toByte
    end
  }

  private def putPair(bytes: Array[Byte], at: Int, pair: Int): Unit = {
    bytes(at) = Pairs(2 * pair)
    bytes(at + 1) = Pairs(2 * pair + 1)
  }

  private def putAscii(bytes: Array[Byte], start: Int, text: String): Int = {
    var i = 0
    while (i < text.length) {
      bytes(start + i) = text.charAt(i).toByte
      i += 1
    }
    start + text.length
  }
}
