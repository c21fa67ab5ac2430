package com.amazonaws.services.sagemaker.sparksdk.algorithms.params

import org.apache.spark.ml.param.{DoubleParam, IntParam, Param}

/** The hyper-parameters that all linear learners have, as Amazon SageMaker's developer guide lists them.
  *
  * Where the guide has `auto`, the setters take the word beside a number or a truth value. The getter of one that is
  * `auto` has no value to give and throws an IllegalStateException; `isAuto` tells beforehand.
  */
trait LinearLearnerParams extends SageMakerAlgorithmParams with PredictorTypeParams {

  override private[params] def featureDimConstraint: Constraint[Int] =
    Constraint.autoOrInt(Constraint.intAtLeast(1))

  val beta1: DoubleParam = doubleParam(
    "beta_1",
    "The decay of adam's estimate of the first moment",
    Constraint.autoOrDouble(Constraint.within(0, withLow = true, 1, withHigh = false))
  )

  val beta2: DoubleParam = doubleParam(
    "beta_2",
    "The decay of adam's estimate of the second moment",
    Constraint.autoOrDouble(Constraint.within(0, withLow = true, 1, withHigh = false))
  )

  val biasLrMult: DoubleParam = doubleParam(
    "bias_lr_mult",
    "The bias's learning rate as a multiple of learning_rate",
    Constraint.autoOrDouble(Constraint.above(0))
  )

  val biasWdMult: DoubleParam = doubleParam(
    "bias_wd_mult",
    "The bias's regularization as a multiple of wd",
    Constraint.autoOrDouble(Constraint.atLeast(0))
  )

  val earlyStoppingPatience: IntParam = intParam(
    "early_stopping_patience",
    "How many epochs without improvement are waited for before training stops",
    Constraint.intAtLeast(1)
  )

  val earlyStoppingTolerance: DoubleParam = doubleParam(
    "early_stopping_tolerance",
    "The relative improvement of the loss below which an epoch counts as none",
    Constraint.above(0)
  )

  val epochs: IntParam =
    intParam("epochs", "The most passes over the training data", Constraint.intAtLeast(1))

  val fBeta: DoubleParam =
    doubleParam("f_beta", "The beta of the F score by which models are chosen", Constraint.above(0))

  val huberDelta: DoubleParam = doubleParam("huber_delta", "The delta of the Huber loss", Constraint.above(0))

  val initBias: DoubleParam = doubleParam("init_bias", "The first value of the bias", Constraint.any)

  val initMethod: Param[String] =
    textParam("init_method", "How the weights start", Constraint.oneOf("uniform", "normal"))

  val initScale: DoubleParam = doubleParam(
    "init_scale",
    "The range of the first weights with the method uniform: from minus to plus this value",
    Constraint.above(0)
  )

  val initSigma: DoubleParam = doubleParam(
    "init_sigma",
    "The standard deviation of the first weights with the method normal",
    Constraint.above(0)
  )

  val l1: DoubleParam =
    doubleParam("l1", "The L1 regularization", Constraint.autoOrDouble(Constraint.atLeast(0)))

  val learningRate: Param[String] =
    textParam("learning_rate", "The optimizer's step size", Constraint.autoOrPositive(whole = false))

  val loss: Param[String] = textParam(
    "loss",
    "The loss function",
    Constraint.oneOf(
      "logistic",
      "squared_loss",
      "absolute_loss",
      "hinge_loss",
      "eps_insensitive_squared_loss",
      "eps_insensitive_absolute_loss",
      "quantile_loss",
      "huber_loss",
      "softmax_loss",
      "auto"
    )
  )

  val lossInsensitivity: DoubleParam = doubleParam(
    "loss_insensitivity",
    "The error that the eps_insensitive losses don't count",
    Constraint.above(0)
  )

  val lrSchedulerFactor: DoubleParam = doubleParam(
    "lr_scheduler_factor",
    "The learning rate is multiplied by this at each step of the scheduler",
    Constraint.autoOrDouble(Constraint.within(0, withLow = false, 1, withHigh = false))
  )

  val lrSchedulerMinimumLr: DoubleParam =
    doubleParam(
      "lr_scheduler_minimum_lr",
      "The learning rate never falls below this",
      Constraint.autoOrDouble(Constraint.above(0))
    )

