package com.amazonaws.services.sagemaker.sparksdk.algorithms.params

import org.apache.spark.ml.param.{DoubleParam, IntParam, Param}

/** The hyper-parameters of factorization machines, as the developer guide of Amazon SageMaker lists them. */
trait FactorizationMachinesParams extends SageMakerAlgorithmParams with PredictorTypeParams {

  val biasInitMethod: Param[String] = textParam(
    "bias_init_method",
    "How the bias term starts",
    Constraint.oneOf("normal", "uniform", "constant")
  )

  val biasInitScale: DoubleParam = doubleParam(
    "bias_init_scale",
    "The range of the first bias term with the method uniform: from minus to plus this value",
    Constraint.atLeast(0)
  )

  val biasInitSigma: DoubleParam = doubleParam(
    "bias_init_sigma",
    "The standard deviation of the first bias term with the method normal",
    Constraint.atLeast(0)
  )

  val biasInitValue: DoubleParam = doubleParam(
    "bias_init_value",
    "The first value of the bias term with the method constant",
    Constraint.any
  )

  val biasLr: DoubleParam =
    doubleParam("bias_lr", "The learning rate of the bias term", Constraint.atLeast(0))

  val biasWd: DoubleParam = doubleParam("bias_wd", "The weight decay of the bias term", Constraint.atLeast(0))

  val clipGradient: DoubleParam =
    doubleParam("clip_gradient", "The gradient is cut off at minus and plus this value", Constraint.any)

  val epochs: IntParam =
    intParam("epochs", "The number of passes over the training data", Constraint.intAtLeast(1))

  val eps: DoubleParam =
    doubleParam("eps", "The small number that keeps divisions from going by zero", Constraint.any)

  val factorsInitMethod: Param[String] = textParam(
    "factors_init_method",
    "How the factorization terms start",
    Constraint.oneOf("normal", "uniform", "constant")
  )

  val factorsInitScale: DoubleParam = doubleParam(
    "factors_init_scale",
    "The range of the first factorization terms with the method uniform: from minus to plus this value",
    Constraint.atLeast(0)
  )

  val factorsInitSigma: DoubleParam = doubleParam(
    "factors_init_sigma",
    "The standard deviation of the first factorization terms with the method normal",
    Constraint.atLeast(0)
  )

  val factorsInitValue: DoubleParam = doubleParam(
    "factors_init_value",
    "The first value of the factorization terms with the method constant",
    Constraint.any
  )

  val factorsLr: DoubleParam =
    doubleParam("factors_lr", "The learning rate of the factorization terms", Constraint.atLeast(0))

  val factorsWd: DoubleParam =
    doubleParam("factors_wd", "The weight decay of the factorization terms", Constraint.atLeast(0))

  val linearInitMethod: Param[String] = textParam(
    "linear_init_method",
    "How the linear terms start",
    Constraint.oneOf("normal", "uniform", "constant")
  )

  val linearInitScale: DoubleParam = doubleParam(
    "linear_init_scale",
    "The range of the first linear terms with the method uniform: from minus to plus this value",
    Constraint.atLeast(0)
  )

  val linearInitSigma: DoubleParam = doubleParam(
    "linear_init_sigma",
    "The standard deviation of the first linear terms with the method normal",
    Constraint.atLeast(0)
  )

  val linearInitValue: DoubleParam = doubleParam(
    "linear_init_value",
    "The first value of the linear terms with the method constant",
    Constraint.any
  )

  val linearLr: DoubleParam =
    doubleParam("linear_lr", "The learning rate of the linear terms", Constraint.atLeast(0))

  val linearWd: DoubleParam =
    doubleParam("linear_wd", "The weight decay of the linear terms", Constraint.atLeast(0))

  val numFactors: IntParam =
    intParam("num_factors", "The dimension of the factorization", Constraint.intAtLeast(1))

  val rescaleGrad: DoubleParam =
    doubleParam("rescale_grad", "The gradient is multiplied by this value before the update", Constraint.any)

  def getBiasInitMethod: String = $(biasInitMethod)
  def getBiasInitScale: Double = $(biasInitScale)
  def getBiasInitSigma: Double = $(biasInitSigma)
  def getBiasInitValue: Double = $(biasInitValue)
  def getBiasLr: Double = $(biasLr)
  def getBiasWd: Double = $(biasWd)
  def getClipGradient: Double = $(clipGradient)
  def getEpochs: Int = $(epochs)
  def getEps: Double = $(eps)
  def getFactorsInitMethod: String = $(factorsInitMethod)
  def getFactorsInitScale: Double = $(factorsInitScale)
  def getFactorsInitSigma: Double = $(factorsInitSigma)
  def getFactorsInitValue: Double = $(factorsInitValue)
  def getFactorsLr: Double = $(factorsLr)
  def getFactorsWd: Double = $(factorsWd)
  def getLinearInitMethod: String = $(linearInitMethod)
  def getLinearInitScale: Double = $(linearInitScale)
  def getLinearInitSigma: Double = $(linearInitSigma)
  def getLinearInitValue: Double = $(linearInitValue)
  def getLinearLr: Double = $(linearLr)
  def getLinearWd: Double = $(linearWd)
  def getNumFactors: Int = $(numFactors)
  def getRescaleGrad: Double = $(rescaleGrad)

  def setBiasInitMethod(value: String): this.type = set(biasInitMethod, value)
  def setBiasInitScale(value: Double): this.type = set(biasInitScale, value)
  def setBiasInitSigma(value: Double): this.type = set(biasInitSigma, value)
  def setBiasInitValue(value: Double): this.type = set(biasInitValue, value)
  def setBiasLr(value: Double): this.type = set(biasLr, value)
  def setBiasWd(value: Double): this.type = set(biasWd, value)
  def setClipGradient(value: Double): this.type = set(clipGradient, value)
  def setEpochs(value: Int): this.type = set(epochs, value)
  def setEps(value: Double): this.type = set(eps, value)
  def setFactorsInitMethod(value: String): this.type = set(factorsInitMethod, value)
  def setFactorsInitScale(value: Double): this.type = set(factorsInitScale, value)
  def setFactorsInitSigma(value: Double): this.type = set(factorsInitSigma, value)
  def setFactorsInitValue(value: Double): this.type = set(factorsInitValue, value)
  def setFactorsLr(value: Double): this.type = set(factorsLr, value)
  def setFactorsWd(value: Double): this.type = set(factorsWd, value)
  def setLinearInitMethod(value: String): this.type = set(linearInitMethod, value)
  def setLinearInitScale(value: Double): this.type = set(linearInitScale, value)
  def setLinearInitSigma(value: Double): this.type = set(linearInitSigma, value)
  def setLinearInitValue(value: Double): this.type = set(linearInitValue, value)
  def setLinearLr(value: Double): this.type = set(linearLr, value)
  def setLinearWd(value: Double): this.type = set(linearWd, value)
  def setNumFactors(value: Int): this.type = set(numFactors, value)
  def setRescaleGrad(value: Double): this.type = set(rescaleGrad, value)

  override private[sparksdk] def requiredHyperParameters(sent: Map[String, String]): Seq[Param[_]] =
    Seq(numFactors)
}
