package com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers

import com.amazonaws.services.sagemaker.sparksdk.transformation.{InternalRowDeserializer, RowBridge}
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers.ResponseSchemas.{
  number,
  of,
  vector
}
import com.amazonaws.services.sagemaker.sparksdk.wire.{
  ContentTypes,
  CsvNumbersDecoder,
  LibSVMDecoder,
  ResponseDecoder
}
import org.apache.spark.sql.Row
import org.apache.spark.sql.types.StructType

/** Reads answers in libsvm text: a label and a sparse vector for each line, with indices from 1.
  *
  * @param dim the vectors' size
  * @param labelColumnName the column of the labels
  * @param featuresColumnName the column of the vectors
  */
class LibSVMResponseRowDeserializer(
    val dim: Int,
    val labelColumnName: String = "label",
    val featuresColumnName: String = "features"
) extends InternalRowDeserializer {
  require(dim >= 0, s"dim is $dim: give the number of features, 0 or more")

  override val schema: StructType = of(number(labelColumnName), vector(featuresColumnName))

  override val accepts: String = ContentTypes.LibSVM

  override def deserializeResponse(responseData: Array[Byte]): Iterator[Row] =
    RowBridge.deserialize(decoder(), schema, responseData)

  override def decoder(): ResponseDecoder = new LibSVMDecoder(dim)

  override def arguments: Map[String, String] = Map(
    "dim" -> dim.toString,
    "labelColumnName" -> labelColumnName,
    "featuresColumnName" -> featuresColumnName
  )
}

/** Reads XGBoost's answers: numbers separated by commas (older containers) or newlines (newer ones), one for each row.
  *
  * @param predictionColumnName the column of the predictions
  */
class XGBoostCSVRowDeserializer(val predictionColumnName: String = "prediction")
    extends InternalRowDeserializer {

  override val schema: StructType = of(number(predictionColumnName))

  override val accepts: String = ContentTypes.Csv

  override def deserializeResponse(responseData: Array[Byte]): Iterator[Row] =
    RowBridge.deserialize(decoder(), schema, responseData)

  override def decoder(): ResponseDecoder = new CsvNumbersDecoder

  override def arguments: Map[String, String] = Map("predictionColumnName" -> predictionColumnName)
}
