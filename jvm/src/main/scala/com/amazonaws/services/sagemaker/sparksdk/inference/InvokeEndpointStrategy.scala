package com.amazonaws.services.sagemaker.sparksdk.inference

import org.apache.spark.sql.{SparkSessionExtensions, SparkSessionExtensionsProvider}
import org.apache.spark.sql.catalyst.expressions.{Attribute, AttributeSet}
import org.apache.spark.sql.catalyst.plans.logical.{LogicalPlan, Project}
import org.apache.spark.sql.execution.{ProjectExec, SparkPlan, SparkStrategy}

/** Plans calls of endpoints. Columns that the projection above doesn't need aren't carried past the call. */
private[inference] object InvokeEndpointStrategy extends SparkStrategy {

  override def apply(plan: LogicalPlan): Seq[SparkPlan] = plan match {
    case Project(columns, node: InvokeEndpoint) =>
      val needed = AttributeSet(columns.flatMap(_.references))
      ProjectExec(columns, physical(node, node.child.output.filter(needed.contains))) :: Nil
    case node: InvokeEndpoint => physical(node, node.child.output) :: Nil
    case _ => Nil
  }

  private def physical(node: InvokeEndpoint, passed: Seq[Attribute]) = InvokeEndpointExec(
    node.call,
    node.transformations,
    node.inputs,
    if (node.call.prependInputRows) passed else Nil,
    node.added,
    node.counters,
    planLater(node.child)
  )
}

/** Gives the strategy to every session that starts while this library is on the class path: Spark finds this
  * class through `META-INF/services`. So a view of a transformed DataFrame can be read in a session that
  * never called `transform`.
  */
final class InferenceExtensions extends SparkSessionExtensionsProvider {
  override def apply(extensions: SparkSessionExtensions): Unit =
    extensions.injectPlannerStrategy(_ => InvokeEndpointStrategy)
}
