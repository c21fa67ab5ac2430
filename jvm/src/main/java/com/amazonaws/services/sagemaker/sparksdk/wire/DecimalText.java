package com.amazonaws.services.sagemaker.sparksdk.wire;

/**
 * Writes numbers as the shortest text that reads back to the same number, in the form of {@code Double.toString}, without
 * making a string. In Java, since the compiler knows the tables of static fields, and not those of an object.
 */
final class DecimalText {

  /** The room that one number needs, in bytes. All digits are written, and then the zeros at the end forgotten. */
  static final int ROOM_FOR_ONE = 32;

  // From here on Java writes an exponent.
  private static final long WHOLE_LIMIT = 10_000_000;
  // The last bits of a double, which are zero in a whole number below WHOLE_LIMIT.
  private static final long BEHIND_WHOLE = (1 << 28) - 1;
  private static final int LEAST_SCALE = -3;
  private static final int EXPONENT_SCALE = 7;

  private static final int MOST_DIGITS = 17;
  private static final long SIXTEEN_DIGITS = 10_000_000_000_000_000L;
  private static final long EIGHT_DIGITS = 100_000_000;

  private static final long[] POWERS_OF_TEN = new long[19];

  /** "00" to "99". */
  private static final byte[] PAIRS = new byte[200];

  /** "00000000" */
  private static final long ZERO_DIGITS = 0x3030303030303030L;

  // For each scale from LEAST_SCALE on how a number begins: which of its first eight digits stand before the point, the
  // point with the zeros around it, and how many bits the other digits stand further up.
  private static final long[] BEFORE_POINT = new long[16];
  private static final long[] POINT = new long[16];
  private static final byte[] BEHIND_POINT = new byte[16];

  static {
    POWERS_OF_TEN[0] = 1;
    for (int i = 1; i < POWERS_OF_TEN.length; i++) {
      POWERS_OF_TEN[i] = 10 * POWERS_OF_TEN[i - 1];
    }
    for (int i = 0; i < 100; i++) {
      PAIRS[2 * i] = (byte) ('0' + i / 10);
      PAIRS[2 * i + 1] = (byte) ('0' + i % 10);
    }
    for (int scale = LEAST_SCALE; scale < EXPONENT_SCALE; scale++) {
      int at = scale - LEAST_SCALE;
      if (scale >= 0) {
        BEFORE_POINT[at] = lowBytes(scale + 1);
        POINT[at] = (long) '.' << 8 * (scale + 1);
        BEHIND_POINT[at] = 8;
      } else {
        // "0.000", its first character in the lowest byte.
        POINT[at] = 0x3030302e30L & lowBytes(1 - scale);
        BEHIND_POINT[at] = (byte) (8 * (1 - scale));
      }
    }
  }

  private DecimalText() {}

  private static long lowBytes(int count) {
    return (1L << 8 * count) - 1;
  }

  static void append(double value, GrowableBuffer out) {
    out.ensure(ROOM_FOR_ONE);
    out.claim(put(out.array(), out.length(), value) - out.length());
  }

  static void append(long value, GrowableBuffer out) {
    out.ensure(ROOM_FOR_ONE);
    out.claim(put(out.array(), out.length(), value) - out.length());
  }

  /**
   * What {@link #put(byte[], int, double, long)} wants to know of a number.
   *
   * <p>Finding digits and writing them are two long chains of steps, each of which waits for the one before. When many
   * numbers' digits are found first and then written, the processor has more than one number at a time in each chain.
   */
  static long digitsOf(double value) {
    long bits = Double.doubleToRawLongBits(value);
    return (bits & BEHIND_WHOLE) == 0 && isPlainWhole(Math.abs(value))
        ? ShortestDecimal.UNDECIDED
        : ShortestDecimal.usual(bits & Long.MAX_VALUE);
  }

  private static boolean isPlainWhole(double magnitude) {
    return magnitude < WHOLE_LIMIT && (long) magnitude == magnitude;
  }

  /**
   * Writes a number into an array, which must have {@link #ROOM_FOR_ONE} bytes from {@code start} on: that isn't checked,
   * and all of them may be written to. Returns the position behind the text.
   */
  static int put(byte[] bytes, int start, double value) {
    return put(bytes, start, value, digitsOf(value));
  }

  /** The same, of a number and its {@link #digitsOf}. */
  static int put(byte[] bytes, int start, double value, long digits) {
    return digits == ShortestDecimal.UNDECIDED
        ? putOther(bytes, start, value)
        : putUsual(bytes, start, Double.doubleToRawLongBits(value), digits);
  }

  private static int putUsual(byte[] bytes, int start, long bits, long digits) {
    bytes[start] = '-';
    long lacksOne = (digits - SIXTEEN_DIGITS) >> 63;
    int scale = ShortestDecimal.usualExponent(bits & Long.MAX_VALUE) + MOST_DIGITS - 1 + (int) lacksOne;
    return putScaled(bytes, start + (int) (bits >>> 63), digits + (9 * digits & lacksOne), scale);
  }

