package com.amazonaws.services.sagemaker.sparksdk.wire;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The upper half of the product of two whole numbers. Java has had one instruction for it since version 9, behind
 * {@code Math.multiplyHigh}, which a class for Java 8 can't name; a constant handle is compiled to the same instruction.
 * A Java class, since only a static final field is such a constant.
 */
final class HighProduct {
  private static final long LOWER = 0xffffffffL;
  private static final MethodHandle OF_JAVA = find();

  private HighProduct() {}

  private static MethodHandle find() {
    MethodType type = MethodType.methodType(long.class, long.class, long.class);
    try {
      return MethodHandles.lookup().findStatic(Math.class, "multiplyHigh", type);
    } catch (ReflectiveOperationException onlySinceJava9) {
      return null;
    }
  }

  /** The upper 64 bits of the product of two numbers that aren't negative. */
  static long of(long a, long b) {
    if (OF_JAVA == null) {
      return byHand(a, b);
    }
    try {
      return (long) OF_JAVA.invokeExact(a, b);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The same, of four products of halves. */
  static long byHand(long a, long b) {
    long aHigh = a >>> 32;
    long aLow = a & LOWER;
    long bHigh = b >>> 32;
    long bLow = b & LOWER;
    long first = aHigh * bLow + ((aLow * bLow) >>> 32);
    long second = aLow * bHigh + (first & LOWER);
    return aHigh * bHigh + (first >>> 32) + (second >>> 32);
  }
}
