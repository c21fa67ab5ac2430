package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{UnsafeArrayData, UnsafeRow}
import org.apache.spark.sql.catalyst.util.ArrayData
import org.apache.spark.sql.types._
import org.apache.spark.unsafe.Platform

/** Looks at one row's features where they lie, without copying them.
  *
  * After [[read]] the stored values are doubles in memory at `valuesBase`, `valuesOffset`. Vectors and arrays
  * of doubles
  * in an UnsafeRow are only pointed at; matrices and arrays of other numbers are brought into reused arrays first.
  *
  * The row layouts are those of Spark's vector type, struct(type, size, indices, values), and matrix type,
  * struct(type, numRows, numCols, colPtrs, rowIndices, values, isTransposed); type 0 is sparse and 1 dense.
  */
final private[sparksdk] class FeaturesReader(ordinal: Int, dataType: DataType) {
  private[this] val kind =
    if (FeatureTypes.isVector(dataType)) FeaturesReader.Vector
    else if (FeatureTypes.isMatrix(dataType)) FeaturesReader.Matrix
    else FeaturesReader.Numbers
  private[this] val numbers = new NumberReader(dataType match {
    case ArrayType(element, _) => element
    case _ => DoubleType
  })
  private[this] val struct = new UnsafeRow(if (kind == FeaturesReader.Matrix) 7 else 4)
  private[this] val arrays = new ArrayView
  private[this] val indexArrays = new ArrayView
  private[this] val matrices = new MatrixFlattener

  /** Whether only some of the elements are stored, each with its index. */
  var isSparse: Boolean = false

  /** The number of elements, stored or not. */
  var width: Long = 0L

  /** The number of stored values. */
  var count: Int = 0

  /** Rows and columns of a matrix; no rows: not a matrix. */
  var matrixRows: Int = -1
  var matrixColumns: Int = -1

  var valuesBase: AnyRef = FeaturesReader.NoObject
  var valuesOffset: Long = 0L

  /** Where the indices of a sparse vector's stored values lie, 32 bits each. */
  var indicesBase: AnyRef = FeaturesReader.NoObject
  var indicesOffset: Long = 0L

  /** How many bytes the keys of the stored values take as varints, when they are sparse. */
  var keysBytes: Long = 0L

  def value(i: Int): Double = Platform.getDouble(valuesBase, valuesOffset + 8L * i)

  /** The index of a stored value of a sparse vector. */
  def index(i: Int): Int = Platform.getInt(indicesBase, indicesOffset + 4L * i)

  /** The index of a stored value of a sparse vector, or row * columns + column of a sparse matrix. */
  def key(i: Int): Long = if (matrixRows >= 0) matrices.keys(i) else index(i).toLong

  /** Looks at a row; returns what is wrong with it, or null. A value instead of an Option: once a row. */
  def read(row: InternalRow): String =
    if (row.isNullAt(ordinal)) FeaturesReader.NullFeatures
    else if (kind == FeaturesReader.Vector) readVector(structOf(row, 4))
    else if (kind == FeaturesReader.Matrix) readMatrix(structOf(row, 7))
    else readNumbers(row)

  private def structOf(row: InternalRow, fields: Int): InternalRow = row match {
    case unsafe: UnsafeRow =>
      val offsetAndSize = unsafe.getLong(ordinal)
      struct.pointTo(unsafe.getBaseObject, unsafe.getBaseOffset + (offsetAndSize >>> 32), offsetAndSize.toInt)
      struct
    case _ => row.getStruct(ordinal, fields)
  }

  private def readVector(vector: InternalRow): String = {
    val kindOf = vector.getByte(0)
    if ((kindOf & ~1) != 0) return s"is of type $kindOf, which is neither sparse (0) nor dense (1)"
    if (vector.isNullAt(3)) return "has no values"
    arrays.pointToDoubles(vector, 3)
    valuesBase = arrays.base
    valuesOffset = arrays.offset
    count = arrays.count
    isSparse = kindOf == 0
    if (isSparse) {
      if (vector.isNullAt(1) || vector.isNullAt(2)) return "is sparse and has no size or no indices"
      width = vector.getInt(1)
      if (width < 0) return s"has a size of $width"
      indexArrays.pointToInts(vector, 2)
      indicesBase = indexArrays.base
      indicesOffset = indexArrays.offset
      if (indexArrays.count != count) return s"has ${indexArrays.count} indices and $count values"
      keysBytes = indexArrays.varintBytes(width.toInt)
      if (keysBytes < 0) return s"has an index that isn't from 0 to ${width - 1}"
    } else {
      width = count
    }
    FeaturesReader.Fine
  }

  private def readMatrix(matrix: InternalRow): String = {
    val finding = matrices.flatten(matrix, arrays, indexArrays)
    if (finding != FeaturesReader.Fine) return finding
    valuesBase = matrices.values
    valuesOffset = Platform.DOUBLE_ARRAY_OFFSET
    count = matrices.count
    isSparse = matrices.isSparse
    keysBytes = matrices.keysBytes
    matrixRows = matrices.rows
    matrixColumns = matrices.columns
    width = matrixRows.toLong * matrixColumns
    FeaturesReader.Fine
  }

  private def readNumbers(row: InternalRow): String = {
    isSparse = false
    val nullAt = arrays.pointToNumbers(row, ordinal, numbers)
    valuesBase = arrays.base
    valuesOffset = arrays.offset
    count = arrays.count
    width = count
    if (nullAt >= 0) s"is null at position $nullAt" else FeaturesReader.Fine
  }
}

