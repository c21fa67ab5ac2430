package com.amazonaws.services.sagemaker.sparksdk.algorithms.params

import org.apache.spark.ml.param.{DoubleParam, IntParam, Param}

/** The hyper-parameters of XGBoost, as the developer guide of Amazon SageMaker lists them. */
trait XGBoostParams extends XGBoostRecentParams {

  val alpha: DoubleParam = doubleParam("alpha", "The L1 regularization of the weights", Constraint.any)

  val baseScore: DoubleParam =
    doubleParam("base_score", "The prediction before the first tree", Constraint.any)

  val booster: Param[String] = textParam(
    "booster",
    "What is boosted: trees, linear functions, or trees with dropout",
    Constraint.oneOf("gbtree", "gblinear", "dart")
  )

  val colSampleByLevel: DoubleParam = doubleParam(
    "colsample_bylevel",
    "The share of columns drawn for each level",
    Constraint.within(0, withLow = false, 1, withHigh = true)
  )

  val colSampleByTree: DoubleParam = doubleParam(
    "colsample_bytree",
    "The share of columns drawn for each tree",
    Constraint.within(0, withLow = false, 1, withHigh = true)
  )

  val eta: DoubleParam = doubleParam(
    "eta",
    "The learning rate: how much each step's weights are shrunk",
    Constraint.within(0, withLow = true, 1, withHigh = true)
  )

  val evalMetric: Param[String] = textParam(
    "eval_metric",
    "What is measured on the validation data: one metric or several with commas",
    XGBoostRules.metrics
  )

  val gamma: DoubleParam =
    doubleParam("gamma", "The least loss reduction that a split must bring", Constraint.atLeast(0))

  val growPolicy: Param[String] = textParam(
    "grow_policy",
    "Where the tree grows next: nearest the root, or where the loss falls most",
    Constraint.oneOf("depthwise", "lossguide")
  )

  val lambda: DoubleParam = doubleParam("lambda", "The L2 regularization of the weights", Constraint.any)

  val lambdaBias: DoubleParam = doubleParam(
    "lambda_bias",
    "The L2 regularization of the bias (booster gblinear)",
    Constraint.within(0, withLow = true, 1, withHigh = true)
  )

  val maxBin: IntParam =
    intParam("max_bin", "The most bins of a continuous feature (tree method hist)", Constraint.intAtLeast(1))

  val maxDeltaStep: DoubleParam = doubleParam(
    "max_delta_step",
    "The most that a tree may change a weight; 0 for no limit",
    Constraint.atLeast(0)
  )

  val maxDepth: IntParam =
    intParam("max_depth", "The greatest depth of a tree; 0 for no limit", Constraint.intAtLeast(0))

  val maxLeaves: IntParam =
    intParam("max_leaves", "The most leaves of a tree; 0 for no limit", Constraint.intAtLeast(0))

  val minChildWeight: DoubleParam = doubleParam(
    "min_child_weight",
    "The least sum of instance weight that a child must have",
    Constraint.atLeast(0)
  )

  val nThread: IntParam =
    intParam("nthread", "The number of parallel threads; all by default", Constraint.intAtLeast(1))

  val normalizeType: Param[String] = textParam(
    "normalize_type",
    "How dropped trees are normalized (booster dart)",
    Constraint.oneOf("tree", "forest")
  )

  val numClasses: IntParam = intParam(
    "num_class",
    "The number of classes, for the objectives multi:softmax and multi:softprob",
    Constraint.intAtLeast(1)
  )

  val numRound: IntParam = intParam("num_round", "The number of boosting rounds", Constraint.intAtLeast(1))

  val objective: Param[String] =
    textParam("objective", "The learning task and its loss", XGBoostRules.objectives)

  val oneDrop: IntParam = intParam(
    "one_drop",
    "1 when at least one tree is dropped each round (booster dart)",
    Constraint.intOneOf(0, 1)
  )

  val processType: Param[String] = textParam(
    "process_type",
    "Whether new trees are made or existing ones updated",
    Constraint.oneOf("default", "update")
  )

  val rateDrop: DoubleParam = doubleParam(
    "rate_drop",
    "The share of trees dropped each round (booster dart)",
    Constraint.within(0, withLow = true, 1, withHigh = true)
  )

  val refreshLeaf: IntParam = intParam(
    "refresh_leaf",
    "1 when the updater refresh also sets the leaves' values",
    Constraint.intOneOf(0, 1)
  )

  val sampleType: Param[String] = textParam(
    "sample_type",
    "How dropped trees are drawn (booster dart)",
    Constraint.oneOf("uniform", "weighted")
  )

  val scalePosWeight: DoubleParam = doubleParam(
    "scale_pos_weight",
    "The weight of positive examples relative to negative ones",
    Constraint.any
  )

  val seed: IntParam = intParam("seed", "The seed of random numbers", Constraint.any)

  val silent: IntParam = intParam(
    "silent",
    "1 for quiet, 0 for messages; images since 0.90 are sent verbosity instead",
    Constraint.intOneOf(0, 1)
  )

  val sketchEps: DoubleParam = doubleParam(
    "sketch_eps",
    "The accuracy of the approximate split search (image versions before 3.0)",
    Constraint.within(0, withLow = false, 1, withHigh = false)
  )

  val skipDrop: DoubleParam = doubleParam(
    "skip_drop",
    "The chance that a round drops no tree (booster dart)",
    Constraint.within(0, withLow = true, 1, withHigh = true)
  )

