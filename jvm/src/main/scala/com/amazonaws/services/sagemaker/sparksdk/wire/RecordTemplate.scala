package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.unsafe.Platform

/** The bytes of a framed record before, between and behind its values, its keys and its label's value.
  *
  * They follow from how many there are of these, and most rows of a frame have as many as one of those before them
  * had. A record, front to back: `head`, the values, and with keys `middle` and these, `tail`, the label's value,
  * zeros.
  *
  * The arrays are longer than their content, and are always copied whole: who copies needs [[RecordTemplate.Slack]]
  * bytes of room behind the record, and overwrites what is too much with what comes next.
  */
final private[wire] class RecordTemplate(labelled: Boolean) {
  import RecordTemplate._

  private[this] var count = -1
  private[this] var keysBytes = -1
  private[this] var rows = -1
  private[this] var columns = -1

  val head = new Array[Byte](HeadRoom)
  var headBytes: Int = 0
  val middle = new Array[Byte](MiddleRoom)
  var middleBytes: Int = 0
  val tail = new Array[Byte](TailRoom)
  var tailBytes: Int = 0

  /** The record's length, its frame's header and padding included; when it is too long for a buffer, nothing else is
    * valid.
    */
  var recordBytes: Long = 0L

  /** Whether the template is that of a record with `count` values, whose keys take `keysBytes`; `rows` and `columns`
    * are the tensor's shape, -1 for what it doesn't have.
    */
  def isOf(count: Int, keysBytes: Int, rows: Int, columns: Int): Boolean = this.count == count &&
    this.keysBytes == keysBytes && this.rows == rows && this.columns == columns

  /** Makes it the template of such a record. */
  def become(count: Int, keysBytes: Int, rows: Int, columns: Int): Unit = {
    this.count = count
    this.keysBytes = keysBytes
    this.rows = rows
    this.columns = columns
    val shapeBytes = sizeOf(rows) + sizeOf(columns)
    val tensorBytes = packedSize(4L * count) + packedSize(keysBytes) + packedSize(shapeBytes)
    val valueBytes = headerSize(tensorBytes) + tensorBytes
    val entryBytes = 8 + headerSize(valueBytes) + valueBytes
    val payloadBytes = headerSize(entryBytes) + entryBytes + (if (labelled) LabelEntryBytes else 0)
    recordBytes = RecordIO.HeaderBytes + payloadBytes + RecordIO.padding(payloadBytes.toInt)
    if (recordBytes <= GrowableBuffer.MaxCapacity) {
      LittleEndian.putInt(head, 0, RecordIO.Magic)
      LittleEndian.putInt(head, 4, payloadBytes.toInt)
      var at = putHeader(head, RecordIO.HeaderBytes, FeaturesTag, entryBytes)
      LittleEndian.putLong(head, at, ValuesKey)
      at = putHeader(head, at + 8, ValueTag, valueBytes)
      at = putHeader(head, at, Float32Tag, tensorBytes)
      headBytes = if (count > 0) putHeader(head, at, TensorValuesTag, 4L * count) else at
      middleBytes = if (keysBytes > 0) putHeader(middle, 0, TensorKeysTag, keysBytes) else 0
      at = if (shapeBytes > 0) putHeader(tail, 0, TensorShapeTag, shapeBytes) else 0
      if (rows >= 0) at = Varint.put(tail, at, rows)
      if (columns >= 0) at = Varint.put(tail, at, columns)
      if (labelled) {
        LittleEndian.putLong(tail, at, LabelEntryBegin)
        LittleEndian.putLong(tail, at + 8, LabelEntryEnd)
        at += 16
      }
      tailBytes = at
    }
  }
}

private[wire] object RecordTemplate {

  /** Room behind a record for copies that are longer than what they bring. */
  final val Slack = 40

  // Lengths and shapes take five bytes at most.
  final val HeadRoom = 40
  final val MiddleRoom = 8
  final val TailRoom = 32

  // Field numbers and wire types of aialgs.data.Record and its parts.
  private final val FeaturesTag = 0x0a
  private final val ValueTag = 0x12
  private final val Float32Tag = 0x12
  private final val TensorValuesTag = 0x0a
  private final val TensorKeysTag = 0x12
  private final val TensorShapeTag = 0x1a

  /** A map entry's key field with the text "values": tag, length, text; the first in the lowest byte. */
  private final val ValuesKey = 0x7365756c6176060aL

  /** A label entry up to its one float: entry, key, value, tensor, packed values. */
  private final val LabelEntryBegin = 0x756c6176060a1212L
  private final val LabelEntryEnd = 0x040a061208127365L
  private final val LabelEntryBytes = 20

  /** Copies so many bytes and what follows them up to a multiple of eight, which both arrays must have room for. For few
    * bytes this takes less than to tell how many they are.
    */
  def copy(source: Array[Byte], target: Array[Byte], at: Int, bytes: Int): Unit = {
    val to = Platform.BYTE_ARRAY_OFFSET + at.toLong
    var i = 0
    while (i < bytes) {
      Platform.putLong(target, to + i, Platform.getLong(source, Platform.BYTE_ARRAY_OFFSET + i.toLong))
      i += 8
    }
  }

  private def sizeOf(dimension: Int): Int = if (dimension < 0) 0 else Varint.size(dimension.toLong)

  private def headerSize(contentBytes: Long): Int = 1 + Varint.size(contentBytes)

  /** The bytes of a packed field, which is left out when it is empty. */
  private def packedSize(contentBytes: Long): Long =
    if (contentBytes == 0) 0L else headerSize(contentBytes) + contentBytes

  private def putHeader(bytes: Array[Byte], at: Int, tag: Int, length: Long): Int = {
    bytes(at) = tag.toByte
    Varint.put(bytes, at + 1, length.toInt)
  }
}
