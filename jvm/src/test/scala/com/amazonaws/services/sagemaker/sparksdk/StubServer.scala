package com.amazonaws.services.sagemaker.sparksdk

import java.io.ByteArrayOutputStream
import java.net.{InetAddress, InetSocketAddress}
import java.util.concurrent.Executors

import com.amazonaws.services.sagemaker.sparksdk.settings.{AwsClientConfig, AwsKeys}
import com.sun.net.httpserver.{HttpExchange, HttpServer}

/** A service on loopback that one test has for itself.
  *
  * @param threads how many requests are answered at once
  */
abstract class StubServer(threads: Int) extends AutoCloseable {
  private val pool = Executors.newFixedThreadPool(threads)
  private val server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0)
  server.setExecutor(pool)
  server.createContext("/", exchange => serve(exchange, StubServer.body(exchange)))
  server.start()

  /** How clients reach it; they try nothing twice. */
  val config: AwsClientConfig = AwsClientConfig(
    region = Some("us-east-1"),
    endpointUrl = Some(s"http://127.0.0.1:${server.getAddress.getPort}"),
    maxAttempts = 1,
    keys = Some(new AwsKeys("stub", "stub-secret", None))
  )

  /** Answers a request whose body has been read. */
  protected def serve(exchange: HttpExchange, body: Array[Byte]): Unit

  override def close(): Unit = {
    server.stop(0)
    pool.shutdownNow()
    ()
  }
}

private object StubServer {

  def body(exchange: HttpExchange): Array[Byte] = {
    val in = exchange.getRequestBody
    val out = new ByteArrayOutputStream()
    val buffer = new Array[Byte](65536)
    Iterator.continually(in.read(buffer)).takeWhile(_ >= 0).foreach(out.write(buffer, 0, _))
    out.toByteArray
  }
}
