package com.amazonaws.services.sagemaker.sparksdk.wire

/** The framing of a RecordIO file: magic number, payload length, payload, zeros up to a multiple of four. */
private[sparksdk] object RecordIO {
  final val Magic = 0xced7230a
  final val HeaderBytes = 8

  def padding(payloadLength: Int): Int = -payloadLength & 3
}

/** The names and MIME types that the formats go by. */
private[sparksdk] object ContentTypes {
  val Protobuf = "application/x-recordio-protobuf"
  val Csv = "text/csv"
  val LibSVM = "text/x-libsvm"
  val Json = "application/json"
  val JsonLines = "application/jsonlines"
}
