package com.amazonaws.services.sagemaker.sparksdk.wire

import scala.util.control.NonFatal

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.types.StructType

/** Writes the error about a row that can't be encoded: the column, the rule, and which row it is. */
final private[wire] class RowRefusal(schema: StructType) {
  import RowRefusal._

  /** @param rowNumber the row's place in its partition, from 0
    * @param column the column at fault
    * @param finding what is wrong with it, such as `holds NaN at position 3`
    * @param rule what is asked for, and what to do
    */
  def apply(row: InternalRow, rowNumber: Long, column: String, finding: String, rule: String): Nothing =
    throw new UnencodableRowException(message(row, rowNumber, column, finding, rule))

  def message(row: InternalRow, rowNumber: Long, column: String, finding: String, rule: String): String =
    // As inference counts rows.
    s"""column "$column" $finding in row ${rowNumber + 1} of its partition: $rule. The row: ${render(row)}"""

  private def render(row: InternalRow): String = {
    val shown = math.min(schema.length, MaxColumns)
    val columns = (0 until shown).map(i => s"${shownName(i)}=${renderValue(row, i)}")
    val rest = if (schema.length > shown) s", and ${schema.length - shown} columns more" else ""
    columns.mkString("[", ", ", rest + "]")
  }

  private def shownName(i: Int): String = {
    val field = schema(i)
    if (field.metadata.contains(ShownName)) field.metadata.getString(ShownName) else field.name
  }

  private def renderValue(row: InternalRow, i: Int): String =
    try {
      val dataType = schema(i).dataType
      val text =
        if (row.isNullAt(i)) "null"
        else if (FeatureTypes.isFeatures(dataType)) renderFeatures(row, i)
        else s"${row.get(i, dataType)}"
      if (text.length > MaxCharacters) text.take(MaxCharacters) + "..." else text
    } catch {
      // The rendering only helps to find the row: its own failure must not hide the rule that was broken.
      case NonFatal(e) => s"(unreadable: ${e.getClass.getSimpleName})"
    }

  private def renderFeatures(row: InternalRow, i: Int): String = {
    val features = new FeaturesReader(i, schema(i).dataType)
    val finding = features.read(row)
    if (finding != FeaturesReader.Fine) finding
    else {
      val shown = math.min(features.count, MaxElements)
      val elements = (0 until shown).map { j =>
        if (features.isSparse) s"${features.key(j)}:${features.value(j)}" else s"${features.value(j)}"
      }
      val rest = if (features.count > shown) s", ... ${features.count} values" else ""
      elements.mkString("(", ", ", s"$rest; width ${features.width})")
    }
  }
}

private[sparksdk] object RowRefusal {

  /** In a column's metadata: how messages call it, where its name in the schema is only there to be no other's. */
  val ShownName = "sagemaker.shown-name"

  private final val MaxColumns = 5
  private final val MaxElements = 6
  private final val MaxCharacters = 120
}
