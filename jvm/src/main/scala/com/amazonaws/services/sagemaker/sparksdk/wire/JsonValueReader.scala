package com.amazonaws.services.sagemaker.sparksdk.wire

import com.fasterxml.jackson.core.{JsonParser, JsonToken}
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.util.GenericArrayData
import org.apache.spark.sql.types._
import org.apache.spark.unsafe.types.UTF8String

/** Reads values of one type from JSON: double, float, int, bigint, string, boolean, vector, or an array of these.
  *
  * A vector is a list of numbers, one number, or an object with `keys`, `shape` and `values`. A number for an int or a
  * bigint must be whole; nothing is converted between texts and numbers.
  *
  * @param what what is read, for errors
  * @param nullable whether a null is read as one; otherwise it is an error
  */
abstract private[wire] class JsonValueReader(what: String, nullable: Boolean) {

  /** The type under which a reused row holds the value. */
  def rowType: DataType

  /** The value that the parser stands on, which isn't null. */
  protected def value(parser: JsonParser): Any

  protected def storeValue(parser: JsonParser, row: InternalRow, i: Int): Unit = row.update(i, value(parser))

  /** The value that the parser stands on; None: null. */
  final def nullableValue(parser: JsonParser): Option[Any] =
    if (isNull(parser)) None else Some(value(parser))

  /** Stores the value that the parser stands on in column `i`. */
  final def store(parser: JsonParser, row: InternalRow, i: Int): Unit =
    if (isNull(parser)) row.setNullAt(i) else storeValue(parser, row, i)

  private def isNull(parser: JsonParser): Boolean = {
    val found = parser.currentToken() == JsonToken.VALUE_NULL
    if (found && !nullable) refuse(parser, "a value, since it isn't nullable,")
    found
  }

  protected def refuse(parser: JsonParser, expected: String): Nothing =
    JsonValueReader.refuse(parser, s"$expected for $what")

  protected def number(parser: JsonParser): Double = parser.currentToken() match {
    case JsonToken.VALUE_NUMBER_INT | JsonToken.VALUE_NUMBER_FLOAT =>
      val found = parser.getDoubleValue
      // Older parsers call every infinite number a NaN: the text says whether the container wrote one.
      if (found.isInfinite && parser.getText.exists(_.isDigit)) refuse(parser, "a number that a double holds")
      found
    case _ => refuse(parser, "a number")
  }

  protected def whole(parser: JsonParser, least: Long, most: Long): Long = parser.currentToken() match {
    case JsonToken.VALUE_NUMBER_INT | JsonToken.VALUE_NUMBER_FLOAT =>
      WholeNumbers
        .of(parser.getText)
        .filter(n => n >= least && n <= most)
        .getOrElse(refuse(parser, s"a whole number from $least to $most"))
    case _ => refuse(parser, "a whole number")
  }
}

private[wire] object JsonValueReader {

  /** The reader of a column.
    *
    * @throws IllegalArgumentException naming the column of a type that can't be read
    */
  def ofColumn(field: StructField, key: String): JsonValueReader = {
    val what = if (field.name == key) s"""column "$key"""" else s"""column "${field.name}" (key "$key")"""
    of(field.dataType, what, field.nullable).getOrElse(
      throw new IllegalArgumentException(
        s"""column "${field.name}" can't be read from JSON as ${field.dataType.simpleString}: use double, float, int, """ +
          "bigint, string, boolean, a vector, or an array of these"
      )
    )
  }

  private def of(dataType: DataType, what: String, nullable: Boolean): Option[JsonValueReader] =
    dataType match {
      case DoubleType => Some(new JsonDoubleReader(what, nullable))
      case FloatType => Some(new JsonFloatReader(what, nullable))
      case IntegerType => Some(new JsonIntReader(what, nullable))
      case LongType => Some(new JsonLongReader(what, nullable))
      case StringType => Some(new JsonStringReader(what, nullable))
      case BooleanType => Some(new JsonBooleanReader(what, nullable))
      case vector if FeatureTypes.isVector(vector) => Some(new JsonVectorReader(what, nullable))
      case ArrayType(element, containsNull) =>
        of(element, s"an element of $what", containsNull).map(
          new JsonArrayReader(_, dataType, what, nullable)
        )
      case _ => None
    }

  /** The error about what the parser stands on. */
  def refuse(parser: JsonParser, expected: String): Nothing = throw new MalformedBodyException(
    s"expected $expected at offset ${parser.currentTokenLocation().getByteOffset}, found ${described(parser)}"
  )

  private def described(parser: JsonParser): String = Option(parser.currentToken()) match {
    case None => "the end"
    case Some(JsonToken.START_ARRAY) => "a list"
    case Some(JsonToken.START_OBJECT) => "an object"
    case Some(JsonToken.END_ARRAY) => "the end of a list"
    case Some(JsonToken.END_OBJECT) => "the end of an object"
    case Some(JsonToken.FIELD_NAME) => s"""the key "${parser.getText.take(40)}""""
    case Some(JsonToken.VALUE_STRING) => s"""the text "${parser.getText.take(40)}""""
    case Some(JsonToken.VALUE_NUMBER_INT | JsonToken.VALUE_NUMBER_FLOAT) =>
      s"the number ${parser.getText.take(40)}"
    case Some(_) => parser.getText
  }
}

