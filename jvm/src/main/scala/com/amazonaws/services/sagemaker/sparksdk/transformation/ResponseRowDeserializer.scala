package com.amazonaws.services.sagemaker.sparksdk.transformation

import org.apache.spark.sql.Row
import org.apache.spark.sql.types.StructType

/** Turns the body of an endpoint's answer into rows, one for each row that was sent, in the same order.
  *
  * Users extend it for containers of their own. Each partition works on a private copy.
  */
trait ResponseRowDeserializer extends Serializable {

  /** The columns of the rows. */
  def schema: StructType

  /** The MIME type that the answer is asked for in. */
  def accepts: String

  /** The rows of one answer. */
  def deserializeResponse(responseData: Array[Byte]): Iterator[Row]
}
