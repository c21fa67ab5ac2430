package com.amazonaws.services.sagemaker.sparksdk.wire

import java.math.BigInteger

/** The shortest decimal that reads back to a double, and of those the closest: `digits` times ten to the power
  * of `exponent`.
  *
  * Raffaello Giulietti's algorithm ("The Schubfach way to render doubles"): the double and the two borders of
  * what rounds to it are multiplied by one power of ten of 126 bits, and the digits are read off. No number
  * of arbitrary size is made, which is what makes `Double.toString` slow before Java 19.
  */
private[wire] object ShortestDecimal {

  /** The digits of the decimal of a positive, finite double, as a whole number; it may end in zeros. */
  def digits(value: Double): Long = {
    val bits = java.lang.Double.doubleToRawLongBits(value)
    val fraction = bits & FractionMask
    val biased = (bits >>> FractionBits).toInt
    if (biased > 0)
      find((FractionMask + 1) | fraction, biased - ExponentBias, exponent(value), isEvenlySpaced(bits))
    else if (fraction < TinyLimit)
      // Java writes at least two digits: they are searched for in ten times the number.
      find(fraction * 10, SmallestPower, SmallestK, evenlySpaced = true)
    else find(fraction, SmallestPower, SmallestK, evenlySpaced = true)
  }

  /** The power of ten that the digits are to be multiplied by. */
  def exponent(value: Double): Int = {
    val bits = java.lang.Double.doubleToRawLongBits(value)
    val power = math.max((bits >>> FractionBits).toInt - ExponentBias, SmallestPower)
    if (bits < TinyLimit) SmallestK - 1
    else if (isEvenlySpaced(bits)) floorLog10OfPower2(power)
    else floorLog10OfThreeQuarters(power)
  }

  /** Whether the next lower double is as far away as the next higher one; at powers of two it is half as far. */
  private def isEvenlySpaced(bits: Long): Boolean =
    (bits & FractionMask) != 0 || (bits >>> FractionBits) <= 1

  /** For significand * 2^power, where k is the power of ten of the decimals that lie closely enough. */
  private def find(significand: Long, power: Int, k: Int, evenlySpaced: Boolean): Long = {
    val shift = power + floorLog2OfPower10(-k) + 2
    val high = Powers(2 * (k - SmallestK))
    val low = Powers(2 * (k - SmallestK) + 1)
    // In quarters, so that the borders are whole numbers. A border belongs to an even significand only.
    val quarters = significand << 2
    val odd = significand & 1
    val exact = times(high, low, quarters << shift)
    val from = times(high, low, (quarters - (if (evenlySpaced) 2 else 1)) << shift) + odd
    val until = times(high, low, (quarters + 2) << shift) - odd
    val below = exact >>> 2
    val tens = below / 10 * 10
    // What is negative has its sign bit set: comparisons of numbers that follow no pattern, without branches.
    val tensMiss = ((tens << 2) - from) >>> 63
    val nextTensMiss = (until - ((tens + 10) << 2)) >>> 63
    if (below >= 100) {
      val shorter = -(tensMiss ^ nextTensMiss)
      ((tens + 10 * tensMiss) & shorter) | (nearest(below, exact, from, until) & ~shorter)
    } else nearest(below, exact, from, until)
  }

  /** The one of two neighbours that fits; the closer one if both do, the even one if they are as close. */
  private def nearest(below: Long, exact: Long, from: Long, until: Long): Long = {
    val belowMisses = ((below << 2) - from) >>> 63
    val aboveMisses = (until - ((below + 1) << 2)) >>> 63
    val aboveIsCloser = ((below << 2) + 2 - exact - (below & 1)) >>> 63
    val one = -(belowMisses ^ aboveMisses)
    below + ((belowMisses & one) | (aboveIsCloser & ~one))
  }

  private final val FractionBits = 52
  private final val FractionMask = (1L << FractionBits) - 1
  private final val ExponentBias = 1075
  private final val TinyLimit = 3L
  private final val SmallestPower = -1074
  private final val SmallestK = -324
  private final val LargestK = 292
  private final val Mask63 = Long.MaxValue
  private final val PowerBits = 126

  // The logarithms as whole numbers, exact enough for all exponents of doubles.
  private final val Log10Of2 = 661971961083L
  private final val Log10OfThreeQuarters = -274743187321L
  private final val Log2Of10 = 913124641741L

  /** floor(log10(2^power)) */
  private def floorLog10OfPower2(power: Int): Int = ((power * Log10Of2) >> 41).toInt

  /** floor(log10(3/4 * 2^power)) */
  private def floorLog10OfThreeQuarters(power: Int): Int =
    ((power * Log10Of2 + Log10OfThreeQuarters) >> 41).toInt

  /** floor(log2(10^power)) */
  private def floorLog2OfPower10(power: Int): Int = ((power * Log2Of10) >> 38).toInt

  /** 10^-k for each k, scaled to 126 bits and rounded up: the upper 63 bits, then the lower ones. */
  private val Powers: Array[Long] = {
    val mask = BigInteger.valueOf(Mask63)
    (SmallestK to LargestK).flatMap { k =>
      val scale = PowerBits - 1 - floorLog2OfPower10(-k)
      val ten = BigInteger.TEN.pow(math.abs(k))
      val power =
        if (k <= 0) if (scale >= 0) ten.shiftLeft(scale) else ten.shiftRight(-scale)
        else BigInteger.ONE.shiftLeft(scale).divide(ten)
      val up = power.add(BigInteger.ONE)
      Seq(up.shiftRight(63).longValue, up.and(mask).longValue)
    }.toArray
  }

  /** The product of 126 bits and a number below 2^62, in units of 2^127; whatever is cut off makes it odd. */
  private def times(high: Long, low: Long, number: Long): Long = {
    val middle = ((high * number) >>> 1) + HighProduct.of(low, number)
    val whole = HighProduct.of(high, number) + (middle >>> 63)
    whole | (((middle & Mask63) + Mask63) >>> 63)
  }
}
