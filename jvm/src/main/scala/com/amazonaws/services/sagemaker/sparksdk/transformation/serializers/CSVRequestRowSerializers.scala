package com.amazonaws.services.sagemaker.sparksdk.transformation.serializers

import com.amazonaws.services.sagemaker.sparksdk.transformation.StringList
import com.amazonaws.services.sagemaker.sparksdk.wire.{
  ContentRules,
  ContentTypes,
  CsvRowEncoder,
  RowEncoder,
  VectorCsvRowEncoder
}
import org.apache.spark.sql.types.StructType

/** Sends a row's features as a line of comma-separated values, sparse vectors with all their zeros.
  *
  * @param schema the rows' schema, for callers of `serializeRow` whose rows have none
  * @param featuresColumnName the column with a vector or an array of numbers
  */
class UnlabeledCSVRequestRowSerializer(
    val schema: Option[StructType] = None,
    val featuresColumnName: String = "features"
) extends SchemaSerializer(schema) {

  override val contentType: String = ContentTypes.Csv

  override def encoder(schema: StructType): RowEncoder =
    VectorCsvRowEncoder(schema, featuresColumnName, ContentRules.lenient)

  override def arguments: Map[String, String] = schemaArgument + ("featuresColumnName" -> featuresColumnName)
}

/** Sends a row as a line of comma-separated values: its label, then its features, sparse vectors with all their zeros.
  *
  * A null label or null features are an error that names column and row. NaN and infinities are written as `NaN`,
  * `Infinity` and `-Infinity`.
  *
  * @param schema the rows' schema, for callers of `serializeRow` whose rows have none
  * @param labelColumnName the column with the label, a number
  * @param featuresColumnName the column with a vector or an array of numbers
  */
class LabeledCSVRequestRowSerializer(
    val schema: Option[StructType] = None,
    val labelColumnName: String = "label",
    val featuresColumnName: String = "features"
) extends SchemaSerializer(schema) {

  override val contentType: String = ContentTypes.Csv

  override def encoder(schema: StructType): RowEncoder =
    CsvRowEncoder.labelled(schema, labelColumnName, featuresColumnName, ContentRules.lenient)

  override def inputColumns(schema: StructType): Seq[String] =
    ColumnChoice.present(schema, Seq(labelColumnName, featuresColumnName))

  override def arguments: Map[String, String] =
    schemaArgument + ("labelColumnName" -> labelColumnName) + ("featuresColumnName" -> featuresColumnName)
}

/** Sends chosen columns of a row as a line of comma-separated values, in the order of the choice.
  *
  * Numbers are written as they are, whatever the machine's language; booleans as `true` and `false`; vectors and arrays of
  * numbers as as many values as they have elements; texts as RFC 4180 has them, in quotes where they must be. A null
  * number, boolean or text is an empty field; null or empty features, and a line that would be empty, are an error that
  * names column and row. NaN and infinities are written as `NaN`, `Infinity` and `-Infinity`.
  *
  * @param columns the columns to send
  * @param schema the rows' schema, for callers of `serializeRow` whose rows have none
  */
class CSVColumnsRequestRowSerializer(val columns: Seq[String], val schema: Option[StructType] = None)
    extends SchemaSerializer(schema) {
  ColumnChoice.require(columns)

  override val contentType: String = ContentTypes.Csv

  override def encoder(schema: StructType): RowEncoder =
    CsvRowEncoder.ofColumns(schema, columns, ContentRules.lenient)

  override def inputColumns(schema: StructType): Seq[String] = ColumnChoice.present(schema, columns)

  override def arguments: Map[String, String] = schemaArgument + ("columns" -> StringList.encode(columns))
}
