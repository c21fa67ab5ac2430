package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.ml.linalg.SQLDataTypes
import org.apache.spark.sql.Row
import org.apache.spark.sql.catalyst.{CatalystTypeConverters, InternalRow}
import org.apache.spark.sql.catalyst.expressions.{UnsafeProjection, UnsafeRow}
import org.apache.spark.sql.types._

/** Rows in Spark's two internal forms, without a session. */
object Rows {
  val labelled: StructType =
    new StructType().add("label", DoubleType).add("features", SQLDataTypes.VectorType)
  val unlabelled: StructType = new StructType().add("features", SQLDataTypes.VectorType)

  def generic(schema: StructType, values: Any*): InternalRow =
    CatalystTypeConverters.createToCatalystConverter(schema)(Row(values: _*)).asInstanceOf[InternalRow]

  def unsafe(schema: StructType, values: Any*): UnsafeRow =
    UnsafeProjection.create(schema)(generic(schema, values: _*)).copy()

  def encode(encoder: RowEncoder, rows: InternalRow*): Array[Byte] = {
    val out = new GrowableBuffer(64)
    rows.foreach(encoder.encode(_, out))
    out.toByteArray
  }
}
