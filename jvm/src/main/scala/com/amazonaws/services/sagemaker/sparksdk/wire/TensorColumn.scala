package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData
import org.apache.spark.sql.catalyst.util.ArrayData
import org.apache.spark.sql.types._

/** Gathers the tensor of one label key and stores it as the column's type asks: a vector, an array, or the one number.
  *
  * @param name the column
  * @param key the key in the label map
  * @param dataType double, float, integer, long, vector, or an array of doubles or floats
  */
final private[wire] class TensorColumn(name: String, key: String, dataType: DataType) {
  import AnswerColumn._
  import TensorColumn._

  private[this] val code: Int = codeOf(dataType, Supported).getOrElse(
    throw new IllegalArgumentException(
      s"""column "$name" can't be read from a tensor as ${dataType.simpleString}: """ +
        "use double, float, int, bigint, a vector, or an array of double or float"
    )
  )
  private[this] var tensor = NoTensor
  private[this] var values = new Array[Double](16)
  private[this] var count = 0
  private[this] var runs = 0
  private[this] var runStart = 0
  private[this] var keys = new Array[Long](16)
  private[this] var keyCount = 0
  private[this] var shape = new Array[Long](4)
  private[this] var shapeCount = 0

  /** The type under which a reused row holds the column. */
  def rowType: DataType = AnswerColumn.rowType(dataType)

  def reset(): Unit = {
    tensor = NoTensor
    count = 0
    runs = 0
    keyCount = 0
    shapeCount = 0
  }

  /** Reads a `Value` message that ends at `end`. Of several tensors the last one counts, as protobuf's oneof has it. */
  def readValue(reader: ProtobufReader, end: Int): Unit = {
    reader.enter(reader.position, end)
    while (reader.hasMore) {
      val tag = reader.readTag()
      val kind = tag match {
        case Float32Field | Float64Field | Int32Field => tag
        case BytesField =>
          throw reader.malformed(s"""key "$key" holds bytes, and a tensor of numbers is expected""")
        case _ => NoTensor
      }
      if (kind == NoTensor) reader.skip(tag)
      else {
        if (tensor != kind) reset()
        tensor = kind
        val tensorEnd = reader.readLength()
        readTensor(reader, tensorEnd)
        reader.enter(tensorEnd, end)
      }
    }
  }

  /** values = 1, keys = 2, shape = 3; each packed or one by one. */
  private def readTensor(reader: ProtobufReader, end: Int): Unit = {
    reader.enter(reader.position, end)
    while (reader.hasMore) {
      val tag = reader.readTag()
      val packed = (tag & 7) == 2
      tag >>> 3 match {
        case 1 if packed || (tag & 7) == elementWire => readValues(reader, end, packed)
        case 2 if packed || (tag & 7) == 0 =>
          forEach(reader, end, packed) { number =>
            if (keyCount == keys.length) keys = java.util.Arrays.copyOf(keys, keyCount * 2)
            keys(keyCount) = number
            keyCount += 1
          }
        case 3 if packed || (tag & 7) == 0 =>
          forEach(reader, end, packed) { number =>
            if (shapeCount == shape.length) shape = java.util.Arrays.copyOf(shape, shapeCount * 2)
            shape(shapeCount) = number
            shapeCount += 1
          }
        case 1 | 2 | 3 =>
          throw reader.malformed(
            s"unexpected wire type ${tag & 7} in a tensor before offset ${reader.position}"
          )
        case _ => reader.skip(tag)
      }
    }
  }

  private def elementWire: Int = if (tensor == Float32Field) 5 else if (tensor == Float64Field) 1 else 0

  private def readValues(reader: ProtobufReader, end: Int, packed: Boolean): Unit =
    if (!packed) {
      runs = ManyRuns
      addValue(readElement(reader))
    } else {
      val runEnd = reader.readLength()
      runs = if (runs == 0) 1 else ManyRuns
      runStart = reader.position
      reader.enter(reader.position, runEnd)
      while (reader.hasMore) addValue(readElement(reader))
      reader.enter(runEnd, end)
    }

  /** Where in the body the values begin, if they are nothing but floats or doubles in one run; else -1. */
  def valuesAt: Int = if (runs == 1 && keyCount == 0 && tensor != Int32Field) runStart else -1

  /** The length of that run. */
  def valuesBytes: Int = count * elementBytes

  private def elementBytes: Int = if (tensor == Float32Field) 4 else 8

  /** Stores as many values as the last time, from a run at `start`, which must lie within the body. */
  def storeAgain(row: InternalRow, i: Int, body: Array[Byte], start: Int, frame: Int): Unit =
    if (count == 1 && code <= LongCode) setNumber(row, i, elementAt(body, start, 0), frame)
    else {
      refill(body, start)
      store(row, i, frame)
    }

  private def elementAt(body: Array[Byte], start: Int, i: Int): Double =
    if (tensor == Float32Field)
      java.lang.Float.intBitsToFloat(LittleEndian.getInt(body, start + 4 * i)).toDouble
    else java.lang.Double.longBitsToDouble(LittleEndian.getLong(body, start + 8 * i))

  private def refill(body: Array[Byte], start: Int): Unit = {
    var i = 0
    while (i < count) {
      values(i) = elementAt(body, start, i)
      i += 1
    }
  }

  private def readElement(reader: ProtobufReader): Double =
    if (tensor == Float32Field) java.lang.Float.intBitsToFloat(reader.readFixed32()).toDouble
    else if (tensor == Float64Field) java.lang.Double.longBitsToDouble(reader.readFixed64())
    else reader.readVarint().toInt.toDouble

  private def addValue(value: Double): Unit = {
    if (count == values.length) values = java.util.Arrays.copyOf(values, count * 2)
    values(count) = value
    count += 1
  }

  private def forEach(reader: ProtobufReader, end: Int, packed: Boolean)(add: Long => Unit): Unit =
    if (!packed) add(reader.readVarint())
    else {
      val runEnd = reader.readLength()
      reader.enter(reader.position, runEnd)
      while (reader.hasMore) add(reader.readVarint())
      reader.enter(runEnd, end)
    }

  /** Puts what was gathered into column `i` of the row; `frame` is where the record starts, for errors. */
  def store(row: InternalRow, i: Int, frame: Int): Unit = {
    if (tensor == NoTensor) {
      throw malformed(frame, s"""has no number under the key "$key", which column "$name" is read from""")
    }
    val size = checkedSize(frame)
    val sparse = size != count || keyCount > 0
    code match {
      case VectorCode if sparse => row.update(i, InternalValues.sparse(size, keys, values, count))
      case VectorCode => row.update(i, InternalValues.dense(values, count))
      case DoublesCode =>
        row.update(i, InternalValues.doubles(if (sparse) densified(size, frame) else values, size))
      case FloatsCode =>
        row.update(i, floats(if (sparse) densified(size, frame) else values, size, frame))
      case _ => storeNumber(row, i, frame, size)
    }
  }

  private def storeNumber(row: InternalRow, i: Int, frame: Int, size: Int): Unit = {
    if (size != 1) {
      throw malformed(
        frame,
        s"""has $size values under the key "$key", and column "$name" is a ${dataType.simpleString}: one is expected; """ +
          "a deserializer whose column is a vector reads several"
      )
    }
    setNumber(row, i, if (count == 1) values(0) else 0.0, frame)
  }

  private def setNumber(row: InternalRow, i: Int, number: Double, frame: Int): Unit = code match {
    case DoubleCode => row.setDouble(i, number)
    case FloatCode => row.setFloat(i, single(number, frame))
    case IntCode =>
      val whole = number.toInt
      if (whole != number) refuse(number, s"a whole number from ${Int.MinValue} to ${Int.MaxValue}", frame)
      row.setInt(i, whole)
    case _ =>
      val whole = number.toLong
      // What is too large becomes the largest long, and that as a double is one more.
      if (whole.toDouble != number || whole == Long.MaxValue)
        refuse(number, s"a whole number from ${Long.MinValue} to ${Long.MaxValue}", frame)
      row.setLong(i, whole)
  }

  private def floats(numbers: Array[Double], size: Int, frame: Int): ArrayData = {
    val floats = new Array[Float](size)
    var i = 0
    while (i < size) {
      floats(i) = single(numbers(i), frame)
      i += 1
    }
    UnsafeArrayData.fromPrimitiveArray(floats)
  }

  private def single(number: Double, frame: Int): Float = {
    val rounded = number.toFloat
    if (rounded.isInfinite && !number.isInfinite) refuse(number, "a number that a float holds", frame)
    rounded
  }

  private def refuse(number: Double, expected: String, frame: Int): Nothing = throw new MalformedBodyException(
    s"""expected $expected for column "$name" (key "$key") in the record at offset $frame, found the number $number"""
  )

  /** The tensor's number of elements, after checks that values, keys and shape fit together. */
  private def checkedSize(frame: Int): Int = {
    var size = 1L
    var i = 0
    while (i < shapeCount) {
      if (shape(i) < 0 || shape(i) > Int.MaxValue || size * shape(i) > Int.MaxValue) {
        throw malformed(
          frame,
          s"""has a shape under the key "$key" with more than ${Int.MaxValue} elements"""
        )
      }
      size *= shape(i)
      i += 1
    }
    if (shapeCount == 0) size = count.toLong
    if (keyCount > 0 || (count == 0 && shapeCount > 0)) checkKeys(frame, size)
    else if (size != count) {
      throw malformed(frame, s"""has $count values under the key "$key", and its shape asks for $size""")
    }
    size.toInt
  }

  private def checkKeys(frame: Int, size: Long): Unit = {
    if (keyCount != count) {
      throw malformed(frame, s"""has $keyCount keys and $count values under the key "$key"""")
    }
    if (shapeCount == 0) throw malformed(frame, s"""has keys but no shape under the key "$key"""")
    var last = -1L
    var i = 0
    while (i < keyCount) {
      if (keys(i) <= last || keys(i) >= size) {
        throw malformed(
          frame,
          s"""has the index ${keys(
              i
            )} after $last under the key "$key": they must ascend and be below $size"""
        )
      }
      last = keys(i)
      i += 1
    }
  }

  private def densified(size: Int, frame: Int): Array[Double] = {
    if (size > MaxDensified) {
      throw malformed(
        frame,
        s"""has a sparse tensor of $size elements under the key "$key": more than $MaxDensified can't be written out """ +
          s"""as an array; make column "$name" a vector"""
      )
    }
    val dense = new Array[Double](size)
    var i = 0
    while (i < count) {
      dense(keys(i).toInt) = values(i)
      i += 1
    }
    dense
  }

  private def malformed(frame: Int, what: String): MalformedBodyException =
    new MalformedBodyException(s"the record at offset $frame $what")
}

private[wire] object TensorColumn {
  import AnswerColumn._

  /** A few bytes can claim any width: what they make us allocate is bounded. */
  private final val MaxDensified = 16 * 1024 * 1024

  private final val NoTensor = 0
  private final val ManyRuns = 2
  private final val Float32Field = 2 << 3 | 2
  private final val Float64Field = 3 << 3 | 2
  private final val Int32Field = 7 << 3 | 2
  private final val BytesField = 9 << 3 | 2

  private val Supported =
    Set(DoubleCode, FloatCode, IntCode, LongCode, VectorCode, DoublesCode, FloatsCode)
}
