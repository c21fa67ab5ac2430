package com.amazonaws.services.sagemaker.sparksdk.wire;

import java.nio.ByteOrder;
import org.apache.spark.unsafe.Platform;

/**
 * Numbers with their low byte first.
 *
 * <p>What writes doesn't look whether the array is long enough: the caller has made sure that it is. In Java, since the
 * compiler knows a static constant's value, and not that of an object's field, which it would read for each number.
 */
final class LittleEndian {

  /** Whether the processor's own order is this one. */
  static final boolean IS_NATIVE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private LittleEndian() {}

  /** Writes the two low bytes. */
  static void putShort(byte[] bytes, int at, int value) {
    short two = (short) value;
    Platform.putShort(bytes, address(at), IS_NATIVE ? two : Short.reverseBytes(two));
  }

  /** Writes four bytes. */
  static void putInt(byte[] bytes, int at, int value) {
    Platform.putInt(bytes, address(at), IS_NATIVE ? value : Integer.reverseBytes(value));
  }

  /** Writes eight bytes. */
  static void putLong(byte[] bytes, int at, long value) {
    Platform.putLong(bytes, address(at), IS_NATIVE ? value : Long.reverseBytes(value));
  }

  /** Writes the four bytes of an IEEE 754 single. */
  static void putFloat(byte[] bytes, int at, float value) {
    putFloatAt(bytes, address(at), value);
  }

  /** Writes the four bytes of an IEEE 754 single at an {@link #address}. */
  static void putFloatAt(byte[] bytes, long address, float value) {
    if (IS_NATIVE) Platform.putFloat(bytes, address, value);
    else Platform.putInt(bytes, address, Integer.reverseBytes(Float.floatToRawIntBits(value)));
  }

  /** Reads four bytes, which the array must have. */
  static int getInt(byte[] bytes, int at) {
    check(bytes, at, 4);
    int value = Platform.getInt(bytes, address(at));
    return IS_NATIVE ? value : Integer.reverseBytes(value);
  }

  /** Reads eight bytes, which the array must have. */
  static long getLong(byte[] bytes, int at) {
    check(bytes, at, 8);
    long value = Platform.getLong(bytes, address(at));
    return IS_NATIVE ? value : Long.reverseBytes(value);
  }

  private static void check(byte[] bytes, int at, int count) {
    if (at < 0 || at > bytes.length - count) {
      throw new ArrayIndexOutOfBoundsException(at + " and " + count + " bytes of " + bytes.length);
    }
  }

  /** What {@link Platform} calls a position in an array of bytes. */
  static long address(int at) {
    return Platform.BYTE_ARRAY_OFFSET + (long) at;
  }
}
