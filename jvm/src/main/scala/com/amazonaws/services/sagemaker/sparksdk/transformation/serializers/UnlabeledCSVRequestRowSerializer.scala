package com.amazonaws.services.sagemaker.sparksdk.transformation.serializers

import com.amazonaws.services.sagemaker.sparksdk.wire.{
  ContentRules,
  ContentTypes,
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