  /** Writes whole numbers, what has no digits, and what needs a closer look. */
  private static int putOther(byte[] bytes, int start, double value) {
    double magnitude = Math.abs(value);
    if (!(magnitude <= Double.MAX_VALUE)) {
      return putAscii(bytes, start, Double.toString(value));
    }
    long bits = Double.doubleToRawLongBits(value);
    bytes[start] = '-';
    int at = start + (int) (bits >>> 63);
    if (isPlainWhole(magnitude)) {
      int point = putWhole(bytes, at, (long) magnitude);
      bytes[point] = '.';
      bytes[point + 1] = '0';
      return point + 2;
    }
    long digits = ShortestDecimal.digits(magnitude);
    int count = countOf(digits);
    int scale = ShortestDecimal.exponent(magnitude) + count - 1;
    return putScaled(bytes, at, digits * POWERS_OF_TEN[MOST_DIGITS - count], scale);
  }

  /** Writes a whole number into an array that has room for it; returns the position behind its text. */
  static int put(byte[] bytes, int start, long value) {
    if (value >= 0) {
      return putWhole(bytes, start, value);
    }
    if (value == Long.MIN_VALUE) {
      return putAscii(bytes, start, Long.toString(value));
    }
    bytes[start] = '-';
    return putWhole(bytes, start + 1, -value);
  }

  /** Writes seventeen digits, of which the first stands for ten to the power of {@code scale}. */
  private static int putScaled(byte[] bytes, int start, long digits, int scale) {
    if (scale >= LEAST_SCALE && scale < EXPONENT_SCALE) {
      return putPlain(bytes, start, digits, scale);
    }
    int end = putPlain(bytes, start, digits, 0);
    bytes[end] = 'E';
    return put(bytes, end + 1, (long) scale);
  }

  /**
   * The same without an exponent, and without the zeros at the end.
   *
   * <p>Signs and sizes of the numbers in a column follow no pattern, so that every branch on them costs a wrong guess of
   * the processor: the two forms, "123.4" and "0.001234", are made without one.
   */
  private static int putPlain(byte[] bytes, int start, long digits, int scale) {
    long upper = overEightDigits(digits);
    long first = (upper * 720575941L) >>> 56;
    long middle = eightDigits(upper - first * EIGHT_DIGITS);
    long last = eightDigits(digits - upper * EIGHT_DIGITS);
    int form = (scale - LEAST_SCALE) & 15;
    long ascii = (first | middle << 8) + ZERO_DIGITS;
    long before = BEFORE_POINT[form];
    int at = start + 1 + Math.max(-scale, 0);
    LittleEndian.putLong(bytes, at + 1, middle + ZERO_DIGITS);
    LittleEndian.putLong(bytes, at + 9, last + ZERO_DIGITS);
    LittleEndian.putLong(bytes, start, ascii & before | POINT[form] | (ascii & ~before) << BEHIND_POINT[form]);
    int zeros = last != 0 ? Long.numberOfLeadingZeros(last) / 8 : 8 + Long.numberOfLeadingZeros(middle) / 8;
    return at + Math.max(MOST_DIGITS - zeros, scale + 2);
  }

  /** A number of at most seventeen digits divided by 10^8: the compiler's own way looks after signs too. */
  private static long overEightDigits(long number) {
    return HighProduct.of(number, 6189700196426901375L) >>> 25;
  }

  /**
   * The digits of a number below 10^8, one in each byte, the first in the lowest.
   *
   * <p>All lanes of the number are divided at once: by 10,000 into two, by 100 into four, by 10 into eight. Multiplications
   * by rounded-up reciprocals are exact for numbers this small.
   */
  private static long eightDigits(long number) {
    long upper = (number * 109951163L) >>> 40;
    long fours = upper | (number - upper * 10000) << 32;
    long hundreds = (fours * 10486) >>> 20 & 0x0000007f0000007fL;
    long twos = hundreds | (fours - hundreds * 100) << 16;
    long tens = (twos * 103) >>> 10 & 0x000f000f000f000fL;
    return tens | (twos - tens * 10) << 8;
  }

  /** How many digits a number above zero has. */
  private static int countOf(long number) {
    // 1233 / 4096 is a little above log10(2).
    int guess = ((64 - Long.numberOfLeadingZeros(number)) * 1233) >>> 12;
    return guess + 1 - (int) ((number - POWERS_OF_TEN[guess]) >>> 63);
  }

  private static int putWhole(byte[] bytes, int start, long number) {
    if (number < 10) {
      bytes[start] = (byte) ('0' + number);
      return start + 1;
    }
    if (number < 100) {
      putPair(bytes, start, (int) number);
      return start + 2;
    }
    return putMany(bytes, start, number);
  }

  private static int putMany(byte[] bytes, int start, long number) {
    int end = start + countOf(number);
    int at = end;
    long rest = number;
    while (rest >= 100) {
      long upper = rest / 100;
      at -= 2;
      putPair(bytes, at, (int) (rest - upper * 100));
      rest = upper;
    }
    if (at - start == 2) {
      putPair(bytes, start, (int) rest);
    } else {
      bytes[start] = (byte) ('0' + rest);
    }
    return end;
  }

  private static void putPair(byte[] bytes, int at, int pair) {
    bytes[at] = PAIRS[2 * pair];
    bytes[at + 1] = PAIRS[2 * pair + 1];
  }

  private static int putAscii(byte[] bytes, int start, String text) {
    for (int i = 0; i < text.length(); i++) {
      bytes[start + i] = (byte) text.charAt(i);
    }
    return start + text.length();
  }
}