  val lrSchedulerStep: IntParam = intParam(
    "lr_scheduler_step",
    "The number of updates between two steps of the scheduler",
    Constraint.autoOrInt(Constraint.intAtLeast(1))
  )

  val margin: DoubleParam = doubleParam("margin", "The margin of the hinge loss", Constraint.above(0))

  val momentum: DoubleParam = doubleParam(
    "momentum",
    "The momentum of the optimizer sgd",
    Constraint.autoOrDouble(Constraint.within(0, withLow = true, 1, withHigh = false))
  )

  val normalizeData: Param[String] =
    autoBooleanParam("normalize_data", "Whether features are scaled to a standard deviation of one")

  val normalizeLabel: Param[String] = autoBooleanParam(
    "normalize_label",
    "Whether the label is scaled to a standard deviation of one (regression only)"
  )

  val numCalibrationSamples: IntParam = intParam(
    "num_calibration_samples",
    "The number of rows that calibrate the model after training",
    Constraint.autoOrInt(Constraint.intAtLeast(1))
  )

  val numModels: Param[String] = textParam(
    "num_models",
    "The number of models that are trained in parallel",
    Constraint.autoOrPositive(whole = true)
  )

  val numPointForScaler: IntParam = intParam(
    "num_point_for_scaler",
    "The number of rows from which mean and standard deviation are taken",
    Constraint.intAtLeast(1)
  )

  val optimizer: Param[String] =
    textParam("optimizer", "The optimization algorithm", Constraint.oneOf("sgd", "adam", "rmsprop", "auto"))

  val quantile: DoubleParam = doubleParam(
    "quantile",
    "The quantile of the quantile loss",
    Constraint.within(0, withLow = false, 1, withHigh = false)
  )

  val unbiasData: Param[String] =
    autoBooleanParam("unbias_data", "Whether features are shifted to a mean of zero")

  val unbiasLabel: Param[String] =
    autoBooleanParam("unbias_label", "Whether the label is shifted to a mean of zero (regression only)")

  val useBias: Param[String] = booleanParam("use_bias", "Whether the model has a bias term")

  val useLrScheduler: Param[String] =
    booleanParam("use_lr_scheduler", "Whether the learning rate follows a schedule")

  val wd: DoubleParam = doubleParam(
    "wd",
    "The weight decay (L2 regularization)",
    Constraint.autoOrDouble(Constraint.atLeast(0))
  )

  def getBeta1: Double = number(beta1)
  def getBeta2: Double = number(beta2)
  def getBiasLrMult: Double = number(biasLrMult)
  def getBiasWdMult: Double = number(biasWdMult)
  def getEarlyStoppingPatience: Int = $(earlyStoppingPatience)
  def getEarlyStoppingTolerance: Double = $(earlyStoppingTolerance)
  def getEpochs: Int = $(epochs)
  def getFBeta: Double = $(fBeta)
  def getHuberDelta: Double = $(huberDelta)
  def getInitBias: Double = $(initBias)
  def getInitMethod: String = $(initMethod)
  def getInitScale: Double = $(initScale)
  def getInitSigma: Double = $(initSigma)
  def getL1: Double = number(l1)
  def getLearningRate: String = $(learningRate)
  def getLoss: String = $(loss)
  def getLossInsensitivity: Double = $(lossInsensitivity)
  def getLrSchedulerFactor: Double = number(lrSchedulerFactor)
  def getLrSchedulerMinimumLr: Double = number(lrSchedulerMinimumLr)
  def getLrSchedulerStep: Int = number(lrSchedulerStep)
  def getMargin: Double = $(margin)
  def getMomentum: Double = number(momentum)
  def getNormalizeData: Boolean = flag(normalizeData)
  def getNormalizeLabel: Boolean = flag(normalizeLabel)
  def getNumCalibrationSamples: Int = number(numCalibrationSamples)
  def getNumModels: String = $(numModels)
  def getNumPointForScaler: Int = $(numPointForScaler)
  def getOptimizer: String = $(optimizer)
  def getQuantile: Double = $(quantile)
  def getUnbiasData: Boolean = flag(unbiasData)
  def getUnbiasLabel: Boolean = flag(unbiasLabel)
  def getUseBias: Boolean = $(useBias) == "True"
  def getUseLrScheduler: Boolean = $(useLrScheduler) == "True"
  override def getFeatureDim: Int = number(featureDim)
  def getWd: Double = number(wd)

