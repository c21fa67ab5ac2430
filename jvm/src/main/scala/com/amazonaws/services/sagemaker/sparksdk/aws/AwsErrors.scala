package com.amazonaws.services.sagemaker.sparksdk.aws

import java.io.IOException
import java.net.{
  ConnectException,
  NoRouteToHostException,
  SocketException,
  SocketTimeoutException,
  UnknownHostException
}
import javax.net.ssl.SSLException

import scala.util.control.NonFatal

import software.amazon.awssdk.awscore.exception.AwsServiceException
import software.amazon.awssdk.core.exception.{
  ApiCallAttemptTimeoutException,
  SdkClientException,
  SdkException
}
import software.amazon.awssdk.core.exception.{ApiCallTimeoutException, RetryableException}

import com.amazonaws.services.sagemaker.sparksdk.exceptions.{
  AwsConfigurationException,
  SageMakerSparkSDKException
}

/** What the SDK's exceptions mean, and what is said of them. Bodies and credentials are never part of it. */
object AwsErrors {

  // Besides those that begin with "Throttl".
  private val ThrottlingCodes = Set(
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "SlowDown",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException"
  )
  private val NotFoundCodes = Set(
    "NotFound",
    "NoSuchKey",
    "NoSuchBucket",
    "NoSuchUpload",
    "ResourceNotFound",
    "ResourceNotFoundException"
  )
  private val AccessDeniedCodes =
    Set(
      "AccessDenied",
      "AccessDeniedException",
      "UnauthorizedOperation",
      "NotAuthorized",
      "AllAccessDisabled"
    )
  private val BadCredentialsCodes = Set(
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "IncompleteSignature",
    "UnrecognizedClientException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException"
  )

  /** Whether a service's code of an error says that there are too many requests. */
  def isThrottlingCode(code: String): Boolean = code.startsWith("Throttl") || ThrottlingCodes(code)

  /** Whether a service's code of an error says that the credentials are wrong or have expired. */
  def isCredentialsCode(code: String): Boolean = BadCredentialsCodes(code)

  /** One sentence: error code, message, HTTP status and request id, or what kept the service from being
    * reached. */
  def describe(e: Throwable): String = e match {
    case service: AwsServiceException => describeService(service)
    case _: ApiCallAttemptTimeoutException | _: ApiCallTimeoutException =>
      s"no answer in time (${e.getMessage})"
    case client: SdkClientException =>
      rootNetworkFailure(client) match {
        case Some(failure) => s"the service could not be reached: ${describeNetwork(failure)}"
        case None => client.getMessage
      }
    case network: IOException => describeNetwork(network)
    case other => Option(other.getMessage).getOrElse(other.getClass.getSimpleName)
  }

  /** The service's own code of the error, such as `ValidationException`. */
  def code(e: Throwable): Option[String] = e match {
    case service: AwsServiceException =>
      Option(service.awsErrorDetails).flatMap(details => Option(details.errorCode)).filter(_.nonEmpty)
    case _ => None
  }

  /** The HTTP status of the answer, when there was one. */
  def status(e: Throwable): Option[Int] = e match {
    case service: AwsServiceException if service.statusCode > 0 => Some(service.statusCode)
    case _ => None
  }

  def isThrottling(e: Throwable): Boolean =
    code(e).exists(isThrottlingCode) || status(e).contains(429)

  /** Whether what was asked for doesn't exist. SageMaker says so in a ValidationException's message. */
  def isNotFound(e: Throwable): Boolean =
    code(e).exists(NotFoundCodes) || status(e).contains(404) ||
      (code(e).exists(c => c == "ValidationException" || c == "ValidationError") && {
        val text = message(e).toLowerCase(java.util.Locale.ROOT)
        text.contains("could not find") || text.contains("not found") || text.contains("does not exist")
      })

  def isAccessDenied(e: Throwable): Boolean =
    code(e).exists(AccessDeniedCodes) || (status(e).contains(403) && !code(e).exists(BadCredentialsCodes))

  /** Whether the credentials are wrong or have expired. */
  def isBadCredentials(e: Throwable): Boolean = code(e).exists(isCredentialsCode)

  /** Whether there are no credentials at all. */
  def isMissingCredentials(e: Throwable): Boolean = e match {
    case client: SdkClientException =>
      Option(client.getMessage).exists { text =>
        text.contains("Unable to load credentials") || text.contains(
          "Profile file contained no credentials"
        ) ||
        text.contains("Unable to find credentials")
      }
    case _ => false
  }

