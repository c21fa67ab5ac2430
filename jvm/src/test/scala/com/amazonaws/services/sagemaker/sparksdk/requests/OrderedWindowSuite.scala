package com.amazonaws.services.sagemaker.sparksdk.requests

import java.util.concurrent.{CancellationException, CountDownLatch, Executors, TimeUnit}
import java.util.concurrent.atomic.{AtomicInteger, AtomicReference}

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

  test("closing beside the thread that submits and takes leaves no piece under way") {
    val workers = Executors.newCachedThreadPool()
    try {
      (1 to 2000).foreach { round =>
        val idle = new CountDownLatch(1)
        val begun = new CountDownLatch(1)
        val closer = new AtomicReference[Throwable]()
        val window = new OrderedWindow[Int, Int](
          100,
          workers,
          (n, cancellation) => {
            try if (n % 2 == 1) new CountDownLatch(1).await()
            catch { case _: InterruptedException => cancellation.throwIfCancelled() }
            n
          },
          () => idle.countDown()
        )
        val closing = new Thread(() =>
          try {
            begun.await()
            (1 to round % 50).foreach(_ => Thread.`yield`())
            window.close()
          } catch { case e: Throwable => closer.set(e) }
        )
        closing.start()
        begun.countDown()
        intercept[CancellationException] {
          window.submit(0)
          window.take(nothing _)
          (1 to 100).foreach(window.submit)
          window.take(nothing _)
        }
        closing.join()
        assert(Option(closer.get).isEmpty)
        assert(idle.await(30, TimeUnit.SECONDS))
        assert(window.isEmpty)
      }
    } finally {
      workers.shutdownNow()
      ()
    }
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
