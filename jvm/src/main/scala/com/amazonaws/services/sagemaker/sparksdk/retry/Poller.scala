package com.amazonaws.services.sagemaker.sparksdk.retry

/** Asks again and again until there is an answer or the time is up.
  *
  * @param clock measures the time that has passed
  * @param sleeper waits between questions
  */
final class Poller(clock: Clock = Clock.system, sleeper: Sleeper = Sleeper.system) {

  /** The first answer of `probe`, which is asked at once, then every `intervalMillis`, and a last time when
    * the time is up; `None` when there was none by then. What `probe` throws ends the polling.
    *
    * @param timeoutMillis how long to ask, in milliseconds
    * @param intervalMillis how long to wait before the next question, in milliseconds; looked at after each
    */
  def until[T](timeoutMillis: Long, intervalMillis: => Long)(probe: => Option[T]): Option[T] = {
    val start = clock.millis()
    @annotation.tailrec
    def ask(): Option[T] = {
      val left = timeoutMillis - (clock.millis() - start)
      val answer = probe
      if (answer.isDefined || left <= 0) answer
      else {
        val interval = intervalMillis
        require(interval >= 1, s"intervalMillis is $interval: give at least 1 ms")
        sleeper.sleep(math.min(interval, left))
        ask()
      }
    }
    ask()
  }
}

object Poller {

  /** A poller on the given clock and sleeper. */
  def apply(clock: Clock = Clock.system, sleeper: Sleeper = Sleeper.system): Poller =
    new Poller(clock, sleeper)
}
