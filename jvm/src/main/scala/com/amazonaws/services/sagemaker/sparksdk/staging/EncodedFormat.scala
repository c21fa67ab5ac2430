package com.amazonaws.services.sagemaker.sparksdk.staging

import java.util.Locale

import com.amazonaws.services.sagemaker.sparksdk.wire._
import org.apache.spark.sql.types.StructType
import org.slf4j.LoggerFactory

/** A format that this library writes itself, for rows of one schema. Travels to the tasks.
  *
  * @param name `sagemaker`, `libsvm` or `csv`
  * @param schema the columns that are read from the rows, in their order
  * @param rules which contents are refused
  * @param csvLabelled whether the first field of a line of CSV is a label, which every row needs
  */
final private[sparksdk] case class EncodedFormat(
    name: String,
    schema: StructType,
    featuresColumn: Option[String],
    labelColumn: Option[String],
    rules: ContentRules,
    csvLabelled: Boolean = false
) {

  /** An encoder for one task. */
  def encoder(): MeasuringEncoder = name match {
    case EncodedFormat.SageMaker => RecordRowEncoder(schema, features, labelColumn, rules)
    case EncodedFormat.LibSVM => LibSVMRowEncoder(schema, features, labelColumn, rules)
    case _ => CsvRowEncoder(schema, rules, csvLabelled)
  }

  /** The end of the objects' names. */
  def extension: String = if (name == EncodedFormat.SageMaker) ".pbr" else s".$name"

  /** Says that a label that was asked for isn't there. "label" isn't worth it: programs name it for data without. */
  def warnWithoutLabel(options: Map[String, String]): Unit =
    if (name == EncodedFormat.SageMaker && labelColumn.isEmpty)
      DataSourceOptions.get(options, EncodedFormat.LabelOption).filter(_ != EncodedFormat.Label).foreach {
        asked =>
          EncodedFormat.logger.warn(
            s"""There is no column "$asked", which the option ${EncodedFormat.LabelOption} names: the records are """ +
              "written without a label"
          )
      }

  private def features: String =
    featuresColumn.getOrElse(throw new IllegalArgumentException(s"the format $name needs a features column"))
}

private[sparksdk] object EncodedFormat {
  val SageMaker = "sagemaker"
  val LibSVM = "libsvm"
  val Csv = "csv"

  /** The options that name columns, as the published data source has them. */
  val FeaturesOption = "featuresColumnName"
  val LabelOption = "labelColumnName"
  private val Label = "label"
  private val logger =
    LoggerFactory.getLogger("com.amazonaws.services.sagemaker.sparksdk.staging.EncodedFormat")

  private val columnOptions = Set(FeaturesOption, LabelOption).map(lower)
  // What Spark's libsvm takes for reading; it changes nothing in what is written.
  private val libsvmOptions = columnOptions ++ Set("numfeatures", "vectortype")

  /** Our encoder for a format with these options; `None` when only Spark's own writer knows the format or an option.
    *
    * @param labelRequired whether records without a label are refused, in the format that has such ones; in others the
    *   label is found by its place
    * @param csvLabelled whether the first field of a line of CSV is the label
    * @throws IllegalArgumentException naming the column that is missing or of a type that can't be written
    */
  def find(
      format: String,
      options: Map[String, String],
      schema: StructType,
      rules: ContentRules,
      labelRequired: Boolean = false,
      csvLabelled: Boolean = false
  ): Option[EncodedFormat] = {
    val supplied = options.map { case (key, value) => lower(key) -> value }
    lower(format) match {
      case SageMaker => Some(checked(sageMaker(supplied, schema, rules, labelRequired)))
      case LibSVM if supplied.keySet.subsetOf(libsvmOptions) => Some(checked(libsvm(supplied, schema, rules)))
      case Csv if plainCsv(supplied) && CsvRowEncoder.supports(schema) =>
        Some(checked(EncodedFormat(Csv, schema, None, None, rules, csvLabelled)))
      case _ => None
    }
  }

  private def sageMaker(
      supplied: Map[String, String],
      schema: StructType,
      rules: ContentRules,
      labelRequired: Boolean
  ): EncodedFormat = {
    val features = supplied.getOrElse(lower(FeaturesOption), "features")
    // The label is written when it is there, also one that was asked for: unlabelled data has none.
    val label = supplied.get(lower(LabelOption)) match {
      case Some(asked) =>
        Projection.find(schema, asked).map(_.name).orElse(Some(asked).filter(_ => labelRequired))
      case None => Some(Label).filter(name => labelRequired || schema.fieldNames.contains(name))
    }
    FeatureTypes.featuresOrdinal(schema, features)
    label.foreach(FeatureTypes.labelOrdinal(schema, _))
    EncodedFormat(SageMaker, only(schema, label.toList :+ features), Some(features), label, rules)
  }

  /** As Spark's libsvm, which takes a number and a vector whatever their names; or by the names given. */
  private def libsvm(
      supplied: Map[String, String],
      schema: StructType,
      rules: ContentRules
  ): EncodedFormat = {
    val positional = supplied.keySet.intersect(columnOptions).isEmpty && schema.length == 2 &&
      FeatureTypes.isNumber(schema(0).dataType)
    val label = if (positional) schema(0).name else supplied.getOrElse(lower(LabelOption), Label)
    val features = if (positional) schema(1).name else supplied.getOrElse(lower(FeaturesOption), "features")
    FeatureTypes.labelOrdinal(schema, label)
    FeatureTypes.featuresOrdinal(schema, features, vectorsOnly = true)
    EncodedFormat(LibSVM, only(schema, List(label, features)), Some(features), Some(label), rules)
  }

  /** CSV as SageMaker wants it: commas, no header. */
  private def plainCsv(supplied: Map[String, String]): Boolean = supplied.forall {
    case ("header", value) => lower(value) == "false"
    case ("sep" | "delimiter", value) => value == ","
    case _ => false
  }

  private def only(schema: StructType, columns: List[String]): StructType =
    StructType(columns.distinct.map(name => schema(schema.fieldNames.indexOf(name))))

  private def checked(format: EncodedFormat): EncodedFormat = {
    format.encoder()
    format
  }

  private def lower(text: String): String = text.toLowerCase(Locale.ROOT)
}
