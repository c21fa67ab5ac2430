package com.amazonaws.services.sagemaker.sparksdk.transformation.serializers

import com.amazonaws.services.sagemaker.sparksdk.transformation.{InternalRowSerializer, RowBridge}
import com.amazonaws.services.sagemaker.sparksdk.wire.RowEncoder
import org.apache.spark.sql.Row
import org.apache.spark.sql.types.StructType

/** What our serializers share: the schema that they were told, and the way for those who call them with public rows.
  *
  * @param initialSchema the schema of the rows; `None`: that of the first row, or of `setSchema`
  */
abstract class SchemaSerializer private[serializers] (initialSchema: Option[StructType])
    extends InternalRowSerializer {
  @transient private[this] var bridge: Option[(StructType, RowBridge)] = None
  rowSchema = initialSchema.orNull

  override def validateSchema(schema: StructType): Unit = encoder(schema)

  /** Tells the schema, or, with null, that it is that of the first row. */
  override def setSchema(schema: StructType): Unit =
    if (Option(schema).isDefined) super.setSchema(schema) else rowSchema = schema

  override def serializeRow(row: Row): Array[Byte] = {
    val schema = currentSchema
      .orElse(Option(row.schema))
      .getOrElse(
        throw new IllegalArgumentException("the row has no schema: call setSchema before serializeRow")
      )
    val ready = Option(bridge).flatten.filter(_._1 == schema).getOrElse((schema, newBridge(schema)))
    bridge = Some(ready)
    ready._2.serialize(row)
  }

  private def newBridge(schema: StructType): RowBridge = new RowBridge(schema, encoder(schema))

  private[serializers] def currentSchema: Option[StructType] = Option(rowSchema)

  private[serializers] def schemaArgument: Map[String, String] =
    currentSchema.map(schema => Map("schema" -> schema.json)).getOrElse(Map.empty)
}
