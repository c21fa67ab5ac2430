package com.amazonaws.services.sagemaker.sparksdk.staging

import java.util.UUID

import scala.util.control.NonFatal

import com.amazonaws.services.sagemaker.sparksdk.requests.Uninterrupted
import com.amazonaws.services.sagemaker.sparksdk.retry.{Clock, Poller}
import org.apache.spark.SparkContext

/** Jobs that Spark starts for an action of ours, and that we hold no handle of. */
private[staging] object OwnJobs {
  // A group of jobs would be in the place of the user's own, by which the user may cancel them.
  private val Mark = "sagemaker.staging"
  // An interrupt doesn't end a job, and one that was submitted last is known a moment later.
  private val ReportMillis = 500L
  private val EndMillis = 10000L
  private val PollMillis = 10L

  /** Runs an action; when it fails, or its thread is interrupted, its jobs are cancelled, and what they run has ended (or
    * has had ten seconds to) before the failure is thrown.
    */
  def endedWith[T](context: SparkContext)(action: => T): T = {
    val value = UUID.randomUUID().toString
    val watch = new TaskWatch
    context.addSparkListener(watch)
    context.setLocalProperty(Mark, value)
    try action
    catch {
      case e: Throwable =>
        try Uninterrupted(end(context, watch, value))
        catch { case NonFatal(unended) => e.addSuppressed(unended) }
        throw e
    } finally {
      context.setLocalProperty(Mark, null)
      context.removeSparkListener(watch)
    }
  }

  private def end(context: SparkContext, watch: TaskWatch, value: String): Unit = {
    val clock = Clock.system
    val start = clock.millis()
    Poller().until(EndMillis, PollMillis) {
      val jobs = watch.begunWith(Mark, value)
      if (watch.isOver(jobs)) Some(()).filter(_ => clock.millis() - start >= ReportMillis)
      else {
        jobs.foreach(context.cancelJob(_, "what it was to stage isn't wanted any more"))
        None
      }
    }
    ()
  }
}
