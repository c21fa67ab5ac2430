package com.amazonaws.services.sagemaker.sparksdk.staging

import org.apache.spark.sql.{Column, DataFrame}
import org.apache.spark.sql.api.java.UDF1
import org.apache.spark.sql.functions.{col, concat, lit, udf}
import org.apache.spark.sql.types.{StringType, StructType}

/** The directories `column=value/` of a partitioned save, in the form that Spark and Hive read.
  *
  * The directory of each row is computed as one more column, and each task's rows are sorted by it: one
  * object is open at a
  * time, however many directories there are.
  */
private[staging] object PartitionPaths {
  private val Directory = "__sagemaker_directory"
  private val NullDirectory = "__HIVE_DEFAULT_PARTITION__"
  // The characters that Hive escapes in directory names.
  private val Escaped: Set[Char] = ((1 to 31).map(_.toChar) ++ "\u007f\"#%'*/:=?\\{[]^").toSet

  /** The rows with the columns to write and, when partitioned, their directory as the last column. */
  def prepare(data: DataFrame, columns: StructType, partitions: Seq[String]): DataFrame =
    if (partitions.isEmpty) Projection.select(data, columns)
    else {
      val directory = concat(partitions.map(part): _*).as(Directory)
      val selected = data.select(columns.fieldNames.toSeq.map(quoted) :+ directory: _*)
      selected.sortWithinPartitions(col(Directory))
    }

  /** The position of the directory column, -1 without partitions. */
  def ordinal(schema: StructType, partitions: Seq[String]): Int =
    if (partitions.isEmpty) -1 else schema.fieldNames.indexOf(Directory)

  private def part(name: String): Column = {
    val value = udf(new EscapedValue, StringType)(quoted(name).cast("string"))
    concat(lit(s"${escape(name)}="), value, lit("/"))
  }

  private[staging] def escape(text: String): String =
    text.flatMap(c => if (Escaped.contains(c)) f"%%${c.toInt}%02X" else c.toString)

  final private class EscapedValue extends UDF1[String, String] {
    override def call(value: String): String =
      Option(value).filter(_.nonEmpty).map(escape).getOrElse(NullDirectory)
  }

  private def quoted(name: String): Column = col(s"`${name.replace("`", "``")}`")
}
