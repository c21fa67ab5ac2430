package com.amazonaws.services.sagemaker.sparksdk.inference

import java.util.concurrent.atomic.AtomicLong

/** What one task has done so far; counted by many threads. */
final private[inference] class TaskCounters {

  /** Attempts that were sent. */
  val requests = new AtomicLong()

  /** Attempts that were repetitions. */
  val retries = new AtomicLong()

  /** Attempts that the endpoint throttled. */
  val throttles = new AtomicLong()

  /** Bytes of the bodies sent, repetitions too. */
  val bytesSent = new AtomicLong()

  /** Bytes of the answers' bodies. */
  val bytesReceived = new AtomicLong()

  /** Rows that were answered. */
  val rows = new AtomicLong()

  /** The counters, in the order of [[TaskCounters.names]]. */
  def values: Array[Long] = Array(requests, retries, throttles, bytesSent, bytesReceived, rows).map(_.get)
}

private[inference] object TaskCounters {
  val names: Seq[String] = Seq("requests", "retries", "throttles", "bytesSent", "bytesReceived", "rows")
}