  def setBeta1(value: Double): this.type = set(beta1, value)
  def setBeta1(value: String): this.type = setWord(beta1, value)
  def setBeta2(value: Double): this.type = set(beta2, value)
  def setBeta2(value: String): this.type = setWord(beta2, value)
  def setBiasLrMult(value: Double): this.type = set(biasLrMult, value)
  def setBiasLrMult(value: String): this.type = setWord(biasLrMult, value)
  def setBiasWdMult(value: Double): this.type = set(biasWdMult, value)
  def setBiasWdMult(value: String): this.type = setWord(biasWdMult, value)
  def setEarlyStoppingPatience(value: Int): this.type = set(earlyStoppingPatience, value)
  def setEarlyStoppingTolerance(value: Double): this.type = set(earlyStoppingTolerance, value)
  def setFeatureDim(value: String): this.type = setWord(featureDim, value)
  def setEpochs(value: Int): this.type = set(epochs, value)
  def setFBeta(value: Double): this.type = set(fBeta, value)
  def setHuberDelta(value: Double): this.type = set(huberDelta, value)
  def setInitBias(value: Double): this.type = set(initBias, value)
  def setInitMethod(value: String): this.type = set(initMethod, value)
  def setInitScale(value: Double): this.type = set(initScale, value)
  def setInitSigma(value: Double): this.type = set(initSigma, value)
  def setL1(value: Double): this.type = set(l1, value)
  def setL1(value: String): this.type = setWord(l1, value)
  def setLearningRate(value: Double): this.type = set(learningRate, value.toString)
  def setLearningRate(value: String): this.type = set(learningRate, value)
  def setLoss(value: String): this.type = set(loss, value)
  def setLossInsensitivity(value: Double): this.type = set(lossInsensitivity, value)
  def setLrSchedulerFactor(value: Double): this.type = set(lrSchedulerFactor, value)
  def setLrSchedulerFactor(value: String): this.type = setWord(lrSchedulerFactor, value)
  def setLrSchedulerMinimumLr(value: Double): this.type = set(lrSchedulerMinimumLr, value)
  def setLrSchedulerMinimumLr(value: String): this.type = setWord(lrSchedulerMinimumLr, value)
  def setLrSchedulerStep(value: Int): this.type = set(lrSchedulerStep, value)
  def setLrSchedulerStep(value: String): this.type = setWord(lrSchedulerStep, value)
  def setMargin(value: Double): this.type = set(margin, value)
  def setMomentum(value: Double): this.type = set(momentum, value)
  def setMomentum(value: String): this.type = setWord(momentum, value)
  def setNormalizeData(value: Boolean): this.type = set(normalizeData, BooleanHyperParam.text(value))
  def setNormalizeData(value: String): this.type = set(normalizeData, value)
  def setNormalizeLabel(value: Boolean): this.type = set(normalizeLabel, BooleanHyperParam.text(value))
  def setNormalizeLabel(value: String): this.type = set(normalizeLabel, value)
  def setNumCalibrationSamples(value: Int): this.type = set(numCalibrationSamples, value)
  def setNumCalibrationSamples(value: String): this.type = setWord(numCalibrationSamples, value)
  def setNumModels(value: Int): this.type = set(numModels, value.toString)
  def setNumModels(value: String): this.type = set(numModels, value)
  def setNumPointForScaler(value: Int): this.type = set(numPointForScaler, value)
  def setOptimizer(value: String): this.type = set(optimizer, value)
  def setQuantile(value: Double): this.type = set(quantile, value)
  def setUnbiasData(value: Boolean): this.type = set(unbiasData, BooleanHyperParam.text(value))
  def setUnbiasData(value: String): this.type = set(unbiasData, value)
  def setUnbiasLabel(value: Boolean): this.type = set(unbiasLabel, BooleanHyperParam.text(value))
  def setUnbiasLabel(value: String): this.type = set(unbiasLabel, value)
  def setUseBias(value: Boolean): this.type = set(useBias, BooleanHyperParam.text(value))
  def setUseLrScheduler(value: Boolean): this.type = set(useLrScheduler, BooleanHyperParam.text(value))
  def setWd(value: Double): this.type = set(wd, value)
  def setWd(value: String): this.type = setWord(wd, value)
}
