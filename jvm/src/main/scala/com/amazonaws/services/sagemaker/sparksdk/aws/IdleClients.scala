package com.amazonaws.services.sagemaker.sparksdk.aws

import java.util.concurrent.{ScheduledThreadPoolExecutor, ThreadFactory, TimeUnit}

import scala.util.control.NonFatal

import org.slf4j.LoggerFactory

/** Closes clients that nobody uses any more, on one daemon thread that ends when there is nothing to do. */
private[aws] object IdleClients {
  private val logger = LoggerFactory.getLogger("com.amazonaws.services.sagemaker.sparksdk.aws.IdleClients")

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
      new Runnable {
        // Nobody asks for the outcome.
        override def run(): Unit =
          try work()
          catch { case NonFatal(e) => logger.warn("a client that nobody uses could not be closed", e) }
      },
      millis,
      TimeUnit.MILLISECONDS
    )
    ()
  }
}
