package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{
  BoundReference,
  UnsafeArrayData,
  UnsafeProjection,
  UnsafeRow
}
import org.apache.spark.sql.types._
import org.apache.spark.unsafe.Platform

/** Looks at one row's features where they lie.
  *
  * After [[read]] the stored values are the doubles that [[values]] points to. Vectors and arrays of doubles are only
  * pointed at; matrices and arrays of other numbers are brought into reused arrays first. So are features that don't lie
  * in an array of bytes; a row in another form than Spark's own, an UnsafeRow, is brought into that one.
  *
  * The row layouts are those of Spark's vector type, struct(type, size, indices, values), and matrix type,
  * struct(type, numRows, numCols, colPtrs, rowIndices, values, isTransposed); type 0 is sparse and 1 dense.
  */
final private[sparksdk] class FeaturesReader(ordinal: Int, dataType: DataType) {
  import FeaturesReader._

  private[this] val kind =
    if (FeatureTypes.isVector(dataType)) Vector
    else if (FeatureTypes.isMatrix(dataType)) Matrix
    else Numbers
  private[this] val numbers = new NumberReader(dataType match {
    case ArrayType(element, _) => element
    case _ => DoubleType
  })
  private[this] val matrix = new UnsafeRow(MatrixFields)
  private[this] val matrices = new MatrixFlattener
  private[this] val copy = new GrowableBuffer(0)
  private[this] lazy val toUnsafe = UnsafeProjection.create(
    Seq(BoundReference(ordinal, withNulls(dataType), nullable = true))
  )

  /** Whether only some of the elements are stored, each with its index. */
  var isSparse: Boolean = false

  /** The number of elements, stored or not. */
  var width: Long = 0L

  /** Rows and columns of a matrix; no rows: not a matrix. */
  var matrixRows: Int = -1
  var matrixColumns: Int = -1

  /** The stored values. */
  val values = new ArrayView

  /** The indices of a sparse vector's stored values. */
  val indices = new ArrayView

  /** The number of stored values. */
  def count: Int = values.count

  def value(i: Int): Double = values.doubleAt(i)

  /** The index of a stored value of a sparse vector. */
  def index(i: Int): Int = indices.intAt(i)

  /** The index of a stored value of a sparse vector, or row * columns + column of a sparse matrix. */
  def key(i: Int): Long = if (matrixRows >= 0) matrices.keys(i) else index(i).toLong

  /** How many bytes the keys of the stored values take as varints, when they are sparse. */
  def keysBytes: Long = if (matrixRows >= 0) matrices.keysBytes else indices.varintBytes(width.toInt)

  /** Looks at a row; returns what is wrong with it, or null. A value instead of an Option: once a row. */
  def read(row: InternalRow): String =
    if (row.isNullAt(ordinal)) NullFeatures
    else
      row match {
        case unsafe: UnsafeRow => readUnsafe(unsafe, ordinal)
        case other => readUnsafe(toUnsafe(other), 0)
      }

  private def readUnsafe(row: UnsafeRow, at: Int): String = {
    // Where the column's content begins in the row, and its length.
    val content = row.getLong(at)
    val start = row.getBaseOffset + (content >>> 32)
    val size = content.toInt
    row.getBaseObject match {
      // Known to be such an array, memory is read without barriers.
      case bytes: Array[Byte] => readContent(bytes, start, size)
      case elsewhere => readContent(copied(elsewhere, start, size), Platform.BYTE_ARRAY_OFFSET.toLong, size)
    }
  }

  /** Sorted rows lie in arrays of longs, others outside of the heap. */
  private def copied(base: AnyRef, start: Long, size: Int): Array[Byte] = {
    val bytes = copy.emptied(size.toLong)
    Platform.copyMemory(base, start, bytes, Platform.BYTE_ARRAY_OFFSET.toLong, size.toLong)
    bytes
  }

  private def readContent(base: Array[Byte], start: Long, size: Int): String =
    if (kind == Vector) readVector(base, start)
    else if (kind == Matrix) {
      matrix.pointTo(base, start, size)
      readMatrix()
    } else readNumbers(base, start, size)

  /** Reads what UnsafeRow's methods would, which for two fields and two arrays take as long as the values do. */
  private def readVector(base: Array[Byte], start: Long): String = {
    val nulls = Platform.getLong(base, start)
    val kindOf = Platform.getByte(base, start + 8)
    if ((kindOf & ~1) != 0) return s"is of type $kindOf, which is neither sparse (0) nor dense (1)"
    if ((nulls & 8) != 0) return "has no values"
    values.pointToArray(base, start + (Platform.getLong(base, start + 32) >>> 32))
    isSparse = kindOf == 0
    if (isSparse) {
      if ((nulls & 6) != 0) return "is sparse and has no size or no indices"
      val size = Platform.getInt(base, start + 16)
      width = size
      if (size < 0) return s"has a size of $size"
      indices.pointToArray(base, start + (Platform.getLong(base, start + 24) >>> 32))
      if (indices.count != count) return s"has ${indices.count} indices and $count values"
      if (indices.hasIntOutside(size)) return s"has an index that isn't from 0 to ${size - 1}"
    } else {
      width = count
    }
    Fine
  }

  private def readMatrix(): String = {
    val finding = matrices.flatten(matrix, values, indices)
    if (finding != Fine) return finding
    values.copyDoubles(matrices.values, matrices.count)
    isSparse = matrices.isSparse
    matrixRows = matrices.rows
    matrixColumns = matrices.columns
    width = matrixRows.toLong * matrixColumns
    Fine
  }

  private def readNumbers(base: Array[Byte], start: Long, size: Int): String = {
    isSparse = false
    val nullAt = values.pointToNumbers(base, start, size, numbers)
    width = count
    if (nullAt >= 0) s"is null at position $nullAt" else Fine
  }
}

