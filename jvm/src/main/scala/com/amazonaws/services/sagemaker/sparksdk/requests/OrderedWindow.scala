package com.amazonaws.services.sagemaker.sparksdk.requests

import java.util.ArrayDeque
import java.util.concurrent._

/** A bounded number of pieces of work under way on other threads, whose results come in the order they were
  * submitted.
  *
  * One thread submits and takes; another may close the window meanwhile.
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

  private val lock = new Object
  // These are guarded by the lock.
  private val pieces = new ArrayDeque[Piece]()
  private var running = 0
  private var closed = false

  /** Whether nothing is under way or done. */
  def isEmpty: Boolean = lock.synchronized(pieces.isEmpty)

  /** Whether another piece may be submitted. */
  def hasRoom: Boolean = lock.synchronized(pieces.size < most)

  /** Whether the oldest piece is done. */
  def isOldestDone: Boolean = lock.synchronized(oldest.exists(_.outcome.isDone))

  private def oldest: Option[Piece] = Option(pieces.peek())

  /** Hands a piece to another thread; a CancellationException once the window is closed. */
  def submit(input: A): Unit = lock.synchronized {
    if (closed) throw Cancellation.exception()
    val piece = new Piece(input)
    threads.execute(piece)
    pieces.add(piece)
    ()
  }

  /** Waits for the oldest piece and takes it out; what its work threw is thrown here, and a CancellationException once
    * the window is closed.
    *
    * @param check called now and then while waiting; it throws to give up
    */
  def take(check: () => Unit): (A, B) = {
    val piece = lock.synchronized(oldest).getOrElse(throw Cancellation.exception())
    var result: Option[B] = None
    while (result.isEmpty) {
      check()
      try result = Some(piece.outcome.get(OrderedWindow.CheckMillis, TimeUnit.MILLISECONDS))
      catch {
        case _: TimeoutException => ()
        case e: ExecutionException => throw e.getCause
      }
    }
    lock.synchronized(pieces.remove(piece))
    (piece.input, result.get)
  }

  /** Cancels what is under way. Doesn't wait for it. */
  override def close(): Unit = {
    val open = lock.synchronized {
      closed = true
      val open = pieces.toArray(new Array[Piece](0))
      pieces.clear()
      open
    }
    open.foreach(_.cancellation.cancel())
    if (lock.synchronized(running == 0)) idleOnce()
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
