package com.amazonaws.services.sagemaker.sparksdk.staging

import scala.collection.JavaConverters._

import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig
import com.fasterxml.jackson.databind.ObjectMapper
import org.apache.spark.sql.{DataFrame, Dataset, Row, SaveMode}

/** Does what `df.write.format("sagemaker").save(path)` asks for; called by name from [[SageMakerDataSource]]. */
object DataSourceWriter {
  private val PartitionColumns = "__partition_columns"

  /** @param options the writer's options, the path and the partition columns among them */
  def write(mode: SaveMode, options: Map[String, String], data: Dataset[Row]): Unit = {
    val path = DataSourceOptions
      .get(options, "path")
      .filter(_.nonEmpty)
      .getOrElse(throw new IllegalArgumentException("no path is given: .save(\"s3://bucket/prefix\")"))
    val partitions = partitionColumns(options)
    // Before the mode is looked at: a wrong column must not cost the files that an overwrite deletes.
    val format = DataSourceOptions.format(options, Projection.without(data.schema, partitions))
    format.warnWithoutLabel(options)
    DataSourceOptions.gzip(options)
    if (isDirectS3(path, data)) S3Save.save(path, mode, options, data, partitions)
    else byFileFormat(mode, options, data, partitions)
  }

  /** Whether we write to S3 ourselves: Hadoop knows no file system for `s3://` but on EMR. */
  private def isDirectS3(path: String, data: DataFrame): Boolean =
    path.startsWith("s3://") &&
      !ForeignFormat.hasFileSystem("s3", data.sparkSession.sparkContext.hadoopConfiguration)

  private def byFileFormat(
      mode: SaveMode,
      options: Map[String, String],
      data: DataFrame,
      partitions: Seq[String]
  ): Unit = {
    // The path stays in the options: save(path) would refuse it there.
    val writer =
      data.write.format(classOf[RecordFileFormat].getName).mode(mode).options(options - PartitionColumns)
    (if (partitions.isEmpty) writer else writer.partitionBy(partitions: _*)).save()
  }

  /** Spark passes what partitionBy was given as a JSON array in an option. */
  private def partitionColumns(options: Map[String, String]): Seq[String] =
    options.get(PartitionColumns).toSeq.flatMap { json =>
      new ObjectMapper().readTree(json).elements().asScala.map(_.asText).toSeq
    }

  /** The client configuration in the options `region`, `profile`, `endpointUrl` and `assumeRoleArn`; without
    * them that of
    * the environment, as in every AWS SDK.
    */
  private[staging] def clientConfig(options: Map[String, String]): AwsClientConfig = AwsClientConfig(
    region = DataSourceOptions.get(options, "region"),
    profile = DataSourceOptions.get(options, "profile"),
    endpointUrl = DataSourceOptions.get(options, "endpointUrl"),
    assumeRoleArn = DataSourceOptions.get(options, "assumeRoleArn")
  )
}
