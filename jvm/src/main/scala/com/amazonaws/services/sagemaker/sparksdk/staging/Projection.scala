package com.amazonaws.services.sagemaker.sparksdk.staging

import org.apache.spark.sql.{AnalysisException, Column, DataFrame, Dataset}
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute
import org.apache.spark.sql.functions.col
import org.apache.spark.sql.internal.SQLConf
import org.apache.spark.sql.types.{StructField, StructType}

/** Columns chosen by their names. */
private[staging] object Projection {

  /** The schema of what [[project]] gives.
    *
    * @throws IllegalArgumentException naming a column that isn't there
    */
  def schema(all: StructType, columns: Option[List[String]]): StructType = columns match {
    case None => all
    case Some(Nil) =>
      throw new IllegalArgumentException("the list of projected columns is empty: name one, or give none")
    case Some(names) =>
      StructType(names.map { name =>
        // With the name that was asked for, as select has it.
        find(all, name)
          .map(_.copy(name = name))
          .orElse(inside(all, name))
          .getOrElse(throw missing(all, name))
      })
  }

  private def missing(all: StructType, name: String): IllegalArgumentException =
    new IllegalArgumentException(
      s"""there is no column "$name" in the DataFrame; its columns are """ +
        all.fieldNames.mkString("\"", "\", \"", "\"")
    )

  /** The columns but these, which must be there. */
  def without(all: StructType, columns: Seq[String]): StructType = {
    val left = columns.map(name => find(all, name).getOrElse(throw missing(all, name))).toSet
    StructType(all.fields.filterNot(left))
  }

  /** The column of this name, which may differ in case if the session lets it. */
  def find(all: StructType, name: String): Option[StructField] =
    all.fields
      .find(_.name == name)
      .orElse(
        if (SQLConf.get.caseSensitiveAnalysis) None else all.fields.find(_.name.equalsIgnoreCase(name))
      )

  /** What a name leads to that is written as in `select`: with dots into a struct, or in backticks. */
  private def inside(all: StructType, name: String): Option[StructField] = {
    val parts =
      try UnresolvedAttribute.parseAttributeName(name)
      catch { case _: AnalysisException => Nil }
    parts.headOption
      .flatMap(find(all, _))
      .flatMap(outer =>
        parts.tail.foldLeft(Option(outer)) { (found, part) =>
          found.map(_.dataType).collect { case struct: StructType => struct }.flatMap(find(_, part))
        }
      )
      .map(_.copy(name = parts.last))
  }

  /** The columns of these names, or what is inside of them; all without names. */
  def project(dataset: Dataset[_], columns: Option[List[String]]): DataFrame = {
    val all = dataset.schema
    columns.fold(dataset.toDF())(names =>
      dataset.toDF().select(names.map(name => if (find(all, name).isDefined) quoted(name) else col(name)): _*)
    )
  }

  /** Only these columns, so that Spark needn't compute the others. */
  def select(dataset: Dataset[_], schema: StructType): DataFrame =
    dataset.toDF().select(schema.fieldNames.toSeq.map(quoted): _*)

  /** A column by its whole name, dots and all. */
  private def quoted(name: String): Column = col(s"`${name.replace("`", "``")}`")
}
