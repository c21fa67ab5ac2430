package com.amazonaws.services.sagemaker.sparksdk.aws

import java.io.ByteArrayInputStream

import software.amazon.awssdk.http._
import software.amazon.awssdk.utils.{AttributeMap, IoUtils}

/** An HTTP client that hands out an answer once all of it is there, for services whose answers are small.
  *
  * The SDK repeats a request whose connection breaks, and not one whose answer breaks off while it is parsed: what
  * that throws is none of its exceptions. Here both are the same.
  */
private[aws] final class WholeAnswers(inner: SdkHttpClient) extends SdkHttpClient {

  override def prepareRequest(request: HttpExecuteRequest): ExecutableHttpRequest = {
    val prepared = inner.prepareRequest(request)
    new ExecutableHttpRequest {
      override def call(): HttpExecuteResponse = WholeAnswers.read(prepared.call())
      override def abort(): Unit = prepared.abort()
    }
  }

  override def clientName(): String = inner.clientName()

  override def close(): Unit = inner.close()
}

private[aws] object WholeAnswers {

  /** A builder of such clients, so that the SDK closes them with the client that it makes of them. */
  final class Builder(inner: SdkHttpClient.Builder[_]) extends SdkHttpClient.Builder[Builder] {
    override def buildWithDefaults(defaults: AttributeMap): SdkHttpClient =
      new WholeAnswers(inner.buildWithDefaults(defaults))
  }

  private def read(answer: HttpExecuteResponse): HttpExecuteResponse =
    if (answer.responseBody().isPresent) {
      val stream = answer.responseBody().get()
      val body =
        try IoUtils.toByteArray(stream)
        catch {
          case e: Throwable =>
            stream.abort()
            throw e
        }
      stream.close()
      HttpExecuteResponse
        .builder()
        .response(answer.httpResponse())
        .responseBody(AbortableInputStream.create(new ByteArrayInputStream(body)))
        .build()
    } else answer
}
