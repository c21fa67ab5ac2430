package com.amazonaws.services.sagemaker.sparksdk.compat

import java.lang.reflect.{InvocationTargetException, Method}

import org.apache.spark.sql.{DataFrame, Dataset, SparkSession}
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan
import org.apache.spark.sql.execution.QueryExecution

import com.amazonaws.services.sagemaker.sparksdk.exceptions.SageMakerSparkSDKException

/** Between a DataFrame and its logical plan. `Dataset` and `SparkSession` are what differs: in Spark 4 they
  * are interfaces, and the classes with a plan live in `org.apache.spark.sql.classic`.
  */
private[sparksdk] object Frames {

  private lazy val (companion: AnyRef, ofRows: Method) = {
    val name =
      if (SparkLine.current.startsWith("3.")) "org.apache.spark.sql.Dataset$"
      else "org.apache.spark.sql.classic.Dataset$"
    val module = Class.forName(name).getField("MODULE$").get(None.orNull)
    val method = module.getClass.getMethods
      .find(m => m.getName == "ofRows" && m.getParameterCount == 2)
      .getOrElse(
        throw SageMakerSparkSDKException(s"Spark ${SparkLine.current} has no $name.ofRows(session, plan)")
      )
    (module, method)
  }

  /** The analyzed plan of a DataFrame. A command, such as SHOW TABLES, isn't run a second time by what is
    * built on it. */
  def plan(dataset: Dataset[_]): LogicalPlan = execution(dataset).commandExecuted

  /** A DataFrame over a plan, which is analyzed at once and not run. */
  def of(session: SparkSession, plan: LogicalPlan): DataFrame =
    try ofRows.invoke(companion, session, plan).asInstanceOf[DataFrame]
    catch { case e: InvocationTargetException => throw e.getCause }

  /** How a DataFrame is run.
    *
    * @throws SageMakerSparkSDKException for a DataFrame of a Spark Connect session, which has no plan in this JVM
    */
  def execution(dataset: Dataset[_]): QueryExecution = {
    if (dataset.getClass.getName.contains(".connect."))
      throw SageMakerSparkSDKException(
        s"This DataFrame (${dataset.getClass.getName}) belongs to a Spark Connect session, whose client has no plan: " +
          "make it in a classic session (SparkSession.builder.master(...))"
      )
    try dataset.getClass.getMethod("queryExecution").invoke(dataset).asInstanceOf[QueryExecution]
    catch { case e: InvocationTargetException => throw e.getCause }
  }
}
