package com.amazonaws.services.sagemaker.sparksdk.algorithms.params

import org.apache.spark.ml.param.{IntParam, Param}

/** The hyper-parameters of principal component analysis, as Amazon SageMaker's developer guide lists them. */
trait PCAParams extends SageMakerAlgorithmParams {

  val algorithmMode: Param[String] = textParam(
    "algorithm_mode",
    "How the principal components are computed",
    Constraint.oneOf("regular", "stable", "randomized")
  )

  val extraComponents: IntParam = intParam(
    "extra_components",
    "How many more components the mode randomized computes; -1 for the service's choice",
    Constraint.intPositiveOr(-1)
  )

  val numComponents: IntParam =
    intParam("num_components", "The number of principal components", Constraint.intAtLeast(1))

  val subtractMean: Param[String] =
    booleanParam("subtract_mean", "Whether the data's mean is taken away before training and inference")

  def getAlgorithmMode: String = $(algorithmMode)
  def getExtraComponents: Int = $(extraComponents)
  def getNumComponents: Int = $(numComponents)
  def getSubtractMean: Boolean = $(subtractMean) == "True"

  def setAlgorithmMode(value: String): this.type = set(algorithmMode, value)
  def setExtraComponents(value: Int): this.type = set(extraComponents, value)
  def setNumComponents(value: Int): this.type = set(numComponents, value)
  def setSubtractMean(value: Boolean): this.type = set(subtractMean, BooleanHyperParam.text(value))

  override private[sparksdk] def requiredHyperParameters(sent: Map[String, String]): Seq[Param[_]] =
    Seq(numComponents)
}
