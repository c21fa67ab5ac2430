package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.unsafe.Platform

/** The bytes of a framed record that was read, except for its values: the next record usually has the same
  * ones, and then only its values need reading.
  *
  * An endpoint writes all answers alike. A record whose other bytes equal those of one that was parsed would
  * be parsed in the same way, whatever they mean.
  */
final private[wire] class RecordLayout(columns: Int) {
  private[this] var expected = new Array[Int](64)
  private[this] var mask = new Array[Int](64)
  private[this] var words = 0
  private[this] val offsets = new Array[Int](columns)

  /** The length of the frame, header and padding included. */
  var frameBytes: Int = 0

  /** Where the values of a column begin, counted from the frame's start. */
  def offset(column: Int): Int = offsets(column)

  /** Whether the frame at `start`, of which `available` bytes are there, has this layout. */
  def matches(body: Array[Byte], start: Int, available: Int): Boolean = words > 0 &&
    available >= frameBytes && {
      var difference = 0
      var i = 0
      var at = Platform.BYTE_ARRAY_OFFSET + start.toLong
      while (i < words) {
        difference |= (Platform.getInt(body, at) ^ expected(i)) & mask(i)
        at += 4
        i += 1
      }
      difference == 0
    }

  /** Forgets the layout. */
  def forget(): Unit = words = 0

  /** Takes on the layout of a frame that was read.
    *
    * @param contentBytes the frame's length without padding
    * @param read the columns, each of which holds the position of its values
    */
  def learn(
      body: Array[Byte],
      start: Int,
      contentBytes: Int,
      frameLength: Int,
      read: Array[TensorColumn]
  ): Unit =
    if (contentBytes <= RecordLayout.MostBytes && read.forall(_.valuesAt >= 0)) {
      frameBytes = frameLength
      words = (contentBytes + 3) / 4
      if (mask.length < words) {
        expected = new Array[Int](words)
        mask = new Array[Int](words)
      }
      val fixed = new Array[Byte](words * 4)
      java.util.Arrays.fill(fixed, 0, contentBytes, RecordLayout.Compared)
      read.indices.foreach { i =>
        offsets(i) = read(i).valuesAt - start
        java.util.Arrays.fill(fixed, offsets(i), offsets(i) + read(i).valuesBytes, RecordLayout.Ignored)
      }
      (0 until words).foreach { i =>
        expected(i) = Platform.getInt(body, Platform.BYTE_ARRAY_OFFSET + start.toLong + 4 * i)
        mask(i) = Platform.getInt(fixed, Platform.BYTE_ARRAY_OFFSET + 4L * i)
      }
    } else forget()
}

private[wire] object RecordLayout {

  /** Of larger records, reading the values is all that counts. */
  private final val MostBytes = 16 * 1024
  private final val Compared = (-1).toByte
  private final val Ignored = 0.toByte
}
