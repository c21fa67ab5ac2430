package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.types.StructType

/** Writes rows as libsvm lines: the label, then `index:value` for every stored value, with indices from 1.
  *
  * Where the rules ask for finite values, NaN is left out, and infinities are refused.
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

  private[this] val text = new VectorText(features)

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
    val afterLabel = out.length
    if (!text.appendStored(out) && checks.finite) {
      out.truncate(afterLabel)
      appendWithoutMissing(row, out, start)
    }
    out.appendByte('\n')
  }

  /** XGBoost takes for missing what isn't in the line, and NaN is how a vector says that a number is missing. */
  private def appendWithoutMissing(row: InternalRow, out: GrowableBuffer, start: Int): Unit = {
    var i = 0
    while (i < features.count) {
      val value = features.value(i)
      if (!value.isNaN) {
        if (!VectorText.isFinite(value)) {
          out.truncate(start)
          checks.refuseInfinite(row, features, i)
        }
        out.appendAscii(s" ${(if (features.isSparse) features.index(i) else i) + 1}:")
        DecimalText.append(value, out)
      }
      i += 1
    }
  }
}

object LibSVMRowEncoder {

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
  private[this] val text = new VectorText(features)

  override val contentType: String = ContentTypes.Csv

  override def width: Option[Int] = checks.width

  override def encode(row: InternalRow, out: GrowableBuffer): Unit = {
    checks.nextRow()
    checks.features(row, features)
    val start = out.length
    if (!text.appendAll(out) && checks.finite) {
      out.truncate(start)
      checks.refuseNonFinite(row, features)
    }
    if (out.length == start) checks.refuseFeatures(row, "is empty", CsvRowEncoder.EmptyLineRule)
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
