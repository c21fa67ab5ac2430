package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.expressions.SpecializedGetters
import org.apache.spark.sql.types._

/** Writes numbers of one type as text that reads back to the same number, from a row or an array, without boxing them. */
final private[wire] class NumberWriter(dataType: DataType) {
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

  /** Whether the type has NaN and infinities. */
  val isFloating: Boolean = code <= 1

  /** The number, if its type has NaN and infinities; otherwise 0. */
  def floating(from: SpecializedGetters, i: Int): Double = code match {
    case 0 => from.getDouble(i)
    case 1 => from.getFloat(i).toDouble
    case _ => 0.0
  }

  def append(from: SpecializedGetters, i: Int, out: GrowableBuffer): Unit = code match {
    case 0 => DecimalText.append(from.getDouble(i), out)
    case 1 => out.appendAscii(java.lang.Float.toString(from.getFloat(i)))
    case 2 => DecimalText.append(from.getLong(i), out)
    case 3 => DecimalText.append(from.getInt(i).toLong, out)
    case 4 => DecimalText.append(from.getShort(i).toLong, out)
    case 5 => DecimalText.append(from.getByte(i).toLong, out)
    case _ => out.appendAscii(from.getDecimal(i, decimal.precision, decimal.scale).toString)
  }
}
