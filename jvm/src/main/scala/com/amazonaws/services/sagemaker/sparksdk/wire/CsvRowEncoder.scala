package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.types._

/** Writes columns of a row as one line of comma-separated values, as Spark's CSV writer does for numbers; vectors and
  * arrays of numbers become as many values as they have elements, sparse ones with all their zeros.
  *
  * A null number is an empty field, which SageMaker's XGBoost reads as missing; a line that would be empty is refused,
  * since readers of CSV skip it. Texts stand in quotes where they must, as in RFC 4180, and an empty one always.
  *
  * @param ordinals the columns, in the order of the line's fields
  * @param labelled whether the first column is a label, which every row needs
  */
final class CsvRowEncoder private (
    schema: StructType,
    ordinals: Array[Int],
    labelled: Boolean,
    rules: ContentRules
) extends MeasuringEncoder {
  import CsvRowEncoder._

  private[this] val refuse = new RowRefusal(schema)
  private[this] val types = ordinals.map(schema(_).dataType)
  private[this] val codes = types.map(codeOf)
  private[this] val numbers = types.map(elementType).map(new NumberReader(_))
  private[this] val readers = ordinals.zip(types).map { case (i, dataType) =>
    if (FeatureTypes.isFeatures(dataType)) new FeaturesReader(i, dataType) else NoReader
  }
  private[this] val texts = readers.zip(codes).map { case (reader, code) =>
    if (code == VectorCode) new VectorText(reader) else NoText
  }
  private[this] var rowNumber = -1L
  private[this] var expectedWidth = rules.knownWidth.map(_.toLong).getOrElse(-1L)

  override val contentType: String = ContentTypes.Csv

  /** The number of fields of each line, without the label's. */
  override def width: Option[Int] =
    if (expectedWidth > 0) Some((if (labelled) expectedWidth - 1 else expectedWidth).toInt) else None

  override def encode(row: InternalRow, out: GrowableBuffer): Unit = {
    rowNumber += 1
    val start = out.length
    var column = 0
    try {
      var fields = 0L
      while (column < codes.length) {
        if (column > 0) out.appendByte(',')
        if (codes(column) >= VectorCode) fields += appendFeatures(row, column, out)
        else {
          appendField(row, column, out)
          fields += 1
        }
        column += 1
      }
      checkWidth(row, fields)
      if (out.length == start) refuseEmptyLine(row)
      out.appendByte('\n')
    } catch {
      case e: RowTooLongException =>
        out.truncate(start)
        throw new RowTooLongException(
          e.needed,
          refuse.message(
            row,
            rowNumber,
            name(math.min(column, ordinals.length - 1)),
            s"makes a line of at least ${e.needed - start} bytes",
            "CSV has every zero of a sparse vector; a format that leaves them out, such as sagemaker or libsvm, takes such rows"
          )
        )
      case e: UnencodableRowException =>
        out.truncate(start)
        throw e
    }
  }

  private def appendField(row: InternalRow, column: Int, out: GrowableBuffer): Unit = {
    val i = ordinals(column)
    if (row.isNullAt(i)) {
      if (column == 0 && labelled) {
        refuse(
          row,
          rowNumber,
          name(column),
          "is null",
          "the first column of CSV is the label, which every row needs"
        )
      }
    } else
      codes(column) match {
        case BooleanCode => out.appendAscii(if (row.getBoolean(i)) "true" else "false")
        case TextCode => CsvText.append(row.getUTF8String(i), out)
        case _ =>
          if (rules.requireFinite && numbers(column).isFloating) {
            val value = numbers(column).double(row, i)
            if (!VectorText.isFinite(value)) refuse(row, rowNumber, name(column), s"holds $value", FiniteRule)
          }
          numbers(column).append(row, i, out)
      }
  }

  private def appendFeatures(row: InternalRow, column: Int, out: GrowableBuffer): Long = {
    val features = readers(column)
    val finding = features.read(row)
    if (finding != FeaturesReader.Fine) {
      refuse(
        row,
        rowNumber,
        name(column),
        finding,
        "every row needs features; drop or fill the rows without"
      )
    }
    if (features.width == 0 && codes.length > 1) {
      refuse(row, rowNumber, name(column), "is empty", "between other columns it would be read as a field")
    }
    val fine =
      if (codes(column) == VectorCode) texts(column).appendAll(out) || !rules.requireFinite
      else appendElements(row, column, features, out)
    if (!fine) refuse(row, rowNumber, name(column), "holds a value that isn't finite", FiniteRule)
    features.width
  }

  /** Writes an array's numbers as they are, which the reader only has as doubles. */
  private def appendElements(
      row: InternalRow,
      column: Int,
      features: FeaturesReader,
      out: GrowableBuffer
  ): Boolean = {
    val elements = row.getArray(ordinals(column))
    var i = 0
    while (i < elements.numElements()) {
      if (rules.requireFinite && !VectorText.isFinite(features.value(i))) return false
      if (i > 0) out.appendByte(',')
      numbers(column).append(elements, i, out)
      i += 1
    }
    true
  }

  private def checkWidth(row: InternalRow, fields: Long): Unit =
    if (fields != expectedWidth) {
      if (rules.requireUniformWidth && expectedWidth >= 0) {
        refuse(
          row,
          rowNumber,
          name(ordinals.length - 1),
          s"makes a line of $fields fields",
          s"the lines before it have $expectedWidth, and all must have as many"
        )
      }
      if (expectedWidth < 0) expectedWidth = fields
    }

  private def refuseEmptyLine(row: InternalRow): Nothing =
    refuse(
      row,
      rowNumber,
      name(0),
      if (codes(0) >= VectorCode) "is empty" else "is null",
      EmptyLineRule
    )

  private def name(column: Int): String = schema(ordinals(column)).name
}

