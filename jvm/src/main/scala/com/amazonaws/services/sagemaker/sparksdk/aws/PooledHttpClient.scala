package com.amazonaws.services.sagemaker.sparksdk.aws

import java.io.{ByteArrayInputStream, IOException, InputStream, OutputStream}
import java.net.URI
import java.util.Locale
import java.util.concurrent.{Future, TimeUnit}

import scala.collection.JavaConverters._

import org.apache.http.{HttpHost, HttpRequest, HttpResponse}
import org.apache.http.auth.{AuthScope, UsernamePasswordCredentials}
import org.apache.http.client.config.RequestConfig
import org.apache.http.client.methods.HttpEntityEnclosingRequestBase
import org.apache.http.config.{ConnectionConfig, RegistryBuilder, SocketConfig}
import org.apache.http.conn.socket.{ConnectionSocketFactory, PlainConnectionSocketFactory}
import org.apache.http.conn.ssl.SSLConnectionSocketFactory
import org.apache.http.entity.AbstractHttpEntity
import org.apache.http.impl.client.{BasicCredentialsProvider, CloseableHttpClient, HttpClientBuilder}
import org.apache.http.impl.conn.{DefaultProxyRoutePlanner, PoolingHttpClientConnectionManager}
import org.apache.http.protocol.HttpContext
import software.amazon.awssdk.http._
import software.amazon.awssdk.http.apache.ProxyConfiguration
import software.amazon.awssdk.utils.AttributeMap

/** Apache's HTTP client, as the SDK's own wrapper sets it up, but for one thing: what lies in memory is written
  * to the connection in large pieces. The wrapper copies it 4 KiB at a time, which costs more than the
  * signature of a body.
  *
  * @param connections the most connections that are open
  * @param socketTimeoutMillis the longest silence on a connection, and the longest wait for a free one
  * @param proxy the proxy to use, as the system's properties and the environment name it
  */
final private[aws] class PooledHttpClient(
    connections: Int,
    connectTimeoutMillis: Int,
    socketTimeoutMillis: Int,
    proxy: Option[ProxyConfiguration]
) extends SdkHttpClient {
  import PooledHttpClient._

  private val limits = RequestConfig
    .custom()
    .setConnectTimeout(connectTimeoutMillis)
    .setSocketTimeout(socketTimeoutMillis)
    .setConnectionRequestTimeout(socketTimeoutMillis)
    // What was signed is what must be sent.
    .setNormalizeUri(false)
    .build()

  private val client: CloseableHttpClient = {
    val sockets = RegistryBuilder
      .create[ConnectionSocketFactory]()
      .register("http", PlainConnectionSocketFactory.getSocketFactory)
      .register("https", SSLConnectionSocketFactory.getSystemSocketFactory)
      .build()
    val pool = new PoolingHttpClientConnectionManager(sockets)
    pool.setMaxTotal(connections)
    pool.setDefaultMaxPerRoute(connections)
    pool.setDefaultSocketConfig(
      SocketConfig
        .custom()
        .setSoKeepAlive(true)
        .setTcpNoDelay(true)
        .setSoTimeout(socketTimeoutMillis)
        .build()
    )
    pool.setDefaultConnectionConfig(ConnectionConfig.custom().setBufferSize(ConnectionBuffer).build())
    val builder = HttpClientBuilder
      .create()
      .setConnectionManager(pool)
      .evictIdleConnections(IdleMillis, TimeUnit.MILLISECONDS)
      .disableAutomaticRetries()
      .disableRedirectHandling()
      .disableContentCompression()
      .disableCookieManagement()
      .disableAuthCaching()
      // The request brings its own.
      .setUserAgent("")
    proxy.filter(p => Option(p.host).exists(_.nonEmpty)).foreach { found =>
      builder.setRoutePlanner(new ProxyRoutes(found))
      if (found.username != None.orNull) {
        val credentials = new BasicCredentialsProvider
        credentials.setCredentials(
          new AuthScope(found.host, found.port),
          new UsernamePasswordCredentials(found.username, found.password)
        )
        builder.setDefaultCredentialsProvider(credentials)
      }
    }
    builder.build()
  }

  override def clientName(): String = "Apache"

  override def close(): Unit = client.close()

  override def prepareRequest(request: HttpExecuteRequest): ExecutableHttpRequest = {
    val message = new Message(request.httpRequest.method.name, request.httpRequest.getUri)
    message.setConfig(limits)
    request.httpRequest.forEachHeader { (name, values) =>
      if (!SetByClient(name.toLowerCase(Locale.ROOT))) values.forEach(value => message.addHeader(name, value))
    }
    val length = request.httpRequest.firstMatchingHeader("Content-Length").map[Long](_.trim.toLong)
    def body(content: ContentStreamProvider, bytes: Long) =
      new Body(content, bytes, socketTimeoutMillis.toLong, () => message.abort())
    if (request.contentStreamProvider.isPresent)
      message.setEntity(body(request.contentStreamProvider.get, length.orElse(UnknownLength)))
    else if (length.isPresent) message.setEntity(body(Nothing, 0L))
    new ExecutableHttpRequest {
      override def call(): HttpExecuteResponse = answer(message, client.execute(message))
      override def abort(): Unit = message.abort()
    }
  }

  private def answer(message: Message, response: HttpResponse): HttpExecuteResponse = {
    val head = SdkHttpResponse.builder().statusCode(response.getStatusLine.getStatusCode)
    head.statusText(response.getStatusLine.getReasonPhrase)
    response.getAllHeaders.foreach(header => head.appendHeader(header.getName, header.getValue))
    val whole = HttpExecuteResponse.builder().response(head.build())
    Option(response.getEntity).foreach { entity =>
      whole.responseBody(AbortableInputStream.create(entity.getContent, () => message.abort()))
    }
    whole.build()
  }
}

