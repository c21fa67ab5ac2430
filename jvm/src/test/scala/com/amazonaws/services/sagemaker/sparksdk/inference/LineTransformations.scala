package com.amazonaws.services.sagemaker.sparksdk.inference

import org.apache.spark.sql.Row
import org.apache.spark.sql.types._

import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  RequestRowSerializer,
  ResponseRowDeserializer
}

/** A user's serializer: the column's value as a line. */
class LineSerializer(column: String = "id") extends RequestRowSerializer {
  override val contentType: String = "text/csv"
  private var told = false

  override def serializeRow(row: Row): Array[Byte] = {
    require(told, "no schema was set")
    s"${row.getAs[Any](column)}\n".getBytes("UTF-8")
  }

  override def validateSchema(schema: StructType): Unit =
    require(schema.fieldNames.contains(column), s"there is no column '$column'")

  override def setSchema(schema: StructType): Unit = told = true
}

/** A user's deserializer: each line a number. */
class LineDeserializer(column: String = "answer") extends ResponseRowDeserializer {
  override val accepts: String = "text/csv"
  override val schema: StructType = StructType(Seq(StructField(column, DoubleType)))

  override def deserializeResponse(responseData: Array[Byte]): Iterator[Row] =
    new String(responseData, "UTF-8").split('\n').iterator.filter(_.nonEmpty).map(line => Row(line.toDouble))
}
