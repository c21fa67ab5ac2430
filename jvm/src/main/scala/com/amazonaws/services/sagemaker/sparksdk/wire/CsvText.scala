package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.unsafe.Platform
import org.apache.spark.unsafe.types.UTF8String

/** Writes texts as fields of CSV: as they are, or in quotes, in which a quote stands twice (RFC 4180).
  *
  * An empty text is a pair of quotes, so that it isn't a null; texts that begin or end with a blank, which some
  * readers would cut off, stand in quotes too.
  */
private[wire] object CsvText {

  def append(text: UTF8String, out: GrowableBuffer): Unit =
    if (needsQuotes(text)) {
      out.appendByte('"')
      var i = 0
      while (i < text.numBytes) {
        val byte = byteAt(text, i)
        if (byte == '"') out.appendByte('"')
        out.appendByte(byte)
        i += 1
      }
      out.appendByte('"')
    } else out.appendText(text)

  private def needsQuotes(text: UTF8String): Boolean = {
    val count = text.numBytes
    var found = count == 0 || isBlank(byteAt(text, 0)) || isBlank(byteAt(text, count - 1))
    var i = 0
    while (!found && i < count) {
      val byte = byteAt(text, i)
      found = byte == ',' || byte == '"' || byte == '\n' || byte == '\r'
      i += 1
    }
    found
  }

  private def byteAt(text: UTF8String, i: Int): Byte =
    Platform.getByte(text.getBaseObject, text.getBaseOffset + i)

  private def isBlank(byte: Byte): Boolean = byte == ' ' || byte == '\t'
}