private[aws] object PooledHttpClient {
  // Servers drop idle connections after some seconds; a pooled one that was dropped costs a retry.
  private val IdleMillis = 4000L
  private val ConnectionBuffer = 16 * 1024
  private val UnknownLength = -1L
  // As much as Java's sockets take at once.
  private val PieceBytes = 128 * 1024

  /** Apache's client writes these itself, from the entity. */
  private val SetByClient = Set("content-length", "transfer-encoding")

  private val Nothing: ContentStreamProvider = new ContentStreamProvider {
    override def newStream(): InputStream = new ByteArrayInputStream(Array.emptyByteArray)
  }

  /** Makes clients for the SDK, which closes what it has built itself.
    *
    * @param useProxy whether requests go through the proxy that the JVM's properties or the environment name,
    *   if there is one
    */
  final class Maker(connections: Int, connectTimeoutMillis: Int, socketTimeoutMillis: Int, useProxy: Boolean)
      extends SdkHttpClient.Builder[Maker] {
    override def buildWithDefaults(defaults: AttributeMap): SdkHttpClient = {
      val proxy = if (useProxy) Some(ProxyConfiguration.builder().build()) else None
      new PooledHttpClient(connections, connectTimeoutMillis, socketTimeoutMillis, proxy)
    }
  }

  final private class Message(method: String, uri: URI) extends HttpEntityEnclosingRequestBase {
    setURI(uri)
    override def getMethod: String = method
  }

  /** A request's body.
    *
    * A socket's time-out bounds what is read only: who takes nothing of a body would be waited for without end.
    *
    * @param stalledMillis how long the receiver may take for a piece, in milliseconds
    * @param abort breaks the connection
    */
  final private class Body(
      content: ContentStreamProvider,
      length: Long,
      stalledMillis: Long,
      abort: () => Unit
  ) extends AbstractHttpEntity {
    override def isRepeatable: Boolean = true
    override def getContentLength: Long = length
    override def isStreaming: Boolean = false
    override def getContent: InputStream = content.newStream()

    override def writeTo(out: OutputStream): Unit = content match {
      case memory: MemoryContent =>
        watched { progress =>
          var sent = 0
          while (sent < memory.length) {
            val piece = math.min(memory.length - sent, PieceBytes)
            out.write(memory.bytes, memory.offset + sent, piece)
            progress()
            sent += piece
          }
        }
      case _ => watched(progress => copy(content.newStream(), out, progress))
    }

    private def watched(write: (() => Unit) => Unit): Unit = {
      val watch = new StallWatch(stalledMillis, abort)
      try write(() => watch.progress())
      catch {
        case e: IOException if watch.hasStalled =>
          throw new IOException(s"the receiver took nothing of the request for $stalledMillis ms", e)
      } finally watch.close()
    }

    private def copy(in: InputStream, out: OutputStream, progress: () => Unit): Unit =
      try {
        val buffer = new Array[Byte](PieceBytes)
        var got = in.read(buffer)
        while (got >= 0) {
          out.write(buffer, 0, got)
          progress()
          got = in.read(buffer)
        }
      } finally in.close()
  }

  /** Breaks a connection on which a request makes no progress for so many milliseconds. */
  final private class StallWatch(stalledMillis: Long, abort: () => Unit) {
    @volatile private var last = System.nanoTime()
    @volatile private var stalled = false
    @volatile private var next = look(stalledMillis)

    def progress(): Unit = last = System.nanoTime()

    def hasStalled: Boolean = stalled

    def close(): Unit = synchronized {
      next.cancel(false)
      last = Long.MaxValue
    }

    private def look(inMillis: Long): Future[_] = Timer.later(inMillis) { () =>
      synchronized {
        if (last != Long.MaxValue) {
          val left = stalledMillis - (System.nanoTime() - last) / 1000000L
          if (left > 0) next = look(left)
          else {
            stalled = true
            abort()
          }
        }
      }
    }
  }

  final private class ProxyRoutes(proxy: ProxyConfiguration)
      extends DefaultProxyRoutePlanner(
        new HttpHost(proxy.host, proxy.port, Option(proxy.scheme).getOrElse("http"))
      ) {
    private val direct = proxy.nonProxyHosts.asScala.toSeq.map(_.toLowerCase(Locale.ROOT))

    override def determineProxy(target: HttpHost, request: HttpRequest, context: HttpContext): HttpHost = {
      val host = target.getHostName.toLowerCase(Locale.ROOT)
      if (direct.exists(pattern => host.matches(pattern))) None.orNull
      else super.determineProxy(target, request, context)
    }
  }
}

/** A slice of an array as the body of a request. The bytes must not change before the answer is there. */
final private[sparksdk] class MemoryContent(val bytes: Array[Byte], val offset: Int, val length: Int)
    extends ContentStreamProvider {
  override def newStream(): InputStream = new ByteArrayInputStream(bytes, offset, length)
  override def name(): String = "memory"
}
