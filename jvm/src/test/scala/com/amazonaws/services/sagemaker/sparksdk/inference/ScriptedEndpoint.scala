// scalastyle:off sleep -- an answer that comes slowly
package com.amazonaws.services.sagemaker.sparksdk.inference

import java.io.ByteArrayOutputStream
import java.net.{InetAddress, InetSocketAddress}
import java.util.concurrent.{ConcurrentLinkedQueue, Executors}
import java.util.concurrent.atomic.AtomicInteger

import com.sun.net.httpserver.{HttpExchange, HttpHandler, HttpServer}

/** A request as the endpoint got it. */
final case class Received(number: Int, path: String, headers: String => Option[String], body: Array[Byte]) {
  def text: String = new String(body, "UTF-8")
  def lines: Seq[String] = text.split('\n').toSeq.filter(_.nonEmpty)
}

/** What the endpoint does with a request. */
sealed trait Reaction
final case class Reply200(body: String, contentType: String = "text/csv") extends Reaction
final case class Fail(status: Int, code: String, json: String, headers: Map[String, String] = Map.empty)
    extends Reaction

/** Closes the connection without an answer. */
case object Hangup extends Reaction

/** Announces an answer, sends a few bytes of it and closes the connection. */
final case class HalfAnswer(body: String) extends Reaction

/** Sends the parts of an answer one after the other, with pauses between them. */
final case class Trickle(parts: Seq[String], pauseMillis: Long) extends Reaction

/** An endpoint on this machine that follows a script. */
final class ScriptedEndpoint(script: Received => Reaction) extends AutoCloseable {
  val requests = new ConcurrentLinkedQueue[Received]()
  val inFlight = new AtomicInteger()
  val mostInFlight = new AtomicInteger()
  private val numbers = new AtomicInteger()
  private val threads = Executors.newCachedThreadPool()
  private val server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0)

  server.setExecutor(threads)
  server.createContext(
    "/",
    new HttpHandler {
      override def handle(exchange: HttpExchange): Unit = {
        val now = inFlight.incrementAndGet()
        mostInFlight.accumulateAndGet(now, (a, b) => math.max(a, b))
        try answer(exchange)
        finally {
          inFlight.decrementAndGet()
          exchange.close()
        }
      }
    }
  )
  server.start()

  def url: String = s"http://127.0.0.1:${server.getAddress.getPort}"

  def count: Int = numbers.get

  private def answer(exchange: HttpExchange): Unit = {
    val out = new ByteArrayOutputStream()
    val buffer = new Array[Byte](65536)
    Iterator
      .continually(exchange.getRequestBody.read(buffer))
      .takeWhile(_ >= 0)
      .foreach(n => out.write(buffer, 0, n))
    val headers = exchange.getRequestHeaders
    val received = Received(
      numbers.incrementAndGet(),
      exchange.getRequestURI.getRawPath,
      name => Option(headers.getFirst(name)),
      out.toByteArray
    )
    requests.add(received)
    script(received) match {
      case Reply200(body, contentType) =>
        exchange.getResponseHeaders.set("Content-Type", contentType)
        send(exchange, 200, body)
      case Fail(status, code, json, more) =>
        if (code.nonEmpty) exchange.getResponseHeaders.set("x-amzn-ErrorType", code)
        exchange.getResponseHeaders.set("Content-Type", "application/json")
        more.foreach { case (name, value) => exchange.getResponseHeaders.set(name, value) }
        send(exchange, status, json)
      case Hangup => ()
      case HalfAnswer(body) =>
        exchange.getResponseHeaders.set("Content-Type", "text/csv")
        exchange.sendResponseHeaders(200, body.length.toLong + 1000)
        exchange.getResponseBody.write(body.getBytes("UTF-8"))
        exchange.getResponseBody.flush()
      case Trickle(parts, pauseMillis) =>
        exchange.getResponseHeaders.set("Content-Type", "text/csv")
        exchange.sendResponseHeaders(200, parts.map(_.length.toLong).sum)
        parts.zipWithIndex.foreach { case (part, i) =>
          if (i > 0) Thread.sleep(pauseMillis)
          exchange.getResponseBody.write(part.getBytes("UTF-8"))
          exchange.getResponseBody.flush()
        }
    }
  }

  private def send(exchange: HttpExchange, status: Int, body: String): Unit = {
    val bytes = body.getBytes("UTF-8")
    exchange.sendResponseHeaders(status, if (bytes.isEmpty) -1 else bytes.length.toLong)
    exchange.getResponseBody.write(bytes)
  }

  override def close(): Unit = {
    server.stop(0)
    threads.shutdownNow()
    ()
  }
}

object ScriptedEndpoint {

  /** Answers each line's number, doubled. */
  def doubled(request: Received): Reaction = Reply200(
    request.lines.map(line => s"${line.toDouble * 2}\n").mkString
  )
}
