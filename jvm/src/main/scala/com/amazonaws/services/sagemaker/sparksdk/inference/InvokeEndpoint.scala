package com.amazonaws.services.sagemaker.sparksdk.inference

import org.apache.spark.rdd.RDD
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions._
import org.apache.spark.sql.catalyst.plans.logical.{LogicalPlan, UnaryNode}
import org.apache.spark.sql.catalyst.plans.physical.{Partitioning, UnknownPartitioning}
import org.apache.spark.sql.execution.{SparkPlan, UnaryExecNode}
import org.apache.spark.sql.execution.metric.{SQLMetric, SQLMetrics}
import org.apache.spark.sql.types.{MetadataBuilder, StructField, StructType}

import com.amazonaws.services.sagemaker.sparksdk.wire.RowRefusal

/** A plan's call of an endpoint: a logical node, so that Spark prunes columns around it and streams through
  * it.
  *
  * @param call the endpoint and how to call it
  * @param inputs the columns that the serializer reads
  * @param added the answer's columns
  * @param counters counts over all runs
  */
final private[inference] case class InvokeEndpoint(
    call: EndpointCall,
    transformations: Transformations,
    inputs: Seq[Attribute],
    added: Seq[Attribute],
    counters: InferenceCounters,
    child: LogicalPlan
) extends UnaryNode {

  override def output: Seq[Attribute] = if (call.prependInputRows) child.output ++ added else added

  @transient override lazy val references: AttributeSet = AttributeSet(inputs)

  override def producedAttributes: AttributeSet = AttributeSet(added)

  override def maxRows: Option[Long] = child.maxRows

  override def simpleString(maxFields: Int): String = InvokeEndpoint.describe(call, inputs, added)

  override protected def withNewChildInternal(newChild: LogicalPlan): InvokeEndpoint = copy(child = newChild)
}

private[inference] object InvokeEndpoint {

  def describe(call: EndpointCall, inputs: Seq[Attribute], added: Seq[Attribute]): String = {
    val settings = call.settings
    val rows =
      if (settings.maxRowsPerRequest == Int.MaxValue) "" else s", rows <= ${settings.maxRowsPerRequest}"
    s"InvokeEndpoint ${call.endpointName}, ${call.serializer.getClass.getSimpleName} " +
      s"(${call.serializer.contentType}) -> " +
      s"${call.deserializer.getClass.getSimpleName} (${call.deserializer.accepts}), in flight <= " +
      s"${settings.maxInFlight}, " +
      s"bytes <= ${settings.maxPayloadBytes}$rows, reads ${inputs.mkString("[", ", ", "]")}, " +
      s"adds ${added.mkString("[", ", ", "]")}"
  }
}

/** Calls the endpoint for each partition.
  *
  * @param kept the child's columns that are passed through
  */
final private[inference] case class InvokeEndpointExec(
    call: EndpointCall,
    transformations: Transformations,
    inputs: Seq[Attribute],
    kept: Seq[Attribute],
    added: Seq[Attribute],
    counters: InferenceCounters,
    child: SparkPlan
) extends UnaryExecNode {

  override def output: Seq[Attribute] = kept ++ added

  override def producedAttributes: AttributeSet = AttributeSet(added)

  override def outputPartitioning: Partitioning =
    if (keepsAll) child.outputPartitioning else UnknownPartitioning(child.outputPartitioning.numPartitions)

  override def outputOrdering: Seq[SortOrder] = if (keepsAll) child.outputOrdering else Nil

  // Plain sums: the method for sizes takes other arguments on Spark 3.4.
  override lazy val metrics: Map[String, SQLMetric] = Map(
    "requests" -> SQLMetrics.createMetric(sparkContext, "requests to the endpoint"),
    "retries" -> SQLMetrics.createMetric(sparkContext, "repeated requests"),
    "throttles" -> SQLMetrics.createMetric(sparkContext, "throttled requests"),
    "bytesSent" -> SQLMetrics.createMetric(sparkContext, "bytes sent"),
    "bytesReceived" -> SQLMetrics.createMetric(sparkContext, "bytes received"),
    "rows" -> SQLMetrics.createMetric(sparkContext, "number of answered rows")
  )

  override protected def doExecute(): RDD[InternalRow] = {
    val work = new PartitionCall(
      call.endpointName,
      call.client,
      call.settings,
      transformations,
      child.output,
      encodedSchema,
      if (encodesChildRows) None else Some(inputs),
      kept,
      kept.map(_.exprId) != child.output.map(_.exprId),
      PartitionCall.schema(added),
      TaskCounters.names.map(metrics),
      counters
    )
    child
      .execute()
      .mapPartitionsWithIndex((index, rows) => work.rows(index, rows), preservesPartitioning = true)
  }

  override def simpleString(maxFields: Int): String = InvokeEndpoint.describe(call, inputs, added)

  override protected def withNewChildInternal(newChild: SparkPlan): InvokeEndpointExec =
    copy(child = newChild)

  private def keepsAll: Boolean = child.outputSet.subsetOf(AttributeSet(kept))

  /** Our serializers find their columns by name in whatever row there is; a user's gets the row that it was
    * promised. */
  private def encodesChildRows: Boolean =
    transformations.encodesInternalRows || inputs.map(_.exprId) == child.output.map(_.exprId)

  private def encodedSchema: StructType =
    if (encodesChildRows) {
      // Names are those of the analysis; a pruned plan may have renamed columns, and a column that isn't read
      // may share a name with one that is.
      StructType(child.output.map { a =>
        inputs.find(_.exprId == a.exprId) match {
          case Some(read) => StructField(read.name, a.dataType, a.nullable, a.metadata)
          case None =>
            val shown = new MetadataBuilder().putString(RowRefusal.ShownName, a.name).build()
            StructField(s"${a.name}#${a.exprId.id}", a.dataType, a.nullable, shown)
        }
      })
    } else PartitionCall.schema(inputs)
}
