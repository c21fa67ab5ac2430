package com.amazonaws.services.sagemaker.sparksdk.inference

import java.io.EOFException
import java.net.SocketException
import java.security.cert.CertificateException
import java.util.concurrent.ConcurrentLinkedQueue
import javax.net.ssl.SSLHandshakeException

import org.scalatest.funsuite.AnyFunSuite

import com.amazonaws.services.sagemaker.sparksdk.exceptions.{AwsConfigurationException, InferenceException}
import com.amazonaws.services.sagemaker.sparksdk.requests.Cancellation
import com.amazonaws.services.sagemaker.sparksdk.retry.{Clock, Randomness, Sleeper}
import com.amazonaws.services.sagemaker.sparksdk.settings.InferenceSettings
import com.amazonaws.services.sagemaker.sparksdk.wire.GrowableBuffer

class EndpointCallerSuite extends AnyFunSuite {

  /** Time that passes only while somebody sleeps. */
  private class Time extends Clock with Sleeper {
    private var now = 0L
    val sleeps = new ConcurrentLinkedQueue[java.lang.Long]()
    override def millis(): Long = synchronized(now)
    override def sleep(millis: Long): Unit = synchronized {
      sleeps.add(millis)
      now += millis
    }
  }

  private class Script(reactions: Int => (Reply, String)) extends Invoker {
    var calls = 0
    var corrected: Option[String] = None
    override def invoke(
        body: Array[Byte],
        offset: Int,
        length: Int,
        answer: GrowableBuffer,
        c: Cancellation
    ): Reply = {
      calls += 1
      val (reply, text) = reactions(calls)
      answer.appendBytes(text.getBytes("UTF-8"))
      reply
    }
    override def correctClock(date: String): Boolean = {
      corrected = Some(date)
      true
    }
  }

  private val ok = (Reply(200, Some("text/csv")), "1\n")

  private def batch(): Batch = {
    val batch = new Batch(1000)
    batch.body.appendBytes("1\n".getBytes("UTF-8"))
    batch.endRow()
    batch
  }

  private def run(
      script: Script,
      time: Time,
      settings: InferenceSettings = InferenceSettings()
  ): List[Answer] =
    new EndpointCaller(
      script,
      "e",
      0,
      settings,
      new TaskCounters,
      time,
      time,
      new Randomness { override def next(): Double = 0.999 }
    ).call(batch(), new Cancellation)

  test("throttling for minutes isn't counted as failing, and waits grow to 20 seconds") {
    val time = new Time
    val script = new Script(n => if (n <= 20) (Reply(400, None, Some("ThrottlingException")), "") else ok)
    assert(run(script, time, InferenceSettings(invokeAttempts = 1)).map(_.rows) == List(1))
    val sleeps = time.sleeps.toArray(Array.empty[java.lang.Long]).map(_.longValue)
    assert(sleeps.length == 20)
    assert(sleeps.head < 200 && sleeps.last > 19000 && sleeps.forall(_ <= 20000))
  }

  test("the throttle budget ends it") {
    val time = new Time
    val script = new Script(_ => (Reply(429), ""))
    val e = intercept[InferenceException](run(script, time, InferenceSettings(throttleBudgetMillis = 60000)))
    assert(e.getMessage.contains("throttled this task for 60000 ms"))
    assert(time.millis() >= 60000 && time.millis() < 90000)
  }

  test("a model that isn't ready for all of the budget isn't called throttling") {
    val script =
      new Script(_ => (Reply(429, None, Some("ModelNotReadyException")), "{\"Message\":\"loading\"}"))
    val e = intercept[InferenceException](
      run(script, new Time, InferenceSettings(throttleBudgetMillis = 60000))
    )
    assert(e.getMessage.contains("'e' had no model ready for this task for 60000 ms"))
    assert(e.getMessage.contains("loading") && e.getMessage.contains("throttle_budget_millis"))
    assert(!e.getMessage.contains("throttled") && !e.getMessage.contains("max_in_flight"))
  }

  test("a connection that breaks during the TLS handshake is tried again, and a certificate isn't") {
    def handshake(cause: Throwable): Throwable =
      new SSLHandshakeException("Remote host terminated the handshake").initCause(cause)
    Seq(new EOFException("SSL peer shut down incorrectly"), new SocketException("Connection reset")).foreach {
      cause =>
        val script = new Script(n => if (n == 1) throw handshake(cause) else ok)
        assert(run(script, new Time).nonEmpty)
        assert(script.calls == 2)
    }
    Seq(new CertificateException("PKIX path building failed"), None.orNull).foreach { cause =>
      val script = new Script(_ => throw handshake(cause))
      intercept[AwsConfigurationException](run(script, new Time))
      assert(script.calls == 1)
    }
  }

  test("only what is said of the body's length is about the request's size") {
    def refused(member: String): InferenceException = {
      val said =
        s"Value at '$member' failed to satisfy constraint: Member must have length less than or equal to 63"
      val json = s"""{"message":"1 validation error detected: $said"}"""
      val script = new Script(_ => (Reply(400, None, Some("ValidationException")), json))
      val e = intercept[InferenceException](run(script, new Time))
      assert(script.calls == 1)
      e
    }
    assert(refused("body").getMessage.contains("refuses as too large"))
    assert(refused("targetContainerHostname").getMessage.contains("refused the request"))
  }