private[sparksdk] object FeaturesReader {
  private final val Vector = 0
  private final val Matrix = 1
  private final val Numbers = 2

  /** [[FeaturesReader.read]] found nothing wrong. */
  val Fine: String = None.orNull
  val NullFeatures = "is null"
  private val NoObject: AnyRef = new Array[Byte](0)
}

/** A reused view of a primitive array inside a row: where its first element lies and how many there are. */
final private[wire] class ArrayView {
  var base: AnyRef = new Array[Byte](0)
  var offset: Long = 0L
  var count: Int = 0
  private[this] var scratch = new Array[Double](0)

  def pointToDoubles(row: InternalRow, ordinal: Int): Unit = row match {
    case unsafe: UnsafeRow => pointInto(unsafe, ordinal)
    case _ =>
      row.getArray(ordinal) match {
        case unsafe: UnsafeArrayData => pointTo(unsafe.getBaseObject, unsafe.getBaseOffset)
        case other => pointToScratch(other.toDoubleArray())
      }
  }

  def pointToInts(row: InternalRow, ordinal: Int): Unit = row match {
    case unsafe: UnsafeRow => pointInto(unsafe, ordinal)
    case _ =>
      row.getArray(ordinal) match {
        case unsafe: UnsafeArrayData => pointTo(unsafe.getBaseObject, unsafe.getBaseOffset)
        case other =>
          val ints = other.toIntArray()
          base = ints
          offset = Platform.INT_ARRAY_OFFSET
          count = ints.length
      }
  }

  /** Points to the elements as doubles; returns the position of the first null, or -1. */
  def pointToNumbers(row: InternalRow, ordinal: Int, numbers: NumberReader): Int = {
    val array = row.getArray(ordinal)
    val nullAt = firstNull(array)
    if (nullAt < 0) {
      array match {
        case unsafe: UnsafeArrayData if numbers.isDouble =>
          pointTo(unsafe.getBaseObject, unsafe.getBaseOffset)
        case _ => convert(array, numbers)
      }
    }
    nullAt
  }

  /** How many bytes the Ints take as varints; -1 when one of them is negative or not below `limit`, which isn't
    * negative.
    */
  def varintBytes(limit: Int): Long = {
    // Two at a time, since each row's are looked at: only an Int that is outside itself borrows from the other one.
    val last = (limit - 1L) & Varint.LOW
    val lasts = last << 32 | last
    val array = base
    val start = offset
    val ints = count
    var outside = 0L
    var long = 0L
    var i = 0
    while (i < ints - 1) {
      val both = Varint.pairAt(array, start + 4L * i)
      outside |= both | (lasts - both)
      long += Varint.secondBytes(both)
      i += 2
    }
    if (i < ints) {
      val one = intAt(i) & Varint.LOW
      outside |= one | (last - one)
      long += Varint.secondBytes(one)
    }
    if ((outside & Varint.SIGNS) != 0) -1L
    else if (limit <= Varint.TWO_BYTES) ints + (long & Varint.LOW) + (long >>> 32)
    else sumOfSizes()
  }

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

  private def firstNull(array: ArrayData): Int = {
    val elements = array.numElements()
    var i = 0
    while (i < elements) {
      if (array.isNullAt(i)) return i
      i += 1
    }
    -1
  }

  private def convert(array: ArrayData, numbers: NumberReader): Unit = {
    val elements = array.numElements()
    if (scratch.length < elements) scratch = new Array[Double](math.max(elements, scratch.length * 2))
    var i = 0
    while (i < elements) {
      scratch(i) = numbers.double(array, i)
      i += 1
    }
    pointToScratch(scratch)
    count = elements
  }

  private def pointToScratch(doubles: Array[Double]): Unit = {
    base = doubles
    offset = Platform.DOUBLE_ARRAY_OFFSET
    count = doubles.length
  }

  private def pointInto(row: UnsafeRow, ordinal: Int): Unit =
    pointTo(row.getBaseObject, row.getBaseOffset + (row.getLong(ordinal) >>> 32))

  /** An UnsafeArrayData starts with its number of elements and one null bit for each. */
  private def pointTo(object_ : AnyRef, start: Long): Unit = {
    count = Platform.getLong(object_, start).toInt
    base = object_
    offset = start + UnsafeArrayData.calculateHeaderPortionInBytes(count)
  }
}
