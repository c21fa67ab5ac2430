package com.amazonaws.services.sagemaker.sparksdk.wire

import java.nio.charset.StandardCharsets.UTF_8
import java.util.Locale

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow
import org.apache.spark.sql.types._
import org.apache.spark.unsafe.types.UTF8String

/** Reads a vector of a fixed width for each row: in lines of comma-separated numbers, or all rows' numbers in one line.
  * Each row's numbers may stand in brackets.
  *
  * XGBoost's older containers answer a whole batch in one line, newer ones in a line for each row.
  *
  * @param width the number of elements of each vector
  */
final class CsvVectorsDecoder(width: Int) extends ResponseDecoder {
  require(width >= 1, s"the width is $width: a row has 1 number or more")
  private[this] val row = new SpecificInternalRow(Seq[DataType](InternalValues.sqlType))
  private[this] val values = new Array[Double](width)

  override def decode(body: Array[Byte], length: Int): Iterator[InternalRow] = {
    val limit = length
    new Iterator[InternalRow] {
      private[this] var at = TextBody.skipBlank(body, TextBody.start(body, limit), limit)
      override def hasNext: Boolean = at < limit
      override def next(): InternalRow = {
        if (!hasNext) throw new NoSuchElementException("the body has no more rows")
        at = readRow(body, at, limit)
        row.update(0, InternalValues.dense(values, width))
        row
      }
    }
  }

  /** Reads one row and what separates it from the next, where it returns. */
  private def readRow(body: Array[Byte], start: Int, limit: Int): Int = {
    val bracketed = body(start) == '['
    var at = if (bracketed) start + 1 else start
    var i = 0
    while (i < width) {
      var end = at
      while (end < limit && !isDelimiter(body(end))) end += 1
      values(i) = TextBody.number(body, at, end)
      i += 1
      val more = end < limit && body(end) == ','
      if (i < width && !more) throw wrongCount(start, i.toString)
      at = if (i < width) end + 1 else end
    }
    if (bracketed) {
      if (at >= limit || body(at) != ']') throw wrongCount(start, s"more than $width, or no closing bracket,")
      at = skipSpaces(body, at + 1, limit)
    }
    if (at < limit && body(at) != ',' && body(at) != '\n' && body(at) != '\r') {
      throw new MalformedBodyException(
        s"expected a comma or the end of the line at offset $at, found '${body(at).toChar}'"
      )
    }
    TextBody.nextRow(body, at, limit)
  }

  private def wrongCount(start: Int, found: String): MalformedBodyException = new MalformedBodyException(
    s"expected $width numbers for the row at offset $start, as many as the deserializer was told, and found $found"
  )

  private def isDelimiter(byte: Byte): Boolean = byte == ',' || byte == '\n' || byte == '\r' || byte == ']'

  private def skipSpaces(body: Array[Byte], start: Int, limit: Int): Int = {
    var at = start
    while (at < limit && (body(at) == ' ' || body(at) == '\t')) at += 1
    at
  }
}

/** Reads lines of comma-separated values as columns of a schema, in its order; one column may be a vector or an array of
  * doubles, which takes as many fields as the others leave. Fields may stand in quotes, as in RFC 4180; empty ones
  * without quotes are nulls, where the column takes them. Empty lines are skipped.
  */
final class CsvColumnsDecoder(schema: StructType) extends ResponseDecoder {
  import AnswerColumn._

  private[this] val codes = schema.fields.map { field =>
    codeOf(field.dataType, CsvColumnsDecoder.Supported).getOrElse(
      throw new IllegalArgumentException(
        s"""column "${field.name}" can't be read from CSV as ${field.dataType.simpleString}: use double, float, int, """ +
          "bigint, string, boolean, or for one column a vector or an array of double"
      )
    )
  }
  require(codes.nonEmpty, "the schema has no columns: give one at least")
  require(
    codes.count(_ >= VectorCode) <= 1,
    "the schema has several columns that are vectors or arrays: it isn't known which fields belong to which"
  )
  private[this] val hasVector = codes.exists(_ >= VectorCode)
  private[this] val row = new SpecificInternalRow(schema.fields.map(f => rowType(f.dataType)).toSeq)
  private[this] val fields = new CsvFields

