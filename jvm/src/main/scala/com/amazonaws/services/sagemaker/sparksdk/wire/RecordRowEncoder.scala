package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.types.StructType
import org.apache.spark.unsafe.Platform

/** Writes rows as the records that SageMaker's own algorithms read: a protobuf `aialgs.data.Record`, in
  * RecordIO frames.
  *
  * The sizes of all parts are computed before a byte is written, so that a record is written once, front to back, into
  * the caller's buffer: doubles are read where Spark's row has them and no object is made.
  *
  * @param schema the rows' columns
  * @param featuresOrdinal the column with a vector, a matrix or an array of numbers
  * @param labelOrdinal the column with a number, if the records are labelled
  * @param rules which contents are refused
  */
final class RecordRowEncoder(
    schema: StructType,
    featuresOrdinal: Int,
    labelOrdinal: Option[Int],
    rules: ContentRules
) extends MeasuringEncoder {
  import RecordRowEncoder._

  private[this] val features = new FeaturesReader(featuresOrdinal, schema(featuresOrdinal).dataType)
  private[this] val label = labelOrdinal.map(i => new LabelReader(i, schema(i).dataType))
  private[this] val checks = new RowChecks(schema, featuresOrdinal, labelOrdinal, rules)
  private[this] val labelled = label.isDefined
  private[this] val labelReader =
    label.getOrElse(new LabelReader(featuresOrdinal, schema(featuresOrdinal).dataType))

  override val contentType: String = ContentTypes.Protobuf

  override def width: Option[Int] = checks.width

  override def encode(row: InternalRow, out: GrowableBuffer): Unit = {
    checks.nextRow()
    checks.features(row, features)
    if (labelled) checks.labelIsThere(row, labelReader)
    val labelValue = if (labelled) labelReader.float(row) else 0.0f
    if (labelled && checks.finite) checks.labelIsFinite(row, labelValue, labelReader.double(row))

    if (features.isSparse || features.matrixRows >= 0 || features.count != headCount) {
      encodeAny(row, labelValue, out)
    } else encodeLikeLast(row, labelValue, out)
  }

  // Dense rows of one width differ in their values only: what stands before these is kept.
  private[this] var head = new Array[Byte](0)
  private[this] var headCount = -1
  private[this] var headRecordBytes = 0

  private def encodeLikeLast(row: InternalRow, labelValue: Float, out: GrowableBuffer): Unit = {
    if (headRecordBytes.toLong + out.length > GrowableBuffer.MaxCapacity)
      checks.refuseTooLong(row, headRecordBytes.toLong)
    val start = out.claim(headRecordBytes)
    val bytes = out.array
    System.arraycopy(head, 0, bytes, start, head.length)
    var at = start + head.length
    if (putFloats(bytes, at, headCount) && checks.finite) {
      out.truncate(start)
      checks.refuseNonFinite(row, features)
    }
    at += 4 * headCount
    if (labelled) at = putLabel(bytes, at, labelValue)
    putZeros(bytes, at, start + headRecordBytes)
  }

  private def putZeros(bytes: Array[Byte], start: Int, end: Int): Unit = {
    var at = start
    while (at < end) {
      bytes(at) = 0
      at += 1
    }
  }

  private def putLabel(bytes: Array[Byte], at: Int, value: Float): Int = {
    LittleEndian.putLong(bytes, at, LabelEntryBegin)
    LittleEndian.putLong(bytes, at + 8, LabelEntryEnd)
    LittleEndian.putFloat(bytes, at + 16, value)
    at + LabelEntryBytes
  }

  private def encodeAny(row: InternalRow, labelValue: Float, out: GrowableBuffer): Unit = {
    val count = features.count
    val isMatrix = features.matrixRows >= 0
    val keysBytes = if (features.isSparse) collectKeys(row, count).toLong else 0L
    val shapeBytes =
      if (isMatrix) Varint.size(features.matrixRows) + Varint.size(features.matrixColumns)
      else if (features.isSparse) Varint.size(features.width)
      else 0
    val tensorBytes = packedSize(4L * count) + packedSize(keysBytes) + packedSize(shapeBytes)
    val valueBytes = 1 + Varint.size(tensorBytes) + tensorBytes
    val entryBytes = ValuesKeyBytes + 1 + Varint.size(valueBytes) + valueBytes
    val payloadBytes = 1 + Varint.size(entryBytes) + entryBytes + (if (labelled) LabelEntryBytes else 0)
    val recordBytes = RecordIO.HeaderBytes + payloadBytes + 3 + Slack
    if (recordBytes + out.length > GrowableBuffer.MaxCapacity) checks.refuseTooLong(row, recordBytes)

    val padding = RecordIO.padding(payloadBytes.toInt)
    out.ensure(recordBytes.toInt)
    val start = out.claim(RecordIO.HeaderBytes + payloadBytes.toInt + padding)
    val bytes = out.array
    LittleEndian.putInt(bytes, start, RecordIO.Magic)
    LittleEndian.putInt(bytes, start + 4, payloadBytes.toInt)
    var at = start + RecordIO.HeaderBytes
    at = putHeader(bytes, at, FeaturesTag, entryBytes)
    LittleEndian.putLong(bytes, at, ValuesKey)
    at += ValuesKeyBytes
    at = putHeader(bytes, at, ValueTag, valueBytes)
    at = putHeader(bytes, at, Float32Tag, tensorBytes)
    if (count > 0) {
      at = putHeader(bytes, at, TensorValuesTag, 4L * count)
      if (!features.isSparse && !isMatrix) keepHead(bytes, start, at, count, out.length - start)
      if (putFloats(bytes, at, count) && checks.finite) {
        out.truncate(start)
        checks.refuseNonFinite(row, features)
      }
      at += 4 * count
    }
    if (keysBytes > 0) {
      at = putHeader(bytes, at, TensorKeysTag, keysBytes)
      copyKeys(bytes, at, keysBytes.toInt)
      at += keysBytes.toInt
    }
    if (shapeBytes > 0)
      at = putShape(bytes, putHeader(bytes, at, TensorShapeTag, shapeBytes.toLong), isMatrix)
    if (labelled) at = putLabel(bytes, at, labelValue)
    putZeros(bytes, at, at + padding)
  }

  private def keepHead(bytes: Array[Byte], start: Int, valuesAt: Int, count: Int, recordBytes: Int): Unit = {
    head = java.util.Arrays.copyOfRange(bytes, start, valuesAt)
    headCount = count
    headRecordBytes = recordBytes
  }

  /** Writes the stored values as 32-bit floats; returns whether one of them isn't finite. */
  private def putFloats(bytes: Array[Byte], at: Int, count: Int): Boolean = features.valuesBase match {
    // Nearly always. Knowing the array's type, the compiler needn't fear that reads and writes meet.
    case heap: Array[Byte] => putFloatsOf(heap, bytes, at, count)
    case other => putFloatsOf(other, bytes, at, count)
  }

  private def putFloatsOf(base: AnyRef, bytes: Array[Byte], at: Int, count: Int): Boolean = {
    val source = features.valuesOffset
    // A number less itself is zero; not so NaN and the infinities, and a sum with NaN stays NaN. Two sums, since an
    // addition takes longer than the rest that is done for a value.
    var even = 0.0f
    var odd = 0.0f
    var i = 0
    while (i < count - 1) {
      val first = Platform.getDouble(base, source + 8L * i).toFloat
      val second = Platform.getDouble(base, source + 8L * i + 8).toFloat
      even += first - first
      odd += second - second
      LittleEndian.putFloat(bytes, at + 4 * i, first)
      LittleEndian.putFloat(bytes, at + 4 * i + 4, second)
      i += 2
    }
    if (i < count) {
      val last = Platform.getDouble(base, source + 8L * i).toFloat
      even += last - last
      LittleEndian.putFloat(bytes, at + 4 * i, last)
    }
    even + odd != 0.0f
  }

  private[this] var keys = new Array[Byte](256)

  /** Writes the indices of the stored values into `keys`, since their size stands before them; returns that. */
  private def collectKeys(row: InternalRow, count: Int): Int = {
    val isMatrix = features.matrixRows >= 0
    val most = count * (if (isMatrix) 10L else 5L) + Slack
    if (most > keys.length) {
      if (most > GrowableBuffer.MaxCapacity) checks.refuseTooLong(row, most)
      keys = new Array[Byte](most.toInt)
    }
    if (isMatrix) putMatrixKeys(count)
    else
      features.indicesBase match {
        case heap: Array[Byte] => putIndices(heap, count)
        case other => putIndices(other, count)
      }
  }

  private def putMatrixKeys(count: Int): Int = {
    var at = 0
    var i = 0
    while (i < count) {
      at = Varint.put(keys, at, features.key(i))
      i += 1
    }
    at
  }

  private def putIndices(base: AnyRef, count: Int): Int = {
    val bytes = keys
    val source = features.indicesOffset
    var at = 0
    var i = 0
    while (i < count) {
      at = Varint.put(bytes, at, Platform.getInt(base, source + 4L * i))
      i += 1
    }
    at
  }

  /** Copies eight bytes at a time, some behind the last key too: for these few it takes less than to find out how
    * many there are.
    */
  private def copyKeys(target: Array[Byte], at: Int, count: Int): Unit = {
    var i = 0
    while (i < count) {
      Platform.putLong(
        target,
        Platform.BYTE_ARRAY_OFFSET + at.toLong + i,
        Platform.getLong(keys, Platform.BYTE_ARRAY_OFFSET + i.toLong)
      )
      i += 8
    }
  }

  private def putShape(bytes: Array[Byte], at: Int, isMatrix: Boolean): Int =
    if (isMatrix) Varint.put(bytes, Varint.put(bytes, at, features.matrixRows), features.matrixColumns)
    else Varint.put(bytes, at, features.width)
}

