package com.amazonaws.services.sagemaker.sparksdk.inference

import java.util.WeakHashMap

import org.apache.spark.SparkContext
import org.apache.spark.util.LongAccumulator

/** What the tasks of one Spark application have done with one endpoint: Spark accumulators, so that the
  * counts of executors arrive at the driver while tasks end. Repeated tasks count again.
  */
final class InferenceCounters private (private[inference] val accumulators: Seq[LongAccumulator])
    extends Serializable {

  /** Requests sent, repetitions too. */
  def requests: Long = count(0)

  /** Requests that were repetitions. */
  def retries: Long = count(1)

  /** Requests that the endpoint throttled. */
  def throttles: Long = count(2)

  /** Bytes of the bodies sent. */
  def bytesSent: Long = count(3)

  /** Bytes of the answers' bodies. */
  def bytesReceived: Long = count(4)

  /** Rows that were answered. */
  def rows: Long = count(5)

  private def count(index: Int): Long = accumulators(index).value.longValue
}

object InferenceCounters {
  private val known = new WeakHashMap[SparkContext, java.util.HashMap[String, InferenceCounters]]()

  /** The counters of an endpoint, the same ones for the whole life of the Spark context. */
  def of(context: SparkContext, endpointName: String): InferenceCounters = known.synchronized {
    known
      .computeIfAbsent(context, _ => new java.util.HashMap[String, InferenceCounters]())
      .computeIfAbsent(endpointName, name => create(context, name))
  }

  private def create(context: SparkContext, endpointName: String) =
    new InferenceCounters(
      TaskCounters.names.map(name => context.longAccumulator(s"sagemaker $endpointName $name"))
    )
}
