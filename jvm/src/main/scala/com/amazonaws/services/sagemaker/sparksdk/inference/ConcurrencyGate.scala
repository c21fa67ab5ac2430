package com.amazonaws.services.sagemaker.sparksdk.inference

/** Lets fewer requests of a task through while the endpoint throttles: half as many after each sign of it,
  * one more after as many successes as are let through. Thread-safe.
  *
  * @param most how many are let through when nothing throttles
  */
final private[inference] class ConcurrencyGate(most: Int) {
  private var allowed = most
  private var inside = 0
  private var successes = 0
  private var generation = 0

  /** How many requests are let through now. */
  def limit: Int = synchronized(allowed)

  /** Waits for a place.
    *
    * @return what `leave` must be given
    */
  def enter(): Int = synchronized {
    while (inside >= allowed) wait()
    inside += 1
    generation
  }

  /** Gives the place back.
    *
    * @param entered what `enter` returned
    * @param throttled whether the endpoint throttled the request
    * @param answered whether it answered it
    */
  def leave(entered: Int, throttled: Boolean, answered: Boolean): Unit = synchronized {
    inside -= 1
    // Requests that were sent before the last reduction say nothing about the present rate.
    if (throttled && entered == generation) {
      allowed = math.max(1, allowed / 2)
      generation += 1
      successes = 0
    }
    if (answered && allowed < most) {
      successes += 1
      if (successes >= allowed) {
        allowed += 1
        successes = 0
      }
    }
    notifyAll()
  }
}
