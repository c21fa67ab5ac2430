package com.amazonaws.services.sagemaker.sparksdk

import java.util.concurrent.ConcurrentLinkedQueue

import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}
import com.sun.net.httpserver.HttpExchange

/** SageMaker's control plane on loopback, which answers as a test says.
  *
  * @param answer from an operation's name and request to HTTP status and JSON
  */
final class StubSageMaker(answer: (String, JsonNode) => (Int, String)) extends StubServer(threads = 4) {
  private val received = new ConcurrentLinkedQueue[(String, JsonNode)]()

  /** The operations that were asked for, in their order, with their requests. */
  def requests: Seq[(String, JsonNode)] = received.toArray(Array.empty[(String, JsonNode)]).toSeq

  def operations: Seq[String] = requests.map(_._1)

  override protected def serve(exchange: HttpExchange, body: Array[Byte]): Unit =
    try {
      val operation = exchange.getRequestHeaders.getFirst("X-Amz-Target").stripPrefix("SageMaker.")
      val request = new ObjectMapper().readTree(body)
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
