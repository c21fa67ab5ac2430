package com.amazonaws.services.sagemaker.sparksdk.aws

import java.io.{ByteArrayInputStream, ByteArrayOutputStream, ObjectInputStream, ObjectOutputStream}
import java.net.{InetAddress, InetSocketAddress, ServerSocket, URI}
import java.util.concurrent.ConcurrentLinkedQueue

import com.sun.net.httpserver.{HttpExchange, HttpHandler, HttpServer}
import org.scalatest.concurrent.Eventually
import org.scalatest.funsuite.AnyFunSuite
import org.scalatest.time.{Seconds, Span}
import software.amazon.awssdk.core.sync.RequestBody
import software.amazon.awssdk.http.auth.aws.signer.{AwsV4FamilyHttpSigner, AwsV4HttpSigner}
import software.amazon.awssdk.http.auth.spi.signer.SignRequest
import software.amazon.awssdk.http.{SdkHttpMethod, SdkHttpRequest}
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity
import software.amazon.awssdk.regions.Region
import software.amazon.awssdk.services.s3.model.PutObjectRequest
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointRequest

import com.amazonaws.services.sagemaker.sparksdk.exceptions.{
  AwsConfigurationException,
  SageMakerSparkSDKException
}
import com.amazonaws.services.sagemaker.sparksdk.settings.{AwsClientConfig, AwsKeys}

class AwsSuite extends AnyFunSuite with Eventually {
  implicit override def patienceConfig: PatienceConfig = PatienceConfig(timeout = Span(20, Seconds))

  private val secret = "planted-secret-77aa"
  private val keys = Some(new AwsKeys("AKIDEXAMPLE", secret, Some("token-of-mine")))

  /** Waits for what other suites have left to give back: tasks and requests that were cancelled end some time later. */
  private def noLeases(): Unit = {
    eventually(assert(AwsClients.openLeases == 0))
    ()
  }

  private def config(url: String) =
    AwsClientConfig(region = Some("eu-west-1"), endpointUrl = Some(url), keys = keys, maxAttempts = 2)

