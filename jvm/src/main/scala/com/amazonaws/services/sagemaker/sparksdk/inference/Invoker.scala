package com.amazonaws.services.sagemaker.sparksdk.inference

import java.io.{IOException, InputStream}
import java.util.Locale

import scala.util.Try

import com.amazonaws.services.sagemaker.sparksdk.aws.{RuntimeAnswer, RuntimeTransport}
import com.amazonaws.services.sagemaker.sparksdk.requests.Cancellation
import com.amazonaws.services.sagemaker.sparksdk.settings.InferenceSettings
import com.amazonaws.services.sagemaker.sparksdk.wire.{ContentTypes, GrowableBuffer}

/** The head of an endpoint's answer.
  *
  * @param status the HTTP status
  * @param contentType the body's MIME type
  * @param errorType the service's code of the error
  * @param retryAfterMillis how long the service asks to wait, in milliseconds
  * @param date the service's clock
  */
final private[inference] case class Reply(
    status: Int,
    contentType: Option[String] = None,
    errorType: Option[String] = None,
    retryAfterMillis: Option[Long] = None,
    date: Option[String] = None
)

/** Sends one request, once. */
private[inference] trait Invoker {

  /** Posts a slice of `body` and appends the answer's body to `answer`. */
  def invoke(
      body: Array[Byte],
      offset: Int,
      length: Int,
      answer: GrowableBuffer,
      cancellation: Cancellation
  ): Reply

  /** Signs by the service's clock from now on; true when that changes something. */
  def correctClock(date: String): Boolean
}

/** Calls an endpoint through the SageMaker Runtime. */
final private[inference] class RuntimeInvoker(
    transport: RuntimeTransport,
    endpointName: String,
    contentType: String,
    accepts: String,
    settings: InferenceSettings
) extends Invoker {

  private val path = s"/endpoints/$endpointName/invocations"

  private val headers: Seq[(String, String)] = Seq("Content-Type" -> contentType, "Accept" -> accepts) ++
    settings.targetVariant.map("X-Amzn-SageMaker-Target-Variant" -> _) ++
    settings.targetModel.map("X-Amzn-SageMaker-Target-Model" -> _) ++
    settings.inferenceComponent.map("X-Amzn-SageMaker-Inference-Component" -> _) ++
    settings.customAttributes.map("X-Amzn-SageMaker-Custom-Attributes" -> _)

  override def invoke(
      body: Array[Byte],
      offset: Int,
      length: Int,
      answer: GrowableBuffer,
      cancellation: Cancellation
  ): Reply = {
    val exchange = transport.prepare(path, headers, body, offset, length)
    cancellation.abortingBy(() => exchange.abort()) {
      // The answer's time, and for the request as long again, and more for a large one on a slow line.
      val withinMillis = 2L * settings.invokeTimeoutMillis + length / RuntimeInvoker.SlowestBytesPerMilli
      exchange.run(withinMillis) { (head, stream) =>
        read(head, stream, answer)
        Reply(
          head.status,
          head.header("Content-Type"),
          // Some services append a colon and an address to the code.
          head.header("x-amzn-ErrorType").map(_.takeWhile(c => c != ':' && c != ' ')),
          head
            .header("Retry-After")
            .flatMap(text => Try(text.trim.toInt).toOption)
            .filter(_ >= 0)
            .map(_ * 1000L),
          head.header("Date")
        )
      }
    }
  }

  override def correctClock(date: String): Boolean = transport.correctClock(date)

  /** The socket's time-out bounds each silence; this bounds the whole of an answer that trickles in. */
  private def read(head: RuntimeAnswer, stream: InputStream, answer: GrowableBuffer): Unit = {
    val start = System.nanoTime()
    // What an error says is in its beginning.
    val most = if (head.isSuccess) RuntimeInvoker.MostAnswerBytes else RuntimeInvoker.MostErrorBytes
    val announced =
      head.header("Content-Length").flatMap(text => Try(text.trim.toLong).toOption).filter(_ > 0)
    announced.foreach(bytes => answer.ensure(math.min(bytes, most.toLong).toInt))
    val whole = announced.fold(Long.MaxValue)(answer.length + _)
    var end = false
    while (!end) {
      if (answer.length > most) {
        if (head.isSuccess) throw new EndlessAnswerException(most)
        head.leaveRest()
        return
      }
      answer.ensure(RuntimeInvoker.ReadAtLeast)
      val at = answer.length
      val free = answer.array.length - at
      val got = stream.read(answer.array, at, free)
      if (got < 0) end = true
      else answer.claim(got)
      // What has arrived is paid for, however late.
      val complete = end || answer.length >= whole
      if (!complete && (System.nanoTime() - start) / 1000000L > settings.invokeTimeoutMillis)
        throw new IOException(s"no whole answer within ${settings.invokeTimeoutMillis} ms")
    }
  }
}

private object RuntimeInvoker {
  private val ReadAtLeast = 8 * 1024
  private val SlowestBytesPerMilli = 64
  // SageMaker's own limit is 25 MB.
  private val MostAnswerBytes = 64 * 1024 * 1024
  private val MostErrorBytes = 1024 * 1024
}

/** An answer that would take all memory. */
final private[inference] class EndlessAnswerException(most: Int)
    extends RuntimeException(
      s"the answer has more than $most bytes, which no endpoint of SageMaker's answers"
    )

/** MIME types, compared. */
private[inference] object MediaType {

  /** Whether a body of this type is what was asked for. Parameters such as the character set don't matter,
    * and bodies that are only said to be bytes are taken at the asker's word.
    */
  def isAccepted(accepts: String, found: String): Boolean = {
    val type1 = bare(found)
    type1.isEmpty || Untyped(type1) || accepts.split(',').map(bare).exists { asked =>
      asked == type1 || asked == "*/*" || (asked.endsWith("/*") && type1.startsWith(asked.stripSuffix("*")))
    }
  }

  private val Untyped = Set("application/octet-stream", "binary/octet-stream")

  // JSON Lines has no registered type, and containers name it as they like.
  private val JsonLines =
    Set("application/jsonl", "application/x-jsonlines", "application/x-jsonl", "application/x-ndjson")

  private def bare(mediaType: String): String = {
    val name = mediaType.takeWhile(_ != ';').trim.toLowerCase(Locale.ROOT)
    if (JsonLines(name)) ContentTypes.JsonLines else name
  }
}