private[sparksdk] object FeaturesReader {
  private final val Vector = 0
  private final val Matrix = 1
  private final val Numbers = 2
  private final val MatrixFields = 7

  /** [[FeaturesReader.read]] found nothing wrong. */
  val Fine: String = None.orNull
  val NullFeatures = "is null"

  /** The type as Spark stores it, with nulls wherever a program may have put one in spite of the type: what is said to
    * have none would be copied as zero.
    */
  private def withNulls(dataType: DataType): DataType = dataType match {
    case own: UserDefinedType[_] => withNulls(own.sqlType)
    case StructType(fields) => StructType(fields.map(_.copy(nullable = true)))
    case ArrayType(element, _) => ArrayType(element, containsNull = true)
    case other => other
  }
}

/** A reused view of a primitive array inside a row: where its first element lies and how many there are. */
final private[sparksdk] class ArrayView {
  var base: Array[Byte] = new Array[Byte](0)
  var offset: Long = 0L
  var count: Int = 0
  private[this] var secondBytes = 0L
  private[this] val array = new UnsafeArrayData
  private[this] val scratch = new GrowableBuffer(0)

  /** Points to an array inside a row, as an UnsafeRow holds it. */
  def pointToArray(row: Array[Byte], start: Long): Unit = {
    // The number of elements, one bit for each that says whether it is null, the elements.
    val elements = Platform.getLong(row, start).toInt
    pointTo(row, start + UnsafeArrayData.calculateHeaderPortionInBytes(elements), elements)
  }

  /** Points to the array that a field of a row in an array of bytes holds. */
  def pointToField(row: UnsafeRow, ordinal: Int): Unit =
    pointToArray(
      row.getBaseObject.asInstanceOf[Array[Byte]],
      row.getBaseOffset + (row.getLong(ordinal) >>> 32)
    )

  /** Points to a copy of the first `elements` doubles. */
  def copyDoubles(doubles: Array[Double], elements: Int): Unit = {
    pointToScratch(elements)
    Platform.copyMemory(doubles, Platform.DOUBLE_ARRAY_OFFSET.toLong, base, offset, 8L * elements)
  }

  /** Points to an array of numbers inside a row, as doubles; returns the position of the first null, or -1. */
  def pointToNumbers(row: Array[Byte], start: Long, size: Int, numbers: NumberReader): Int = {
    array.pointTo(row, start, size)
    val nullAt = firstNull(array)
    if (nullAt < 0) {
      if (numbers.isDouble) pointToArray(row, start)
      else convert(array, numbers)
    }
    nullAt
  }

  private def pointTo(row: Array[Byte], first: Long, elements: Int): Unit = {
    // Nearly always the same row object's: storing a reference tells the collector.
    if (base ne row) base = row
    offset = first
    count = elements
  }

  private def pointToScratch(elements: Int): Unit =
    pointTo(scratch.emptied(8L * elements), Platform.BYTE_ARRAY_OFFSET.toLong, elements)

  /** Whether one of the Ints is negative or not below `limit`, which isn't negative. */
  def hasIntOutside(limit: Int): Boolean = {
    // Two at a time, since each row's are looked at: only an Int that is outside itself borrows from the other one.
    val last = (limit - 1L) & Varint.LOW
    val lasts = last << 32 | last
    val array = base
    val start = offset
    val ints = count
    var outside = 0L
    var seconds = 0L
    var i = 0
    while (i < ints - 1) {
      val both = Varint.pairAt(array, start + 4L * i)
      outside |= both | (lasts - both)
      seconds += Varint.secondBytes(both)
      i += 2
    }
    if (i < ints) {
      val one = intAt(i) & Varint.LOW
      outside |= one | (last - one)
      seconds += Varint.secondBytes(one)
    }
    secondBytes = seconds
    (outside & Varint.SIGNS) != 0
  }

  /** How many bytes the Ints take as varints, of which [[hasIntOutside]] found none outside this limit. */
  def varintBytes(limit: Int): Long =
    if (limit <= Varint.TWO_BYTES) count + (secondBytes & Varint.LOW) + (secondBytes >>> 32)
    else sumOfSizes()

  private def sumOfSizes(): Long = {
    val array = base
    val start = offset
    val ints = count
    var sum = 0L
    var i = 0
    while (i < ints) {
      sum += Varint.size(Platform.getInt(array, start + 4L * i).toLong)
      i += 1
    }
    sum
  }

  def doubleAt(i: Int): Double = Platform.getDouble(base, offset + 8L * i)
  def intAt(i: Int): Int = Platform.getInt(base, offset + 4L * i)

  private def firstNull(array: UnsafeArrayData): Int = {
    val elements = array.numElements()
    var i = 0
    while (i < elements) {
      if (array.isNullAt(i)) return i
      i += 1
    }
    -1
  }

  private def convert(array: UnsafeArrayData, numbers: NumberReader): Unit = {
    pointToScratch(array.numElements())
    var i = 0
    while (i < count) {
      Platform.putDouble(base, offset + 8L * i, numbers.double(array, i))
      i += 1
    }
  }
}
