package com.amazonaws.services.sagemaker.sparksdk.staging

import org.apache.spark.sql.{DataFrame, Dataset}
import org.apache.spark.sql.functions.col
import org.apache.spark.sql.types.StructType

/** Columns chosen by their names. */
private[staging] object Projection {

  /** @throws IllegalArgumentException naming a column that isn't there */
  def schema(all: StructType, columns: Option[List[String]]): StructType = columns match {
    case None => all
    case Some(Nil) =>
      throw new IllegalArgumentException("the list of projected columns is empty: name one, or give none")
    case Some(names) =>
      StructType(names.map { name =>
        all.fields
          .find(_.name == name)
          .getOrElse(
            throw new IllegalArgumentException(
              s"""there is no column "$name" in the DataFrame; its columns are """ +
                all.fieldNames.mkString("\"", "\", \"", "\"")
            )
          )
      })
  }

  /** The columns but these, which must be there. */
  def without(all: StructType, columns: Seq[String]): StructType = {
    schema(all, Some(columns.toList).filter(_.nonEmpty))
    StructType(all.fields.filterNot(field => columns.contains(field.name)))
  }

  /** Only these columns, so that Spark needn't compute the others. */
  def select(dataset: Dataset[_], schema: StructType): DataFrame =
    dataset.toDF().select(schema.fieldNames.toSeq.map(name => col(s"`${name.replace("`", "``")}`")): _*)
}
