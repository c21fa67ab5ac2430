package com.amazonaws.services.sagemaker.sparksdk

import com.amazonaws.services.sagemaker.sparksdk.exceptions.RunNotFoundException
import com.amazonaws.services.sagemaker.sparksdk.runs.{Run, RunFinder, RunRecord, RunRemoval}
import com.amazonaws.services.sagemaker.sparksdk.settings.{ClientSettings, HostingSettings}
import com.amazonaws.services.sagemaker.sparksdk.training.ResourceResolver
import org.apache.spark.sql.SparkSession

/** The fits of this library that are under way or left something behind, such as those whose driver died.
  *
  * A fit has a record in S3, below the path that it stages to, from its beginning until its end; all that it creates
  * in SageMaker has its id in the tag `sagemaker-spark-run`. Nothing without that tag, or outside the fit's own prefix,
  * is ever removed. `SageMakerEstimator.resumeFit` finishes a run instead.
  *
  * @param clients how SageMaker, S3 and STS are reached
  */
class SageMakerRuns(val clients: ClientSettings = ClientSettings()) {

  /** The runs that staged below a path, and those anywhere in the account and region whose training job goes on or
    * whose endpoint exists; the oldest first.
    */
  def list(path: S3Resource = S3AutoCreatePath()): Seq[Run] = new RunFinder(clients).list(resolved(path))

  /** Removes a run and waits until it is removed.
    *
    * @throws RunNotFoundException when there is no such run
    * @throws exceptions.SageMakerResourceCleanupException naming what could not be removed
    */
  def remove(runId: String, path: S3Resource = S3AutoCreatePath()): Unit = startRemoval(runId, path).await()

  /** Begins to remove a run: whoever holds the removal polls it, or waits.
    *
    * @param timeoutSeconds how long to wait for a job to stop and for an endpoint that is coming up, in seconds
    * @param pollIntervalMillis how long to wait between two looks, in milliseconds
    */
  def startRemoval(
      runId: String,
      path: S3Resource = S3AutoCreatePath(),
      timeoutSeconds: Int = HostingSettings().creationTimeoutSeconds,
      pollIntervalMillis: Int = HostingSettings().pollIntervalMillis
  ): RunRemoval = {
    require(timeoutSeconds >= 0, s"timeoutSeconds is $timeoutSeconds: give at least 0 s")
    require(pollIntervalMillis >= 1, s"pollIntervalMillis is $pollIntervalMillis: give at least 1 ms")
    val place = resolved(path)
    val run = SageMakerRuns.required(runId, place)(new RunFinder(clients).find(place, runId))
    new RunRemoval(run, clients, timeoutSeconds, pollIntervalMillis)
  }

  private def resolved(path: S3Resource): S3DataPath =
    new ResourceResolver(SparkSession.active, clients).existingS3(path)
}

private[sparksdk] object SageMakerRuns {

  /** What was found of a run, or the error that says where it was looked for. */
  def required[T](runId: String, path: S3DataPath)(found: => Option[T]): T = {
    require(
      RunRecord.isRunId(runId),
      s"'$runId' is not the id of a run: expected a UUID, as list_runs and the tag sagemaker-spark-run give it"
    )
    found.getOrElse(
      throw new RunNotFoundException(
        s"There is no run $runId: no record s3://${path.bucket}/${RunRecord.key(path, runId)}, and nothing that is " +
          "billed has its tag. It has ended or was removed, or it staged to another path: give that one."
      )
    )
  }
}
