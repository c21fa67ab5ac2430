package com.amazonaws.services.sagemaker.sparksdk.aws

import java.io.{ByteArrayInputStream, ByteArrayOutputStream, IOException, InputStream}
import java.net.{InetAddress, InetSocketAddress, ServerSocket, URI}
import java.util.concurrent.{ConcurrentLinkedQueue, CountDownLatch, Executors}

import scala.collection.JavaConverters._
import scala.util.{Failure, Random, Try}

import com.sun.net.httpserver.{HttpExchange, HttpHandler, HttpServer}
import org.scalatest.funsuite.AnyFunSuite
import software.amazon.awssdk.http._
import software.amazon.awssdk.http.apache.ProxyConfiguration

class PooledHttpClientSuite extends AnyFunSuite {

  private case class Seen(request: String, host: String, client: InetSocketAddress, body: Array[Byte])

  private def withServer[T](test: (String, ConcurrentLinkedQueue[Seen]) => T): T = {
    val seen = new ConcurrentLinkedQueue[Seen]()
    val server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0)
    val threads = Executors.newCachedThreadPool()
    server.setExecutor(threads)
    server.createContext(
      "/",
      new HttpHandler {
        override def handle(exchange: HttpExchange): Unit = {
          val body = read(exchange.getRequestBody)
          val request = s"${exchange.getRequestMethod} ${exchange.getRequestURI}"
          seen.add(
            Seen(request, exchange.getRequestHeaders.getFirst("Host"), exchange.getRemoteAddress, body)
          )
          val answer = s"got ${body.length}".getBytes("UTF-8")
          val empty = exchange.getRequestMethod == "HEAD" || exchange.getRequestMethod == "DELETE"
          exchange.sendResponseHeaders(if (empty) 204 else 200, if (empty) -1L else answer.length.toLong)
          if (!empty) exchange.getResponseBody.write(answer)
          exchange.close()
        }
      }
    )
    server.start()
    try test(s"127.0.0.1:${server.getAddress.getPort}", seen)
    finally {
      server.stop(0)
      threads.shutdownNow()
    }
  }

  private def read(in: InputStream): Array[Byte] = {
    val out = new ByteArrayOutputStream()
    val buffer = new Array[Byte](8192)
    Iterator.continually(in.read(buffer)).takeWhile(_ >= 0).foreach(got => out.write(buffer, 0, got))
    out.toByteArray
  }

  private def withClient[T](proxy: Option[ProxyConfiguration] = None)(test: PooledHttpClient => T): T = {
    // One connection: what isn't given back is missed at once.
    val client = new PooledHttpClient(1, 5000, 5000, proxy)
    try test(client)
    finally client.close()
  }

  private def request(
      method: SdkHttpMethod,
      address: String,
      path: String,
      body: Option[ContentStreamProvider] = None,
      length: Option[Long] = None
  ): HttpExecuteRequest = {
    val head = SdkHttpRequest.builder().method(method).uri(URI.create(s"http://$address")).encodedPath(path)
    length.foreach(bytes => head.putHeader("Content-Length", bytes.toString))
    val whole = HttpExecuteRequest.builder().request(head.build())
    body.foreach(content => whole.contentStreamProvider(content))
    whole.build()
  }

  private def answer(client: PooledHttpClient, request: HttpExecuteRequest): (Int, String) = {
    val response = client.prepareRequest(request).call()
    val body =
      if (response.responseBody.isPresent) {
        val stream = response.responseBody.get
        try new String(read(stream), "UTF-8")
        finally stream.close()
      } else ""
    (response.httpResponse.statusCode, body)
  }

  test("a slice of an array and a stream arrive whole, one request after another on one connection") {
    withServer { (address, seen) =>
      withClient() { client =>
        val bytes = new Array[Byte](3000000)
        new Random(1).nextBytes(bytes)
        val memory = new MemoryContent(bytes, 7, 2500000)
        val stream = new ContentStreamProvider {
          override def newStream(): InputStream = new ByteArrayInputStream(bytes, 0, 200001)
        }
        val post = SdkHttpMethod.POST
        assert(
          answer(client, request(post, address, "/a", Some(memory), Some(2500000L))) == ((200, "got 2500000"))
        )
        assert(
          answer(client, request(post, address, "/b", Some(stream), Some(200001L))) == ((200, "got 200001"))
        )
        assert(answer(client, request(post, address, "/c", Some(stream))) == ((200, "got 200001")))
        assert(answer(client, request(post, address, "/d", None, Some(0L))) == ((200, "got 0")))
        val all = seen.asScala.toSeq
        assert(all.head.body.sameElements(bytes.slice(7, 2500007)))
        assert(all(1).body.sameElements(bytes.take(200001)) && all(2).body.sameElements(all(1).body))
        assert(all.map(_.client).distinct.length == 1 && all.forall(_.host == address))
      }
    }
  }

  test("answers without a body give their connection back, and paths are sent as they were signed") {
    withServer { (address, seen) =>
      withClient() { client =>
        val paths = Seq("/bucket//key%20with/../dots/./a%2Fb", "/b", "/c")
        Seq(SdkHttpMethod.HEAD, SdkHttpMethod.DELETE, SdkHttpMethod.GET).zip(paths).foreach {
          case (method, path) => answer(client, request(method, address, path))
        }
        assert(seen.asScala.map(_.request).toSeq == Seq(s"HEAD ${paths.head}", "DELETE /b", "GET /c"))
      }
    }
  }

  test("a request that waits for its answer ends with an exception when it is aborted") {
    val silent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))
    try
      withClient() { client =>
        val waiting = client.prepareRequest(
          request(SdkHttpMethod.POST, s"127.0.0.1:${silent.getLocalPort}", "/", None, Some(0L))
        )
        @volatile var outcome: Try[Any] = Try("none")
        val done = new CountDownLatch(1)
        val thread = new Thread(() => {
          outcome = Try(waiting.call())
          done.countDown()
        })
        thread.start()
        val accepted = silent.accept()
        accepted.getInputStream.read()
        waiting.abort()
        done.await()
        accepted.close()
        assert(outcome match { case Failure(_: IOException) => true; case _ => false })
      }
    finally silent.close()
  }

  test("a receiver that takes nothing of a body is given up") {
    val deaf = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))
    val client = new PooledHttpClient(1, 5000, 300, None)
    try {
      val content = new MemoryContent(new Array[Byte](64 * 1024 * 1024), 0, 64 * 1024 * 1024)
      val e = intercept[IOException](
        client
          .prepareRequest(
            request(
              SdkHttpMethod.POST,
              s"127.0.0.1:${deaf.getLocalPort}",
              "/",
              Some(content),
              Some(content.length.toLong)
            )
          )
          .call()
      )
      assert(e.getMessage.contains("took nothing of the request for 300 ms"), e)
    } finally {
      client.close()
      deaf.close()
    }
  }

  test("the proxy gets what isn't exempt from it") {
    withServer { (proxyAddress, proxied) =>
      withServer { (direct, seen) =>
        val proxy = ProxyConfiguration
          .builder()
          .endpoint(URI.create(s"http://$proxyAddress"))
          .addNonProxyHost("127.0.0.1")
          .useSystemPropertyValues(false)
          .useEnvironmentVariableValues(false)
          .build()
        withClient(Some(proxy)) { client =>
          assert(answer(client, request(SdkHttpMethod.GET, "runtime.invalid", "/through"))._1 == 200)
          assert(answer(client, request(SdkHttpMethod.GET, direct, "/straight"))._1 == 200)
          assert(proxied.asScala.map(_.request).toSeq == Seq("GET http://runtime.invalid/through"))
          assert(seen.asScala.map(_.request).toSeq == Seq("GET /straight"))
        }
      }
    }
  }
}
