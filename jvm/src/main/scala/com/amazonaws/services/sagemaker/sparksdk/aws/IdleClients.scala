package com.amazonaws.services.sagemaker.sparksdk.aws

import java.util.concurrent.{ScheduledThreadPoolExecutor, ThreadFactory, TimeUnit}

/** Closes clients that nobody uses any more, on one daemon thread that ends when there is nothing to do. */
private[aws] object IdleClients {

  private val timer: ScheduledThreadPoolExecutor = {
    val threads = new ThreadFactory {
      override def newThread(work: Runnable): Thread = {
        val thread = new Thread(work, "sagemaker-idle-clients")
        thread.setDaemon(true)
        thread
      }
    }
    val pool = new ScheduledThreadPoolExecutor(1, threads)
    pool.setKeepAliveTime(1, TimeUnit.SECONDS)
    pool.allowCoreThreadTimeOut(true)
    pool.setRemoveOnCancelPolicy(true)
    pool
  }

  /** Runs `work` after so many milliseconds. */
  def later(millis: Long)(work: () => Unit): Unit = {
    timer.schedule(
      new Runnable { override def run(): Unit = work() },
      millis,
      TimeUnit.MILLISECONDS
    )
    ()
  }
}
