package com.amazonaws.services.sagemaker.sparksdk.requests

import java.util.concurrent.{Executor, LinkedBlockingQueue, ThreadFactory, ThreadPoolExecutor, TimeUnit}
import java.util.concurrent.atomic.AtomicInteger

import com.amazonaws.services.sagemaker.sparksdk.settings.InferenceSettings

/** The threads of this JVM that wait for endpoints and for S3: daemons, shared by all tasks, gone when idle. */
private[sparksdk] object RequestThreads {

  val executor: Executor = {
    val number = new AtomicInteger()
    val factory = new ThreadFactory {
      override def newThread(work: Runnable): Thread = {
        val thread = new Thread(work, s"sagemaker-request-${number.incrementAndGet()}")
        thread.setDaemon(true)
        thread
      }
    }
    val most = InferenceSettings.LargestInFlight
    val pool =
      new ThreadPoolExecutor(most, most, 10, TimeUnit.SECONDS, new LinkedBlockingQueue[Runnable](), factory)
    pool.allowCoreThreadTimeOut(true)
    pool
  }
}
