package com.amazonaws.services.sagemaker.sparksdk.wire

/** Where the fields of one line of CSV lie. */
final private[wire] class CsvFields {
  private[this] var starts = new Array[Int](16)
  private[this] var ends = new Array[Int](16)
  private[this] var quotes = new Array[Boolean](16)

  /** The number of fields. */
  var count: Int = 0

  def start(field: Int): Int = starts(field)
  def end(field: Int): Int = ends(field)

  /** Whether the field stood in quotes, which aren't part of it; a quote inside stands twice. */
  def isQuoted(field: Int): Boolean = quotes(field)

  /** Finds the fields of the line at `start`; returns where the line ends. */
  def read(body: Array[Byte], start: Int, limit: Int): Int = {
    count = 0
    var at = readField(body, start, limit)
    while (at < limit && body(at) == ',') at = readField(body, at + 1, limit)
    at
  }

  private def readField(body: Array[Byte], start: Int, limit: Int): Int = {
    val quoted = start < limit && body(start) == '"'
    var at = if (quoted) start + 1 else start
    if (quoted) {
      var open = true
      while (open) {
        while (at < limit && body(at) != '"') at += 1
        if (at >= limit) throw new MalformedBodyException(s"the quote at offset $start isn't closed")
        if (at + 1 < limit && body(at + 1) == '"') at += 2 else open = false
      }
      add(start + 1, at, quoted = true)
      at += 1
      if (at < limit && body(at) != ',' && body(at) != '\n' && body(at) != '\r') {
        throw new MalformedBodyException(s"expected a comma after the quote at offset ${at - 1}")
      }
    } else {
      while (at < limit && body(at) != ',' && body(at) != '\n' && body(at) != '\r') at += 1
      add(start, at, quoted = false)
    }
    at
  }

  private def add(start: Int, end: Int, quoted: Boolean): Unit = {
    if (count == starts.length) {
      starts = java.util.Arrays.copyOf(starts, count * 2)
      ends = java.util.Arrays.copyOf(ends, count * 2)
      quotes = java.util.Arrays.copyOf(quotes, count * 2)
    }
    starts(count) = start
    ends(count) = end
    quotes(count) = quoted
    count += 1
  }
}
