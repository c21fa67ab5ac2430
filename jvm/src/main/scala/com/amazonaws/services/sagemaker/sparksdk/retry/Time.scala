package com.amazonaws.services.sagemaker.sparksdk.retry

import java.util.concurrent.ThreadLocalRandom

/** A clock that only moves forward, in milliseconds since an arbitrary moment. */
trait Clock {
  def millis(): Long
}

object Clock {

  /** The JVM's monotonic clock. */
  val system: Clock = new Clock {
    override def millis(): Long = System.nanoTime() / 1000000L
  }
}

/** Waits. An interrupt ends the wait with an InterruptedException. */
trait Sleeper {
  def sleep(millis: Long): Unit
}

object Sleeper {

  /** Blocks the calling thread. */
  val system: Sleeper = new Sleeper {
    // scalastyle:off sleep
    override def sleep(millis: Long): Unit = if (millis > 0) Thread.sleep(millis)
    // scalastyle:on sleep
  }
}

/** Numbers from 0 (inclusive) to 1 (exclusive). */
trait Randomness {
  def next(): Double
}

object Randomness {

  /** The calling thread's own generator. */
  val system: Randomness = new Randomness {
    override def next(): Double = ThreadLocalRandom.current().nextDouble()
  }
}
