package com.amazonaws.services.sagemaker.sparksdk.algorithms.params

import org.apache.spark.ml.param.{DoubleParam, IntParam, Param}

/** The hyper-parameters of the linear learner's binary classifier. */
trait BinaryClassifierParams extends LinearLearnerParams {

  val binaryClassifierModelSelectionCriteria: Param[String] = textParam(
    "binary_classifier_model_selection_criteria",
    "By which measure on the validation data the best model is chosen",
    Constraint.oneOf(
      "accuracy",
      "f1",
      "f_beta",
      "precision_at_target_recall",
      "recall_at_target_precision",
      "cross_entropy_loss",
      "loss_function"
    )
  )

  val positiveExampleWeightMult: Param[String] = textParam(
    "positive_example_weight_mult",
    "The weight of positive examples relative to negative ones",
    Constraint.wordOrPositive(whole = false, "auto", "balanced")
  )

  val targetPrecision: DoubleParam = doubleParam(
    "target_precision",
    "The precision to hold when the best model is chosen by recall_at_target_precision",
    Constraint.within(0, withLow = false, 1, withHigh = false)
  )

  val targetRecall: DoubleParam = doubleParam(
    "target_recall",
    "The recall to hold when the best model is chosen by precision_at_target_recall",
    Constraint.within(0, withLow = false, 1, withHigh = false)
  )

  def getBinaryClassifierModelSelectionCriteria: String = $(binaryClassifierModelSelectionCriteria)
  def getPositiveExampleWeightMult: String = $(positiveExampleWeightMult)
  def getTargetPrecision: Double = $(targetPrecision)
  def getTargetRecall: Double = $(targetRecall)

  def setBinaryClassifierModelSelectionCriteria(value: String): this.type =
    set(binaryClassifierModelSelectionCriteria, value)
  def setPositiveExampleWeightMult(value: Double): this.type = set(positiveExampleWeightMult, value.toString)
  def setPositiveExampleWeightMult(value: String): this.type = set(positiveExampleWeightMult, value)
  def setTargetPrecision(value: Double): this.type = set(targetPrecision, value)
  def setTargetRecall(value: Double): this.type = set(targetRecall, value)
}

/** The hyper-parameters of the linear learner's multi-class classifier. */
trait MultiClassClassifierParams extends LinearLearnerParams {

  val accuracyTopK: IntParam = intParam(
    "accuracy_top_k",
    "How many best classes count as right in the top-k accuracy",
    Constraint.intAtLeast(1)
  )

  val balanceMultiClassWeights: Param[String] =
    booleanParam("balance_multiclass_weights", "Whether each class weighs the same in the loss")

  val numClasses: IntParam = intParam(
    "num_classes",
    "The number of classes; labels run from 0 to this minus 1",
    Constraint.intIn(3, 1000000)
  )

  def getAccuracyTopK: Int = $(accuracyTopK)
  def getBalanceMultiClassWeights: Boolean = $(balanceMultiClassWeights) == "True"
  def getNumClasses: Int = $(numClasses)

  def setAccuracyTopK(value: Int): this.type = set(accuracyTopK, value)
  def setBalanceMultiClassWeights(value: Boolean): this.type =
    set(balanceMultiClassWeights, BooleanHyperParam.text(value))
  def setNumClasses(value: Int): this.type = set(numClasses, value)

  override private[sparksdk] def requiredHyperParameters(sent: Map[String, String]): Seq[Param[_]] =
    Seq(numClasses)
}
