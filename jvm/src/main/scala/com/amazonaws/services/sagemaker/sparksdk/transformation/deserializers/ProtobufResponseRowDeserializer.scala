package com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers

import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  InternalRowDeserializer,
  RowBridge,
  StringList
}
import com.amazonaws.services.sagemaker.sparksdk.wire.{ContentTypes, RecordDecoder, ResponseDecoder}
import org.apache.spark.ml.linalg.SQLDataTypes
import org.apache.spark.sql.Row
import org.apache.spark.sql.types.{DoubleType, StructField, StructType}

/** Reads answers in RecordIO-framed protobuf: one record for each row, its numbers in the `label` map.
  *
  * A column of type double takes a tensor of one value, a vector column a tensor of any size.
  *
  * @param schema the columns: double, float, int, bigint, vector, or array of double or float
  * @param protobufKeys the key in the label map for each column; `None`: the columns' names
  */
class ProtobufResponseRowDeserializer(
    override val schema: StructType,
    val protobufKeys: Option[Seq[String]] = None
) extends InternalRowDeserializer {

  // Fails where the mistake is made: a type that can't be read, or keys that don't fit the columns.
  decoder()

  override val accepts: String = ContentTypes.Protobuf

  override def deserializeResponse(responseData: Array[Byte]): Iterator[Row] =
    RowBridge.deserialize(decoder(), schema, responseData)

  override def decoder(): ResponseDecoder =
    new RecordDecoder(schema, protobufKeys.getOrElse(schema.fieldNames.toSeq))

  override def arguments: Map[String, String] =
    Map("schema" -> schema.json) ++ protobufKeys.map(keys => "protobufKeys" -> StringList.encode(keys))
}

private[deserializers] object ResponseSchemas {

  def number(name: String): StructField = StructField(name, DoubleType, nullable = false)

  def vector(name: String): StructField = StructField(name, SQLDataTypes.VectorType, nullable = false)

  def of(fields: StructField*): StructType = StructType(fields.toArray)
}
