package com.amazonaws.services.sagemaker.sparksdk.inference

import org.apache.spark.ml.linalg.{Vector, Vectors}
import org.apache.spark.sql.Row
import org.apache.spark.sql.types._

import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  FramedRequests,
  RequestRowSerializer,
  ResponseRowDeserializer
}
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers.XGBoostCSVRowDeserializer
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers.{
  CSVColumnsRequestRowSerializer,
  JSONRequestRowSerializer,
  UnlabeledCSVRequestRowSerializer
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

/** A user's subclass of one of ours: sends ten times the features. */
class ScaledSerializer extends UnlabeledCSVRequestRowSerializer {
  override def serializeRow(row: Row): Array[Byte] = {
    val at = row.fieldIndex("features")
    val scaled = Vectors.dense(row.getAs[Vector](at).toArray.map(_ * 10))
    super.serializeRow(Row.fromSeq(row.toSeq.updated(at, scaled)))
  }
}

/** A user's subclass of one of ours, in a format that frames its rows: sends each number and a thousand. */
class ShiftedSerializer extends JSONRequestRowSerializer(columns = Some(Seq("id"))) {
  override def serializeRow(row: Row): Array[Byte] =
    super.serializeRow(Row.fromSeq(row.toSeq.updated(0, row.getLong(0) + 1000)))
}

/** A user's subclass of one of ours that only frames its rows: `<1|2|3>`. */
class FramedSerializer extends CSVColumnsRequestRowSerializer(Seq("id")) with FramedRequests {
  override def prefix: Array[Byte] = "<".getBytes("UTF-8")
  override def separator: Array[Byte] = "|".getBytes("UTF-8")
  override def suffix: Array[Byte] = ">".getBytes("UTF-8")
}

/** A user's subclass of one of ours: adds one to each answer. */
class RaisedDeserializer extends XGBoostCSVRowDeserializer {
  override def deserializeResponse(responseData: Array[Byte]): Iterator[Row] =
    super.deserializeResponse(responseData).map(row => Row(row.getDouble(0) + 1))
}

/** Subclasses of ours that only name other types. */
class OtherTypeSerializer extends UnlabeledCSVRequestRowSerializer {
  override val contentType: String = "text/plain"
}

class OtherTypeDeserializer extends XGBoostCSVRowDeserializer {
  override val accepts: String = "text/plain"
}
