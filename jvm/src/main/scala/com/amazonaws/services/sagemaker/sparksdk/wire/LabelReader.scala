package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.types._

/** Reads a row's label, of any number type, without boxing it. */
final private[wire] class LabelReader(ordinal: Int, dataType: DataType) {
  private[this] val decimal = dataType match {
    case d: DecimalType => d
    case _ => DecimalType.SYSTEM_DEFAULT
  }
  private[this] val code = dataType match {
    case DoubleType => 0
    case FloatType => 1
    case LongType => 2
    case IntegerType => 3
    case ShortType => 4
    case ByteType => 5
    case _ => 6
  }

  def isNull(row: InternalRow): Boolean = row.isNullAt(ordinal)

  def double(row: InternalRow): Double = code match {
    case 0 => row.getDouble(ordinal)
    case 1 => row.getFloat(ordinal).toDouble
    case 2 => row.getLong(ordinal).toDouble
    case 3 => row.getInt(ordinal).toDouble
    case 4 => row.getShort(ordinal).toDouble
    case 5 => row.getByte(ordinal).toDouble
    case _ => row.getDecimal(ordinal, decimal.precision, decimal.scale).toDouble
  }

  /** The nearest 32-bit float. A long is rounded once, not through a double. */
  def float(row: InternalRow): Float = if (code == 2) row.getLong(ordinal).toFloat else double(row).toFloat
}
