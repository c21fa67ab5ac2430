package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.types.StructType

/** Writes rows as libsvm lines: the label, then `index:value` for every stored value, with indices from 1.
  *
  * @param labelOrdinal the label's column; `None`: every label is 0.0
  * @param labelRequired whether a null label is refused; otherwise 0.0 stands for it
  */
final class LibSVMRowEncoder(
    schema: StructType,
    featuresOrdinal: Int,
    labelOrdinal: Option[Int],
    rules: ContentRules,
    labelRequired: Boolean
) extends MeasuringEncoder {
  private[this] val features = new FeaturesReader(featuresOrdinal, schema(featuresOrdinal).dataType)
  private[this] val checks = new RowChecks(schema, featuresOrdinal, labelOrdinal, rules)
  private[this] val label = labelOrdinal.map(i => new LabelReader(i, schema(i).dataType))

  private[this] val positions = LibSVMRowEncoder.Positions

  override val contentType: String = ContentTypes.LibSVM

  override def width: Option[Int] = checks.width

  override def encode(row: InternalRow, out: GrowableBuffer): Unit = {
    checks.nextRow()
    checks.features(row, features)
    val labelValue = label.fold(0.0) { reader =>
      if (labelRequired) checks.labelIsThere(row, reader)
      val value = if (reader.isNull(row)) 0.0 else reader.double(row)
      checks.labelIsFinite(row, value.toFloat, value)
      value
    }
    val start = out.length
    DecimalText.append(labelValue, out)
    var i = 0
    while (i < features.count) {
      val until = math.min(i + TextRows.ElementsAtOnce, features.count)
      if (appendElements(i, until, out) && checks.finite) {
        out.truncate(start)
        checks.refuseNonFinite(row, features)
      }
      i = until
    }
    out.appendByte('\n')
  }

  /** Writes some of the stored values, each with its position; returns whether one of them isn't finite. */
  private def appendElements(from: Int, until: Int, out: GrowableBuffer): Boolean = {
    out.ensure((until - from) * LibSVMRowEncoder.RoomForOne)
    val bytes = out.array
    val start = out.length
    val sparse = features.isSparse
    val values = features.values
    val indices = features.indices
    // Zero times a number is zero; not so NaN and the infinities, and a product with NaN stays NaN.
    var zero = 0.0f
    var at = start
    var i = from
    while (i < until) {
      val value = values.doubleAt(i)
      zero *= value.toFloat
      at = putPosition(bytes, at, (if (sparse) indices.intAt(i).toLong else i.toLong) + 1L)
      at = DecimalText.put(bytes, at, value)
      i += 1
    }
    out.claim(at - start)
    zero != 0.0f
  }

  /** Writes " 12:". Few positions come again and again, so their texts are kept. */
  private def putPosition(bytes: Array[Byte], start: Int, position: Long): Int =
    if (position < positions.length) {
      val text = positions(position.toInt)
      LittleEndian.putLong(bytes, start, text)
      start + (text >>> 56).toInt
    } else {
      bytes(start) = ' '
      val colon = DecimalText.put(bytes, start + 1, position)
      bytes(colon) = ':'
      colon + 1
    }
}

object LibSVMRowEncoder {
  // " ", a position of at most ten digits, ":", a value.
  private final val RoomForOne = 12 + DecimalText.ROOM_FOR_ONE

  /** The texts of the first positions, the first character in the lowest byte, and in the highest how many they are. */
  private val Positions: Array[Long] = Array.tabulate(4096) { position =>
    val text = s" $position:"
    text.reverse.foldLeft(0L)((bytes, character) => bytes << 8 | character) | text.length.toLong << 56
  }

  /** @param labelRequired whether rows need a label; otherwise 0.0 stands for a column that isn't there and for a null
    * @throws IllegalArgumentException naming the column that is missing or of a type that can't be written
    */
  def apply(
      schema: StructType,
      featuresColumn: String,
      labelColumn: Option[String],
      rules: ContentRules,
      labelRequired: Boolean = true
  ): LibSVMRowEncoder =
    new LibSVMRowEncoder(
      schema,
      FeatureTypes.featuresOrdinal(schema, featuresColumn, vectorsOnly = true),
      labelColumn
        .filter(labelRequired || schema.fieldNames.contains(_))
        .map(FeatureTypes.labelOrdinal(schema, _)),
      rules,
      labelRequired
    )
}

/** Writes one vector column as lines of comma-separated values, sparse vectors with all their zeros. */
final class VectorCsvRowEncoder(schema: StructType, featuresOrdinal: Int, rules: ContentRules)
    extends MeasuringEncoder {
  private[this] val features = new FeaturesReader(featuresOrdinal, schema(featuresOrdinal).dataType)
  private[this] val checks = new RowChecks(schema, featuresOrdinal, None, rules)

  override val contentType: String = ContentTypes.Csv

  override def width: Option[Int] = checks.width

  override def encode(row: InternalRow, out: GrowableBuffer): Unit = {
    checks.nextRow()
    checks.features(row, features)
    val start = out.length
    if (!TextRows.appendValues(features, checks.finite, out)) {
      out.truncate(start)
      checks.refuseNonFinite(row, features)
    }
    out.appendByte('\n')
  }
}

object VectorCsvRowEncoder {

  /** @throws IllegalArgumentException naming the column that is missing or of a type that can't be written */
  def apply(schema: StructType, featuresColumn: String, rules: ContentRules): VectorCsvRowEncoder =
    new VectorCsvRowEncoder(
      schema,
      FeatureTypes.featuresOrdinal(schema, featuresColumn, vectorsOnly = true),
      rules
    )
}

private[wire] object TextRows {

  def isFinite(value: Double): Boolean = {
    val single = value.toFloat
    !single.isNaN && !single.isInfinite
  }

  /** For how many elements room is made at once. */
  final val ElementsAtOnce = 64

  /** Writes all values of a vector with commas between; returns whether they are finite, if that is asked for. */
  def appendValues(features: FeaturesReader, finite: Boolean, out: GrowableBuffer): Boolean = {
    val width = features.width
    val count = features.count
    val sparse = features.isSparse
    val values = features.values
    val indices = features.indices
    // Zero times a number is zero; not so NaN and the infinities, and a product with NaN stays NaN.
    var zero = 0.0f
    var stored = 0
    var position = 0L
    while (position < width) {
      val until = math.min(position + ElementsAtOnce, width)
      out.ensure(ElementsAtOnce * (DecimalText.ROOM_FOR_ONE + 1))
      val bytes = out.array
      val start = out.length
      var at = start
      while (position < until) {
        if (sparse && (stored >= count || indices.intAt(stored) != position)) {
          LittleEndian.putInt(bytes, at, ZeroAndComma)
          at += 4
        } else {
          val value = values.doubleAt(stored)
          zero *= value.toFloat
          at = DecimalText.put(bytes, at, value)
          bytes(at) = ','
          at += 1
          stored += 1
        }
        position += 1
      }
      out.claim(at - start)
    }
    if (width > 0) out.truncate(out.length - 1)
    !finite || zero == 0.0f
  }

  /** "0.0,", the first character in the lowest byte. */
  private final val ZeroAndComma = 0x2c302e30
}
