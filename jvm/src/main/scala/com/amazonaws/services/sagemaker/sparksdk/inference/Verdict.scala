package com.amazonaws.services.sagemaker.sparksdk.inference

import java.io.{EOFException, IOException}
import java.net.{SocketException, UnknownHostException}
import java.util.concurrent.CancellationException
import javax.net.ssl.{SSLHandshakeException, SSLPeerUnverifiedException}

import scala.util.Try
import scala.util.control.NonFatal

import org.json4s.{DefaultFormats, Formats}
import org.json4s.jackson.JsonMethods

import com.amazonaws.services.sagemaker.sparksdk.aws.AwsErrors

/** What an attempt came to. */
sealed private[inference] trait Verdict

private[inference] object Verdict {

  /** The body is there. */
  final case class Answered(contentType: Option[String]) extends Verdict

  /** The request has too many bytes. */
  final case class TooLarge(said: String) extends Verdict

  /** The endpoint asks for fewer requests, or for patience.
    *
    * @param overloaded whether fewer requests at once would help
    */
  final case class Throttled(said: String, afterMillis: Option[Long], overloaded: Boolean) extends Verdict

  /** Another attempt may succeed.
    *
    * @param attempts how many are worthwhile in all
    */
  final case class Transient(said: String, attempts: Int) extends Verdict

  /** The endpoint doesn't exist. */
  final case class UnknownEndpoint(said: String) extends Verdict

  /** The caller's credentials, permissions or addresses are at fault. */
  final case class NotAllowed(said: String, cause: Option[Throwable]) extends Verdict

  /** The signature's time is off. */
  final case class ClockIsOff(said: String, date: Option[String]) extends Verdict

  /** What answers is another service: SageMaker redirects nobody. */
  final case class Elsewhere(said: String) extends Verdict

  /** The answer has more bytes than are read of one. */
  final case class AnswerTooLarge(said: String, cause: Throwable) extends Verdict

  /** No attempt will succeed. */
  final case class Refused(said: String, cause: Option[Throwable]) extends Verdict

  /** A container that fails usually fails again: its errors are tried this often in all. */
  val ContainerAttempts = 3
  private val UnknownHostAttempts = 3

  /** As often as the settings say. */
  val Always: Int = Int.MaxValue

  /** What an answer means. */
  def of(reply: Reply, body: Array[Byte], length: Int): Verdict =
    if (reply.status >= 200 && reply.status < 300) Answered(reply.contentType)
    else ofError(reply, body, length)

  private def ofError(reply: Reply, body: Array[Byte], length: Int): Verdict = {
    val details = ErrorBody.parse(body, length)
    val code = reply.errorType.orElse(details.code).getOrElse("")
    val message = details.message.getOrElse("")
    val said = describe(reply, code, details, body, length)
    reply.status match {
      case 413 => TooLarge(said)
      case _ if code == "413" || isAboutLength(message) => TooLarge(said)
      case 424 => ofContainer(details, said)
      case _ if code == "ModelError" => ofContainer(details, said)
      case _ if code == "ModelNotReadyException" =>
        Throttled(said, reply.retryAfterMillis, overloaded = false)
      case 429 => Throttled(said, reply.retryAfterMillis, overloaded = true)
      case _ if AwsErrors.isThrottlingCode(code) =>
        Throttled(said, reply.retryAfterMillis, overloaded = true)
      case status if status >= 500 => Transient(said, Always)
      case 408 => Transient(said, Always)
      case _ if isAboutTime(code, message) => ClockIsOff(said, reply.date)
      case _ if AwsErrors.isCredentialsCode(code) => NotAllowed(said, None)
      case 401 | 403 => NotAllowed(said, None)
      case status if status < 400 => Elsewhere(said)
      case 404 => UnknownEndpoint(said)
      case 400 if message.contains("not found") || message.contains("Could not find") => UnknownEndpoint(said)
      case _ => Refused(said, None)
    }
  }

  /** What an exception means. */
  def of(failure: Throwable): Verdict = {
    val said = AwsErrors.describe(failure)
    failure match {
      case cancelled: CancellationException => throw cancelled
      case endless: EndlessAnswerException => AnswerTooLarge(said, endless)
      case _ if AwsErrors.isMissingCredentials(failure) =>
        NotAllowed(s"no AWS credentials were found: $said", Some(failure))
      case _: UnknownHostException => Transient(said, UnknownHostAttempts)
      case handshake: SSLHandshakeException if isBrokenOff(handshake) => Transient(said, Always)
      case _: SSLHandshakeException | _: SSLPeerUnverifiedException => NotAllowed(said, Some(failure))
      case _: IOException => Transient(said, Always)
      case _ if AwsErrors.isTransient(failure) => Transient(said, Always)
      case _ if AwsErrors.isBadCredentials(failure) || AwsErrors.isAccessDenied(failure) =>
        NotAllowed(said, Some(failure))
      case _ => Refused(said, Some(failure))
    }
  }

  /** Whether the connection was closed or reset during the handshake: nothing was said about certificates. */
  private def isBrokenOff(handshake: SSLHandshakeException): Boolean = handshake.getCause match {
    case _: EOFException | _: SocketException => true
    case _ => false
  }

  /** SageMaker passes on what the container answered: its 4xx are about this request, its 5xx may pass. */
  private def ofContainer(details: ErrorBody, said: String): Verdict = details.originalStatus match {
    case Some(413) => TooLarge(said)
    case Some(429) => Throttled(said, None, overloaded = true)
    case Some(408) => Transient(said, ContainerAttempts)
    case Some(status) if status >= 400 && status < 500 => Refused(said, None)
    case _ => Transient(said, ContainerAttempts)
  }

  private def isAboutLength(message: String): Boolean =
    message.contains("content length exceeded") ||
      (message.contains("'body'") && message.contains("length less than or equal to"))

  private def isAboutTime(code: String, message: String): Boolean =
    code == "RequestExpired" || code == "RequestTimeTooSkewed" ||
      (code == "InvalidSignatureException" && (message.contains("expired") || message.contains(
        "not yet current"
      )))

  private def describe(
      reply: Reply,
      code: String,
      details: ErrorBody,
      body: Array[Byte],
      length: Int
  ): String = {
    val text = details.message.map(Excerpt.of).getOrElse(Excerpt.of(body, length))
    val original = details.originalStatus.fold("") { status =>
      val message = details.originalMessage.fold("")(m => s", ${Excerpt.of(m)}")
      s"; the container answered status $status$message"
    }
    val log = details.logAddress.fold("")(address => s"; its log: $address")
    s"HTTP status ${reply.status}${if (code.isEmpty) "" else s" $code"}: $text$original$log"
  }
}

