package com.amazonaws.services.sagemaker.sparksdk.aws

import java.time.{Duration, Instant}

import software.amazon.awssdk.core.SdkGlobalTime
import software.amazon.awssdk.core.exception.{AbortedException, SdkException}

/** Requests that create something which is paid for.
  *
  * Their answer may get lost on the way. The SDK asks again then, and is told that the thing exists already; or it gives
  * up, and the thing exists all the same.
  */
private[sparksdk] object Creation {

  /** Makes a request; where it isn't certain what became of it, looks.
    *
    * @param request creates
    * @param found whether what is under the name is what the request asks for, given the earliest time, by the service's
    *   clock, at which the request can have created it
    * @throws UncertainCreationException when looking fails too; otherwise what the SDK threw, if nothing was created
    */
  def make(request: => Any)(found: Instant => Boolean): Unit = {
    val began = Instant.now()
    try request
    catch {
      case e: SdkException if mayHaveSucceeded(e) =>
        // The SDK has learned by now how far this machine's clock is ahead.
        val earliest = began.minusSeconds(SdkGlobalTime.getGlobalTimeOffset.toLong).minus(ToleratedSkew)
        val interrupted = Thread.interrupted()
        val created =
          try found(earliest)
          catch {
            case looking: SdkException if AwsErrors.isNotFound(looking) || AwsErrors.neverArrived(e) => false
            case looking: SdkException => throw new UncertainCreationException(e, looking)
          } finally if (interrupted) Thread.currentThread().interrupt()
        if (!created) throw e
    }
  }

  /** Also when the last attempt says why it failed: one before it may have succeeded. */
  private def mayHaveSucceeded(e: SdkException): Boolean =
    Option(e.numAttempts).exists(_ > 1) || e.isInstanceOf[AbortedException] ||
      (AwsErrors.isTransient(e) && !AwsErrors.isThrottling(e))

  // What AWS tolerates between the clocks of a caller and of the service.
  private val ToleratedSkew = Duration.ofMinutes(5)
}

/** Something may have been created, and it could not be found out whether it was. */
final private[sparksdk] class UncertainCreationException(request: SdkException, looking: SdkException)
    extends RuntimeException(
      s"${AwsErrors.describe(request)}; and whether it exists could not be found out: ${AwsErrors.describe(looking)}",
      request
    )
