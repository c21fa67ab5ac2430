package com.amazonaws.services.sagemaker.sparksdk.wire;

import java.math.BigInteger;

/**
 * The shortest decimal that reads back to a double, and of those the closest: {@code digits} times ten to the power of
 * {@code exponent}.
 *
 * <p>Raffaello Giulietti's algorithm ("The Schubfach way to render doubles"): the double and the two borders of what
 * rounds to it are multiplied by one power of ten of 126 bits, and the digits are read off. No number of arbitrary size is
 * made, which is what makes {@code Double.toString} slow before Java 19.
 *
 * <p>Nearly always one product is enough, since the borders are as far from it as the power says: {@link #usual} finds
 * digits so, unless something lies so close to a border that its bits can't tell.
 *
 * <p>In Java, since the compiler knows the tables of static fields, and not those of an object.
 */
final class ShortestDecimal {
  /** What {@link #usual} returns when its bits don't tell. */
  static final long UNDECIDED = -1;

  private static final int FRACTION_BITS = 52;
  private static final long FRACTION_MASK = (1L << FRACTION_BITS) - 1;
  private static final int EXPONENTS = 2048;
  private static final int EXPONENT_BIAS = 1075;
  private static final long TINY_LIMIT = 3;
  private static final int SMALLEST_POWER = -1074;
  private static final int SMALLEST_K = -324;
  private static final int LARGEST_K = 292;
  private static final long MASK_63 = Long.MAX_VALUE;
  private static final int POWER_BITS = 126;

  // The logarithms as whole numbers, exact enough for all exponents of doubles.
  private static final long LOG10_OF_2 = 661971961083L;
  private static final long LOG10_OF_THREE_QUARTERS = -274743187321L;
  private static final long LOG2_OF_10 = 913124641741L;

  /** ceil(2^64 / 10): the upper half of its product with a number up to 2^62 is a tenth of the number. */
  private static final long TENTH = 1844674407370955162L;

  // Fractions of the usual way, in bits: of what is compared with a border, and what is uncertain at their end. Since the
  // ends of the table's numbers are cut off, a border may be 17 units too near and what lies before it 2 units off.
  private static final int BORDER_BITS = 59;
  private static final int UNCERTAIN_BITS = 6;
  private static final long UNCERTAIN = 1L << (UNCERTAIN_BITS - 1);
  private static final long TEN = 10L << BORDER_BITS;

  /** 10^-k for each k, scaled to 126 bits and rounded up: the upper 63 bits, then the lower ones. */
  private static final long[] POWERS = powers();

  /** 2^power * 10^-k for each exponent, at least 1 and below 10, in units of 2^-117: as above; unusual ones have 0. */
  private static final long[] UNITS = units();

  private ShortestDecimal() {}

  /**
   * The digits of a double that isn't negative, when its last place is what its exponent says (it is neither very small
   * nor a power of two, nor infinite or NaN) and no border is close: a number of 16 or 17 digits, which may end in zeros,
   * times ten to the power of {@link #usualExponent}. Otherwise {@link #UNDECIDED}.
   */
  static long usual(long bits) {
    long fraction = bits & FRACTION_MASK;
    int biased = (int) (bits >>> FRACTION_BITS) & (EXPONENTS - 1);
    long high = UNITS[2 * biased];
    if (fraction == 0 || high == 0) {
      return UNDECIDED;
    }
    long significand = (fraction | 1L << FRACTION_BITS) << 10;
    long low = UNITS[2 * biased + 1];
    long middle = ((high * significand) >>> 1) + HighProduct.of(low, significand);
    long whole = HighProduct.of(high, significand) + (middle >>> 63);
    long rest = middle & MASK_63;
    // How far it is from the multiples of ten around it, less how far from its borders: negative when inside.
    long tens = HighProduct.of(whole, TENTH) * 10;
    long above = (whole - tens) << BORDER_BITS | rest >>> (63 - BORDER_BITS);
    long border = high << 4;
    long tensMiss = above - border;
    long nextTensMiss = TEN - above - border;
    long overHalf = rest - (1L << 62);
    if (isUncertain(tensMiss) || isUncertain(nextTensMiss) || isUncertain(overHalf)) {
      return UNDECIDED;
    }
    // Numbers follow no pattern: every branch on them costs a wrong guess of the processor, so there is none.
    long next = nextTensMiss >> 63;
    long isShorter = next | tensMiss >> 63;
    long nearest = whole + (rest >>> 62);
    return nearest + ((tens + (10 & next) - nearest) & isShorter);
  }

  private static boolean isUncertain(long difference) {
    return (difference + UNCERTAIN) >>> UNCERTAIN_BITS == 0;
  }

  /** The power of ten that the digits of {@link #usual} are to be multiplied by. */
  static int usualExponent(long bits) {
    return floorLog10OfPower2((int) (bits >>> FRACTION_BITS) - EXPONENT_BIAS);
  }

