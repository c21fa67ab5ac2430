package com.amazonaws.services.sagemaker.sparksdk.wire

import java.nio.charset.StandardCharsets.UTF_8
import java.util.Locale

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow
import org.apache.spark.sql.types.{DataType, DoubleType}

/** Reads numbers separated by commas, by newlines or by both: one row of one number for each.
  *
  * Older XGBoost containers answer in one line of comma-separated predictions, newer ones in a line for each.
  */
final class CsvNumbersDecoder extends ResponseDecoder {
  private[this] val row = new SpecificInternalRow(Seq[DataType](DoubleType))

  override def decode(body: Array[Byte], length: Int): Iterator[InternalRow] = {
    val limit = length
    new Iterator[InternalRow] {
      private[this] var at = TextBody.skipBlank(body, TextBody.start(body, limit), limit)
      override def hasNext: Boolean = at < limit
      override def next(): InternalRow = {
        if (!hasNext) throw new NoSuchElementException("the body has no more numbers")
        var end = at
        while (end < limit && body(end) != ',' && body(end) != '\n' && body(end) != '\r') end += 1
        row.setDouble(0, TextBody.number(body, at, end))
        at = TextBody.nextRow(body, end, limit)
        row
      }
    }
  }
}

/** Reads libsvm lines: a label, then `index:value` with indices from 1, into a number and a sparse vector.
  *
  * @param dim the vectors' size
  */
final class LibSVMDecoder(dim: Int) extends ResponseDecoder {
  require(dim >= 0, s"dim is $dim: give the number of features, 0 or more")
  private[this] val row = new SpecificInternalRow(Seq[DataType](DoubleType, InternalValues.sqlType))
  private[this] var keys = new Array[Long](64)
  private[this] var values = new Array[Double](64)

  override def decode(body: Array[Byte], length: Int): Iterator[InternalRow] = {
    val limit = length
    new Iterator[InternalRow] {
      private[this] var at = TextBody.skipBlank(body, 0, limit)
      override def hasNext: Boolean = at < limit
      override def next(): InternalRow = {
        if (!hasNext) throw new NoSuchElementException("the body has no more lines")
        var end = at
        while (end < limit && body(end) != '\n') end += 1
        readLine(body, at, end)
        at = TextBody.skipBlank(body, end, limit)
        row
      }
    }
  }

  private def readLine(body: Array[Byte], start: Int, end: Int): Unit = {
    var wordEnd = TextBody.wordEnd(body, start, end)
    row.setDouble(0, TextBody.number(body, start, wordEnd))
    var count = 0
    var last = -1L
    var at = TextBody.skipBlank(body, wordEnd, end)
    while (at < end) {
      wordEnd = TextBody.wordEnd(body, at, end)
      var colon = at
      while (colon < wordEnd && body(colon) != ':') colon += 1
      if (colon == wordEnd)
        throw new MalformedBodyException(s"expected index:value at offset $at, found no colon")
      val index = TextBody.index(body, at, colon)
      if (index <= last || index >= dim) {
        throw new MalformedBodyException(
          s"the index ${index + 1} at offset $at doesn't fit: indices must ascend from 1 to $dim, the deserializer's dim"
        )
      }
      if (count == keys.length) {
        keys = java.util.Arrays.copyOf(keys, count * 2)
        values = java.util.Arrays.copyOf(values, count * 2)
      }
      keys(count) = index
      values(count) = TextBody.number(body, colon + 1, wordEnd)
      count += 1
      last = index
      at = TextBody.skipBlank(body, wordEnd, end)
    }
    row.update(1, InternalValues.sparse(dim, keys, values, count))
  }
}

private[wire] object TextBody {
  private def isBlank(byte: Byte): Boolean = byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'

  def skipBlank(body: Array[Byte], start: Int, end: Int): Int = {
    var at = start
    while (at < end && isBlank(body(at))) at += 1
    at
  }

  /** Where the next row begins, behind the comma or the end of the line at `end`; some containers end with a comma. */
  def nextRow(body: Array[Byte], end: Int, limit: Int): Int =
    skipBlank(body, if (end < limit && body(end) == ',') end + 1 else end, limit)

  /** Where a text begins: behind the mark that some programs put before UTF-8. */
  def start(body: Array[Byte], limit: Int): Int =
    if (limit >= 3 && body(0) == 0xef.toByte && body(1) == 0xbb.toByte && body(2) == 0xbf.toByte) 3 else 0

  def wordEnd(body: Array[Byte], start: Int, end: Int): Int = {
    var at = start
    while (at < end && !isBlank(body(at))) at += 1
    at
  }

  def number(body: Array[Byte], start: Int, end: Int): Double = {
    val text = excerpt(body, start, end)
    text.trim.toLowerCase(Locale.ROOT) match {
      case "nan" | "-nan" => Double.NaN
      case "inf" | "+inf" | "infinity" | "+infinity" => Double.PositiveInfinity
      case "-inf" | "-infinity" => Double.NegativeInfinity
      // Java's parser also takes type suffixes and hexadecimal, which are no numbers here.
      case odd if odd.endsWith("d") || odd.endsWith("f") || odd.contains("x") => refuse(text, start)
      case plain =>
        try java.lang.Double.parseDouble(plain)
        catch {
          case _: NumberFormatException => refuse(text, start)
        }
    }
  }

  /** An index as it is written, from 1, as the position from 0. */
  def index(body: Array[Byte], start: Int, end: Int): Long = {
    val text = excerpt(body, start, end)
    try java.lang.Integer.parseInt(text).toLong - 1
    catch {
      case _: NumberFormatException => refuse(text, start)
    }
  }

  private def excerpt(body: Array[Byte], start: Int, end: Int): String =
    new String(body, start, end - start, UTF_8)

  private def refuse(text: String, at: Int): Nothing =
    throw new MalformedBodyException(s"""expected a number at offset $at, found "${text.take(40)}"""")
}
