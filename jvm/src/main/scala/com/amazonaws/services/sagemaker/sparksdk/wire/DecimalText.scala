package com.amazonaws.services.sagemaker.sparksdk.wire

/** Writes numbers as text that reads back to the same number.
  *
  * Whole numbers and short decimals, which most data are, are written without making a string; the text is that of
  * `java.lang.Double.toString`.
  */
private[wire] object DecimalText {
  private val Powers = Array(1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6)
  private val LongPowers = Array(1L, 10L, 100L, 1000L, 10000L, 100000L, 1000000L)

  def append(value: Double, out: GrowableBuffer): Unit = {
    val magnitude = math.abs(value)
    if (!(magnitude < 1e7) || (magnitude < 1e-3 && magnitude != 0))
      out.appendAscii(java.lang.Double.toString(value))
    else if (value == 0) out.appendAscii(if (1 / value < 0) "-0.0" else "0.0")
    else {
      // scaled / 10^k is exact when the digits are few: the decimal then denotes this double and no shorter one does.
      var k = 0
      var scaled = magnitude.toLong
      while (k < 6 && scaled / Powers(k) != magnitude) {
        k += 1
        scaled = math.round(magnitude * Powers(k))
      }
      if (scaled / Powers(k) == magnitude) appendScaled(value < 0, scaled, math.max(k, 0), out)
      else out.appendAscii(java.lang.Double.toString(value))
    }
  }

  def append(value: Long, out: GrowableBuffer): Unit =
    if (value < 0) {
      if (value == Long.MinValue) out.appendAscii(java.lang.Long.toString(value))
      else {
        out.appendByte('-')
        appendDigits(-value, 1, out)
      }
    } else appendDigits(value, 1, out)

  private def appendScaled(negative: Boolean, scaled: Long, decimals: Int, out: GrowableBuffer): Unit = {
    if (negative) out.appendByte('-')
    val whole = scaled / LongPowers(decimals)
    appendDigits(whole, 1, out)
    out.appendByte('.')
    if (decimals == 0) out.appendByte('0')
    else appendDigits(scaled - whole * LongPowers(decimals), decimals, out)
  }

  /** The digits of a number that isn't negative, with zeros in front up to `atLeast`. */
  private def appendDigits(number: Long, atLeast: Int, out: GrowableBuffer): Unit = {
    var digits = 1
    var rest = number / 10
    while (rest != 0) {
      digits += 1
      rest /= 10
    }
    val count = math.max(digits, atLeast)
    val start = out.claim(count)
    val bytes = out.array
    rest = number
    var at = start + count - 1
    while (at >= start) {
      bytes(at) = ('0' + rest % 10).toByte
      rest /= 10
      at -= 1
    }
  }
}
