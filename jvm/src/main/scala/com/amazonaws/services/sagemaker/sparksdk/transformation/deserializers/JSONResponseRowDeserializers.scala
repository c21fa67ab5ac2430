package com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers

import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  InternalRowDeserializer,
  RowBridge,
  StringList
}
import com.amazonaws.services.sagemaker.sparksdk.wire.{ContentTypes, JsonDecoder, ResponseDecoder}
import org.apache.spark.sql.Row
import org.apache.spark.sql.types.StructType

/** Reads answers in JSON: `{"predictions":[...]}` with an element for each row.
  *
  * An element is an object with the columns' keys; with one column it may be the column's value itself. Columns are
  * doubles, floats, ints, bigints, strings, booleans, vectors, or arrays of these; a vector is a list of numbers, one
  * number, or an object with `keys`, `shape` and `values`. A key that is missing, a value of another type, a number that
  * isn't whole for an int, and a null for a column that isn't nullable are errors; other keys are skipped. `NaN`,
  * `Infinity` and `-Infinity` are read as numbers.
  *
  * @param schema the columns
  * @param jsonKeys the key in an element for each column; `None`: the columns' names
  * @param envelope the key of the list, such as `projections` of PCA; empty: the answer is the list alone
  */
class JSONResponseRowDeserializer(
    override val schema: StructType,
    val jsonKeys: Option[Seq[String]] = None,
    val envelope: String = "predictions"
) extends InternalRowDeserializer {

  // Fails where the mistake is made: a type that can't be read, or keys that don't fit the columns.
  decoder()

  override val accepts: String = ContentTypes.Json

  override def deserializeResponse(responseData: Array[Byte]): Iterator[Row] =
    RowBridge.deserialize(decoder(), schema, responseData)

  override def decoder(): ResponseDecoder =
    new JsonDecoder(schema, jsonKeys.getOrElse(schema.fieldNames.toSeq), Some(envelope))

  override def arguments: Map[String, String] =
    Map("schema" -> schema.json, "envelope" -> envelope) ++ jsonKeys.map("jsonKeys" -> StringList.encode(_))
}

/** Reads answers in JSON Lines: a value for each row, of the form that [[JSONResponseRowDeserializer]] reads as a list's
  * elements.
  *
  * @param schema the columns
  * @param jsonKeys the key in a line's object for each column; `None`: the columns' names
  */
class JSONLinesResponseRowDeserializer(
    override val schema: StructType,
    val jsonKeys: Option[Seq[String]] = None
) extends InternalRowDeserializer {

  // Fails where the mistake is made: a type that can't be read, or keys that don't fit the columns.
  decoder()

  override val accepts: String = ContentTypes.JsonLines

  override def deserializeResponse(responseData: Array[Byte]): Iterator[Row] =
    RowBridge.deserialize(decoder(), schema, responseData)

  override def decoder(): ResponseDecoder =
    new JsonDecoder(schema, jsonKeys.getOrElse(schema.fieldNames.toSeq), None)

  override def arguments: Map[String, String] =
    Map("schema" -> schema.json) ++ jsonKeys.map("jsonKeys" -> StringList.encode(_))
}
