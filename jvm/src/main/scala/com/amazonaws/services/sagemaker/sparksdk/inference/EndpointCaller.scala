package com.amazonaws.services.sagemaker.sparksdk.inference

import java.util.concurrent.CancellationException

import scala.util.control.NonFatal

import com.amazonaws.services.sagemaker.sparksdk.exceptions.{AwsConfigurationException, InferenceException}
import com.amazonaws.services.sagemaker.sparksdk.requests.Cancellation
import com.amazonaws.services.sagemaker.sparksdk.retry.{Clock, Randomness, RetryPolicy, Sleeper}
import com.amazonaws.services.sagemaker.sparksdk.settings.InferenceSettings
import com.amazonaws.services.sagemaker.sparksdk.wire.GrowableBuffer

/** The answer to some rows of a batch.
  *
  * @param from the first row in the batch, from 0
  * @param until the row behind the last
  */
final private[inference] case class Answer(
    from: Int,
    until: Int,
    body: GrowableBuffer,
    contentType: Option[String]
) {
  def rows: Int = until - from
}

/** Gets a batch answered: retries what may pass, slows down while throttled, splits what is too large. One
  * per task.
  *
  * @param partition the task's partition, for messages
  */
final private[inference] class EndpointCaller(
    invoker: Invoker,
    endpointName: String,
    partition: Int,
    settings: InferenceSettings,
    counters: TaskCounters,
    sleeper: Sleeper = Sleeper.system,
    clock: Clock = Clock.system,
    randomness: Randomness = Randomness.system
) {
  import EndpointCaller._

  private val gate = new ConcurrencyGate(settings.maxInFlight)
  private val budget =
    new TaskBudget(
      RetriesPerSlot.toLong * settings.invokeAttempts * settings.maxInFlight,
      settings.throttleBudgetMillis,
      clock
    )
  private val failing = RetryPolicy(settings.invokeAttempts, FailureBaseMillis, LongestWaitMillis)
  private val throttled = RetryPolicy(Int.MaxValue, ThrottleBaseMillis, LongestWaitMillis)

  @volatile private var accepted = settings.maxPayloadBytes

  /** The largest body that is worth sending, in bytes: less than the setting once the endpoint refused that.
    * */
  def payloadLimit: Int = accepted

  /** The answers to a batch, in the order of its rows.
    *
    * @throws InferenceException when the endpoint doesn't answer them
    * @throws AwsConfigurationException when the caller's credentials or permissions don't suffice
    */
  def call(batch: Batch, cancellation: Cancellation): List[Answer] =
    part(batch, 0, batch.rows, batch.answer, cancellation)

  private def part(
      batch: Batch,
      from: Int,
      until: Int,
      answer: GrowableBuffer,
      cancellation: Cancellation
  ): List[Answer] = {
    val rows = Rows(batch, from, until)
    def halves(): List[Answer] = {
      val middle = from + rows.count / 2
      part(batch, from, middle, answer, cancellation) ::: part(
        batch,
        middle,
        until,
        new GrowableBuffer(),
        cancellation
      )
    }
    // Another request was refused meanwhile, and it wasn't larger than this one is.
    if (rows.count > 1 && rows.length > accepted) halves()
    else
      send(rows, answer, cancellation) match {
        case Right(contentType) =>
          counters.rows.addAndGet(rows.count.toLong)
          List(Answer(from, until, answer, contentType))
        case Left(said) if rows.count == 1 =>
          throw new InferenceException(
            s"${rows.label} needs a request of ${rows.length} bytes, which endpoint '$endpointName' " +
              s"refuses as too large ($said): send narrower rows, or change the endpoint's limit"
          )
        case Left(_) =>
          learn(rows.length / 2 + 1)
          halves()
      }
  }

  private def learn(limit: Int): Unit = synchronized {
    accepted = math.max(1, math.min(accepted, limit))
  }

  /** The answer's content type, or what was said of a request that is too large. */
  private def send(
      rows: Rows,
      answer: GrowableBuffer,
      cancellation: Cancellation
  ): Either[String, Option[String]] = {
    @annotation.tailrec
    def attempt(
        failures: Int,
        lasting: Int,
        throttles: Int,
        clockCorrected: Boolean
    ): Either[String, Option[String]] = {
      cancellation.throwIfCancelled()
      once(rows, answer, cancellation, isRetry = failures + throttles > 0) match {
        case Verdict.Answered(contentType) =>
          budget.answered()
          Right(contentType)
        case Verdict.TooLarge(said) => Left(said)
        case Verdict.Throttled(said, after, overloaded) =>
          if (!budget.putUpWithThrottling()) throw keptWaiting(rows, said, overloaded)
          val wait = throttled.delayMillis(throttles + 1, randomness.next())
          sleeper.sleep(math.max(wait, math.min(after.getOrElse(0L), LongestWaitMillis)))
          attempt(failures, lasting, throttles + 1, clockCorrected)
        case Verdict.Transient(said, attempts) =>
          val tried = failures + 1
          // What usually lasts has a limit of its own, which other failures before it don't use up.
          val alike = if (attempts == Verdict.Always) lasting else lasting + 1
          if (!failing.allows(tried) || alike >= attempts)
            throw failed(rows, s"failed $tried times", said, "see the endpoint's log and state")
          if (!budget.takeRetry())
            throw failed(
              rows,
              "fails so often that this task gives up",
              said,
              "see the endpoint's log and state"
            )
          sleeper.sleep(failing.delayMillis(tried, randomness.next()))
          attempt(tried, alike, throttles, clockCorrected)
        case Verdict.ClockIsOff(said, date) =>
          if (clockCorrected || !date.exists(invoker.correctClock)) throw notAllowed(rows, said, None)
          attempt(failures, lasting, throttles, clockCorrected = true)
        case Verdict.UnknownEndpoint(said) =>
          throw failed(
            rows,
            "doesn't exist in this account and region",
            said,
            "it was deleted or never created here: create it again, or check the region and the credentials"
          )
        case Verdict.Elsewhere(said) =>
          throw failed(rows, "isn't at this address", said, "check the region and the endpoint URL")
        case Verdict.NotAllowed(said, cause) => throw notAllowed(rows, said, cause)
        case Verdict.AnswerTooLarge(said, cause) =>
          throw failed(
            rows,
            "gave an answer that is too large",
            said,
            "lower max_rows_per_request, and check that what answers is the endpoint",
            Some(cause)
          )
        case Verdict.Refused(said, cause) =>
          throw failed(
            rows,
            "refused the request",
            said,
            "check that the rows are what the model was trained on, and the endpoint's log",
            cause
          )
      }
    }
    attempt(0, 0, 0, clockCorrected = false)
  }

  private def once(
      rows: Rows,
      answer: GrowableBuffer,
      cancellation: Cancellation,
      isRetry: Boolean
  ): Verdict = {
    val place = gate.enter()
    var verdict: Option[Verdict] = None
    try {
      answer.reset()
      counters.requests.incrementAndGet()
      if (isRetry) counters.retries.incrementAndGet()
      counters.bytesSent.addAndGet(rows.length.toLong)
      val found =
        try {
          val sent = rows.request
          val reply = invoker.invoke(sent.array, sent.offset, sent.length, answer, cancellation)
          counters.bytesReceived.addAndGet(answer.length.toLong)
          Verdict.of(reply, answer.array, answer.length)
        } catch {
          case e: CancellationException => throw e
          case NonFatal(e) =>
            cancellation.throwIfCancelled()
            Verdict.of(e)
        }
      if (found.isInstanceOf[Verdict.Throttled]) counters.throttles.incrementAndGet()
      verdict = Some(found)
      found
    } finally
      gate.leave(
        place,
        throttled =
          verdict.exists { case Verdict.Throttled(_, _, overloaded) => overloaded; case _ => false },
        answered = verdict.exists(_.isInstanceOf[Verdict.Answered])
      )
  }

  private def failed(
      rows: Rows,
      what: String,
      said: String,
      remedy: String,
      cause: Option[Throwable] = None
  ) =
    new InferenceException(
      s"Endpoint '$endpointName' $what, for ${rows.label} (${rows.length} bytes): ${said.stripSuffix(".")}. What to do: " +
        s"$remedy.",
      cause.orNull
    )

  private def keptWaiting(rows: Rows, said: String, overloaded: Boolean) = {
    val without = s"for ${settings.throttleBudgetMillis} ms without answering one request"
    if (overloaded)
      failed(
        rows,
        s"throttled this task $without",
        said,
        "give the endpoint more instances, lower max_in_flight or the number of tasks, or raise throttle_budget_millis"
      )
    else
      failed(
        rows,
        s"had no model ready for this task $without",
        said,
        "see the endpoint's log for what keeps the model from being loaded, or raise throttle_budget_millis"
      )
  }

  private def notAllowed(rows: Rows, said: String, cause: Option[Throwable]) =
    new AwsConfigurationException(
      s"Endpoint '$endpointName' can't be called, for ${rows.label}: $said. What to do: give the executors " +
        "credentials that are valid and allow sagemaker:InvokeEndpoint (environment, profile or instance " +
        "role), and check the endpoint URL.",
      cause.orNull
    )

  /** Rows of a batch, and the bytes that they are. */
  final private case class Rows(batch: Batch, from: Int, until: Int) {
    def count: Int = until - from
    def length: Int = batch.requestLength(from, until)
    lazy val request: BodySlice = batch.request(from, until)
    def label: String = batch.label(from, until, partition)
  }
}

private[inference] object EndpointCaller {
  private val FailureBaseMillis = 100L
  private val ThrottleBaseMillis = 200L
  private val LongestWaitMillis = 20000L
  private val RetriesPerSlot = 4
}
