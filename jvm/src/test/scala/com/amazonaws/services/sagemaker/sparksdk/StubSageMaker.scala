package com.amazonaws.services.sagemaker.sparksdk

import java.io.ByteArrayOutputStream
import java.net.{InetAddress, InetSocketAddress}
import java.util.concurrent.{ConcurrentLinkedQueue, Executors}

import com.amazonaws.services.sagemaker.sparksdk.settings.{AwsClientConfig, AwsKeys}
import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}
import com.sun.net.httpserver.{HttpExchange, HttpServer}

/** SageMaker's control plane on loopback, which answers as a test says.
  *
  * @param answer from an operation's name and request to HTTP status and JSON
  */
final class StubSageMaker(answer: (String, JsonNode) => (Int, String)) extends AutoCloseable {
  private val received = new ConcurrentLinkedQueue[(String, JsonNode)]()
  private val pool = Executors.newFixedThreadPool(4)
  private val server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0)
  server.setExecutor(pool)
  server.createContext("/", exchange => serve(exchange))
  server.start()

  val config: AwsClientConfig = AwsClientConfig(
    region = Some("us-east-1"),
    endpointUrl = Some(s"http://127.0.0.1:${server.getAddress.getPort}"),
    maxAttempts = 1,
    keys = Some(new AwsKeys("stub", "stub-secret", None))
  )

  /** The operations that were asked for, in their order, with their requests. */
  def requests: Seq[(String, JsonNode)] = received.toArray(Array.empty[(String, JsonNode)]).toSeq

  def operations: Seq[String] = requests.map(_._1)

  override def close(): Unit = {
    server.stop(0)
    pool.shutdownNow()
    ()
  }

  private def serve(exchange: HttpExchange): Unit =
    try {
      val body = new ByteArrayOutputStream()
      val buffer = new Array[Byte](65536)
      Iterator
        .continually(exchange.getRequestBody.read(buffer))
        .takeWhile(_ >= 0)
        .foreach(n => body.write(buffer, 0, n))
      val operation = exchange.getRequestHeaders.getFirst("X-Amz-Target").stripPrefix("SageMaker.")
      val request = new ObjectMapper().readTree(body.toByteArray)
      received.add((operation, request))
      val (status, json) = answer(operation, request)
      val bytes = json.getBytes("UTF-8")
      exchange.getResponseHeaders.set("Content-Type", "application/x-amz-json-1.1")
      exchange.sendResponseHeaders(status, bytes.length.toLong)
      exchange.getResponseBody.write(bytes)
    } finally exchange.close()
}

object StubSageMaker {

  /** An error's answer. */
  def error(code: String, message: String, status: Int = 400): (Int, String) =
    (status, new ObjectMapper().createObjectNode().put("__type", code).put("message", message).toString)

  /** What is said to a caller who may create and not tag. */
  val TaggingDenied: (Int, String) = error(
    "AccessDeniedException",
    "User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: sagemaker:AddTags on resource: x " +
      "because no identity-based policy allows the sagemaker:AddTags action"
  )
}
