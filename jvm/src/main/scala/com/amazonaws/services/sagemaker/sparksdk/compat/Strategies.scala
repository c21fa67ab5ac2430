package com.amazonaws.services.sagemaker.sparksdk.compat

import org.apache.spark.sql.{ExperimentalMethods, SparkSession}
import org.apache.spark.sql.execution.SparkStrategy

/** Planner strategies of a session, through the public `experimental` methods (on the interface in Spark 3
  * only). */
private[sparksdk] object Strategies {

  /** Adds the strategy to the session, unless it is there. */
  def install(session: SparkSession, strategy: SparkStrategy): Unit = {
    val methods = session.getClass.getMethod("experimental").invoke(session).asInstanceOf[ExperimentalMethods]
    methods.synchronized {
      if (!methods.extraStrategies.contains(strategy))
        methods.extraStrategies = methods.extraStrategies :+ strategy
    }
  }
}
