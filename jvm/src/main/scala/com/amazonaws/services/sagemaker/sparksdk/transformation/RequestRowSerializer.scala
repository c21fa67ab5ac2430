package com.amazonaws.services.sagemaker.sparksdk.transformation

import org.apache.spark.sql.Row
import org.apache.spark.sql.types.StructType

/** Turns a row of a DataFrame into the bytes of one record of a request to an endpoint.
  *
  * Users extend it for containers of their own. Each partition works on a private copy, so an implementation may keep
  * state between rows; the bytes of a batch's rows are sent one after the other, with nothing between them, unless it
  * mixes in [[FramedRequests]].
  */
trait RequestRowSerializer extends Serializable {

  /** The schema of the rows that will come, once it has been told. */
  protected var rowSchema: StructType = _

  /** The MIME type that the request is sent with. */
  def contentType: String

  /** The bytes of one row. */
  def serializeRow(row: Row): Array[Byte]

  /** Throws an IllegalArgumentException when rows of this schema can't be serialized. */
  def validateSchema(schema: StructType): Unit = {}

  /** Tells the schema of the rows that will come, which is checked and kept. */
  def setSchema(schema: StructType): Unit = {
    validateSchema(schema)
    rowSchema = schema
  }
}

/** A serializer written in Java, where a class has to declare the variables of a Scala trait itself: this one has. */
abstract class JavaRequestRowSerializer extends RequestRowSerializer

/** Mixed into a serializer of a format in which a request isn't just one row after the other, such as a JSON list. How
  * many rows a request has is decided while they are written, and a request that is refused as too large is split: so
  * these bytes can't depend on the rows.
  */
trait FramedRequests { self: RequestRowSerializer =>

  /** Stands before the first row of each request. */
  def prefix: Array[Byte]

  /** Stands between two rows. */
  def separator: Array[Byte]

  /** Stands behind the last row of each request. */
  def suffix: Array[Byte]
}
