package com.amazonaws.services.sagemaker.sparksdk.transformation.serializers

import com.amazonaws.services.sagemaker.sparksdk.wire.{
  ContentRules,
  ContentTypes,
  RecordRowEncoder,
  RowEncoder
}
import org.apache.spark.sql.types.StructType

/** Sends a row's features as a RecordIO-framed protobuf record, which SageMaker's own algorithms take. Labels
  * aren't sent.
  *
  * @param schema the rows' schema, for callers of `serializeRow` whose rows have none
  * @param featuresColumnName the column with a vector, a matrix or an array of numbers
  */
class ProtobufRequestRowSerializer(
    val schema: Option[StructType] = None,
    val featuresColumnName: String = "features"
) extends SchemaSerializer(schema) {

  override val contentType: String = ContentTypes.Protobuf

  override def encoder(schema: StructType): RowEncoder =
    RecordRowEncoder(schema, featuresColumnName, None, ContentRules.lenient)

  override def arguments: Map[String, String] = schemaArgument + ("featuresColumnName" -> featuresColumnName)
}
