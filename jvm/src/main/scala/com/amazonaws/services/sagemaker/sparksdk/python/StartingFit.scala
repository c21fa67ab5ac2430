package com.amazonaws.services.sagemaker.sparksdk.python

import java.util.concurrent.{ExecutionException, FutureTask}

import com.amazonaws.services.sagemaker.sparksdk.FitRun

/** A fit whose data is being staged, by a thread that has inherited Spark's local properties from the caller's.
  *
  * Python asks whether it is done instead of waiting in a call: no signal is heard there, and PySpark's handler of Ctrl-C,
  * which calls the JVM, would disturb the one that is under way.
  */
final class StartingFit private[python] (start: () => FitRun) {
  private val task = new FutureTask[PolledFit](() => new PolledFit(start()))
  private val thread = new Thread(task, "sagemaker-fit")
  thread.setDaemon(true)
  thread.start()

  /** Whether it has come to an end. */
  def isDone: Boolean = task.isDone

  /** The fit, whose training job exists; throws what ended it. */
  def result(): PolledFit =
    try task.get()
    catch { case e: ExecutionException => throw e.getCause }

  /** Ends it as soon as may be: what was staged is removed before it is done. */
  def interrupt(): Unit = thread.interrupt()
}
