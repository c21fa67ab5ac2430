package com.amazonaws.services.sagemaker.sparksdk.retry

/** When to try again: exponential back-off with full jitter, as the AWS architecture blog recommends it.
  *
  * @param maxAttempts how often a call is tried in all, at least 1
  * @param baseDelayMillis the longest wait after the first failure, in milliseconds
  * @param maxDelayMillis the longest wait after any failure, in milliseconds
  */
final case class RetryPolicy(maxAttempts: Int, baseDelayMillis: Long, maxDelayMillis: Long) {
  require(maxAttempts >= 1, s"maxAttempts is $maxAttempts: give at least 1")
  require(baseDelayMillis >= 0, s"baseDelayMillis is $baseDelayMillis: give at least 0 ms")
  require(
    maxDelayMillis >= baseDelayMillis,
    s"maxDelayMillis is $maxDelayMillis, below baseDelayMillis $baseDelayMillis: give at least that"
  )

  /** Whether another attempt is allowed after so many failures. */
  def allows(failures: Int): Boolean = failures < maxAttempts

  /** The longest wait after so many failures in a row (1 is the first), in milliseconds. */
  def ceilingMillis(failures: Int): Long = {
    val doublings = math.min(math.max(failures - 1, 0), RetryPolicy.MostDoublings)
    if (baseDelayMillis > (maxDelayMillis >> doublings)) maxDelayMillis else baseDelayMillis << doublings
  }

  /** The wait after so many failures in a row.
    *
    * @param uniform a random number from 0 (inclusive) to 1 (exclusive)
    */
  def delayMillis(failures: Int, uniform: Double): Long = (ceilingMillis(failures) * uniform).toLong
}

object RetryPolicy {
  private val MostDoublings = 30
}
