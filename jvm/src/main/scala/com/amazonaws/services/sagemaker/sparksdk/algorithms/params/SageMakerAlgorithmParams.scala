package com.amazonaws.services.sagemaker.sparksdk.algorithms.params

import org.apache.spark.ml.param.{IntParam, Param, Params}

/** What the algorithms of Amazon SageMaker have in common: the width of the vectors and the size of a batch. */
trait SageMakerAlgorithmParams extends Params {

  /** The number of features; when it isn't set, the width of the staged vectors. */
  val featureDim: IntParam =
    new IntHyperParam(this, "feature_dim", "The number of features in the input", Constraint.intAtLeast(1))

  /** The number of rows that are handled at once. */
  val miniBatchSize: IntParam =
    new IntHyperParam(this, "mini_batch_size", "The number of rows in a mini-batch", Constraint.intAtLeast(1))

  def getFeatureDim: Int = $(featureDim)

  def getMiniBatchSize: Int = $(miniBatchSize)

  def setFeatureDim(value: Int): this.type = set(featureDim, value)

  def setMiniBatchSize(value: Int): this.type = set(miniBatchSize, value)

  /** The hyper-parameters without which a training job would fail. */
  private[sparksdk] def requiredHyperParameters: Seq[Param[_]] = Nil

  /** Those that the staged data gives when nobody set them: name on the wire and value. */
  private[sparksdk] def hyperParametersOfData(featureWidth: Option[Int], rows: Long): Map[String, String] =
    featureWidth.map(width => featureDim.name -> width.toString).toMap
}
