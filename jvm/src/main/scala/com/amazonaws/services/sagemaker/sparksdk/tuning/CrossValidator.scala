package com.amazonaws.services.sagemaker.sparksdk.tuning

import org.apache.spark.ml.tuning.{CrossValidator => SparkCrossValidator, CrossValidatorModel}
import org.apache.spark.ml.util.{Identifiable, MLReadable, MLReader, MLWriter}
import org.apache.spark.sql.Dataset

/** Spark's `CrossValidator` for estimators, or pipelines of estimators, that host their models on SageMaker.
  *
  * The endpoint of each fold's model is deleted as soon as the model has been judged; the winner's stays until it is
  * deleted, with [[com.amazonaws.services.sagemaker.sparksdk.HostedModels.delete]]. Models that `collectSubModels` keeps
  * have no endpoint either: the `transform` of one creates it again. When a fit fails, the training jobs under way are
  * stopped, and nothing stays hosted; what could not be deleted is named in the log.
  */
class CrossValidator(override val uid: String) extends SparkCrossValidator(uid) {

  def this() = this(Identifiable.randomUID("cv"))

  /** @throws java.lang.IllegalArgumentException for an estimator with the policy DO_NOT_CREATE */
  override def fit(dataset: Dataset[_]): CrossValidatorModel = {
    val model = Losers.whileTuning(getEstimator, getEvaluator) { (estimator, evaluator) =>
      copyValues(new SparkCrossValidator(uid)).setEstimator(estimator).setEvaluator(evaluator).fit(dataset)
    }
    model.set(model.estimator, getEstimator).set(model.evaluator, getEvaluator).setParent(this)
  }

  override def write: MLWriter = new TuningWriter(this, () => copyValues(new SparkCrossValidator(uid)).write)
}

object CrossValidator extends MLReadable[CrossValidator] {

  /** One with the Params of Spark's own. */
  def of(spark: SparkCrossValidator): CrossValidator =
    TuningFormat.copyParams(spark, new CrossValidator(spark.uid))

  /** Reads what this class or Spark's has saved. */
  override def read: MLReader[CrossValidator] =
    new TuningReader(classOf[CrossValidator], SparkCrossValidator.read.load(_: String), of)
}
