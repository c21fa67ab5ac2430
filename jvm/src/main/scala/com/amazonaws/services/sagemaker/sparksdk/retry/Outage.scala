package com.amazonaws.services.sagemaker.sparksdk.retry

import scala.util.control.NonFatal

/** Puts up with failures of a question that is asked again and again anyway, until they have lasted too long.
  *
  * @param mostMillis how long failures may follow each other, in milliseconds
  * @param clock measures the time that has passed
  */
final class Outage(mostMillis: Long, clock: Clock = Clock.system) {
  private var began: Option[Long] = None

  /** The answer; `None` for a failure that is put up with. Others are thrown as they are.
    *
    * @param mayPass whether a failure may be over when the question is asked again
    * @param told of a failure that is put up with
    */
  def bridge[T](mayPass: Throwable => Boolean, told: Throwable => Unit)(question: => T): Option[T] =
    try {
      val answer = question
      began = None
      Some(answer)
    } catch {
      case NonFatal(e) if mayPass(e) && isBearable() =>
        told(e)
        None
    }

  private def isBearable(): Boolean = {
    val now = clock.millis()
    val since = began.getOrElse(now)
    began = Some(since)
    now - since < mostMillis
  }
}

object Outage {

  /** How long a state that can't be looked up is waited for, in milliseconds: what trains or comes up goes on
    * meanwhile.
    */
  final val StateMillis = 10 * 60 * 1000L
}
