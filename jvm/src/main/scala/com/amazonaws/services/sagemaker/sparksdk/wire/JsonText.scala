package com.amazonaws.services.sagemaker.sparksdk.wire

import java.nio.ByteBuffer
import java.nio.charset.{CharacterCodingException, CodingErrorAction}
import java.nio.charset.StandardCharsets.UTF_8

import org.apache.spark.unsafe.Platform
import org.apache.spark.unsafe.types.UTF8String

/** Writes texts as JSON strings in UTF-8.
  *
  * Besides what JSON asks for, the line separators U+0085, U+2028 and U+2029 are escaped: some readers of JSON Lines end
  * a line there.
  */
private[wire] object JsonText {
  private val Hex = "0123456789abcdef"

  /** What can't be written: bytes that are no text. */
  val NotUtf8 = "holds bytes that are no UTF-8 text"

  /** A text as a JSON string, quotes included. */
  def quoted(text: String): String = {
    val out = new GrowableBuffer(text.length + 16)
    append(text.getBytes(UTF_8), out)
    new String(out.array, 0, out.length, UTF_8)
  }

  /** Appends a text as a JSON string; returns what is wrong with it, or [[FeaturesReader.Fine]]. */
  def append(text: UTF8String, out: GrowableBuffer): String =
    if (isPlain(text)) {
      out.appendByte('"')
      out.appendText(text)
      out.appendByte('"')
      FeaturesReader.Fine
    } else append(text.getBytes, out)

  /** Whether a text is ASCII of which nothing has to be escaped. */
  private def isPlain(text: UTF8String): Boolean = {
    val base = text.getBaseObject
    var at = text.getBaseOffset
    val end = at + text.numBytes
    while (at < end) {
      val byte = Platform.getByte(base, at)
      if (byte < 0x20 || byte == '"' || byte == '\\') return false
      at += 1
    }
    true
  }

  private def append(bytes: Array[Byte], out: GrowableBuffer): String =
    if (bytes.exists(_ < 0) && !isUtf8(bytes)) NotUtf8
    else {
      out.ensure(bytes.length + 2)
      out.appendByte('"')
      var i = 0
      while (i < bytes.length) i = appendCharacter(bytes, i, out)
      out.appendByte('"')
      FeaturesReader.Fine
    }

  /** Appends the byte at `i`, or the character there if it has to be escaped; returns the position after it. */
  private def appendCharacter(bytes: Array[Byte], i: Int, out: GrowableBuffer): Int = bytes(i) match {
    case '"' => out.appendAscii("\\\""); i + 1
    case '\\' => out.appendAscii("\\\\"); i + 1
    case '\n' => out.appendAscii("\\n"); i + 1
    case '\r' => out.appendAscii("\\r"); i + 1
    case '\t' => out.appendAscii("\\t"); i + 1
    case control if control >= 0 && control < 0x20 =>
      out.appendAscii(s"\\u00${Hex.charAt(control >> 4)}${Hex.charAt(control & 0xf)}")
      i + 1
    case -0x3e if bytes(i + 1) == -0x7b => out.appendAscii("\\u0085"); i + 2
    case -0x1e if bytes(i + 1) == -0x80 && (bytes(i + 2) == -0x58 || bytes(i + 2) == -0x57) =>
      out.appendAscii(if (bytes(i + 2) == -0x58) "\\u2028" else "\\u2029")
      i + 3
    case plain => out.appendByte(plain); i + 1
  }

  private def isUtf8(bytes: Array[Byte]): Boolean = {
    val decoder = UTF_8
      .newDecoder()
      .onMalformedInput(CodingErrorAction.REPORT)
      .onUnmappableCharacter(CodingErrorAction.REPORT)
    try {
      decoder.decode(ByteBuffer.wrap(bytes))
      true
    } catch { case _: CharacterCodingException => false }
  }
}
