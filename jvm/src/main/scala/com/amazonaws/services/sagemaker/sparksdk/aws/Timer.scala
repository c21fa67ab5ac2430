package com.amazonaws.services.sagemaker.sparksdk.aws

import java.util.concurrent.{Future, ScheduledThreadPoolExecutor, ThreadFactory, TimeUnit}

import scala.util.control.NonFatal

import org.slf4j.LoggerFactory

/** Does later what is due then, on one daemon thread that ends when there is nothing to do: closes clients that nobody
  * uses any more, and connections on which nothing moves.
  */
private[aws] object Timer {
  private val logger = LoggerFactory.getLogger("com.amazonaws.services.sagemaker.sparksdk.aws.Timer")

  private val timer: ScheduledThreadPoolExecutor = {
    val threads = new ThreadFactory {
      override def newThread(work: Runnable): Thread = {
        val thread = new Thread(work, "sagemaker-timer")
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

  /** Runs `work` after so many milliseconds, unless what is returned is cancelled before. */
  def later(millis: Long)(work: () => Unit): Future[_] = timer.schedule(
    new Runnable {
      // Nobody asks for the outcome.
      override def run(): Unit =
        try work()
        catch { case NonFatal(e) => logger.warn("a connection or a client could not be closed", e) }
    },
    millis,
    TimeUnit.MILLISECONDS
  )
}
