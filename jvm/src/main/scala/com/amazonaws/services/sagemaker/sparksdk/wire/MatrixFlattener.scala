package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.catalyst.expressions.UnsafeRow

/** Brings the values of a matrix into row-major order, in arrays that are used again for the next row.
  *
  * A dense matrix gives all its values; a sparse one those that it stores, with key = row * columns + column,
  * ascending.
  */
final private[wire] class MatrixFlattener {
  var rows: Int = 0
  var columns: Int = 0
  var isSparse: Boolean = false
  var count: Int = 0
  var values: Array[Double] = new Array[Double](0)
  var keys: Array[Long] = new Array[Long](0)
  private[this] var starts = new Array[Int](0)

  /** How many bytes the keys take as varints. */
  def keysBytes: Long = {
    var sum = 0L
    var i = 0
    while (i < count) {
      sum += Varint.size(keys(i))
      i += 1
    }
    sum
  }

  /** Reads struct(type, numRows, numCols, colPtrs, rowIndices, values, isTransposed); returns what is wrong with it, or
    * null. Spark's own matrices are sound, but nothing looks at those that a program puts together itself.
    */
  def flatten(matrix: UnsafeRow, numbers: ArrayView, indices: ArrayView): String = {
    val kind = matrix.getByte(0)
    if ((kind & ~1) != 0) return s"is of type $kind, which is neither sparse (0) nor dense (1)"
    isSparse = kind == 0
    if (matrix.isNullAt(1) || matrix.isNullAt(2) || matrix.isNullAt(5)) return "has no size or no values"
    if (isSparse && (matrix.isNullAt(3) || matrix.isNullAt(4)))
      return "is sparse and has no pointers or no indices"
    rows = matrix.getInt(1)
    columns = matrix.getInt(2)
    numbers.pointToField(matrix, 5)
    count = numbers.count
    if (values.length < count) values = new Array[Double](math.max(count, values.length * 2))
    val byRow = matrix.getBoolean(6)
    if (rows < 0 || columns < 0) s"has $rows rows and $columns columns"
    else if (isSparse) flattenSparse(matrix, numbers, indices, byRow)
    else if (count != rows.toLong * columns) s"has $count values for $rows rows and $columns columns"
    else {
      flattenDense(numbers, byRow)
      FeaturesReader.Fine
    }
  }

  private def flattenDense(numbers: ArrayView, byRow: Boolean): Unit = {
    var row = 0
    var at = 0
    while (row < rows) {
      var column = 0
      while (column < columns) {
        values(at) = numbers.doubleAt(if (byRow) at else column * rows + row)
        at += 1
        column += 1
      }
      row += 1
    }
  }

  private def flattenSparse(
      matrix: UnsafeRow,
      numbers: ArrayView,
      indices: ArrayView,
      byRow: Boolean
  ): String = {
    if (keys.length < count) keys = new Array[Long](math.max(count, keys.length * 2))
    val lines = if (byRow) rows else columns
    indices.pointToField(matrix, 3)
    if (indices.count.toLong != lines + 1L) return s"has ${indices.count} pointers to $lines ${nameOf(byRow)}"
    if (starts.length < lines + 1) starts = new Array[Int](lines + 1)
    var line = 0
    while (line <= lines) {
      starts(line) = indices.intAt(line)
      line += 1
    }
    indices.pointToField(matrix, 4)
    if (indices.count != count) return s"has ${indices.count} indices and $count values"
    val others = if (byRow) columns else rows
    if (indices.hasIntOutside(others)) return s"has an index that isn't from 0 to ${others - 1}"
    if (starts(0) != 0 || starts(lines) != count)
      return s"has $count values, and ${nameOf(byRow)} from ${starts(0)} to ${starts(lines)}"
    line = 0
    while (line < lines) {
      var i = starts(line)
      val next = starts(line + 1)
      if (next < i || next > count)
        return s"has ${nameOf(byRow)} that don't follow each other: $i, then $next"
      while (i < next) {
        val other = indices.intAt(i)
        keys(i) = if (byRow) line.toLong * columns + other else other.toLong * columns + line
        values(i) = numbers.doubleAt(i)
        i += 1
      }
      line += 1
    }
    if (!byRow) sortByKey()
    FeaturesReader.Fine
  }

  private def nameOf(byRow: Boolean): String = if (byRow) "rows" else "columns"

  /** A matrix stored by columns has its keys out of order. */
  private def sortByKey(): Unit = {
    val order = Array.range(0, count).sortBy(keys(_))
    val sortedKeys = order.map(keys(_))
    val sortedValues = order.map(values(_))
    System.arraycopy(sortedKeys, 0, keys, 0, count)
    System.arraycopy(sortedValues, 0, values, 0, count)
  }
}
