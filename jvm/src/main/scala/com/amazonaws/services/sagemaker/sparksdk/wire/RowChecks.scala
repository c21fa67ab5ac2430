package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.types.StructType

/** Applies [[ContentRules]] to the rows of one task, in whichever format they are written. */
final private[wire] class RowChecks(
    schema: StructType,
    featuresOrdinal: Int,
    labelOrdinal: Option[Int],
    rules: ContentRules
) {
  private[this] val refuse = new RowRefusal(schema)
  private[this] val featuresColumn = schema(featuresOrdinal).name
  private[this] val labelColumn = labelOrdinal.map(schema(_).name).getOrElse("")
  private[this] var expectedWidth = rules.knownWidth.map(_.toLong).getOrElse(-1L)
  private[this] var rowNumber = -1L

  /** Whether values are to be checked one by one. */
  val finite: Boolean = rules.requireFinite

  /** The width of the features of every row so far, if they have one width. */
  def width: Option[Int] =
    if (expectedWidth >= 0 && expectedWidth <= Int.MaxValue) Some(expectedWidth.toInt) else None

  def nextRow(): Unit = rowNumber += 1

  def features(row: InternalRow, features: FeaturesReader): Unit = {
    val finding = features.read(row)
    if (finding != FeaturesReader.Fine) {
      refuse(
        row,
        rowNumber,
        featuresColumn,
        finding,
        if (finding == FeaturesReader.NullFeatures) "every row needs features; drop or fill the rows without"
        else "features must be whole; make vectors and matrices with Spark's own classes"
      )
    }
    if (features.width != expectedWidth) checkWidth(row, features)
  }

  def labelIsThere(row: InternalRow, label: LabelReader): Unit =
    if (label.isNull(row)) {
      refuse(row, rowNumber, labelColumn, "is null", "every row needs a label; drop or fill the rows without")
    }

  def labelIsFinite(row: InternalRow, value: Float, exact: Double): Unit =
    if (rules.requireFinite && !isFinite(value)) {
      refuse(row, rowNumber, labelColumn, s"holds $exact", FiniteRule)
    }

  /** Names the value that isn't finite; called when there is one. */
  def refuseNonFinite(row: InternalRow, features: FeaturesReader): Nothing = {
    var i = 0
    while (i < features.count && isFinite(features.value(i).toFloat)) i += 1
    refuseInfinite(row, features, i)
  }

  /** Names the i-th stored value. */
  def refuseInfinite(row: InternalRow, features: FeaturesReader, i: Int): Nothing = {
    val at = if (features.isSparse) features.key(i) else i.toLong
    refuse(row, rowNumber, featuresColumn, s"holds ${features.value(i)} at position $at", FiniteRule)
  }

  def refuseFeatures(row: InternalRow, finding: String, rule: String): Nothing =
    refuse(row, rowNumber, featuresColumn, finding, rule)

  def refuseTooLong(row: InternalRow, bytes: Long): Nothing =
    refuse(
      row,
      rowNumber,
      featuresColumn,
      s"needs $bytes bytes",
      s"a record, with those before it that haven't been sent, may have ${GrowableBuffer.MaxCapacity} bytes at most"
    )

  private def checkWidth(row: InternalRow, features: FeaturesReader): Unit = {
    val width = features.width
    if (width == 0 && rules.requireNonEmpty) {
      refuse(
        row,
        rowNumber,
        featuresColumn,
        "is empty",
        "a row without features can't be trained on; drop it"
      )
    }
    if (rules.requireUniformWidth && expectedWidth >= 0) {
      val expected = rules.knownWidth.fold("the rows before it have")(_ => "every row must have")
      refuse(
        row,
        rowNumber,
        featuresColumn,
        s"has $width elements",
        s"$expected $expectedWidth, and all rows must be of one width"
      )
    }
    if (expectedWidth < 0) expectedWidth = width
  }

  private def isFinite(value: Float): Boolean = !value.isNaN && !value.isInfinite

  private def FiniteRule: String =
    "training needs numbers that are finite as 32-bit floats; drop, clip or fill such values (Imputer, na.fill)"
}
