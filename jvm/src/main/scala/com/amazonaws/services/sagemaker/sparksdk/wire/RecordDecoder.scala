package com.amazonaws.services.sagemaker.sparksdk.wire

import java.nio.charset.StandardCharsets.UTF_8

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{SpecificInternalRow, UnsafeRow}
import org.apache.spark.sql.types._
import org.apache.spark.unsafe.Platform

/** Reads RecordIO-framed `aialgs.data.Record` messages: one row for each, from the entries of its `label` map.
  *
  * Tensors of 32-bit floats, 64-bit floats and 32-bit integers are read, packed or not, dense or with keys and shape;
  * unknown fields are skipped.
  *
  * @param schema the columns: each double, float, integer, long, a vector, or an array of doubles or floats
  * @param keys the key in the label map of each column
  */
final class RecordDecoder(schema: StructType, keys: Seq[String]) extends ResponseDecoder {
  require(
    schema.length == keys.length,
    s"the schema has ${schema.length} columns and ${keys.length} protobuf keys are given: give one for each column"
  )
  private[this] val columns: Array[TensorColumn] =
    schema.fields.zip(keys).map { case (field, key) => new TensorColumn(field.name, key, field.dataType) }
  private[this] val keyBytes: Array[Array[Byte]] = keys.map(_.getBytes(UTF_8)).toArray
  private[this] val layout = new RecordLayout(columns.length)
  private[this] var lastBytes = 0
  private[this] val row = RecordDecoder.reusedRow(columns.map(c => c.rowType: DataType).toSeq)

  /** @throws MalformedBodyException from the iterator, at the first record that can't be read */
  override def decode(body: Array[Byte], length: Int): Iterator[InternalRow] = {
    require(length >= 0 && length <= body.length, s"length is $length, the array has ${body.length} bytes")
    val reader = new ProtobufReader(body)
    val end = length
    new Iterator[InternalRow] {
      private[this] var at = 0
      override def hasNext: Boolean = at < end
      override def next(): InternalRow = {
        if (!hasNext) throw new NoSuchElementException("the body has no more records")
        at = if (layout.matches(body, at, end - at)) refill(body, at) else readFrame(reader, body, at, end)
        row
      }
    }
  }

  /** Reads the record at `start`, which is known to be laid out as the last one, and returns the position of
    * the next.
    */
  private def refill(body: Array[Byte], start: Int): Int = {
    var i = 0
    while (i < columns.length) {
      columns(i).storeAgain(row, i, body, start + layout.offset(i), start)
      i += 1
    }
    start + layout.frameBytes
  }

  /** Reads the record at `start` into the row and returns the position of the next one. */
  private def readFrame(reader: ProtobufReader, body: Array[Byte], start: Int, length: Int): Int = {
    layout.forget()
    if (length - start < RecordIO.HeaderBytes) {
      throw new MalformedBodyException(
        s"expected a RecordIO header of ${RecordIO.HeaderBytes} bytes at offset $start, and the body ends " +
          s"after ${length - start}"
      )
    }
    val magic = LittleEndian.getInt(body, start)
    if (magic != RecordIO.Magic) {
      throw new MalformedBodyException(
        f"expected the RecordIO magic number 0x${RecordIO.Magic}%08x at offset $start, found 0x$magic%08x"
      )
    }
    val payload = LittleEndian.getInt(body, start + 4) & 0xffffffffL
    val end = start + RecordIO.HeaderBytes + payload
    val next = end + RecordIO.padding(payload.toInt)
    if (next > length) {
      throw new MalformedBodyException(
        s"the record at offset $start has a payload of $payload bytes, ${next - start - RecordIO.HeaderBytes} with " +
          s"its padding, and only ${length - start - RecordIO.HeaderBytes} follow its header"
      )
    }
    readRecord(reader, start, start + RecordIO.HeaderBytes, end.toInt)
    val bytes = next.toInt - start
    // Learning costs something: records that differ from each other aren't worth it.
    if (bytes == lastBytes) layout.learn(body, start, end.toInt - start, bytes, columns)
    lastBytes = bytes
    next.toInt
  }

  private def readRecord(reader: ProtobufReader, frame: Int, start: Int, end: Int): Unit = {
    columns.foreach(_.reset())
    reader.enter(start, end)
    while (reader.hasMore) {
      val tag = reader.readTag()
      if (tag == RecordDecoder.LabelTag) {
        val entryEnd = reader.readLength()
        readEntry(reader, reader.position, entryEnd)
        reader.enter(entryEnd, end)
      } else reader.skip(tag)
    }
    var i = 0
    while (i < columns.length) {
      columns(i).store(row, i, frame)
      i += 1
    }
  }

  /** A map entry: key = 1, value = 2, in any order. */
  private def readEntry(reader: ProtobufReader, start: Int, end: Int): Unit = {
    val column = columnOf(reader, start, end)
    if (column >= 0) {
      columns(column).reset()
      reader.enter(start, end)
      while (reader.hasMore) {
        val tag = reader.readTag()
        if (tag == RecordDecoder.ValueTag) {
          val valueEnd = reader.readLength()
          columns(column).readValue(reader, valueEnd)
          reader.enter(valueEnd, end)
        } else reader.skip(tag)
      }
    }
  }

  private def columnOf(reader: ProtobufReader, start: Int, end: Int): Int = {
    var column = -1
    reader.enter(start, end)
    while (reader.hasMore) {
      val tag = reader.readTag()
      if (tag == RecordDecoder.KeyTag) {
        val keyEnd = reader.readLength()
        column = keyBytes.length - 1
        while (column >= 0 && !reader.matches(keyBytes(column), keyEnd)) column -= 1
        reader.enter(keyEnd, end)
      } else reader.skip(tag)
    }
    column
  }
}

private[wire] object RecordDecoder {
  final val KeyTag = 0x0a
  final val ValueTag = 0x12
  final val LabelTag = 0x12

  /** A row that is filled again and again: one that needs no conversion any more, where its columns are numbers. */
  private def reusedRow(types: Seq[DataType]): InternalRow = {
    val numbers = types.forall {
      case DoubleType | FloatType | IntegerType | LongType => true
      case _ => false
    }
    if (numbers) {
      val bytes = new Array[Byte](UnsafeRow.calculateBitSetWidthInBytes(types.length) + 8 * types.length)
      val row = new UnsafeRow(types.length)
      row.pointTo(bytes, Platform.BYTE_ARRAY_OFFSET.toLong, bytes.length)
      row
    } else new SpecificInternalRow(types)
  }
}
