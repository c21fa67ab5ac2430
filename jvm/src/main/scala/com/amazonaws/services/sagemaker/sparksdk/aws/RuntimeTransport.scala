package com.amazonaws.services.sagemaker.sparksdk.aws

import java.io.{ByteArrayInputStream, IOException, InputStream}
import java.net.SocketTimeoutException
import java.time.{Clock, Duration, Instant}
import java.util.Locale

import software.amazon.awssdk.http._
import software.amazon.awssdk.http.auth.aws.signer.{AwsV4FamilyHttpSigner, AwsV4HttpSigner}
import software.amazon.awssdk.http.auth.spi.signer.{HttpSigner, SignRequest}
import software.amazon.awssdk.utils.DateUtils

/** Posts bodies to the SageMaker Runtime, signed, over pooled connections.
  *
  * It stands on the SDK's signer and HTTP client, below its generated client, which copies each body several
  * times. Nothing is retried here. Thread-safe.
  */
final class RuntimeTransport private[aws] (
    http: SdkHttpClient,
    address: ServiceAddress,
    region: String,
    identity: Identity
) extends AutoCloseable {

  private val signer = AwsV4HttpSigner.create()

  @volatile private var clock: Clock = Clock.systemUTC()

  /** A request, ready to be run by any thread.
    *
    * @param path the path below the service's address, percent-encoded, with a leading slash
    * @param headers the headers, besides those that signing adds
    * @param body holds the body's bytes; they must not change before the answer is there
    */
  def prepare(
      path: String,
      headers: Seq[(String, String)],
      body: Array[Byte],
      offset: Int,
      length: Int
  ): RuntimeExchange = {
    val base = Option(address.uri.getRawPath).getOrElse("").stripSuffix("/")
    val unsigned = SdkHttpRequest
      .builder()
      .method(SdkHttpMethod.POST)
      .uri(address.uri)
      .encodedPath(base + path)
      .putHeader("Content-Length", length.toString)
      .putHeader("User-Agent", ClientFactory.UserAgent)
    headers.foreach { case (name, value) => unsigned.putHeader(name, value) }
    val content: ContentStreamProvider = new MemoryContent(body, offset, length)
    val signed = signer.sign(
      SignRequest
        .builder(identity.credentials.resolveCredentials())
        .request(unsigned.build())
        .payload(content)
        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "sagemaker")
        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
        .putProperty(HttpSigner.SIGNING_CLOCK, clock)
        .build()
    )
    val request = HttpExecuteRequest
      .builder()
      .request(signed.request())
      // The signature is in the head: the signer passes on the body as it is.
      .contentStreamProvider(content)
      .build()
    new RuntimeExchange(http.prepareRequest(request))
  }

  /** Signs by the service's clock from now on, if its `Date` shows that the clock in use is off.
    *
    * @return whether the clock in use agrees with the service's now, be it that another request had it corrected
    *   meanwhile: another attempt makes sense
    */
  def correctClock(date: String): Boolean = {
    val theirs: Option[Instant] =
      try Some(DateUtils.parseRfc822Date(date))
      catch { case _: java.time.format.DateTimeParseException => None }
    theirs.foreach { instant =>
      val off = Duration.between(clock.instant(), instant)
      if (off.abs.compareTo(RuntimeTransport.ToleratedSkew) > 0)
        clock = Clock.offset(Clock.systemUTC(), Duration.between(Instant.now(), instant))
    }
    theirs.isDefined
  }

  override def close(): Unit =
    try http.close()
    finally identity.close()
}

private object RuntimeTransport {
  // The service accepts signatures that are up to 5 minutes off.
  val ToleratedSkew: Duration = Duration.ofMinutes(4)
}

/** One request to the SageMaker Runtime. */
final class RuntimeExchange private[aws] (request: ExecutableHttpRequest) {

  /** Sends it and gives the answer to `read`; the stream is valid until `read` returns. IOExceptions of the
    * connection are thrown as they are.
    *
    * @param withinMillis how long all of it may take, in milliseconds: a time-out of a socket bounds each silence, and
    *   not what trickles
    */
  def run[T](withinMillis: Long)(read: (RuntimeAnswer, InputStream) => T): T = {
    @volatile var late = false
    val watch = Timer.later(withinMillis) { () =>
      late = true
      request.abort()
    }
    try exchange(read)
    catch {
      case e: IOException if late =>
        throw new SocketTimeoutException(s"no whole answer within $withinMillis ms").initCause(e)
    } finally watch.cancel(false)
  }

  private def exchange[T](read: (RuntimeAnswer, InputStream) => T): T = {
    val response = request.call()
    val answer = new RuntimeAnswer(response.httpResponse())
    if (response.responseBody().isPresent) {
      val stream = response.responseBody().get()
      var whole = false
      try {
        val result = read(answer, stream)
        whole = true
        result
      } finally if (whole && !answer.restIsLeft) stream.close() else stream.abort()
    } else read(answer, new ByteArrayInputStream(Array.emptyByteArray))
  }

  /** Breaks the connection: the thread in `run` gets an exception. */
  def abort(): Unit = request.abort()
}

/** The head of an answer. */
final class RuntimeAnswer private[aws] (response: SdkHttpResponse) {

  @volatile private[aws] var restIsLeft = false

  /** Says that nobody reads the rest of the body: the connection is given up instead of being read to its end. */
  def leaveRest(): Unit = restIsLeft = true

  /** The HTTP status. */
  def status: Int = response.statusCode

  /** Whether the status is 200 to 299. */
  def isSuccess: Boolean = response.isSuccessful

  /** The first value of a header, whose name's case doesn't matter. */
  def header(name: String): Option[String] = {
    val found = response.firstMatchingHeader(name.toLowerCase(Locale.ROOT))
    if (found.isPresent) Some(found.get) else None
  }
}
