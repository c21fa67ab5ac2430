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

  test("waits double up to the longest, and jitter takes the whole of it") {
    val policy = RetryPolicy(9, 100, 1000)
    assert((1 to 6).map(policy.ceilingMillis) == Seq(100, 200, 400, 800, 1000, 1000))
    assert(policy.ceilingMillis(1000) == 1000)
    assert(policy.delayMillis(3, 0.0) == 0)
    assert(policy.delayMillis(3, 0.5) == 200)
    assert(RetryPolicy(2, 0, 0).delayMillis(1, 0.9) == 0)
  }

  test("an outage is borne for a while, from its first failure on; an answer ends it") {
    val time = new Time
    val outage = new Outage(100, time)
    var told = 0
    def failed(): Option[Int] =
      outage.bridge[Int](_.isInstanceOf[IOException], _ => told += 1)(throw new IOException("away"))
    assert(failed().isEmpty)
    time.now = 99
    assert(failed().isEmpty)
    assert(outage.bridge(_ => true, _ => ())(1).contains(1))
    time.now = 150
    assert(failed().isEmpty)
    time.now = 250
    intercept[IOException](failed())
    assert(told == 3)
  }

  test("a failure that won't pass is thrown at once") {
    val outage = new Outage(100, new Time)
    intercept[IllegalStateException](
      outage.bridge[Int](_.isInstanceOf[IOException], _ => ())(throw new IllegalStateException("no"))
    )
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

  test("a poller waits as long as the interval is by then") {
    val time = new Time
    var asked: List[Long] = Nil
    Poller(time, time).until(25, if (time.now < 10) 10 else 5) {
      asked = asked :+ time.now; Option.empty[Int]
    }
    assert(asked == List(0L, 10L, 15L, 20L, 25L))
  }

  test("nonsense is refused") {
    intercept[IllegalArgumentException](RetryPolicy(0, 1, 1))
    intercept[IllegalArgumentException](RetryPolicy(1, 10, 1))
    intercept[IllegalArgumentException](Poller().until(10, 0)(None))
  }
}
