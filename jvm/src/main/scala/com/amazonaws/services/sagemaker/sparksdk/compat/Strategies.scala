package com.amazonaws.services.sagemaker.sparksdk.compat

import java.util.{Collections, WeakHashMap}

import org.apache.spark.sql.{ExperimentalMethods, SparkSession, SparkSessionExtensions}
import org.apache.spark.sql.execution.SparkStrategy

/** Planner strategies of a session, through the public `experimental` methods (on the interface in Spark 3
  * only). */
private[sparksdk] object Strategies {
  private val extended =
    Collections.newSetFromMap(new WeakHashMap[SparkSessionExtensions, java.lang.Boolean]())

  /** Adds the strategy to the session, unless it is there, and to those that will be made of it by `newSession`. */
  def install(session: SparkSession, strategy: SparkStrategy): Unit = {
    val methods = session.getClass.getMethod("experimental").invoke(session).asInstanceOf[ExperimentalMethods]
    methods.synchronized {
      if (!methods.extraStrategies.contains(strategy)) {
        methods.extraStrategies = methods.extraStrategies :+ strategy
        extend(session, strategy)
      }
    }
  }

  /** PySpark 3 makes its first session without the extensions that are found through `META-INF/services`. */
  private def extend(session: SparkSession, strategy: SparkStrategy): Unit = extended.synchronized {
    extensions(session).filter(extended.add).foreach(_.injectPlannerStrategy(_ => strategy))
  }

  private def extensions(session: SparkSession): Option[SparkSessionExtensions] =
    try Some(session.getClass.getMethod("extensions").invoke(session).asInstanceOf[SparkSessionExtensions])
    catch { case _: NoSuchMethodException => None }
}
