package com.amazonaws.services.sagemaker.sparksdk.wire

import java.nio.ByteOrder

/** Base-128 varints: seven bits a byte, the low ones first. */
private[wire] object Varint {

  /** How many bytes a non-negative Int takes: one for each seven bits that it has, at least one. */
  def size(value: Int): Int = (352 - Integer.numberOfLeadingZeros(value) * 9) >>> 6

  def size(value: Long): Int = (640 - java.lang.Long.numberOfLeadingZeros(value) * 9) >>> 6

  /** Writes `value` at `at` and returns the position after it. */
  def put(bytes: Array[Byte], at: Int, value: Int): Int = {
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

/** Integers with their low byte first. */
private[wire] object LittleEndian {

  /** Whether the processor's own order is this one. */
  val isNative: Boolean = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN

  def putInt(bytes: Array[Byte], at: Int, value: Int): Unit = {
    bytes(at) = value.toByte
    bytes(at + 1) = (value >>> 8).toByte
    bytes(at + 2) = (value >>> 16).toByte
    bytes(at + 3) = (value >>> 24).toByte
  }

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
