package com.amazonaws.services.sagemaker.sparksdk.algorithms.params

import org.apache.spark.ml.param.{DoubleParam, IntParam, Param}

/** The hyper-parameters of k-means, as the developer guide of Amazon SageMaker lists them. */
trait KMeansParams extends SageMakerAlgorithmParams {

  val k: IntParam = new IntHyperParam(this, "k", "The number of clusters", Constraint.intAtLeast(2))

  val initMethod: Param[String] = new StringHyperParam(
    this,
    "init_method",
    "How the first centres are chosen",
    Constraint.oneOf("random", "kmeans++")
  )

  val maxIter: IntParam = new IntHyperParam(
    this,
    "local_lloyd_max_iter",
    "The most iterations of Lloyd's algorithm on the centres",
    Constraint.intAtLeast(1)
  )

  val tol: DoubleParam = new DoubleHyperParam(
    this,
    "local_lloyd_tol",
    "The change in loss at which Lloyd's algorithm stops early",
    Constraint.within(0.0, withLow = true, 1.0, withHigh = true)
  )

  val trialNum: Param[String] = new StringHyperParam(
    this,
    "local_lloyd_num_trials",
    "How often Lloyd's algorithm runs on the centres; the best run counts",
    Constraint.autoOrPositive(whole = true)
  )

  val localInitMethod: Param[String] = new StringHyperParam(
    this,
    "local_lloyd_init_method",
    "How Lloyd's algorithm chooses its first centres",
    Constraint.oneOf("random", "kmeans++")
  )

  val halflifeTime: IntParam = new IntHyperParam(
    this,
    "half_life_time_size",
    "The number of rows after which an observation weighs half; 0 for no decay",
    Constraint.intAtLeast(0)
  )

  val epochs: IntParam = new IntHyperParam(
    this,
    "epochs",
    "The number of passes over the training data",
    Constraint.intAtLeast(1)
  )

  val centerFactor: Param[String] = new StringHyperParam(
    this,
    "extra_center_factor",
    "The number of centres during training, as a multiple of k",
    Constraint.autoOrPositive(whole = true)
  )

  val evalMetrics: Param[String] = new StringHyperParam(
    this,
    "eval_metrics",
    "The scores that are reported: mean squared distance, sum of squared distances",
    Constraint.listOutOf("msd", "ssd"),
    HyperParam.jsonList
  )

  def getK: Int = $(k)
  def getInitMethod: String = $(initMethod)
  def getMaxIter: Int = $(maxIter)
  def getTol: Double = $(tol)
  def getTrialNum: String = $(trialNum)
  def getLocalInitMethod: String = $(localInitMethod)
  def getHalflifeTime: Int = $(halflifeTime)
  def getEpochs: Int = $(epochs)
  def getCenterFactor: String = $(centerFactor)
  def getEvalMetrics: String = $(evalMetrics)

  def setK(value: Int): this.type = set(k, value)
  def setInitMethod(value: String): this.type = set(initMethod, value)
  def setMaxIter(value: Int): this.type = set(maxIter, value)
  def setTol(value: Double): this.type = set(tol, value)
  def setTrialNum(value: Int): this.type = set(trialNum, value.toString)
  def setTrialNum(value: String): this.type = set(trialNum, value)
  def setLocalInitMethod(value: String): this.type = set(localInitMethod, value)
  def setHalflifeTime(value: Int): this.type = set(halflifeTime, value)
  def setEpochs(value: Int): this.type = set(epochs, value)
  def setCenterFactor(value: Int): this.type = set(centerFactor, value.toString)
  def setCenterFactor(value: String): this.type = set(centerFactor, value)
  def setEvalMetrics(value: String): this.type = set(evalMetrics, value)
}
