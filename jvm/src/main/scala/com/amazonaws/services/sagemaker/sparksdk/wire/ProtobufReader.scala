package com.amazonaws.services.sagemaker.sparksdk.wire

/** Reads protobuf's wire format from a slice of an array, and never past the slice's end. */
final private[wire] class ProtobufReader(bytes: Array[Byte]) {
  private[this] var at = 0
  private[this] var end = 0

  /** Moves to a slice. */
  def enter(start: Int, sliceEnd: Int): Unit = {
    at = start
    end = sliceEnd
  }

  def position: Int = at

  def hasMore: Boolean = at < end

  /** A field's number and wire type. */
  def readTag(): Int = {
    val start = at
    val tag = readVarint()
    if (tag <= 0 || tag > Int.MaxValue || (tag >>> 3) == 0) {
      throw malformed(s"expected a field's tag at offset $start, found $tag")
    }
    tag.toInt
  }

  def readVarint(): Long = {
    val start = at
    var shift = 0
    var value = 0L
    var more = true
    while (more) {
      if (at >= end) throw malformed(s"the number at offset $start is cut off at offset $end")
      if (shift > 63) throw malformed(s"the number at offset $start has more than ten bytes")
      val next = bytes(at)
      at += 1
      value |= (next & 0x7fL) << shift
      shift += 7
      more = next < 0
    }
    value
  }

  /** Reads the length of what follows and returns where that ends. */
  def readLength(): Int = {
    val start = at
    val length = readVarint()
    if (length < 0 || length > end - at) {
      throw malformed(s"the length at offset $start is $length, and ${end - at} bytes are left")
    }
    at + length.toInt
  }

  def readFixed32(): Int = {
    need(4)
    at += 4
    LittleEndian.getInt(bytes, at - 4)
  }

  def readFixed64(): Long = {
    need(8)
    at += 8
    LittleEndian.getLong(bytes, at - 8)
  }

  /** Skips the field whose tag was just read. */
  def skip(tag: Int): Unit = skip(tag, 0)

  private def skip(tag: Int, depth: Int): Unit = tag & 7 match {
    case 0 => readVarint()
    case 1 =>
      need(8)
      at += 8
    case 2 => at = readLength()
    case 3 => skipGroup(tag >>> 3, depth + 1)
    case 5 =>
      need(4)
      at += 4
    case other => throw malformed(s"wire type $other before offset $at is none that a field can have")
  }

  private def skipGroup(field: Int, depth: Int): Unit = {
    if (depth > ProtobufReader.MaxDepth) {
      throw malformed(s"groups are nested more than ${ProtobufReader.MaxDepth} deep at offset $at")
    }
    var tag = readTag()
    while ((tag & 7) != 4) {
      skip(tag, depth)
      tag = readTag()
    }
    if ((tag >>> 3) != field) throw malformed(s"group $field ends as group ${tag >>> 3} before offset $at")
  }

  /** Whether the bytes from here to `sliceEnd` are these. */
  def matches(expected: Array[Byte], sliceEnd: Int): Boolean = {
    var i = 0
    val same = sliceEnd - at == expected.length
    while (same && i < expected.length && bytes(at + i) == expected(i)) i += 1
    same && i == expected.length
  }

  def malformed(what: String): MalformedBodyException =
    new MalformedBodyException(s"not a protobuf record: $what")

  private def need(count: Int): Unit =
    if (end - at < count) throw malformed(s"expected $count bytes at offset $at, and ${end - at} are left")
}

private[wire] object ProtobufReader {
  private final val MaxDepth = 64
}