  test("an answer without end names the setting that makes answers smaller") {
    val script = new Script(_ => throw new EndlessAnswerException(64 * 1024 * 1024))
    val e = intercept[InferenceException](run(script, new Time))
    assert(script.calls == 1)
    assert(
      e.getMessage.contains(
        "'e' gave an answer that is too large, for row 1 of partition 0 (2 bytes): the answer " +
          "has more than 67108864 bytes"
      )
    )
    assert(e.getMessage.contains("max_rows_per_request") && !e.getMessage.contains("trained on"))
  }

  test("failures are tried as often as the settings say") {
    val script = new Script(_ => (Reply(500), "boom"))
    val e = intercept[InferenceException](run(script, new Time, InferenceSettings(invokeAttempts = 5)))
    assert(script.calls == 5)
    assert(
      e.getMessage.contains("failed 5 times, for row 1 of partition 0 (2 bytes): HTTP status 500: 'boom'")
    )
  }

  test("a container's server errors are tried three times") {
    val json = "{\"OriginalStatusCode\":500,\"OriginalMessage\":\"bad row\",\"LogStreamArn\":\"arn:x\"}"
    val script = new Script(_ => (Reply(424, None, Some("ModelError")), json))
    val e = intercept[InferenceException](run(script, new Time))
    assert(script.calls == 3)
    assert(e.getMessage.contains("bad row") && e.getMessage.contains("arn:x"))
  }

  test("a container's time-out is a server error, read from the message when nothing else tells it") {
    val json = "{\"Message\":\"Received server error (0) from model with message \\\"timed out\\\".\"}"
    val script = new Script(n => if (n == 1) (Reply(424, None, Some("ModelError")), json) else ok)
    assert(run(script, new Time).nonEmpty)
    assert(script.calls == 2)
  }

  test("a wrong clock is corrected by the service's, once") {
    val late = (
      Reply(403, None, Some("InvalidSignatureException"), None, Some("Tue, 01 Jan 2030 00:00:00 GMT")),
      "{\"message\":\"Signature expired: x\"}"
    )
    val script = new Script(n => if (n == 1) late else ok)
    assert(run(script, new Time).nonEmpty)
    assert(script.corrected.contains("Tue, 01 Jan 2030 00:00:00 GMT"))
    val always = new Script(_ => late)
    intercept[AwsConfigurationException](run(always, new Time))
    assert(always.calls == 2)
  }

  test("expired keys are said at once") {
    val script =
      new Script(_ => (Reply(403, None, Some("ExpiredTokenException")), "{\"message\":\"expired\"}"))
    val e = intercept[AwsConfigurationException](run(script, new Time))
    assert(script.calls == 1)
    assert(e.getMessage.contains("credentials that are valid"))
  }

  test("a service that asks for patience gets it") {
    val time = new Time
    val script = new Script(n => if (n == 1) (Reply(429, retryAfterMillis = Some(7000)), "") else ok)
    run(script, time)
    assert(time.millis() == 7000)
  }

  test("the gate halves when throttled, once for the requests of one moment, and recovers") {
    val gate = new ConcurrencyGate(8)
    val places = (1 to 8).map(_ => gate.enter())
    places.foreach(place => gate.leave(place, throttled = true, answered = false))
    assert(gate.limit == 4)
    gate.leave(gate.enter(), throttled = true, answered = false)
    assert(gate.limit == 2)
    (1 to 100).foreach(_ => gate.leave(gate.enter(), throttled = false, answered = true))
    assert(gate.limit == 8)
  }

  test("settings that make no sense are refused") {
    val bad = Seq[() => InferenceSettings](
      () => InferenceSettings(maxInFlight = 0),
      () => InferenceSettings(maxPayloadBytes = 0),
      () => InferenceSettings(maxPayloadBytes = 26 * 1024 * 1024),
      () => InferenceSettings(maxRowsPerRequest = 0),
      () => InferenceSettings(invokeAttempts = 0),
      () => InferenceSettings(targetVariant = Some("v" * 64)),
      () => InferenceSettings(inferenceComponent = Some("c" * 64)),
      () => InferenceSettings(targetModel = Some("m" * 1025)),
      () => InferenceSettings(customAttributes = Some("a\r\nX-Evil: 1"))
    )
    bad.foreach(make => intercept[IllegalArgumentException](make()))
    InferenceSettings(
      targetVariant = Some("v" * 63),
      inferenceComponent = Some("c" * 63),
      targetModel = Some("m" * 1024)
    )
  }

  test("content types are compared without parameters") {
    assert(MediaType.isAccepted("text/csv", "Text/CSV; charset=utf-8"))
    assert(MediaType.isAccepted("application/json, text/csv", "text/csv"))
    assert(MediaType.isAccepted("text/csv", "application/octet-stream"))
    assert(!MediaType.isAccepted("text/csv", "application/json"))
  }
}
