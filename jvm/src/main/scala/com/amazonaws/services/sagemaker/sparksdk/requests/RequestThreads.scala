package com.amazonaws.services.sagemaker.sparksdk.requests

import java.util.concurrent.{Executor, SynchronousQueue, ThreadFactory, ThreadPoolExecutor, TimeUnit}
import java.util.concurrent.atomic.AtomicInteger

/** The threads of this JVM that wait for endpoints and for S3: daemons, shared by all tasks, gone when idle.
  *
  * There are as many as there are requests under way, which the settings bound for each task: with fewer, the requests
  * of a throttled task, which wait, would hold up those of the others.
  */
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
    new ThreadPoolExecutor(0, Int.MaxValue, 10, TimeUnit.SECONDS, new SynchronousQueue[Runnable](), factory)
  }
}