final private[wire] class JsonDoubleReader(what: String, nullable: Boolean)
    extends JsonValueReader(what, nullable) {
  override def rowType: DataType = DoubleType
  override protected def value(parser: JsonParser): Any = number(parser)
  override protected def storeValue(parser: JsonParser, row: InternalRow, i: Int): Unit =
    row.setDouble(i, number(parser))
}

final private[wire] class JsonFloatReader(what: String, nullable: Boolean)
    extends JsonValueReader(what, nullable) {
  override def rowType: DataType = FloatType
  override protected def value(parser: JsonParser): Any = float(parser)
  override protected def storeValue(parser: JsonParser, row: InternalRow, i: Int): Unit =
    row.setFloat(i, float(parser))

  private def float(parser: JsonParser): Float = {
    val found = number(parser)
    if (found.toFloat.isInfinite && !found.isInfinite) refuse(parser, "a number that a float holds")
    found.toFloat
  }
}

final private[wire] class JsonIntReader(what: String, nullable: Boolean)
    extends JsonValueReader(what, nullable) {
  override def rowType: DataType = IntegerType
  override protected def value(parser: JsonParser): Any =
    whole(parser, Int.MinValue.toLong, Int.MaxValue.toLong).toInt
}

final private[wire] class JsonLongReader(what: String, nullable: Boolean)
    extends JsonValueReader(what, nullable) {
  override def rowType: DataType = LongType
  override protected def value(parser: JsonParser): Any = whole(parser, Long.MinValue, Long.MaxValue)
}

final private[wire] class JsonStringReader(what: String, nullable: Boolean)
    extends JsonValueReader(what, nullable) {
  override def rowType: DataType = StringType
  override protected def value(parser: JsonParser): Any =
    if (parser.currentToken() == JsonToken.VALUE_STRING) UTF8String.fromString(parser.getText)
    else refuse(parser, "a text")
}

final private[wire] class JsonBooleanReader(what: String, nullable: Boolean)
    extends JsonValueReader(what, nullable) {
  override def rowType: DataType = BooleanType
  override protected def value(parser: JsonParser): Any = parser.currentToken() match {
    case JsonToken.VALUE_TRUE => true
    case JsonToken.VALUE_FALSE => false
    case _ => refuse(parser, "true or false")
  }
}

final private[wire] class JsonArrayReader(
    elements: JsonValueReader,
    override val rowType: DataType,
    what: String,
    nullable: Boolean
) extends JsonValueReader(what, nullable) {
  override protected def value(parser: JsonParser): Any = {
    if (parser.currentToken() != JsonToken.START_ARRAY) refuse(parser, "a list")
    val found = Array.newBuilder[Any]
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (Option(parser.currentToken()).isEmpty) refuse(parser, "the list's next element or its end")
      found += elements.nullableValue(parser).orNull[Any]
    }
    new GenericArrayData(found.result())
  }
}

final private[wire] class JsonVectorReader(what: String, nullable: Boolean)
    extends JsonValueReader(what, nullable) {
  private[this] val values = new Doubles
  private[this] val keys = new Doubles
  private[this] val shape = new Doubles

  override def rowType: DataType = InternalValues.sqlType

  override protected def value(parser: JsonParser): Any = parser.currentToken() match {
    case JsonToken.START_ARRAY =>
      readNumbers(parser, values)
      InternalValues.dense(values.array, values.count)
    case JsonToken.START_OBJECT => readTensor(parser)
    case JsonToken.VALUE_NUMBER_INT | JsonToken.VALUE_NUMBER_FLOAT =>
      InternalValues.dense(Array(number(parser)), 1)
    case _ => refuse(parser, "a list of numbers")
  }

  private def readNumbers(parser: JsonParser, into: Doubles): Unit = {
    into.count = 0
    if (parser.currentToken() != JsonToken.START_ARRAY) refuse(parser, "a list of numbers")
    while (parser.nextToken() != JsonToken.END_ARRAY) into.add(number(parser))
  }

  /** The form of a sparse tensor. */
  private def readTensor(parser: JsonParser): InternalRow = {
    val start = parser.currentTokenLocation().getByteOffset
    Seq(values, keys, shape).foreach(_.count = 0)
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      val name = parser.getText
      parser.nextToken()
      name match {
        case "values" => readNumbers(parser, values)
        case "keys" => readNumbers(parser, keys)
        case "shape" => readNumbers(parser, shape)
        case _ => parser.skipChildren()
      }
    }
    val indices = Array.tabulate(keys.count)(i => keys.array(i).toLong)
    val size = if (shape.count == 1) shape.array(0) else -1.0
    val fits = size >= 0 && size <= Int.MaxValue && size == math.rint(size) && keys.count == values.count &&
      indices.indices.forall { i =>
        indices(i) == keys.array(i) && indices(i) < size && indices(i) > (if (i == 0) -1L else indices(i - 1))
      }
    if (!fits) {
      throw new MalformedBodyException(
        s"""expected an object with "shape" (one number), "values", and as many ascending "keys" below it for $what at """ +
          s"offset $start, found ${shape.count} numbers of shape, ${values.count} values and ${keys.count} keys"
      )
    }
    InternalValues.sparse(size.toInt, indices, values.array, values.count)
  }
}

/** Doubles in an array that grows and is used again. */
final private[wire] class Doubles {
  var array: Array[Double] = new Array[Double](16)
  var count: Int = 0

  def add(value: Double): Unit = {
    if (count == array.length) array = java.util.Arrays.copyOf(array, count * 2)
    array(count) = value
    count += 1
  }
}
