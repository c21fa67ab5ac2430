package com.amazonaws.services.sagemaker.sparksdk

import com.amazonaws.services.sagemaker.sparksdk.aws.RunTag
import com.amazonaws.services.sagemaker.sparksdk.exceptions.TrainingJobException
import com.amazonaws.services.sagemaker.sparksdk.retry.Clock
import com.amazonaws.services.sagemaker.sparksdk.runs.{JobFacts, RunFinder, RunRecord}
import com.amazonaws.services.sagemaker.sparksdk.staging.{Staging, StagedData}
import com.amazonaws.services.sagemaker.sparksdk.training.{ResourceResolver, TrainingJob, TrainingPlan}
import org.apache.spark.sql.SparkSession

/** A fit whose driver died, taken up again where it was. */
private[sparksdk] object ResumedFit {

  /** @param estimator configured as the one that began the fit */
  def of(estimator: SageMakerEstimator, runId: String): FitRun = {
    val settings = estimator.effectiveSettings
    val path =
      new ResourceResolver(SparkSession.active, settings.clients).existingS3(settings.staging.inputPath)
    val finder = new RunFinder(settings.clients)
    val (record, found) = SageMakerRuns.required(runId, path)(finder.recorded(path, runId))
    val job = found.getOrElse(
      throw new TrainingJobException(
        s"The run $runId has no training job: its driver died while it staged the data. Remove it, and fit again."
      )
    )
    requireSameImage(estimator, runId, job)
    val (resources, _) = finder.hosted(record.names, runId)
    estimator.recordTrainingJob(job.name)
    new FitRun(
      estimator,
      TrainingPlan(
        record.names,
        job.roleArn,
        job.image,
        path,
        settings.training,
        settings.staging.compressionCodec
      ),
      new TrainingJob(job.name, settings.clients.sagemaker),
      StagedData(
        path.bucket,
        record.keyPrefix(path),
        Nil,
        Some(Staging.manifestKey(record.keyPrefix(path))),
        0L,
        None
      ),
      job.hyperParameters,
      settings.training.tags + (RunTag.Key -> runId),
      FitPlace(path, record),
      resources,
      Clock.system
    )
  }

  private def requireSameImage(estimator: SageMakerEstimator, runId: String, job: JobFacts): Unit =
    if (job.image != estimator.trainingImage) {
      throw new IllegalArgumentException(
        s"The run $runId trained the image ${job.image}, and this estimator trains ${estimator.trainingImage}: finish " +
          "it with an estimator that is configured as the one that began it."
      )
    }
}

/** Where a fit's record is. */
private[sparksdk] final case class FitPlace(path: S3DataPath, record: RunRecord)
