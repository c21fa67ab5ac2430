package com.amazonaws.services.sagemaker.sparksdk.wire

import java.nio.ByteOrder

import org.apache.spark.unsafe.Platform

/** Base-128 varints: seven bits a byte, the low ones first. */
private[wire] object Varint {

  /** How many bytes a non-negative number takes: one for each seven bits that it has, at least one. */
  def size(value: Long): Int =
    if (value < 0x4000) 1 + ((0x7f - value) >>> 63).toInt
    else (640 - java.lang.Long.numberOfLeadingZeros(value) * 9) >>> 6

  /** Writes `value`, as a number without a sign, at `at` and returns the position after it.
    *
    * The caller has made sure that the array has room for two bytes, however short the value is: lengths and indices
    * around 128 follow no pattern, and a branch on them would often be guessed wrong.
    */
  def put(bytes: Array[Byte], at: Int, value: Int): Int =
    if ((value & ~0x3fff) == 0) {
      val second = (0x7f - value) >>> 31
      // Adding the upper seven bits to themselves moves them into the second byte.
      LittleEndian.putShort(bytes, at, value + (value & 0x3f80) + (second << 7))
      at + 1 + second
    } else putMany(bytes, at, value)

  private def putMany(bytes: Array[Byte], at: Int, value: Int): Int = {
    var rest = value
    var position = at
    while ((rest & ~0x7f) != 0) {
      bytes(position) = ((rest & 0x7f) | 0x80).toByte
      rest >>>= 7
      position += 1
    }
    bytes(position) = rest.toByte
    position + 1
  }

  def put(bytes: Array[Byte], at: Int, value: Long): Int = {
    var rest = value
    var position = at
    while ((rest & ~0x7fL) != 0) {
      bytes(position) = ((rest & 0x7f) | 0x80).toByte
      rest >>>= 7
      position += 1
    }
    bytes(position) = rest.toByte
    position + 1
  }
}

/** Numbers with their low byte first. */
private[wire] object LittleEndian {

  /** Whether the processor's own order is this one. */
  val isNative: Boolean = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN

  /** Writes the two low bytes; the caller has made sure that the array has them. */
  def putShort(bytes: Array[Byte], at: Int, value: Int): Unit = {
    val short = value.toShort
    Platform.putShort(
      bytes,
      Platform.BYTE_ARRAY_OFFSET + at.toLong,
      if (isNative) short else java.lang.Short.reverseBytes(short)
    )
  }

  /** Writes four bytes; the caller has made sure that the array has them. */
  def putInt(bytes: Array[Byte], at: Int, value: Int): Unit =
    Platform.putInt(
      bytes,
      Platform.BYTE_ARRAY_OFFSET + at.toLong,
      if (isNative) value else Integer.reverseBytes(value)
    )

  /** Writes the four bytes of an IEEE 754 single; the caller has made sure that the array has them. */
  def putFloat(bytes: Array[Byte], at: Int, value: Float): Unit =
    if (isNative) Platform.putFloat(bytes, Platform.BYTE_ARRAY_OFFSET + at.toLong, value)
    else putInt(bytes, at, java.lang.Float.floatToRawIntBits(value))

  /** Writes eight bytes; the caller has made sure that the array has them. */
  def putLong(bytes: Array[Byte], at: Int, value: Long): Unit =
    Platform.putLong(
      bytes,
      Platform.BYTE_ARRAY_OFFSET + at.toLong,
      if (isNative) value else java.lang.Long.reverseBytes(value)
    )

  def getInt(bytes: Array[Byte], at: Int): Int =
    (bytes(at) & 0xff) | (bytes(at + 1) & 0xff) << 8 | (bytes(at + 2) & 0xff) << 16 | (bytes(
      at + 3
    ) & 0xff) << 24

  def getLong(bytes: Array[Byte], at: Int): Long =
    (getInt(bytes, at) & 0xffffffffL) | (getInt(bytes, at + 4).toLong << 32)
}

/** The framing of a RecordIO file: magic number, payload length, payload, zeros up to a multiple of four. */
private[sparksdk] object RecordIO {
  final val Magic = 0xced7230a
  final val HeaderBytes = 8

  def padding(payloadLength: Int): Int = -payloadLength & 3
}

/** The names and MIME types that the formats go by. */
private[sparksdk] object ContentTypes {
  val Protobuf = "application/x-recordio-protobuf"
  val Csv = "text/csv"
  val LibSVM = "text/x-libsvm"
  val Json = "application/json"
  val JsonLines = "application/jsonlines"
}