  /** The digits of the decimal of a positive, finite double, as a whole number; it may end in zeros. */
  static long digits(double value) {
    long bits = Double.doubleToRawLongBits(value);
    long fraction = bits & FRACTION_MASK;
    int biased = (int) (bits >>> FRACTION_BITS);
    if (biased > 0) {
      return find((FRACTION_MASK + 1) | fraction, biased - EXPONENT_BIAS, exponent(value), isEvenlySpaced(bits));
    }
    // Java writes at least two digits: for the smallest they are searched for in ten times the number.
    return find(fraction < TINY_LIMIT ? fraction * 10 : fraction, SMALLEST_POWER, SMALLEST_K, true);
  }

  /** The power of ten that the digits are to be multiplied by. */
  static int exponent(double value) {
    long bits = Double.doubleToRawLongBits(value);
    if (bits < TINY_LIMIT) {
      return SMALLEST_K - 1;
    }
    int power = Math.max((int) (bits >>> FRACTION_BITS) - EXPONENT_BIAS, SMALLEST_POWER);
    return isEvenlySpaced(bits) ? floorLog10OfPower2(power) : floorLog10OfThreeQuarters(power);
  }

  /** Whether the next lower double is as far away as the next higher one; at powers of two it is half as far. */
  private static boolean isEvenlySpaced(long bits) {
    return (bits & FRACTION_MASK) != 0 || bits >>> FRACTION_BITS <= 1;
  }

  /** For significand * 2^power, where k is the power of ten of the decimals that lie closely enough. */
  private static long find(long significand, int power, int k, boolean evenlySpaced) {
    int shift = power + floorLog2OfPower10(-k) + 2;
    long high = POWERS[2 * (k - SMALLEST_K)];
    long low = POWERS[2 * (k - SMALLEST_K) + 1];
    // In quarters, so that the borders are whole numbers. A border belongs to an even significand only.
    long quarters = significand << 2;
    long odd = significand & 1;
    long exact = times(high, low, quarters << shift);
    long from = times(high, low, (quarters - (evenlySpaced ? 2 : 1)) << shift) + odd;
    long until = times(high, low, (quarters + 2) << shift) - odd;
    long below = exact >>> 2;
    long tens = below / 10 * 10;
    boolean tensFit = tens << 2 >= from;
    boolean nextTensFit = (tens + 10) << 2 <= until;
    if (below >= 100 && tensFit != nextTensFit) {
      return tensFit ? tens : tens + 10;
    }
    return nearest(below, exact, from, until);
  }

  /** The one of two neighbours that fits; the closer one if both do, the even one if they are as close. */
  private static long nearest(long below, long exact, long from, long until) {
    boolean belowFits = below << 2 >= from;
    boolean aboveFits = (below + 1) << 2 <= until;
    if (belowFits != aboveFits) {
      return belowFits ? below : below + 1;
    }
    long overHalf = exact - ((below << 2) + 2);
    return overHalf > 0 || overHalf == 0 && (below & 1) != 0 ? below + 1 : below;
  }

  /** The product of 126 bits and a number below 2^62, in units of 2^127; whatever is cut off makes it odd. */
  private static long times(long high, long low, long number) {
    long middle = ((high * number) >>> 1) + HighProduct.of(low, number);
    long whole = HighProduct.of(high, number) + (middle >>> 63);
    return whole | ((middle & MASK_63) + MASK_63) >>> 63;
  }

  /** floor(log10(2^power)) */
  private static int floorLog10OfPower2(int power) {
    return (int) ((power * LOG10_OF_2) >> 41);
  }

  /** floor(log10(3/4 * 2^power)) */
  private static int floorLog10OfThreeQuarters(int power) {
    return (int) ((power * LOG10_OF_2 + LOG10_OF_THREE_QUARTERS) >> 41);
  }

  /** floor(log2(10^power)) */
  private static int floorLog2OfPower10(int power) {
    return (int) ((power * LOG2_OF_10) >> 38);
  }

  private static long[] powers() {
    long[] found = new long[2 * (LARGEST_K - SMALLEST_K + 1)];
    for (int k = SMALLEST_K; k <= LARGEST_K; k++) {
      int scale = POWER_BITS - 1 - floorLog2OfPower10(-k);
      BigInteger ten = BigInteger.TEN.pow(Math.abs(k));
      BigInteger power = k > 0 ? BigInteger.ONE.shiftLeft(scale).divide(ten) : ten.shiftLeft(scale);
      putHalves(found, k - SMALLEST_K, power.add(BigInteger.ONE));
    }
    return found;
  }

  private static long[] units() {
    long[] found = new long[2 * EXPONENTS];
    for (int biased = 1; biased < EXPONENTS - 1; biased++) {
      int power = biased - EXPONENT_BIAS;
      int k = floorLog10OfPower2(power);
      BigInteger ten = BigInteger.valueOf(POWERS[2 * (k - SMALLEST_K)])
          .shiftLeft(63)
          .or(BigInteger.valueOf(POWERS[2 * (k - SMALLEST_K) + 1]));
      int shift = power + floorLog2OfPower10(-k) + 117 - (POWER_BITS - 1);
      putHalves(found, biased, ten.shiftLeft(shift).add(BigInteger.ONE));
    }
    return found;
  }

  private static void putHalves(long[] table, int at, BigInteger number) {
    table[2 * at] = number.shiftRight(63).longValue();
    table[2 * at + 1] = number.and(BigInteger.valueOf(MASK_63)).longValue();
  }
}
