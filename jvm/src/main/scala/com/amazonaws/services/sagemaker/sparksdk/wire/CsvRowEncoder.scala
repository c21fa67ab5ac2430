package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.types._

/** Writes all columns of a row as one line of comma-separated values, as Spark's CSV writer does for numbers;
  * vectors and
  * arrays of numbers become as many values as they have elements, sparse ones with all their zeros.
  *
  * A null number is an empty field, which SageMaker's XGBoost reads as missing.
  */
final class CsvRowEncoder(schema: StructType, rules: ContentRules) extends MeasuringEncoder {
  import CsvRowEncoder._

  private[this] val refuse = new RowRefusal(schema)
  private[this] val types = schema.fields.map(_.dataType)
  private[this] val codes = types.map(codeOf)
  private[this] val readers = types.zipWithIndex.map { case (dataType, i) =>
    if (FeatureTypes.isFeatures(dataType)) new FeaturesReader(i, dataType) else NoReader
  }
  private[this] var rowNumber = -1L
  private[this] var expectedWidth = rules.knownWidth.map(_.toLong).getOrElse(-1L)

  override val contentType: String = ContentTypes.Csv

  /** The number of fields of each line, without the first, which is the label's. */
  override def width: Option[Int] = if (expectedWidth > 0) Some((expectedWidth - 1).toInt) else None

  override def encode(row: InternalRow, out: GrowableBuffer): Unit = {
    rowNumber += 1
    val start = out.length
    try {
      var fields = 0L
      var i = 0
      while (i < codes.length) {
        if (i > 0) out.appendByte(',')
        if (codes(i) == FeaturesCode) fields += appendFeatures(row, i, out)
        else {
          appendField(row, i, out)
          fields += 1
        }
        i += 1
      }
      checkWidth(row, fields)
      out.appendByte('\n')
    } catch {
      case e: UnencodableRowException =>
        out.truncate(start)
        throw e
    }
  }

  private def appendField(row: InternalRow, i: Int, out: GrowableBuffer): Unit =
    if (row.isNullAt(i)) {
      if (i == 0 && rules.requireFinite) {
        refuse(
          row,
          rowNumber,
          schema(i).name,
          "is null",
          "the first column of CSV is the label, which every row needs"
        )
      }
    } else
      codes(i) match {
        case 0 => appendDouble(row, i, row.getDouble(i), out)
        case 1 =>
          val value = row.getFloat(i)
          if (rules.requireFinite && !TextRows.isFinite(value.toDouble)) refuseValue(row, i, value.toDouble)
          out.appendAscii(java.lang.Float.toString(value))
        case 2 => DecimalText.append(row.getLong(i), out)
        case 3 => DecimalText.append(row.getInt(i).toLong, out)
        case 4 => DecimalText.append(row.getShort(i).toLong, out)
        case 5 => DecimalText.append(row.getByte(i).toLong, out)
        case 6 => out.appendAscii(if (row.getBoolean(i)) "true" else "false")
        case _ =>
          val decimal = types(i).asInstanceOf[DecimalType]
          out.appendAscii(row.getDecimal(i, decimal.precision, decimal.scale).toString)
      }

  private def appendDouble(row: InternalRow, i: Int, value: Double, out: GrowableBuffer): Unit = {
    if (rules.requireFinite && !TextRows.isFinite(value)) refuseValue(row, i, value)
    DecimalText.append(value, out)
  }

  private def appendFeatures(row: InternalRow, i: Int, out: GrowableBuffer): Long = {
    val features = readers(i)
    val finding = features.read(row)
    if (finding != FeaturesReader.Fine) {
      refuse(
        row,
        rowNumber,
        schema(i).name,
        finding,
        "every row needs features; drop or fill the rows without"
      )
    }
    if (!TextRows.appendValues(features, rules.requireFinite, out)) {
      refuse(row, rowNumber, schema(i).name, "holds a value that isn't finite", FiniteRule)
    }
    features.width
  }

  private def checkWidth(row: InternalRow, fields: Long): Unit =
    if (fields != expectedWidth) {
      if (rules.requireUniformWidth && expectedWidth >= 0) {
        refuse(
          row,
          rowNumber,
          schema.last.name,
          s"makes a line of $fields fields",
          s"the lines before it have $expectedWidth, and all must have as many"
        )
      }
      if (expectedWidth < 0) expectedWidth = fields
    }

  private def refuseValue(row: InternalRow, i: Int, value: Double): Nothing =
    refuse(row, rowNumber, schema(i).name, s"holds $value", FiniteRule)
}

object CsvRowEncoder {
  private val FeaturesCode = 8
  private val NoReader = new FeaturesReader(0, NullType)
  private val FiniteRule =
    "training needs numbers that are finite as 32-bit floats; drop, clip or fill such values, " +
      "or make missing numbers null"

  /** @throws IllegalArgumentException naming the column of a type that can't be written */
  def apply(schema: StructType, rules: ContentRules): CsvRowEncoder = {
    schema.fields.find(field => !isSupported(field.dataType)).foreach { field =>
      throw new IllegalArgumentException(
        s"""column "${field.name}" must be a number, a boolean, a vector or an array of numbers to be written as CSV, """ +
          s"and is ${field.dataType.simpleString}"
      )
    }
    new CsvRowEncoder(schema, rules)
  }

  /** Whether every column is of a type that is written here. */
  def supports(schema: StructType): Boolean =
    schema.nonEmpty && schema.fields.forall(f => isSupported(f.dataType))

  private def isSupported(dataType: DataType): Boolean =
    dataType == BooleanType || FeatureTypes.isNumber(dataType) ||
      (FeatureTypes.isFeatures(dataType) && !FeatureTypes.isMatrix(dataType))

  private def codeOf(dataType: DataType): Int = dataType match {
    case DoubleType => 0
    case FloatType => 1
    case LongType => 2
    case IntegerType => 3
    case ShortType => 4
    case ByteType => 5
    case BooleanType => 6
    case _: DecimalType => 7
    case _ => FeaturesCode
  }
}
