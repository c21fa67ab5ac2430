package com.amazonaws.services.sagemaker.sparksdk.retry

import scala.util.control.NonFatal

/** Tries a call until it succeeds, fails for good, or the policy's attempts are used up.
  *
  * @param policy how often, and how long to wait in between
  * @param sleeper waits between attempts
  * @param randomness draws the jitter
  */
final class Retrier(
    policy: RetryPolicy,
    sleeper: Sleeper = Sleeper.system,
    randomness: Randomness = Randomness.system
) {

  /** The result of the first attempt that succeeds; the last failure is thrown as it is.
    *
    * @param isRetryable whether another attempt makes sense after this failure
    * @param onRetry told of each failure that is tried again, with the number of failures so far and the wait
    *   in milliseconds
    * @param attempt the call, given its number from 1
    */
  def run[T](
      isRetryable: Throwable => Boolean,
      onRetry: (Throwable, Int, Long) => Unit = (_, _, _) => ()
  )(attempt: Int => T): T = {
    @annotation.tailrec
    def from(number: Int): T = {
      val outcome: Either[Throwable, T] =
        try Right(attempt(number))
        catch { case NonFatal(e) if policy.allows(number) && isRetryable(e) => Left(e) }
      outcome match {
        case Right(result) => result
        case Left(failure) =>
          val wait = policy.delayMillis(number, randomness.next())
          onRetry(failure, number, wait)
          sleeper.sleep(wait)
          from(number + 1)
      }
    }
    from(1)
  }
}