  /** A server that gives the same answer to all, and remembers what it was asked. */
  private def withServer[T](status: Int, body: String, contentType: String = "application/x-amz-json-1.1")(
      test: (String, ConcurrentLinkedQueue[(String, String)]) => T
  ): T = {
    val seen = new ConcurrentLinkedQueue[(String, String)]()
    val server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0)
    server.createContext(
      "/",
      new HttpHandler {
        override def handle(exchange: HttpExchange): Unit = {
          val buffer = new Array[Byte](8192)
          Iterator.continually(exchange.getRequestBody.read(buffer)).takeWhile(_ >= 0).foreach(_ => ())
          val headers = exchange.getRequestHeaders.entrySet().toString
          seen.add((s"${exchange.getRequestMethod} ${exchange.getRequestURI}", headers))
          exchange.getResponseHeaders.set("Content-Type", contentType)
          exchange.getResponseHeaders.set("x-amzn-RequestId", "request-1")
          val bytes = body.getBytes("UTF-8")
          exchange.sendResponseHeaders(status, if (bytes.isEmpty) -1 else bytes.length.toLong)
          exchange.getResponseBody.write(bytes)
          exchange.close()
        }
      }
    )
    server.start()
    try test(s"http://127.0.0.1:${server.getAddress.getPort}", seen)
    finally server.stop(0)
  }

  private def describe(config: AwsClientConfig) = AwsErrors.translate("Looking at the endpoint failed") {
    AwsClients.withSageMaker(config)(
      _.describeEndpoint(DescribeEndpointRequest.builder().endpointName("e").build()).endpointStatusAsString
    )
  }

  test("one client for each configuration, and the count of leases returns to zero") {
    noLeases()
    val first = AwsClients.leaseS3(config("http://127.0.0.1:9"))
    val second = AwsClients.leaseS3(config("http://127.0.0.1:9"))
    val other = AwsClients.leaseS3(config("http://127.0.0.1:10"))
    assert(first.client eq second.client)
    assert(first.client ne other.client)
    assert(AwsClients.openLeases == 3)
    Seq(first, second, other, first).foreach(_.close())
    noLeases()
    intercept[IllegalStateException](
      AwsClients.withS3(config("http://127.0.0.1:9"))(_ => throw new IllegalStateException)
    )
    noLeases()
  }

  test("a client is closed when nobody uses it any more, and not before") {
    @volatile var closed = 0
    val cache = new LeaseCache[String, AutoCloseable](0)
    def lease() = cache.lease("k")(new AutoCloseable { override def close(): Unit = closed += 1 })
    val first = lease()
    val second = lease()
    first.close()
    assert(closed == 0 && cache.clients == 1)
    second.close()
    val deadline = System.nanoTime() + 20000000000L
    while (closed == 0 && System.nanoTime() < deadline) Thread.`yield`()
    assert(closed == 1 && cache.clients == 0)
    lease().close()
    assert(cache.openLeases == 0)
  }

  test("SageMaker answers through the endpoint given, with our name in the user agent") {
    withServer(200, "{\"EndpointStatus\":\"InService\"}") { (url, seen) =>
      assert(describe(config(url)) == "InService")
      assert(seen.peek()._2.contains("sagemaker-pyspark-bridge/"))
    }
  }

  private val putX: AwsClientConfig => Unit = config =>
    AwsClients.withS3(config) { s3 =>
      s3.putObject(
        PutObjectRequest.builder().bucket("bucket").key("a/b").build(),
        RequestBody.fromString("x")
      )
    }

  test("S3 is addressed by path at another endpoint, with no checksum trailer and no signed pieces") {
    withServer(200, "", "application/xml") { (url, seen) =>
      putX(config(url))
      val (request, headers) = seen.peek()
      assert(request == "PUT /bucket/a/b")
      assert(
        !headers.toLowerCase.contains("x-amz-trailer") && !headers.toLowerCase.contains("x-amz-checksum")
      )
      assert(!headers.toLowerCase.contains("aws-chunked"))
    }
  }

  test("bodies are hashed for an S3 elsewhere over http, and not for one on this machine") {
    withServer(200, "", "application/xml") { (url, seen) =>
      putX(config(url))
      val local = seen.poll()._2
      assert(local.contains("UNSIGNED-PAYLOAD") && local.contains("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"))
      val server = new URI(url)
      withProperties("http.proxyHost" -> server.getHost, "http.proxyPort" -> server.getPort.toString) {
        putX(config("http://store.example:9000"))
      }
      val (request, elsewhere) = seen.poll()
      assert(request == "PUT http://store.example:9000/bucket/a/b")
      // The SHA-256 of "x".
      assert(elsewhere.contains("2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"))
    }
  }

  test("on this machine the Host header that is signed leaves out http's own port only") {
    Seq("http://127.0.0.1" -> "127.0.0.1", "http://127.0.0.1:443" -> "127.0.0.1:443").foreach {
      case (address, host) =>
        val request =
          SdkHttpRequest.builder().method(SdkHttpMethod.PUT).uri(new URI(s"$address/bucket/key")).build()
        val signed = LoopbackSigning.signer.sign(
          SignRequest
            .builder(AwsCredentialsIdentity.create("AKIDEXAMPLE", secret))
            .request(request)
            .payload(() => new ByteArrayInputStream(Array[Byte](1)))
            .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
            .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-west-1")
            .putProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, java.lang.Boolean.FALSE)
            .build()
        )
        assert(signed.request.firstMatchingHeader("Host").get == host)
        assert(signed.request.getUri == request.getUri)
        assert(signed.request.firstMatchingHeader("x-amz-content-sha256").get == "UNSIGNED-PAYLOAD")
    }
  }

  private def withProperties(properties: (String, String)*)(test: => Unit): Unit = {
    val before = properties.map { case (name, _) => name -> Option(System.getProperty(name)) }
    properties.foreach { case (name, value) => System.setProperty(name, value) }
    try test
    finally
      before.foreach {
        case (name, Some(value)) => System.setProperty(name, value)
        case (name, None) => System.clearProperty(name)
      }
  }

  test("errors are described by code, message, status and request id, never with keys") {
    withServer(
      400,
      "{\"__type\":\"ValidationException\",\"message\":\"Could not find endpoint \\\"arn\\\".\"}"
    ) { (url, _) =>
      val e = intercept[SageMakerSparkSDKException](describe(config(url)))
      assert(
        e.getMessage == "Looking at the endpoint failed: ValidationException: Could not find endpoint " +
          "\"arn\". (HTTP status 400, request id request-1)"
      )
      assert(AwsErrors.isNotFound(e.getCause) && !AwsErrors.isTransient(e.getCause))
      assert(!e.toString.contains(secret) && !e.getCause.toString.contains(secret))
    }
    withServer(400, "{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}") { (url, seen) =>
      val e = intercept[SageMakerSparkSDKException](describe(config(url)))
      assert(AwsErrors.isThrottling(e.getCause) && AwsErrors.isTransient(e.getCause))
      assert(seen.size == 2)
    }
    withServer(400, "{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}") { (url, _) =>
      val e = intercept[AwsConfigurationException](describe(config(url)))
      assert(AwsErrors.isAccessDenied(e.getCause) && e.getMessage.contains("permission"))
    }
    withServer(403, "{\"__type\":\"ExpiredTokenException\",\"message\":\"old\"}") { (url, _) =>
      val e = intercept[AwsConfigurationException](describe(config(url)))
      assert(e.getMessage.contains("expired"))
    }
  }

  test("a service that nobody offers is named") {
    val socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))
    val port = socket.getLocalPort
    socket.close()
    val e = intercept[SageMakerSparkSDKException](describe(config(s"http://127.0.0.1:$port")))
    assert(e.getMessage.contains("could not be reached") && e.getMessage.contains(s"127.0.0.1:$port"))
    assert(AwsErrors.isTransient(e.getCause))
  }

  test("without an address it is the region's own, and every client can be made") {
    val services = Seq(AwsService.S3, AwsService.Sts, AwsService.SageMaker, AwsService.Runtime)
    def hosts(region: String) =
      services.map(service => service.address(AwsClientConfig(), Region.of(region)))
    assume(!sys.env.keys.exists(_.startsWith("AWS_ENDPOINT_URL")), "the environment names other addresses")
    assert(hosts("eu-west-1").forall(address => !address.overridden && !address.isLoopback))
    assert(
      hosts("eu-west-1").map(_.uri.toString) == Seq("s3", "sts", "api.sagemaker", "runtime.sagemaker").map(
        host => s"https://$host.eu-west-1.amazonaws.com"
      )
    )
    assert(AwsClients.keepsChecksums(AwsClientConfig(region = Some("eu-west-1"))))
    assert(!AwsClients.keepsChecksums(config("https://store.example")))
    assert(hosts("cn-north-1").last.uri.toString == "https://runtime.sagemaker.cn-north-1.amazonaws.com.cn")

    assume(!sys.env.keys.exists(_.toLowerCase.endsWith("_proxy")), "a proxy would answer")
    // A region that doesn't exist: no request arrives anywhere.
    val nowhere = AwsClientConfig(region = Some("xx-nowhere-1"), keys = keys, maxAttempts = 1)
    val e = intercept[SageMakerSparkSDKException](describe(nowhere))
    assert(e.getMessage.contains("the host name 'api.sagemaker.xx-nowhere-1.amazonaws.com"), e.getMessage)
    AwsClients.withS3(nowhere)(_ => ())
    AwsClients.withSts(nowhere)(_ => ())
    AwsClients.leaseRuntime(nowhere, 1000).close()
  }

  test("an address that is none is refused, and a missing region says what to set") {
    val e = intercept[AwsConfigurationException](AwsClients.leaseS3(config("127.0.0.1:80")))
    assert(e.getMessage.contains("'127.0.0.1:80' is no address"))
    assert(AwsClients.region(config("http://127.0.0.1:9")) == "eu-west-1")
    assume(!sys.env.contains("AWS_REGION"))
    val saved = Seq("aws.disableEc2Metadata" -> "true", "aws.configFile" -> "/nonexistent")
    saved.foreach { case (key, value) => System.setProperty(key, value) }
    try {
      val e2 = intercept[AwsConfigurationException](AwsClients.region(AwsClientConfig()))
      assert(e2.getMessage.contains("AWS_REGION"))
    } finally saved.foreach { case (key, _) => System.clearProperty(key) }
    noLeases()
  }

  test("a role is assumed at the local service with the keys given") {
    val answer = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">" +
      "<AssumeRoleResult><Credentials>" +
      "<AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>" +
      "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
    withServer(200, answer, "text/xml") { (url, seen) =>
      val assuming = config(url).copy(assumeRoleArn = Some("arn:aws:iam::123456789012:role/r"))
      val lease = AwsClients.leaseS3(assuming)
      try
        lease.client.putObject(
          PutObjectRequest.builder().bucket("b").key("k").build(),
          RequestBody.fromString("x")
        )
      finally lease.close()
      val requests = seen.toArray(Array.empty[(String, String)])
      assert(requests.map(_._1).toSeq == Seq("POST /", "PUT /b/k"))
      assert(requests(0)._2.contains("AKIDEXAMPLE/") && requests(1)._2.contains("ASSUMED/"))
    }
  }

  test("the recipe with its keys survives Java serialization, and prints none of them") {
    val bytes = new ByteArrayOutputStream()
    new ObjectOutputStream(bytes).writeObject(config("http://127.0.0.1:9"))
    val back = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray)).readObject()
    assert(back == config("http://127.0.0.1:9"))
    assert(!back.toString.contains(secret) && !back.toString.contains("token-of-mine"))
  }

  test(
    "the runtime's signing clock follows the service's, and requests that were under way are tried again too"
  ) {
    val lease = AwsClients.leaseRuntime(config("http://127.0.0.1:9"), 1000)
    try {
      assert(lease.client.correctClock("Tue, 01 Jan 2019 00:00:00 GMT"))
      // Another request, signed before the correction.
      assert(lease.client.correctClock("Tue, 01 Jan 2019 00:00:00 GMT"))
      assert(!lease.client.correctClock("no date"))
    } finally lease.close()
    noLeases()
  }
}