  /** Whether the same call may well succeed a little later. */
  def isTransient(e: Throwable): Boolean = e match {
    case _ if isThrottling(e) => true
    case service: AwsServiceException => service.statusCode >= 500
    case _: ApiCallAttemptTimeoutException | _: ApiCallTimeoutException | _: RetryableException => true
    case client: SdkClientException => rootNetworkFailure(client).isDefined
    case _: SSLException => false
    case _: IOException => true
    case _ => false
  }

  /** Whether there was no connection by which a request, at any of its attempts, could have arrived. */
  def neverArrived(e: SdkException): Boolean = rootNetworkFailure(e).exists {
    case _: ConnectException | _: UnknownHostException | _: NoRouteToHostException => true
    case _ => false
  } && e.getSuppressed.forall(earlier =>
    NoConnection.findFirstIn(String.valueOf(earlier.getMessage)).isDefined
  )

  // The SDK keeps of earlier attempts what their exceptions said.
  private val NoConnection =
    "(?i)connection refused|connect to |unknownhost|not known|no such host|nodename|no route to host".r

  /** Whether an error of this library stands for a failure that may pass, for one who has been answered before: the place
    * that credentials come from may be out of reach for a while too.
    */
  def mayPass(e: Throwable): Boolean =
    Option(e.getCause).exists(cause => isTransient(cause) || isMissingCredentials(cause))

  /** Runs `body`; what the SDK throws becomes an error of this library that begins with `what`.
    *
    * @param what what failed, such as "Creating the training job 'x' failed"
    */
  def translate[T](what: String)(body: => T): T =
    try body
    catch { case e: SdkException if NonFatal(e) => throw translated(what, e) }

  /** The error of this library that stands for what the SDK threw. */
  def translated(what: String, e: Throwable): SageMakerSparkSDKException = {
    val said = describe(e)
    if (isMissingCredentials(e))
      new AwsConfigurationException(
        s"$what: no AWS credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, choose " +
          "a profile of ~/.aws/credentials (AWS_PROFILE, or profile=...), or run where an IAM role is " +
          s"attached; executors need them too. The SDK says: $said",
        e
      )
    else if (isBadCredentials(e))
      new AwsConfigurationException(
        s"$what: $said. The AWS credentials are wrong or have expired: renew them, or choose others by " +
          s"profile=...",
        e
      )
    else if (isAccessDenied(e))
      new AwsConfigurationException(
        s"$what: $said. The caller lacks a permission: grant it, or choose other credentials by " +
          "profile=... or assume_role=...",
        e
      )
    else SageMakerSparkSDKException(s"$what: $said", e)
  }

  private def describeService(e: AwsServiceException): String = {
    val facts = Seq(
      status(e).map(s => s"HTTP status $s"),
      Option(e.requestId).filter(_.nonEmpty).map(id => s"request id $id")
    ).flatten
    val told = if (facts.isEmpty) "" else facts.mkString(" (", ", ", ")")
    s"${code(e).fold("")(c => s"$c: ")}${message(e)}$told"
  }

  private def message(e: Throwable): String = e match {
    case service: AwsServiceException =>
      Option(service.awsErrorDetails)
        .flatMap(details => Option(details.errorMessage))
        .orElse(Option(service.getMessage))
        .getOrElse("no message")
    case other => Option(other.getMessage).getOrElse("")
  }

  private def describeNetwork(e: Throwable): String = {
    val text = chain(e).flatMap(cause => Option(cause.getMessage)).headOption.getOrElse("no message")
    e match {
      case _: UnknownHostException => s"the host name '$text' is unknown (check region and endpoint URL)"
      case _: SocketTimeoutException => s"no answer in time ($text)"
      case _: SSLException => s"TLS failed: $text"
      case _: NoRouteToHostException => s"no route to the host: $text"
      case _ => s"$text (${e.getClass.getSimpleName})"
    }
  }

  /** An exception and its causes, the outermost first. */
  def chain(e: Throwable): List[Throwable] =
    Iterator
      .iterate(Option(e))(_.flatMap(t => Option(t.getCause).filter(_ ne t)))
      .takeWhile(_.isDefined)
      .flatten
      .take(20)
      .toList

  private def rootNetworkFailure(e: Throwable): Option[Throwable] = chain(e).find {
    case _: SocketException | _: SocketTimeoutException | _: UnknownHostException | _: SSLException => true
    case failure: IOException => failure.getClass.getName.contains("http")
    case _ => false
  }
}