  val subsample: DoubleParam = doubleParam(
    "subsample",
    "The share of rows drawn for each tree",
    Constraint.within(0, withLow = false, 1, withHigh = true)
  )

  val treeMethod: Param[String] =
    textParam("tree_method", "How trees are built", Constraint.oneOf("auto", "exact", "approx", "hist"))

  val tweedieVariancePower: DoubleParam = doubleParam(
    "tweedie_variance_power",
    "The power of the variance in the Tweedie distribution",
    Constraint.within(1, withLow = false, 2, withHigh = false)
  )

  val updater: Param[String] = textParam(
    "updater",
    "The steps that build and change a tree, with commas (image versions before 3.0)",
    Constraint.listOutOf(
      "grow_colmaker",
      "distcol",
      "grow_histmaker",
      "grow_local_histmaker",
      "grow_skmaker",
      "sync",
      "refresh",
      "prune"
    )
  )

  def getAlpha: Double = $(alpha)
  def getBaseScore: Double = $(baseScore)
  def getBooster: String = $(booster)
  def getColSampleByLevel: Double = $(colSampleByLevel)
  def getColSampleByTree: Double = $(colSampleByTree)
  def getEta: Double = $(eta)
  def getEvalMetric: String = $(evalMetric)
  def getGamma: Double = $(gamma)
  def getGrowPolicy: String = $(growPolicy)
  def getLambda: Double = $(lambda)
  def getLambdaBias: Double = $(lambdaBias)
  def getMaxBin: Int = $(maxBin)
  def getMaxDeltaStep: Double = $(maxDeltaStep)
  def getMaxDepth: Int = $(maxDepth)
  def getMaxLeaves: Int = $(maxLeaves)
  def getMinChildWeight: Double = $(minChildWeight)
  def getNThread: Int = $(nThread)
  def getNormalizeType: String = $(normalizeType)
  def getNumClasses: Int = $(numClasses)
  def getNumRound: Int = $(numRound)
  def getObjective: String = $(objective)
  def getOneDrop: Int = $(oneDrop)
  def getProcessType: String = $(processType)
  def getRateDrop: Double = $(rateDrop)
  def getRefreshLeaf: Int = $(refreshLeaf)
  def getSampleType: String = $(sampleType)
  def getScalePosWeight: Double = $(scalePosWeight)
  def getSeed: Int = $(seed)
  def getSilent: Int = $(silent)
  def getSketchEps: Double = $(sketchEps)
  def getSkipDrop: Double = $(skipDrop)
  def getSubsample: Double = $(subsample)
  def getTreeMethod: String = $(treeMethod)
  def getTweedieVariancePower: Double = $(tweedieVariancePower)
  def getUpdater: String = $(updater)

  def setAlpha(value: Double): this.type = set(alpha, value)
  def setBaseScore(value: Double): this.type = set(baseScore, value)
  def setBooster(value: String): this.type = set(booster, value)
  def setColSampleByLevel(value: Double): this.type = set(colSampleByLevel, value)
  def setColSampleByTree(value: Double): this.type = set(colSampleByTree, value)
  def setEta(value: Double): this.type = set(eta, value)
  def setEvalMetric(value: String): this.type = set(evalMetric, value)
  def setGamma(value: Double): this.type = set(gamma, value)
  def setGrowPolicy(value: String): this.type = set(growPolicy, value)
  def setLambda(value: Double): this.type = set(lambda, value)
  def setLambdaBias(value: Double): this.type = set(lambdaBias, value)
  def setMaxBin(value: Int): this.type = set(maxBin, value)
  def setMaxDeltaStep(value: Double): this.type = set(maxDeltaStep, value)
  def setMaxDepth(value: Int): this.type = set(maxDepth, value)
  def setMaxLeaves(value: Int): this.type = set(maxLeaves, value)
  def setMinChildWeight(value: Double): this.type = set(minChildWeight, value)
  def setNThread(value: Int): this.type = set(nThread, value)
  def setNormalizeType(value: String): this.type = set(normalizeType, value)
  def setNumClasses(value: Int): this.type = set(numClasses, value)
  def setNumRound(value: Int): this.type = set(numRound, value)
  def setObjective(value: String): this.type = set(objective, value)
  def setOneDrop(value: Int): this.type = set(oneDrop, value)
  def setProcessType(value: String): this.type = set(processType, value)
  def setRateDrop(value: Double): this.type = set(rateDrop, value)
  def setRefreshLeaf(value: Int): this.type = set(refreshLeaf, value)
  def setSampleType(value: String): this.type = set(sampleType, value)
  def setScalePosWeight(value: Double): this.type = set(scalePosWeight, value)
  def setSeed(value: Int): this.type = set(seed, value)
  def setSilent(value: Int): this.type = set(silent, value)
  def setSketchEps(value: Double): this.type = set(sketchEps, value)
  def setSkipDrop(value: Double): this.type = set(skipDrop, value)
  def setSubsample(value: Double): this.type = set(subsample, value)
  def setTreeMethod(value: String): this.type = set(treeMethod, value)
  def setTweedieVariancePower(value: Double): this.type = set(tweedieVariancePower, value)
  def setUpdater(value: String): this.type = set(updater, value)

  override private[sparksdk] def requiredHyperParameters(sent: Map[String, String]): Seq[Param[_]] =
    numRound +: sent.get(objective.name).filter(_.startsWith("multi:")).map(_ => numClasses).toSeq
}
