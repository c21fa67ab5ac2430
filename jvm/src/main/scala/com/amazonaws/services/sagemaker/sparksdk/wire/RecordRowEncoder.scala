package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.types.StructType
import org.apache.spark.unsafe.Platform

/** Writes rows as the records that SageMaker's own algorithms read: a protobuf `aialgs.data.Record`, in
  * RecordIO frames.
  *
  * A record is written once, front to back, into the caller's buffer. What stands around its values is copied from a
  * template, of which one for each of the last shapes is kept; doubles are read where Spark's row has them.
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

    val count = features.count
    val keysBytes = if (features.isSparse) keysBytesOf(row) else 0
    val template = templateOf(count, keysBytes)
    val recordBytes = template.recordBytes
    if (recordBytes + RecordTemplate.Slack + out.length > GrowableBuffer.MaxCapacity)
      checks.refuseTooLong(row, recordBytes)
    out.ensure(recordBytes.toInt + RecordTemplate.Slack)
    val start = out.claim(recordBytes.toInt)
    val bytes = out.array
    RecordTemplate.copy(template.head, bytes, start, RecordTemplate.HeadRoom)
    var at = start + template.headBytes
    if (putFloats(bytes, at, count) && checks.finite) {
      out.truncate(start)
      checks.refuseNonFinite(row, features)
    }
    at += 4 * count
    if (keysBytes > 0) {
      RecordTemplate.copy(template.middle, bytes, at, RecordTemplate.MiddleRoom)
      at += template.middleBytes
      at = putKeys(bytes, at, count)
    }
    if (template.tailBytes > 0) {
      RecordTemplate.copy(template.tail, bytes, at, RecordTemplate.TailRoom)
      at += template.tailBytes
    }
    if (labelled) {
      LittleEndian.putFloat(bytes, at, labelValue)
      at += 4
    }
    // At most three bytes of padding.
    LittleEndian.putInt(bytes, at, 0)
  }

  private[this] val templates = new Array[RecordTemplate](256)

  private def templateOf(count: Int, keysBytes: Int): RecordTemplate = {
    val isMatrix = features.matrixRows >= 0
    val rows = if (isMatrix) features.matrixRows else if (features.isSparse) features.width.toInt else -1
    val columns = if (isMatrix) features.matrixColumns else -1
    val slot = (31 * count + keysBytes) & (templates.length - 1)
    val found = templates(slot)
    if (found != null && found.isOf(count, keysBytes, rows, columns)) found
    else newTemplate(slot, count, keysBytes, rows, columns)
  }

  private def newTemplate(slot: Int, count: Int, keysBytes: Int, rows: Int, columns: Int): RecordTemplate = {
    if (templates(slot) == null) templates(slot) = new RecordTemplate(labelled)
    templates(slot).become(count, keysBytes, rows, columns)
    templates(slot)
  }

  /** Writes the stored values as 32-bit floats; returns whether one of them isn't finite. */
  private def putFloats(bytes: Array[Byte], at: Int, count: Int): Boolean = {
    val base = features.values.base
    val source = features.values.offset
    // Zero times a number is zero; not so NaN and the infinities, and a product with NaN stays NaN. Four of them, since
    // a multiplication takes longer than the rest that is done for a value.
    var a = 0.0f
    var b = 0.0f
    var c = 0.0f
    var d = 0.0f
    // An address of 64 bits, since one that could overflow would be computed for each value.
    val target = Platform.BYTE_ARRAY_OFFSET + at.toLong
    var i = 0
    while (i < count - 3) {
      val from = source + 8L * i
      val to = target + 4L * i
      val first = Platform.getDouble(base, from).toFloat
      val second = Platform.getDouble(base, from + 8).toFloat
      val third = Platform.getDouble(base, from + 16).toFloat
      val fourth = Platform.getDouble(base, from + 24).toFloat
      a *= first
      b *= second
      c *= third
      d *= fourth
      LittleEndian.putFloatAt(bytes, to, first)
      LittleEndian.putFloatAt(bytes, to + 4, second)
      LittleEndian.putFloatAt(bytes, to + 8, third)
      LittleEndian.putFloatAt(bytes, to + 12, fourth)
      i += 4
    }
    while (i < count) {
      val last = Platform.getDouble(base, source + 8L * i).toFloat
      a *= last
      LittleEndian.putFloatAt(bytes, target + 4L * i, last)
      i += 1
    }
    // Each is zero or NaN, and so is their sum.
    a + b + c + d != 0.0f
  }

  private def keysBytesOf(row: InternalRow): Int = {
    val bytes = features.keysBytes
    if (bytes > GrowableBuffer.MaxCapacity) checks.refuseTooLong(row, bytes)
    bytes.toInt
  }

  /** Writes the keys of the stored values; returns the position after them. */
  private def putKeys(bytes: Array[Byte], at: Int, count: Int): Int =
    if (features.matrixRows >= 0) putMatrixKeys(bytes, at, count)
    else putIndices(bytes, at, count)

  private def putMatrixKeys(bytes: Array[Byte], from: Int, count: Int): Int = {
    var at = from
    var i = 0
    while (i < count) {
      at = Varint.put(bytes, at, features.key(i))
      i += 1
    }
    at
  }

  private def putIndices(bytes: Array[Byte], from: Int, count: Int): Int = {
    val base = features.indices.base
    val source = features.indices.offset
    var at = from
    var i = 0
    if (features.width <= Varint.TWO_BYTES)
      while (i < count - 1) {
        at = Varint.putPair(bytes, at, Varint.pairAt(base, source + 4L * i))
        i += 2
      }
    while (i < count) {
      at = Varint.put(bytes, at, Platform.getInt(base, source + 4L * i))
      i += 1
    }
    at
  }
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
}
