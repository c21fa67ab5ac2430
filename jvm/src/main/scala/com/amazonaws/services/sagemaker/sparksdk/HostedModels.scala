package com.amazonaws.services.sagemaker.sparksdk

import com.amazonaws.services.sagemaker.sparksdk.exceptions.SageMakerResourceCleanupException
import com.amazonaws.services.sagemaker.sparksdk.hosting.Endpoint
import org.apache.spark.ml.{PipelineModel, Transformer}
import org.apache.spark.ml.classification.OneVsRestModel
import org.apache.spark.ml.tuning.{CrossValidatorModel, TrainValidationSplitModel}

/** The SageMaker models inside a fitted model, such as a `PipelineModel` or a `CrossValidatorModel`. */
object HostedModels {

  /** All of them, the winner of a tuning model before the sub-models that it collected. */
  def in(model: Transformer): Seq[SageMakerModel] = model match {
    case hosted: SageMakerModel => Seq(hosted)
    case pipeline: PipelineModel => pipeline.stages.toSeq.flatMap(in)
    case tuned: CrossValidatorModel =>
      in(tuned.bestModel) ++ (if (tuned.hasSubModels) tuned.subModels.toSeq.flatten.flatMap(in) else Nil)
    case tuned: TrainValidationSplitModel =>
      in(tuned.bestModel) ++ (if (tuned.hasSubModels) tuned.subModels.toSeq.flatMap(in) else Nil)
    case several: OneVsRestModel => several.models.toSeq.flatMap(in)
    case _ => Nil
  }

  /** Deletes the endpoints, endpoint configurations and models that they created, as `SageMakerModel.delete` does; what
    * fails doesn't keep the rest from being deleted.
    *
    * @throws exceptions.SageMakerResourceCleanupException naming all that could not be deleted, with the first of it
    *   in `createdResources`
    */
  def delete(model: Transformer): Unit = {
    val failures = in(model).flatMap { hosted =>
      try {
        hosted.delete()
        None
      } catch { case e: SageMakerResourceCleanupException => Some(e) }
    }
    failures.headOption.foreach { first =>
      val named = failures.map(e => s"${Endpoint.named(e.createdResources)} (${e.getMessage})")
      throw SageMakerResourceCleanupException(
        s"Still there, and to be deleted by you: ${named.mkString("; ")}",
        first,
        first.createdResources
      )
    }
  }
}
