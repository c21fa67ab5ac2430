package com.amazonaws.services.sagemaker.sparksdk.requests

import java.util.concurrent.CancellationException

/** Tells the thread that works on a request that nobody wants the answer any more, and wakes it. */
final private[sparksdk] class Cancellation {
  private var cancelled = false
  private var runner: Option[Thread] = None
  private var abort: Option[() => Unit] = None

  def isCancelled: Boolean = synchronized(cancelled)

  def throwIfCancelled(): Unit = if (isCancelled) throw Cancellation.exception()

  /** Runs `work` on the calling thread, which a cancellation interrupts from now until the end of it, and not
    * later. */
  def whileRunning[T](work: => T): T = {
    synchronized {
      if (cancelled) throw Cancellation.exception()
      runner = Some(Thread.currentThread())
    }
    try work
    finally
      synchronized {
        runner = None
        Thread.interrupted()
      }
  }

  /** Runs `work`; a cancellation meanwhile also calls `abort`, for what an interrupt can't wake. */
  def abortingBy[T](abort: () => Unit)(work: => T): T = {
    synchronized {
      if (cancelled) throw Cancellation.exception()
      this.abort = Some(abort)
    }
    try work
    finally synchronized { this.abort = None }
  }

  def cancel(): Unit = synchronized {
    if (!cancelled) {
      cancelled = true
      abort.foreach(_())
      runner.foreach(_.interrupt())
    }
  }
}

private[sparksdk] object Cancellation {
  def exception(): CancellationException = new CancellationException("the request isn't wanted any more")
}
