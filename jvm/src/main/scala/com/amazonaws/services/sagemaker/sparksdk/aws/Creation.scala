package com.amazonaws.services.sagemaker.sparksdk.aws

import java.time.{Duration, Instant}

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
    * @param found when what is under the name was created, if it is what the request asks for; `None` if it is
    *   something else
    * @throws UncertainCreationException when looking fails too; otherwise what the SDK threw, if nothing was created
    */
  def make(request: => Any)(found: => Option[Instant]): Unit = {
    val earliest = Instant.now().minus(ClockSkew)
    try request
    catch {
      case e: SdkException if mayHaveSucceeded(e) =>
        val interrupted = Thread.interrupted()
        val created =
          try found
          catch {
            case looking: SdkException if AwsErrors.isNotFound(looking) || AwsErrors.neverArrived(e) => None
            case looking: SdkException => throw new UncertainCreationException(e, looking)
          } finally if (interrupted) Thread.currentThread().interrupt()
        if (!created.exists(!_.isBefore(earliest))) throw e
    }
  }

  private def mayHaveSucceeded(e: SdkException): Boolean =
    if (AwsErrors.alreadyExists(e)) Option(e.numAttempts).exists(_ > 1)
    else if (e.isInstanceOf[AbortedException]) true
    else AwsErrors.isTransient(e) && !AwsErrors.isThrottling(e)

  // What AWS tolerates between the clocks of a caller and of the service.
  private val ClockSkew = Duration.ofMinutes(5)
}

/** Something may have been created, and it could not be found out whether it was. */
final private[sparksdk] class UncertainCreationException(request: SdkException, looking: SdkException)
    extends RuntimeException(
      s"${AwsErrors.describe(request)}; and whether it exists could not be found out: ${AwsErrors.describe(looking)}",
      request
    )
