package com.amazonaws.services.sagemaker.sparksdk.requests

import java.util.concurrent.{CountDownLatch, Executors, TimeUnit}
import java.util.concurrent.atomic.AtomicInteger

import org.scalatest.BeforeAndAfterAll
import org.scalatest.funsuite.AnyFunSuite

class OrderedWindowSuite extends AnyFunSuite with BeforeAndAfterAll {
  private val threads = Executors.newFixedThreadPool(4)

  override protected def afterAll(): Unit = {
    threads.shutdownNow()
    ()
  }

  private def nothing(): Unit = ()

  test("results come in the order of submission") {
    val first = new CountDownLatch(1)
    val window = new OrderedWindow[Int, Int](
      4,
      threads,
      (n, _) => {
        if (n == 1) first.await() else first.countDown()
        n * 10
      },
      nothing _
    )
    window.submit(1)
    window.submit(2)
    assert(window.take(nothing _) == ((1, 10)))
    assert(window.take(nothing _) == ((2, 20)))
    assert(window.isEmpty)
    window.close()
  }

  test("a failure is thrown when its turn comes") {
    val window =
      new OrderedWindow[Int, Int](4, threads, (n, _) => if (n == 2) sys.error("two") else n, nothing _)
    window.submit(1)
    window.submit(2)
    assert(window.take(nothing _)._2 == 1)
    assert(intercept[RuntimeException](window.take(nothing _)).getMessage == "two")
    window.close()
  }

  test("closing wakes those under way, skips those that wait, and tells when all have ended") {
    val started = new CountDownLatch(4)
    val idle = new CountDownLatch(1)
    val aborted = new AtomicInteger()
    val window = new OrderedWindow[Int, Int](
      20,
      threads,
      (_, cancellation) =>
        cancellation.abortingBy(() => { aborted.incrementAndGet(); () }) {
          started.countDown()
          new CountDownLatch(1).await()
          0
        },
      () => idle.countDown()
    )
    (1 to 20).foreach(window.submit)
    started.await()
    window.close()
    window.close()
    assert(idle.await(30, TimeUnit.SECONDS))
    assert(aborted.get == 4)
  }

  test("who waits can give up") {
    val release = new CountDownLatch(1)
    val window = new OrderedWindow[Int, Int](1, threads, (_, _) => { release.await(); 1 }, nothing _)
    window.submit(1)
    assert(!window.hasRoom)
    intercept[IllegalStateException](window.take(() => throw new IllegalStateException("killed")))
    window.close()
    release.countDown()
  }
}
