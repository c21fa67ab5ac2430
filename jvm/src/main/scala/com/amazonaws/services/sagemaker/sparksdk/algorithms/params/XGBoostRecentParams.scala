package com.amazonaws.services.sagemaker.sparksdk.algorithms.params

import org.apache.spark.ml.param.{DoubleParam, IntParam, Param}

/** The hyper-parameters that XGBoost has learnt since image version 0.72, as its container checks them. */
trait XGBoostRecentParams extends AlgorithmParams {

  val aftLossDistribution: Param[String] = textParam(
    "aft_loss_distribution",
    "The distribution of the noise in objective survival:aft",
    Constraint.oneOf("normal", "logistic", "extreme")
  )

  val aftLossDistributionScale: DoubleParam = doubleParam(
    "aft_loss_distribution_scale",
    "The scale of the noise in objective survival:aft",
    Constraint.above(0)
  )

  val colSampleByNode: DoubleParam = doubleParam(
    "colsample_bynode",
    "The share of columns drawn for each split",
    Constraint.within(0, withLow = false, 1, withHigh = true)
  )

  val csvWeights: IntParam = intParam(
    "csv_weights",
    "1 when the second column of CSV training data holds the rows' weights",
    Constraint.intOneOf(0, 1)
  )

  val deterministicHistogram: Param[String] = textParam(
    "deterministic_histogram",
    "Whether histograms on GPUs are built deterministically",
    Constraint.oneOf("true", "false")
  )

  val earlyStoppingRounds: IntParam = intParam(
    "early_stopping_rounds",
    "Training stops when the validation score hasn't improved for so many rounds",
    Constraint.intAtLeast(1)
  )

  val interactionConstraints: Param[String] = textParam(
    "interaction_constraints",
    "The groups of columns that may interact, such as [[0,1],[2,3,4]]",
    XGBoostRules.groups
  )

  val monotoneConstraints: Param[String] = textParam(
    "monotone_constraints",
    "For each column 1, 0 or -1: predictions rise with it, either way, or fall; such as (1,0,-1)",
    XGBoostRules.directions
  )

  val numParallelTree: IntParam = intParam(
    "num_parallel_tree",
    "The number of trees grown in each round, for boosted random forests",
    Constraint.intAtLeast(1)
  )

  val samplingMethod: Param[String] =
    textParam("sampling_method", "How subsample draws rows", Constraint.oneOf("uniform", "gradient_based"))

  val saveModelOnTermination: Param[String] = textParam(
    "save_model_on_termination",
    "Whether the model so far is saved when the job is stopped",
    Constraint.oneOf("true", "false")
  )

  val verbosity: IntParam =
    intParam("verbosity", "How much is logged: silent, warnings, info, debug", Constraint.intIn(0, 3))

  def getAftLossDistribution: String = $(aftLossDistribution)
  def getAftLossDistributionScale: Double = $(aftLossDistributionScale)
  def getColSampleByNode: Double = $(colSampleByNode)
  def getCsvWeights: Int = $(csvWeights)
  def getDeterministicHistogram: String = $(deterministicHistogram)
  def getEarlyStoppingRounds: Int = $(earlyStoppingRounds)
  def getInteractionConstraints: String = $(interactionConstraints)
  def getMonotoneConstraints: String = $(monotoneConstraints)
  def getNumParallelTree: Int = $(numParallelTree)
  def getSamplingMethod: String = $(samplingMethod)
  def getSaveModelOnTermination: String = $(saveModelOnTermination)
  def getVerbosity: Int = $(verbosity)

  def setAftLossDistribution(value: String): this.type = set(aftLossDistribution, value)
  def setAftLossDistributionScale(value: Double): this.type = set(aftLossDistributionScale, value)
  def setColSampleByNode(value: Double): this.type = set(colSampleByNode, value)
  def setCsvWeights(value: Int): this.type = set(csvWeights, value)
  def setDeterministicHistogram(value: String): this.type = set(deterministicHistogram, value)
  def setEarlyStoppingRounds(value: Int): this.type = set(earlyStoppingRounds, value)
  def setInteractionConstraints(value: String): this.type = set(interactionConstraints, value)
  def setMonotoneConstraints(value: String): this.type = set(monotoneConstraints, value)
  def setNumParallelTree(value: Int): this.type = set(numParallelTree, value)
  def setSamplingMethod(value: String): this.type = set(samplingMethod, value)
  def setSaveModelOnTermination(value: String): this.type = set(saveModelOnTermination, value)
  def setVerbosity(value: Int): this.type = set(verbosity, value)
}