object RecordRowEncoder {

  /** An encoder for named columns.
    *
    * @param labelColumn the label's column; `None`: records without a label
    * @throws IllegalArgumentException naming the column that is missing or of a type that can't be written
    */
  def apply(
      schema: StructType,
      featuresColumn: String,
      labelColumn: Option[String],
      rules: ContentRules
  ): RecordRowEncoder =
    new RecordRowEncoder(
      schema,
      FeatureTypes.featuresOrdinal(schema, featuresColumn),
      labelColumn.map(FeatureTypes.labelOrdinal(schema, _)),
      rules
    )

  // Field numbers and wire types of aialgs.data.Record and its parts.
  private final val FeaturesTag = 0x0a
  private final val ValueTag = 0x12
  private final val Float32Tag = 0x12
  private final val TensorValuesTag = 0x0a
  private final val TensorKeysTag = 0x12
  private final val TensorShapeTag = 0x1a

  /** A map entry's key field with the text "values": tag, length, text, the first in the lowest byte. */
  private final val ValuesKey = 0x7365756c6176060aL
  private final val ValuesKeyBytes = 8

  /** A label entry up to its one float: entry, key, value, tensor, packed values. */
  private final val LabelEntryBegin = 0x756c6176060a1212L
  private final val LabelEntryEnd = 0x040a061208127365L
  private final val LabelEntryBytes = 20

  /** Room behind a record for what is written ahead and then written over. */
  private final val Slack = 8

  /** The bytes of a packed field, which is left out when it is empty. */
  private def packedSize(contentBytes: Long): Long =
    if (contentBytes == 0) 0L else 1 + Varint.size(contentBytes) + contentBytes

  private def putHeader(bytes: Array[Byte], at: Int, tag: Int, length: Long): Int = {
    bytes(at) = tag.toByte
    Varint.put(bytes, at + 1, length.toInt)
  }
}
