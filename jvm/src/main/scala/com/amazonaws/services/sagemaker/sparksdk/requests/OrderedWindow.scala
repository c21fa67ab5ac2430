package com.amazonaws.services.sagemaker.sparksdk.requests

import java.util.ArrayDeque
import java.util.concurrent._

/** A bounded number of pieces of work under way on other threads, whose results come in the order they were
  * submitted.
  *
  * Used by one thread, except for `work`.
  *
  * @param most how many pieces may be under way, or done and not taken
  * @param threads runs the work
  * @param work what is done with a piece; told when it is cancelled
  * @param onIdle called once, after `close`, when the last piece has ended
  */
final private[sparksdk] class OrderedWindow[A, B](
    most: Int,
    threads: Executor,
    work: (A, Cancellation) => B,
    onIdle: () => Unit
) extends AutoCloseable {

  final private class Piece(val input: A) extends Runnable {
    val cancellation = new Cancellation
    val outcome = new CompletableFuture[B]()

    override def run(): Unit =
      // While closing, a thread that was woken must not begin with what is about to be cancelled.
      if (!started()) outcome.completeExceptionally(Cancellation.exception())
      else
        try outcome.complete(cancellation.whileRunning(work(input, cancellation)))
        catch { case e: Throwable => outcome.completeExceptionally(e) }
        finally ended()
  }

  private val pieces = new ArrayDeque[Piece]()
  private val lock = new Object
  private var running = 0
  private var closed = false

  /** Whether nothing is under way or done. */
  def isEmpty: Boolean = pieces.isEmpty

  /** Whether another piece may be submitted. */
  def hasRoom: Boolean = pieces.size < most

  /** Whether the oldest piece is done. */
  def isOldestDone: Boolean = !pieces.isEmpty && pieces.peek().outcome.isDone

  def submit(input: A): Unit = {
    if (lock.synchronized(closed)) throw Cancellation.exception()
    val piece = new Piece(input)
    threads.execute(piece)
    pieces.add(piece)
  }

  /** Waits for the oldest piece and takes it out; what its work threw is thrown here.
    *
    * @param check called now and then while waiting; it throws to give up
    */
  def take(check: () => Unit): (A, B) = {
    val piece = pieces.peek()
    var result: Option[B] = None
    while (result.isEmpty) {
      check()
      try result = Some(piece.outcome.get(OrderedWindow.CheckMillis, TimeUnit.MILLISECONDS))
      catch {
        case _: TimeoutException => ()
        case e: ExecutionException => throw e.getCause
      }
    }
    pieces.remove()
    (piece.input, result.get)
  }

  /** Cancels what is under way. Doesn't wait for it. */
  override def close(): Unit = {
    val first = lock.synchronized {
      val first = !closed
      closed = true
      first
    }
    if (first) {
      pieces.forEach(_.cancellation.cancel())
      pieces.clear()
      if (lock.synchronized(running == 0)) idleOnce()
    }
  }

  private var told = false

  /** Counts a piece as under way, unless the window is closed. */
  private def started(): Boolean = lock.synchronized {
    if (!closed) running += 1
    !closed
  }

  private def ended(): Unit = {
    val last = lock.synchronized {
      running -= 1
      closed && running == 0
    }
    if (last) idleOnce()
  }

  private def idleOnce(): Unit = {
    val first = lock.synchronized {
      val first = !told
      told = true
      first
    }
    if (first) onIdle()
  }
}

private[sparksdk] object OrderedWindow {
  private val CheckMillis = 100L
}
