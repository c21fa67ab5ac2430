package com.amazonaws.services.sagemaker.sparksdk.wire

import java.util.Arrays

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{GenericInternalRow, UnsafeArrayData}
import org.apache.spark.sql.catalyst.util.ArrayData
import org.apache.spark.sql.types._

/** Makes vectors and arrays in the form that Spark's internal rows hold them. */
private[wire] object InternalValues {

  /** The layout of Spark's vector type. */
  val sqlType: DataType = StructType(
    Seq(
      StructField("type", ByteType, nullable = false),
      StructField("size", IntegerType),
      StructField("indices", ArrayType(IntegerType, containsNull = false)),
      StructField("values", ArrayType(DoubleType, containsNull = false))
    )
  )

  def dense(values: Array[Double], count: Int): InternalRow = {
    val row = new GenericInternalRow(4)
    row.setByte(0, 1)
    row.update(3, doubles(values, count))
    row
  }

  def sparse(size: Int, keys: Array[Long], values: Array[Double], count: Int): InternalRow = {
    val indices = new Array[Int](count)
    var i = 0
    while (i < count) {
      indices(i) = keys(i).toInt
      i += 1
    }
    val row = new GenericInternalRow(4)
    row.setByte(0, 0)
    row.setInt(1, size)
    row.update(2, UnsafeArrayData.fromPrimitiveArray(indices))
    row.update(3, doubles(values, count))
    row
  }

  def doubles(values: Array[Double], count: Int): ArrayData =
    UnsafeArrayData.fromPrimitiveArray(if (values.length == count) values else Arrays.copyOf(values, count))
}