  override def decode(body: Array[Byte], length: Int): Iterator[InternalRow] = {
    val limit = length
    new Iterator[InternalRow] {
      private[this] var at = skipEmptyLines(body, TextBody.start(body, limit), limit)
      override def hasNext: Boolean = at < limit
      override def next(): InternalRow = {
        if (!hasNext) throw new NoSuchElementException("the body has no more lines")
        val start = at
        at = skipEmptyLines(body, fields.read(body, at, limit), limit)
        store(body, start)
        row
      }
    }
  }

  private def store(body: Array[Byte], line: Int): Unit = {
    val columns = codes.length
    if (if (hasVector) fields.count < columns else fields.count != columns) {
      throw new MalformedBodyException(
        s"expected ${if (hasVector) "at least " else ""}$columns fields for the columns " +
          s"${schema.fieldNames.mkString(", ")} in the line at offset $line, and found ${fields.count}"
      )
    }
    var field = 0
    var i = 0
    while (i < columns) {
      if (codes(i) >= VectorCode) {
        val width = fields.count - columns + 1
        val values = new Array[Double](width)
        var k = 0
        while (k < width) {
          values(k) = TextBody.number(body, fields.start(field + k), fields.end(field + k))
          k += 1
        }
        row.update(
          i,
          if (codes(i) == VectorCode) InternalValues.dense(values, width)
          else InternalValues.doubles(values, width)
        )
        field += width
      } else {
        storeField(body, i, field)
        field += 1
      }
      i += 1
    }
  }

  private def storeField(body: Array[Byte], i: Int, field: Int): Unit = {
    val start = fields.start(field)
    val end = fields.end(field)
    if (start == end && !fields.isQuoted(field)) {
      if (!schema(i).nullable) refuse(i, start, "and found an empty field")
      row.setNullAt(i)
    } else
      codes(i) match {
        case DoubleCode => row.setDouble(i, TextBody.number(body, start, end))
        case FloatCode =>
          val found = TextBody.number(body, start, end)
          if (found.toFloat.isInfinite && !found.isInfinite) refuse(i, start, s"and found $found")
          row.setFloat(i, found.toFloat)
        case IntCode =>
          row.setInt(i, whole(body, i, start, end, Int.MinValue.toLong, Int.MaxValue.toLong).toInt)
        case LongCode => row.setLong(i, whole(body, i, start, end, Long.MinValue, Long.MaxValue))
        case BooleanCode =>
          text(body, start, end).trim.toLowerCase(Locale.ROOT) match {
            case "true" => row.setBoolean(i, true)
            case "false" => row.setBoolean(i, false)
            case other => refuse(i, start, s"""and found "${other.take(40)}"""")
          }
        case _ =>
          val content = text(body, start, end)
          row.update(
            i,
            UTF8String.fromString(if (fields.isQuoted(field)) content.replace("\"\"", "\"") else content)
          )
      }
  }

  private def whole(body: Array[Byte], i: Int, start: Int, end: Int, least: Long, most: Long): Long = {
    val written = text(body, start, end).trim
    WholeNumbers
      .of(written)
      .filter(n => n >= least && n <= most)
      .getOrElse(refuse(i, start, s"""and found "${written.take(40)}""""))
  }

  private def refuse(i: Int, at: Int, found: String): Nothing = throw new MalformedBodyException(
    s"""expected a ${schema(i).dataType.simpleString} for column "${schema(i).name}" at offset $at, $found"""
  )

  private def text(body: Array[Byte], start: Int, end: Int): String =
    new String(body, start, end - start, UTF_8)

  private def skipEmptyLines(body: Array[Byte], start: Int, limit: Int): Int = {
    var at = start
    while (at < limit && (body(at) == '\n' || body(at) == '\r')) at += 1
    at
  }
}

private[wire] object CsvColumnsDecoder {
  import AnswerColumn._

  private val Supported =
    Set(DoubleCode, FloatCode, IntCode, LongCode, BooleanCode, StringCode, VectorCode, DoublesCode)
}
