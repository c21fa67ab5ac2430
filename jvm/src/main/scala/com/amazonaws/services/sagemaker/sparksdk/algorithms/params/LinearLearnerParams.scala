package com.amazonaws.services.sagemaker.sparksdk.algorithms.params

import org.apache.spark.ml.param.{DoubleParam, IntParam, Param}

/** The hyper-parameters that all linear learners have, as Amazon SageMaker's developer guide lists them. */
trait LinearLearnerParams extends SageMakerAlgorithmParams with PredictorTypeParams {

  val beta1: DoubleParam = doubleParam(
    "beta_1",
    "The decay of adam's estimate of the first moment; the service's default is auto",
    Constraint.within(0, withLow = true, 1, withHigh = false)
  )

  val beta2: DoubleParam = doubleParam(
    "beta_2",
    "The decay of adam's estimate of the second moment; the service's default is auto",
    Constraint.within(0, withLow = true, 1, withHigh = false)
  )

  val biasLrMult: DoubleParam = doubleParam(
    "bias_lr_mult",
    "The bias's learning rate as a multiple of learning_rate; the service's default is auto",
    Constraint.above(0)
  )

  val biasWdMult: DoubleParam = doubleParam(
    "bias_wd_mult",
    "The bias's regularization as a multiple of wd; the service's default is auto",
    Constraint.atLeast(0)
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
    doubleParam("l1", "The L1 regularization; the service's default is auto", Constraint.atLeast(0))

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
    Constraint.within(0, withLow = false, 1, withHigh = false)
  )

  val lrSchedulerMinimumLr: DoubleParam =
    doubleParam("lr_scheduler_minimum_lr", "The learning rate never falls below this", Constraint.above(0))

  val lrSchedulerStep: IntParam = intParam(
    "lr_scheduler_step",
    "The number of updates between two steps of the scheduler",
    Constraint.intAtLeast(1)
  )

  val margin: DoubleParam = doubleParam("margin", "The margin of the hinge loss", Constraint.above(0))

  val momentum: DoubleParam = doubleParam(
    "momentum",
    "The momentum of the optimizer sgd; the service's default is auto",
    Constraint.within(0, withLow = true, 1, withHigh = false)
  )

  val normalizeData: Param[String] =
    booleanParam("normalize_data", "Whether features are scaled to a standard deviation of one")

  val normalizeLabel: Param[String] = booleanParam(
    "normalize_label",
    "Whether the label is scaled to a standard deviation of one (regression only)"
  )

