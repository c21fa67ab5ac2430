package com.amazonaws.services.sagemaker.sparksdk.compat

import org.apache.spark.sql.Dataset
import org.apache.spark.sql.execution.QueryExecution

/** The plan behind a DataFrame. In Spark 4 `queryExecution` moved from Dataset to its classic subclass, so
  * that one call by name serves all lines.
  */
private[sparksdk] object QueryExecutions {

  /** @throws IllegalArgumentException for a DataFrame of a Spark Connect session, which has no plan in this
    * JVM */
  def of(dataset: Dataset[_]): QueryExecution =
    try dataset.getClass.getMethod("queryExecution").invoke(dataset).asInstanceOf[QueryExecution]
    catch {
      case e: NoSuchMethodException =>
        throw new IllegalArgumentException(
          s"this DataFrame (${dataset.getClass.getName}) belongs to a Spark Connect session, which can't " +
            s"be used here: " +
            "make it in a classic session (SparkSession.builder.master(...))",
          e
        )
    }
}
