package com.amazonaws.services.sagemaker.sparksdk.transformation

import com.amazonaws.services.sagemaker.sparksdk.wire.{GrowableBuffer, ResponseDecoder, RowEncoder}
import org.apache.spark.sql.Row
import org.apache.spark.sql.catalyst.CatalystTypeConverters
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.types.StructType

/** Serves those who call a serializer with public rows: converts each to Spark's internal form and encodes that.
  *
  * The library itself never goes this way; it encodes internal rows.
  */
final private[transformation] class RowBridge(schema: StructType, encoder: RowEncoder) {
  private[this] val toInternal = CatalystTypeConverters.createToCatalystConverter(schema)
  private[this] val buffer = new GrowableBuffer(1024)

  def serialize(row: Row): Array[Byte] = {
    buffer.reset()
    encoder.encode(toInternal(row).asInstanceOf[InternalRow], buffer)
    buffer.toByteArray
  }
}

private[transformation] object RowBridge {

  /** The rows of an answer in their public form. */
  def deserialize(decoder: ResponseDecoder, schema: StructType, body: Array[Byte]): Iterator[Row] = {
    val toPublic = CatalystTypeConverters.createToScalaConverter(schema)
    decoder.decode(body, body.length).map(row => toPublic(row).asInstanceOf[Row])
  }
}