/** What the JSON of an error says; nothing when the body is none. */
final private[inference] case class ErrorBody(
    code: Option[String],
    message: Option[String],
    originalStatus: Option[Int],
    originalMessage: Option[String],
    logAddress: Option[String]
)

private[inference] object ErrorBody {
  implicit private val formats: Formats = DefaultFormats

  private val Nothing = ErrorBody(None, None, None, None, None)
  private val MostBytes = 256 * 1024

  // What SageMaker says when the answer has no OriginalStatusCode.
  private val ContainerStatus = "(?s).*Received (?:client|server) error \\((\\d+)\\) from .*".r

  def parse(body: Array[Byte], length: Int): ErrorBody =
    if (length == 0 || length > MostBytes || body(0) != '{') Nothing
    else {
      val text = new String(body, 0, length, java.nio.charset.StandardCharsets.UTF_8)
      val parsed =
        try Some(JsonMethods.parse(text))
        catch {
          case NonFatal(_) => None
          // The parser calls itself for each level.
          case _: StackOverflowError => None
        }
      parsed.fold(Nothing) { json =>
        def string(names: String*): Option[String] =
          names.iterator.flatMap(name => (json \ name).extractOpt[String]).find(_.nonEmpty)
        val message = string("message", "Message")
        val status = (json \ "OriginalStatusCode")
          .extractOpt[Int]
          .orElse(message.flatMap {
            case ContainerStatus(number) => Try(number.toInt).toOption
            case _ => None
          })
        ErrorBody(
          string("__type", "code", "Code").map(_.split('#').last),
          message,
          status,
          string("OriginalMessage"),
          string("LogStreamArn")
        )
      }
    }
}
