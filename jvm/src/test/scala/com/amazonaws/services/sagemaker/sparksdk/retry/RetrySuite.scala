package com.amazonaws.services.sagemaker.sparksdk.retry

import java.io.IOException

import org.scalatest.funsuite.AnyFunSuite

class RetrySuite extends AnyFunSuite {

  private class Time extends Clock with Sleeper {
    var now = 0L
    var sleeps: List[Long] = Nil
    override def millis(): Long = now
    override def sleep(millis: Long): Unit = {
      sleeps = sleeps :+ millis
      now += millis
    }
  }

  private val half = new Randomness { override def next(): Double = 0.5 }

  test("waits double up to the longest, and jitter takes the whole of it") {
    val policy = RetryPolicy(9, 100, 1000)
    assert((1 to 6).map(policy.ceilingMillis) == Seq(100, 200, 400, 800, 1000, 1000))
    assert(policy.ceilingMillis(1000) == 1000)
    assert(policy.delayMillis(3, 0.0) == 0)
    assert(policy.delayMillis(3, 0.5) == 200)
    assert(RetryPolicy(2, 0, 0).delayMillis(1, 0.9) == 0)
  }

  test("a call is tried until it succeeds, as often as allowed") {
    val time = new Time
    val retrier = new Retrier(RetryPolicy(3, 100, 1000), time, half)
    assert(retrier.run(_ => true)(n => if (n < 3) throw new IOException("again") else n) == 3)
    assert(time.sleeps == List(50L, 100L))
    var calls = 0
    intercept[IOException](retrier.run[Int](_ => true) { _ => calls += 1; throw new IOException("always") })
    assert(calls == 3)
  }

  test("a failure that isn't worth another attempt is thrown at once") {
    val time = new Time
    var calls = 0
    intercept[IllegalStateException] {
      new Retrier(RetryPolicy(5, 1, 1), time).run[Int](_.isInstanceOf[IOException]) { _ =>
        calls += 1
        throw new IllegalStateException("no")
      }
    }
    assert(calls == 1 && time.sleeps.isEmpty)
  }

  test("a poller asks at once, in between, and a last time at the end") {
    val time = new Time
    var asked: List[Long] = Nil
    val poller = Poller(time, time)
    assert(poller.until(25, 10) { asked = asked :+ time.now; Option.empty[Int] }.isEmpty)
    assert(asked == List(0L, 10L, 20L, 25L))
    assert(poller.until(1000, 10)(if (time.now >= 45) Some("done") else None).contains("done"))
    assert(poller.until(0, 10)(Some(1)).contains(1))
  }

  test("nonsense is refused") {
    intercept[IllegalArgumentException](RetryPolicy(0, 1, 1))
    intercept[IllegalArgumentException](RetryPolicy(1, 10, 1))
    intercept[IllegalArgumentException](Poller().until(10, 0)(None))
  }
}
