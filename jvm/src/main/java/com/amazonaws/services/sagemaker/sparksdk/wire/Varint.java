package com.amazonaws.services.sagemaker.sparksdk.wire;

import org.apache.spark.unsafe.Platform;

/**
 * Base-128 varints: seven bits a byte, the low ones first.
 *
 * <p>Lengths and indices around 128 follow no pattern, and a branch on them would often be guessed wrong: so what is
 * usual is written without one. The caller has made sure that the array has room for two bytes more than are written.
 *
 * <p>A pair is two Ints in one long, the first in the lower half: one computation for both, in which no half disturbs
 * the other. In Java, where static methods need no object, which a Scala method would look for each time.
 */
final class Varint {
  /** The first number that takes more than two bytes. */
  static final int TWO_BYTES = 0x4000;

  /** The lower half of a pair. */
  static final long LOW = 0xffffffffL;

  /** The signs of a pair. */
  static final long SIGNS = 0x8000000080000000L;

  private static final long ONES = 0x0000000100000001L;

  private Varint() {}

  /** How many bytes a number takes that isn't negative: one for each seven bits that it has, at least one. */
  static int size(long value) {
    return (640 - Long.numberOfLeadingZeros(value) * 9) >>> 6;
  }

  /** Writes {@code value}, as a number without a sign, at {@code at} and returns the position after it. */
  static int put(byte[] bytes, int at, int value) {
    if ((value & -TWO_BYTES) == 0) {
      int second = (0x7f - value) >>> 31;
      // Adding the upper seven bits to themselves moves them into the second byte.
      LittleEndian.putShort(bytes, at, value + (value & 0x3f80) + (second << 7));
      return at + 1 + second;
    }
    if (value >>> 28 == 0) {
      int size = size(value);
      int spread = value & 0x7f | (value & 0x3f80) << 1 | (value & 0x1fc000) << 2 | (value & 0xfe00000) << 3;
      LittleEndian.putInt(bytes, at, spread | 0x808080 >>> 8 * (4 - size));
      return at + size;
    }
    return put(bytes, at, value & LOW);
  }

  /** The same of 64 bits. */
  static int put(byte[] bytes, int at, long value) {
    long rest = value;
    int position = at;
    while ((rest & ~0x7fL) != 0) {
      bytes[position] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
      position++;
    }
    bytes[position] = (byte) rest;
    return position + 1;
  }

  /** Writes a pair of numbers below {@link #TWO_BYTES}. */
  static int putPair(byte[] bytes, int at, long pair) {
    long second = secondBytes(pair);
    long spread = pair + (pair & 0x3f80 * ONES) + (second << 7);
    LittleEndian.putInt(bytes, at, (int) spread | (int) (spread >>> 32) << 8 + 8 * (int) second);
    return at + (2 + (int) (second + (second >>> 32)));
  }

  /** Two Ints that lie behind each other, at an address as {@link Platform} counts them. */
  static long pairAt(byte[] bytes, long address) {
    long pair = Platform.getLong(bytes, address);
    return LittleEndian.IS_NATIVE ? pair : Long.rotateLeft(pair, 32);
  }

  /** For each number of a pair, 1 when it takes more than a byte, else 0. They aren't negative. */
  static long secondBytes(long pair) {
    return (pair + 0x7fffff80L * ONES) >>> 31 & ONES;
  }
}
