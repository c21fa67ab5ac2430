package com.amazonaws.services.sagemaker.sparksdk.transformation

import org.apache.spark.sql.Row
import org.apache.spark.sql.types.StructType

/** Turns a row of a DataFrame into the bytes of one record of a request to an endpoint.
  *
  * Users extend it for containers of their own. Each partition works on a private copy, so an implementation may keep
  * state between rows; the bytes of a batch's rows are sent one after the other, with nothing between them.
  */
trait RequestRowSerializer extends Serializable {

  /** The MIME type that the request is sent with. */
  def contentType: String

  /** The bytes of one row. */
  def serializeRow(row: Row): Array[Byte]

  /** Throws an IllegalArgumentException when rows of this schema can't be serialized. */
  def validateSchema(schema: StructType): Unit = {}

  /** Tells the schema of the rows that will come. */
  def setSchema(schema: StructType): Unit = {}
}
