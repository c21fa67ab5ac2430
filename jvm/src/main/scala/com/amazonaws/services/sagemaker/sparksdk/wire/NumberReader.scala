package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters
import org.apache.spark.sql.types._

/** Reads numbers of one type from a row or an array, as doubles, floats or text, without boxing them. */
final private[wire] class NumberReader(dataType: DataType) {
  import NumberReader._

  private[this] val decimal = dataType match {
    case d: DecimalType => d
    case _ => DecimalType.SYSTEM_DEFAULT
  }
  private[this] val code = dataType match {
    case DoubleType => DoubleCode
    case FloatType => FloatCode
    case LongType => LongCode
    case IntegerType => IntCode
    case ShortType => ShortCode
    case ByteType => ByteCode
    case _ => DecimalCode
  }

  /** Whether the type is that of 64-bit floats. */
  val isDouble: Boolean = code == DoubleCode

  /** Whether the type has NaN and infinities. */
  val isFloating: Boolean = code <= FloatCode

  def double(from: SpecializedGetters, i: Int): Double = code match {
    case DoubleCode => from.getDouble(i)
    case FloatCode => from.getFloat(i).toDouble
    case LongCode => from.getLong(i).toDouble
    case IntCode => from.getInt(i).toDouble
    case ShortCode => from.getShort(i).toDouble
    case ByteCode => from.getByte(i).toDouble
    case _ => from.getDecimal(i, decimal.precision, decimal.scale).toDouble
  }

  /** The nearest 32-bit float. A long is rounded once, not through a double. */
  def float(from: SpecializedGetters, i: Int): Float =
    if (code == LongCode) from.getLong(i).toFloat else double(from, i).toFloat

  /** Appends the text that reads back to the same number. */
  def append(from: SpecializedGetters, i: Int, out: GrowableBuffer): Unit = code match {
    case DoubleCode => DecimalText.append(from.getDouble(i), out)
    case FloatCode => out.appendAscii(java.lang.Float.toString(from.getFloat(i)))
    case LongCode => DecimalText.append(from.getLong(i), out)
    case IntCode => DecimalText.append(from.getInt(i).toLong, out)
    case ShortCode => DecimalText.append(from.getShort(i).toLong, out)
    case ByteCode => DecimalText.append(from.getByte(i).toLong, out)
    case _ => out.appendAscii(from.getDecimal(i, decimal.precision, decimal.scale).toString)
  }
}

private object NumberReader {
  private final val DoubleCode = 0
  private final val FloatCode = 1
  private final val LongCode = 2
  private final val IntCode = 3
  private final val ShortCode = 4
  private final val ByteCode = 5
  private final val DecimalCode = 6
}

/** Reads a row's label, of any number type. */
final private[wire] class LabelReader(ordinal: Int, dataType: DataType) {
  private[this] val numbers = new NumberReader(dataType)

  def isNull(row: InternalRow): Boolean = row.isNullAt(ordinal)

  def double(row: InternalRow): Double = numbers.double(row, ordinal)

  def float(row: InternalRow): Float = numbers.float(row, ordinal)
}
