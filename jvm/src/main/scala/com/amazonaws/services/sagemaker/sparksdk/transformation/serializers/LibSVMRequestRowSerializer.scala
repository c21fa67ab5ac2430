package com.amazonaws.services.sagemaker.sparksdk.transformation.serializers

import com.amazonaws.services.sagemaker.sparksdk.wire.{
  ContentRules,
  ContentTypes,
  LibSVMRowEncoder,
  RowEncoder
}
import org.apache.spark.sql.types.StructType

/** Sends a row as a line of libsvm text: its label, then `index:value` for each stored value, with indices from 1.
  *
  * @param schema the rows' schema, for callers of `serializeRow` whose rows have none
  * @param labelColumnName the column with the label, a number
  * @param featuresColumnName the column with a vector or an array of numbers
  * @param labelRequired whether rows without a label are refused; otherwise the label 0.0 stands for a column that isn't
  *   there and for a null, since containers don't look at labels when they infer
  */
class LibSVMRequestRowSerializer(
    val schema: Option[StructType] = None,
    val labelColumnName: String = "label",
    val featuresColumnName: String = "features",
    val labelRequired: Boolean = true
) extends SchemaSerializer(schema) {

  /** The constructor of 1.4.5. */
  def this(schema: Option[StructType], labelColumnName: String, featuresColumnName: String) =
    this(schema, labelColumnName, featuresColumnName, true)

  override val contentType: String = ContentTypes.LibSVM

  override def encoder(schema: StructType): RowEncoder =
    LibSVMRowEncoder(schema, featuresColumnName, Some(labelColumnName), ContentRules.lenient, labelRequired)

  /** The same serializer for rows that needn't have a label. */
  private[sparksdk] def withLabelOptional: LibSVMRequestRowSerializer =
    new LibSVMRequestRowSerializer(currentSchema, labelColumnName, featuresColumnName, labelRequired = false)

  override def inputColumns(schema: StructType): Seq[String] =
    ColumnChoice.present(schema, Seq(labelColumnName, featuresColumnName))

  override def arguments: Map[String, String] =
    schemaArgument + ("labelColumnName" -> labelColumnName) + ("featuresColumnName" -> featuresColumnName) +
      ("labelRequired" -> labelRequired.toString)
}

/** Sends a row's features as a line of libsvm text with the label 0.0.
  *
  * @param schema the rows' schema, for callers of `serializeRow` whose rows have none
  * @param featuresColumnName the column with a vector or an array of numbers
  */
class UnlabeledLibSVMRequestRowSerializer(
    val schema: Option[StructType] = None,
    val featuresColumnName: String = "features"
) extends SchemaSerializer(schema) {

  override val contentType: String = ContentTypes.LibSVM

  override def encoder(schema: StructType): RowEncoder =
    LibSVMRowEncoder(schema, featuresColumnName, None, ContentRules.lenient)

  override def arguments: Map[String, String] = schemaArgument + ("featuresColumnName" -> featuresColumnName)
}
