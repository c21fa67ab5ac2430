package com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers

import scala.util.Try

import com.amazonaws.services.sagemaker.sparksdk.transformation.{InternalRowDeserializer, RowBridge}
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers.ResponseSchemas.{
  number,
  of,
  vector
}
import com.amazonaws.services.sagemaker.sparksdk.wire.{
  ContentTypes,
  CsvColumnsDecoder,
  CsvNumbersDecoder,
  CsvVectorsDecoder,
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

/** Reads XGBoost's answers: numbers separated by commas (older containers) or newlines (newer ones), one for each row, or
  * as many as there are classes, which the objective `multi:softprob` gives.
  *
  * @param predictionColumnName the column of the predictions: doubles, or vectors with a probability for each class
  * @param numClass the number of classes whose probabilities an answer has for each row; `None`: an answer has one number
  */
class XGBoostCSVRowDeserializer(
    val predictionColumnName: String = "prediction",
    val numClass: Option[Int] = None
) extends InternalRowDeserializer {

  /** The constructor of 1.4.5. */
  def this(predictionColumnName: String) = this(predictionColumnName, None)

  numClass.foreach(n => require(n >= 2, s"numClass is $n: give the number of classes, 2 or more"))

  override val schema: StructType =
    of(if (numClass.isDefined) vector(predictionColumnName) else number(predictionColumnName))

  override val accepts: String = ContentTypes.Csv

  override def deserializeResponse(responseData: Array[Byte]): Iterator[Row] =
    RowBridge.deserialize(decoder(), schema, responseData)

  override def decoder(): ResponseDecoder = numClass match {
    case Some(classes) => new CsvVectorsDecoder(classes)
    case None => new CsvNumbersDecoder
  }

  override def arguments: Map[String, String] =
    Map("predictionColumnName" -> predictionColumnName) ++ numClass.map("numClass" -> _.toString)

  /** One that fits what a model with these hyper-parameters answers; this one when it was told the number of classes, or
    * is of a class of a user's own.
    */
  private[sparksdk] def fitting(hyperParameters: Map[String, String]): XGBoostCSVRowDeserializer = {
    val probabilities =
      if (numClass.isDefined || getClass != classOf[XGBoostCSVRowDeserializer]) None
      else
        bare(hyperParameters, "num_class")
          .filter(_ => bare(hyperParameters, "objective").contains("multi:softprob"))
          .flatMap(text => Try(text.toInt).toOption)
          .filter(_ >= 2)
    probabilities.fold(this)(classes => new XGBoostCSVRowDeserializer(predictionColumnName, Some(classes)))
  }

  /** Jobs of other tools may have JSON texts as values. */
  private def bare(hyperParameters: Map[String, String], name: String): Option[String] =
    hyperParameters.get(name).map(_.trim.stripPrefix("\"").stripSuffix("\""))
}

/** Reads answers in CSV: a line for each row, whose fields are the columns of a schema, in its order.
  *
  * Columns are doubles, floats, ints, bigints, strings or booleans; one may be a vector or an array of doubles, which takes
  * as many fields as the others leave. An empty field is a null, where the column is nullable.
  *
  * @param schema the columns
  */
class CSVResponseRowDeserializer(override val schema: StructType) extends InternalRowDeserializer {

  // Fails where the mistake is made: a type that can't be read.
  decoder()

  override val accepts: String = ContentTypes.Csv

  override def deserializeResponse(responseData: Array[Byte]): Iterator[Row] =
    RowBridge.deserialize(decoder(), schema, responseData)

  override def decoder(): ResponseDecoder = new CsvColumnsDecoder(schema)

  override def arguments: Map[String, String] = Map("schema" -> schema.json)
}
