package com.amazonaws.services.sagemaker.sparksdk.staging

import org.apache.spark.sql.{DataFrame, Dataset}
import org.apache.spark.sql.functions.col
import org.apache.spark.sql.internal.SQLConf
import org.apache.spark.sql.types.{StructField, StructType}

/** Columns chosen by their names. */
private[staging] object Projection {

  /** @throws IllegalArgumentException naming a column that isn't there */
  def schema(all: StructType, columns: Option[List[String]]): StructType = columns match {
    case None => all
    case Some(Nil) =>
      throw new IllegalArgumentException("the list of projected columns is empty: name one, or give none")
    case Some(names) =>
      StructType(names.map { name =>
        // With the name that was asked for, as select has it.
        find(all, name)
          .map(_.copy(name = name))
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
    val left = columns.flatMap(find(all, _)).toSet
    StructType(all.fields.filterNot(left))
  }

  /** The column of this name, which may differ in case if the session lets it. */
  def find(all: StructType, name: String): Option[StructField] =
    all.fields
      .find(_.name == name)
      .orElse(
        if (SQLConf.get.caseSensitiveAnalysis) None else all.fields.find(_.name.equalsIgnoreCase(name))
      )

  /** Only these columns, so that Spark needn't compute the others. */
  def select(dataset: Dataset[_], schema: StructType): DataFrame =
    dataset.toDF().select(schema.fieldNames.toSeq.map(name => col(s"`${name.replace("`", "``")}`")): _*)
}
