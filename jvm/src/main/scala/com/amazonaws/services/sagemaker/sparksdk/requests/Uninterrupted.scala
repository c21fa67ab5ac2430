package com.amazonaws.services.sagemaker.sparksdk.requests

import java.util.concurrent.{Callable, ExecutionException, FutureTask}

/** Runs clean-up that no interrupt of the caller's thread may break off: requests would end at once, and what they were to
  * remove would stay.
  */
private[sparksdk] object Uninterrupted {

  /** The result of `body`, which runs on a thread of its own; an interrupt meanwhile is there afterwards. */
  def apply[T](body: => T): T = {
    val task = new FutureTask[T](new Callable[T] { override def call(): T = body })
    val thread = new Thread(task, "sagemaker-clean-up")
    thread.setDaemon(true)
    var interrupted = Thread.interrupted()
    thread.start()
    while (!task.isDone)
      try thread.join()
      catch { case _: InterruptedException => interrupted = true }
    if (interrupted) Thread.currentThread().interrupt()
    try outcome(task)
    catch { case e: ExecutionException => throw e.getCause }
  }

  /** `get` of a task that is done, which an interrupt would end all the same. */
  private def outcome[T](task: FutureTask[T]): T = {
    val interrupted = Thread.interrupted()
    try task.get()
    finally if (interrupted) Thread.currentThread().interrupt()
  }
}
