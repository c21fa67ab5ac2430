package com.amazonaws.services.sagemaker.sparksdk.transformation.serializers

import com.amazonaws.services.sagemaker.sparksdk.transformation.StringList
import com.amazonaws.services.sagemaker.sparksdk.wire.{
  ContentTypes,
  Framing,
  JsonColumnsEncoder,
  JsonFeaturesEncoder,
  JsonLayout,
  RowEncoder
}
import org.apache.spark.sql.types.StructType

/** Sends rows as JSON: `{"instances":[...]}` with an element for each row.
  *
  * Without `columns`, an element is what SageMaker's own algorithms read: `{"features":[...]}`, and for a sparse vector
  * `{"data":{"features":{"keys":[...],"shape":[n],"values":[...]}}}`. With `columns` it is an object with a member for each
  * of them: numbers, booleans, texts, vectors as lists of all their values, arrays as lists, structs and maps as objects,
  * nulls as `null`. NaN and infinities, which JSON doesn't have, are an error that names column and row; so are null
  * features.
  *
  * `serializeRow` gives one element.
  *
  * @param schema the rows' schema, for callers of `serializeRow` whose rows have none
  * @param featuresColumnName the column with a vector or an array of numbers, when no columns are chosen
  * @param columns the columns to send
  * @param envelope the key of the list; empty: the request is the list alone
  */
class JSONRequestRowSerializer(
    val schema: Option[StructType] = None,
    val featuresColumnName: String = "features",
    val columns: Option[Seq[String]] = None,
    val envelope: String = "instances"
) extends JSONSerializer(schema, featuresColumnName, columns) {

  override val contentType: String = ContentTypes.Json

  override protected def layout: JsonLayout = JsonLayout.list(envelope)

  override def arguments: Map[String, String] = jsonArguments + ("envelope" -> envelope)
}

/** Sends rows as JSON Lines, a row on each line, in the form that [[JSONRequestRowSerializer]] gives a list's elements.
  *
  * @param schema the rows' schema, for callers of `serializeRow` whose rows have none
  * @param featuresColumnName the column with a vector or an array of numbers, when no columns are chosen
  * @param columns the columns to send
  */
class JSONLinesRequestRowSerializer(
    val schema: Option[StructType] = None,
    val featuresColumnName: String = "features",
    val columns: Option[Seq[String]] = None
) extends JSONSerializer(schema, featuresColumnName, columns) {

  override val contentType: String = ContentTypes.JsonLines

  override protected def layout: JsonLayout = JsonLayout.lines

  override def arguments: Map[String, String] = jsonArguments
}

/** What the serializers of JSON share. */
abstract class JSONSerializer private[serializers] (
    initialSchema: Option[StructType],
    features: String,
    chosen: Option[Seq[String]]
) extends SchemaSerializer(initialSchema) {
  chosen.foreach(ColumnChoice.require(_))

  private[serializers] def jsonArguments: Map[String, String] =
    schemaArgument + ("featuresColumnName" -> features) ++ chosen.map("columns" -> StringList.encode(_))

  protected def layout: JsonLayout

  override private[sparksdk] def framing: Framing = layout.framing

  override def inputColumns(schema: StructType): Seq[String] =
    ColumnChoice.present(schema, chosen.getOrElse(Seq(features)))

  override def encoder(schema: StructType): RowEncoder = chosen match {
    case Some(columns) => JsonColumnsEncoder(schema, columns, layout)
    case None => JsonFeaturesEncoder(schema, features, layout)
  }
}

private[serializers] object ColumnChoice {

  /** @throws IllegalArgumentException when nothing is chosen, or a column twice */
  def require(columns: Seq[String]): Unit = {
    if (columns.isEmpty) throw new IllegalArgumentException("columns is empty: name the columns to send")
    columns.diff(columns.distinct).headOption.foreach { twice =>
      throw new IllegalArgumentException(
        s"""columns names "$twice" twice (${columns.mkString(", ")}): name each column once"""
      )
    }
  }

  /** Those of the names that a schema has. */
  def present(schema: StructType, names: Seq[String]): Seq[String] =
    schema.fieldNames.toSeq.filter(names.contains)
}
