package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.unsafe.types.UTF8String

/** Writes texts as fields of CSV: as they are, or in quotes, in which a quote stands twice (RFC 4180).
  *
  * An empty text is a pair of quotes, so that it isn't a null; so are texts that begin or end with a blank quoted, which
  * some readers would cut off.
  */
private[wire] object CsvText {

  def append(text: UTF8String, out: GrowableBuffer): Unit = {
    val bytes = text.getBytes
    if (needsQuotes(bytes)) {
      out.ensure(bytes.length + 2)
      out.appendByte('"')
      var i = 0
      while (i < bytes.length) {
        if (bytes(i) == '"') out.appendByte('"')
        out.appendByte(bytes(i))
        i += 1
      }
      out.appendByte('"')
    } else out.appendBytes(bytes)
  }

  private def needsQuotes(bytes: Array[Byte]): Boolean =
    bytes.isEmpty || isBlank(bytes.head) || isBlank(bytes.last) ||
      bytes.exists(b => b == ',' || b == '"' || b == '\n' || b == '\r')

  private def isBlank(byte: Byte): Boolean = byte == ' ' || byte == '\t'
}
