package com.amazonaws.services.sagemaker.sparksdk.tuning

import org.apache.spark.ml.tuning.{TrainValidationSplit => SparkSplit, TrainValidationSplitModel}
import org.apache.spark.ml.util.{Identifiable, MLReadable, MLReader, MLWriter}
import org.apache.spark.sql.Dataset

/** Spark's `TrainValidationSplit` for estimators, or pipelines of estimators, that host their models on SageMaker; which
  * endpoints are deleted, and when, is as with [[CrossValidator]].
  */
class TrainValidationSplit(override val uid: String) extends SparkSplit(uid) {

  def this() = this(Identifiable.randomUID("tvs"))

  /** @throws java.lang.IllegalArgumentException for an estimator with the policy DO_NOT_CREATE */
  override def fit(dataset: Dataset[_]): TrainValidationSplitModel = {
    val model = Losers.whileTuning(getEstimator, getEvaluator) { (estimator, evaluator) =>
      copyValues(new SparkSplit(uid)).setEstimator(estimator).setEvaluator(evaluator).fit(dataset)
    }
    model.set(model.estimator, getEstimator).set(model.evaluator, getEvaluator).setParent(this)
  }

  override def write: MLWriter = new TuningWriter(this, () => copyValues(new SparkSplit(uid)).write)
}

object TrainValidationSplit extends MLReadable[TrainValidationSplit] {

  /** One with the Params of Spark's own. */
  def of(spark: SparkSplit): TrainValidationSplit =
    TuningFormat.copyParams(spark, new TrainValidationSplit(spark.uid))

  /** Reads what this class or Spark's has saved. */
  override def read: MLReader[TrainValidationSplit] =
    new TuningReader(classOf[TrainValidationSplit], SparkSplit.read.load(_: String), of)
}
