package com.amazonaws.services.sagemaker.sparksdk.inference

import com.amazonaws.services.sagemaker.sparksdk.retry.Clock

/** How much trouble one task puts up with, over all of its requests. Thread-safe.
  *
  * @param retries how many failed attempts may be repeated before an answer earns one back
  * @param throttleMillis how long it may be throttled without one answer, in milliseconds
  */
final private[inference] class TaskBudget(retries: Long, throttleMillis: Long, clock: Clock) {
  private var left = retries
  private var throttledSince: Option[Long] = None

  /** Takes one retry; false when none is left. */
  def takeRetry(): Boolean = synchronized {
    val some = left > 0
    if (some) left -= 1
    some
  }

  /** Notes that the endpoint throttled; false when it has done so for too long. */
  def putUpWithThrottling(): Boolean = synchronized {
    val now = clock.millis()
    val since = throttledSince.getOrElse(now)
    throttledSince = Some(since)
    now - since < throttleMillis
  }

  /** Notes an answer. */
  def answered(): Unit = synchronized {
    throttledSince = None
    if (left < retries) left += 1
  }
}