  val numCalibrationSamples: IntParam = intParam(
    "num_calibration_samples",
    "The number of rows that calibrate the model after training; the service's default is auto",
    Constraint.intAtLeast(1)
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
    booleanParam("unbias_data", "Whether features are shifted to a mean of zero")

  val unbiasLabel: Param[String] =
    booleanParam("unbias_label", "Whether the label is shifted to a mean of zero (regression only)")

  val useBias: Param[String] = booleanParam("use_bias", "Whether the model has a bias term")

  val useLrScheduler: Param[String] =
    booleanParam("use_lr_scheduler", "Whether the learning rate follows a schedule")

  val wd: DoubleParam = doubleParam(
    "wd",
    "The weight decay (L2 regularization); the service's default is auto",
    Constraint.atLeast(0)
  )

  def getBeta1: Double = $(beta1)
  def getBeta2: Double = $(beta2)
  def getBiasLrMult: Double = $(biasLrMult)
  def getBiasWdMult: Double = $(biasWdMult)
  def getEarlyStoppingPatience: Int = $(earlyStoppingPatience)
  def getEarlyStoppingTolerance: Double = $(earlyStoppingTolerance)
  def getEpochs: Int = $(epochs)
  def getFBeta: Double = $(fBeta)
  def getHuberDelta: Double = $(huberDelta)
  def getInitBias: Double = $(initBias)
  def getInitMethod: String = $(initMethod)
  def getInitScale: Double = $(initScale)
  def getInitSigma: Double = $(initSigma)
  def getL1: Double = $(l1)
  def getLearningRate: String = $(learningRate)
  def getLoss: String = $(loss)
  def getLossInsensitivity: Double = $(lossInsensitivity)
  def getLrSchedulerFactor: Double = $(lrSchedulerFactor)
  def getLrSchedulerMinimumLr: Double = $(lrSchedulerMinimumLr)
  def getLrSchedulerStep: Int = $(lrSchedulerStep)
  def getMargin: Double = $(margin)
  def getMomentum: Double = $(momentum)
  def getNormalizeData: Boolean = $(normalizeData) == "True"
  def getNormalizeLabel: Boolean = $(normalizeLabel) == "True"
  def getNumCalibrationSamples: Int = $(numCalibrationSamples)
  def getNumModels: String = $(numModels)
  def getNumPointForScaler: Int = $(numPointForScaler)
  def getOptimizer: String = $(optimizer)
  def getQuantile: Double = $(quantile)
  def getUnbiasData: Boolean = $(unbiasData) == "True"
  def getUnbiasLabel: Boolean = $(unbiasLabel) == "True"
  def getUseBias: Boolean = $(useBias) == "True"
  def getUseLrScheduler: Boolean = $(useLrScheduler) == "True"
  def getWd: Double = $(wd)

  def setBeta1(value: Double): this.type = set(beta1, value)
  def setBeta2(value: Double): this.type = set(beta2, value)
  def setBiasLrMult(value: Double): this.type = set(biasLrMult, value)
  def setBiasWdMult(value: Double): this.type = set(biasWdMult, value)
  def setEarlyStoppingPatience(value: Int): this.type = set(earlyStoppingPatience, value)
  def setEarlyStoppingTolerance(value: Double): this.type = set(earlyStoppingTolerance, value)
  def setEpochs(value: Int): this.type = set(epochs, value)
  def setFBeta(value: Double): this.type = set(fBeta, value)
  def setHuberDelta(value: Double): this.type = set(huberDelta, value)
  def setInitBias(value: Double): this.type = set(initBias, value)
  def setInitMethod(value: String): this.type = set(initMethod, value)
  def setInitScale(value: Double): this.type = set(initScale, value)
  def setInitSigma(value: Double): this.type = set(initSigma, value)
  def setL1(value: Double): this.type = set(l1, value)
  def setLearningRate(value: Double): this.type = set(learningRate, value.toString)
  def setLearningRate(value: String): this.type = set(learningRate, value)
  def setLoss(value: String): this.type = set(loss, value)
  def setLossInsensitivity(value: Double): this.type = set(lossInsensitivity, value)
  def setLrSchedulerFactor(value: Double): this.type = set(lrSchedulerFactor, value)
  def setLrSchedulerMinimumLr(value: Double): this.type = set(lrSchedulerMinimumLr, value)
  def setLrSchedulerStep(value: Int): this.type = set(lrSchedulerStep, value)
  def setMargin(value: Double): this.type = set(margin, value)
  def setMomentum(value: Double): this.type = set(momentum, value)
  def setNormalizeData(value: Boolean): this.type = set(normalizeData, BooleanHyperParam.text(value))
  def setNormalizeLabel(value: Boolean): this.type = set(normalizeLabel, BooleanHyperParam.text(value))
  def setNumCalibrationSamples(value: Int): this.type = set(numCalibrationSamples, value)
  def setNumModels(value: Int): this.type = set(numModels, value.toString)
  def setNumModels(value: String): this.type = set(numModels, value)
  def setNumPointForScaler(value: Int): this.type = set(numPointForScaler, value)
  def setOptimizer(value: String): this.type = set(optimizer, value)
  def setQuantile(value: Double): this.type = set(quantile, value)
  def setUnbiasData(value: Boolean): this.type = set(unbiasData, BooleanHyperParam.text(value))
  def setUnbiasLabel(value: Boolean): this.type = set(unbiasLabel, BooleanHyperParam.text(value))
  def setUseBias(value: Boolean): this.type = set(useBias, BooleanHyperParam.text(value))
  def setUseLrScheduler(value: Boolean): this.type = set(useLrScheduler, BooleanHyperParam.text(value))
  def setWd(value: Double): this.type = set(wd, value)
}
