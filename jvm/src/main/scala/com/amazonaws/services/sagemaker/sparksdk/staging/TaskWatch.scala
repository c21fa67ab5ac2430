package com.amazonaws.services.sagemaker.sparksdk.staging

import java.util.Properties

import scala.collection.mutable

import com.amazonaws.services.sagemaker.sparksdk.retry.Poller
import org.apache.spark.scheduler._

/** Knows which task attempts of its jobs still run.
  *
  * Spark reports a job's end when its fate is known; attempts that lost or were killed may run on for a while, and still
  * write.
  */
final private[staging] class TaskWatch extends SparkListener {
  private[this] val stageOfJob = new mutable.HashMap[Int, Set[Int]]()
  private[this] val properties = new mutable.HashMap[Int, Properties]()
  private[this] val ended = new mutable.HashSet[Int]()
  private[this] val running = new mutable.HashMap[Int, Int]()

  override def onJobStart(job: SparkListenerJobStart): Unit = synchronized {
    stageOfJob.put(job.jobId, job.stageIds.toSet)
    Option(job.properties).foreach(properties.put(job.jobId, _))
    ()
  }

  override def onJobEnd(job: SparkListenerJobEnd): Unit = synchronized {
    ended += job.jobId
    ()
  }

  override def onTaskStart(task: SparkListenerTaskStart): Unit = count(task.stageId, 1)

  override def onTaskEnd(task: SparkListenerTaskEnd): Unit = count(task.stageId, -1)

  /** The jobs that were begun with this value of a local property. */
  def begunWith(property: String, value: String): Seq[Int] = synchronized {
    properties.collect { case (job, found) if found.getProperty(property) == value => job }.toSeq
  }

  /** Waits until no attempt of these jobs runs; not longer than `timeoutMillis`, since an executor may never answer. */
  def await(jobs: Seq[Int], timeoutMillis: Long): Unit = {
    Poller().until(timeoutMillis, TaskWatch.PollMillis)(if (isOver(jobs)) Some(true) else None)
    ()
  }

  /** Whether none of these jobs, and no attempt of theirs, runs any more. */
  def isOver(jobs: Seq[Int]): Boolean = synchronized {
    jobs.forall(job =>
      ended(job) && stageOfJob.getOrElse(job, Set.empty[Int]).forall(running.getOrElse(_, 0) <= 0)
    )
  }

  private def count(stage: Int, change: Int): Unit = synchronized {
    running.put(stage, running.getOrElse(stage, 0) + change)
    ()
  }
}

private[staging] object TaskWatch {
  private val PollMillis = 10L
}