object CsvRowEncoder {
  private final val BooleanCode = 1
  private final val TextCode = 2
  private final val VectorCode = 3
  private val NoReader = new FeaturesReader(0, NullType)
  private val NoText = new VectorText(NoReader)
  private[wire] val EmptyLineRule =
    "the line would be empty, and readers of CSV skip empty lines; drop or fill such rows"
  private val FiniteRule =
    "training needs numbers that are finite as 32-bit floats; drop, clip or fill such values, " +
      "or make missing numbers null"

  /** Writes all columns, the first of which is a label where the rules are strict.
    *
    * @throws IllegalArgumentException naming the column of a type that can't be written
    */
  def apply(schema: StructType, rules: ContentRules): CsvRowEncoder =
    apply(schema, rules, labelled = rules.requireFinite)

  /** Writes all columns.
    *
    * @param labelled whether the first of them is a label, which every row needs
    * @throws IllegalArgumentException naming the column of a type that can't be written
    */
  def apply(schema: StructType, rules: ContentRules, labelled: Boolean): CsvRowEncoder = {
    requireTypes(schema, schema.indices, isSupported, "a number, a boolean, a vector or an array of numbers")
    new CsvRowEncoder(schema, schema.indices.toArray, labelled, rules)
  }

  /** Writes a label and, behind it, features.
    *
    * @throws IllegalArgumentException naming the column that is missing or of a type that can't be written
    */
  def labelled(
      schema: StructType,
      labelColumn: String,
      featuresColumn: String,
      rules: ContentRules
  ): CsvRowEncoder = {
    val features = FeatureTypes.featuresOrdinal(schema, featuresColumn, vectorsOnly = true)
    val label = FeatureTypes.labelOrdinal(schema, labelColumn)
    new CsvRowEncoder(schema, Array(label, features), labelled = true, rules)
  }

  /** Writes chosen columns in the order of the choice; texts too.
    *
    * @throws IllegalArgumentException naming the column that is missing or of a type that can't be written
    */
  def ofColumns(schema: StructType, columns: Seq[String], rules: ContentRules): CsvRowEncoder = {
    val ordinals = columns.map(FeatureTypes.ordinal(schema, _, "a column to send"))
    requireTypes(
      schema,
      ordinals,
      dataType => dataType == StringType || isSupported(dataType),
      "a number, a boolean, a string, a vector or an array of numbers"
    )
    new CsvRowEncoder(schema, ordinals.toArray, labelled = false, rules)
  }

  /** Whether every column is of a type that is written here. */
  def supports(schema: StructType): Boolean =
    schema.nonEmpty && schema.fields.forall(f => isSupported(f.dataType))

  private def requireTypes(
      schema: StructType,
      ordinals: Seq[Int],
      isSupported: DataType => Boolean,
      expected: String
  ): Unit =
    ordinals.map(schema(_)).find(field => !isSupported(field.dataType)).foreach { field =>
      throw new IllegalArgumentException(
        s"""column "${field.name}" must be $expected to be written as CSV, and is ${field.dataType.simpleString}"""
      )
    }

  private def isSupported(dataType: DataType): Boolean =
    dataType == BooleanType || FeatureTypes.isNumber(dataType) ||
      (FeatureTypes.isFeatures(dataType) && !FeatureTypes.isMatrix(dataType))

  private def codeOf(dataType: DataType): Int = dataType match {
    case BooleanType => BooleanCode
    case StringType => TextCode
    case number if FeatureTypes.isNumber(number) => 0
    case vector if FeatureTypes.isVector(vector) => VectorCode
    case _ => VectorCode + 1
  }

  private def elementType(dataType: DataType): DataType = dataType match {
    case ArrayType(element, _) => element
    case other => other
  }
}
