package com.amazonaws.services.sagemaker.sparksdk.tuning

import java.nio.file.Files

import com.amazonaws.services.sagemaker.sparksdk.{
  EndpointCreationPolicy,
  HostedModels,
  IAMRole,
  OwnSparkSession
}
import com.amazonaws.services.sagemaker.sparksdk.algorithms.{KMeansSageMakerEstimator, LinearLearnerRegressor}
import org.apache.spark.ml.{Pipeline, PipelineStage}
import org.apache.spark.ml.evaluation.RegressionEvaluator
import org.apache.spark.ml.linalg.Vectors
import org.apache.spark.ml.param.ParamMap
import org.apache.spark.ml.regression.LinearRegression
import org.apache.spark.ml.tuning.{CrossValidator => SparkCrossValidator, ParamGridBuilder}
import org.scalatest.funsuite.AnyFunSuite

/** Tuning with Spark's own estimators, where ours have nothing to delete, and what needs no service of ours. */
class TuningSuite extends AnyFunSuite with OwnSparkSession {

  private lazy val folder = Files.createTempDirectory("tuning")
  private lazy val rows = spark
    .createDataFrame(
      (0 until 60).map(i => (i % 7 + 0.5 * (i % 3), Vectors.dense(i % 7, i % 3, i % 5)))
    )
    .toDF("label", "features")

  private def configured[T <: SparkCrossValidator](tuning: T): T = {
    val learner = new LinearRegression("learner")
    tuning
      .setEstimator(new Pipeline("pipeline").setStages(Array[PipelineStage](learner)))
      .setEvaluator(new RegressionEvaluator())
      .setEstimatorParamMaps(new ParamGridBuilder().addGrid(learner.regParam, Array(0.0, 5.0)).build())
      .setSeed(3)
      .setNumFolds(2)
      .setParallelism(2)
      .setCollectSubModels(true)
    tuning
  }

  test("the model is the one that Spark's own makes") {
    val own = configured(new CrossValidator("cv"))
    val model = own.fit(rows)
    val plain = configured(new SparkCrossValidator("cv")).fit(rows)
    assert(model.avgMetrics.toSeq == plain.avgMetrics.toSeq)
    assert(model.uid == plain.uid && model.parent.eq(own))
    assert(model.getEstimator.eq(own.getEstimator) && model.getEvaluator.eq(own.getEvaluator))
    assert(model.transform(rows).collect().toSeq == plain.transform(rows).collect().toSeq)
    assert(model.subModels.map(_.length).toSeq == Seq(2, 2) && HostedModels.in(model).isEmpty)
    HostedModels.delete(model)
  }

  test("a copy and what was saved are of the same class and have the same Params") {
    val own = configured(new CrossValidator("cv"))
    val path = folder.resolve("cv").toString
    own.write.save(path)
    configured(new SparkCrossValidator("plain")).write.save(folder.resolve("plain").toString)
    for (one <- Seq(own.copy(ParamMap.empty), CrossValidator.load(path))) {
      assert(one.getClass == classOf[CrossValidator] && one.uid == "cv")
      assert(one.asInstanceOf[CrossValidator].getNumFolds == 2 && one.getSeed == 3)
      assert(one.getEstimatorParamMaps.map(_.toSeq.map(_.value)).toSeq == Seq(Seq(0.0), Seq(5.0)))
    }
    assert(CrossValidator.load(folder.resolve("plain").toString).uid == "plain")
    val nested = folder.resolve("nested").toString
    new Pipeline().setStages(Array[PipelineStage](own)).write.save(nested)
    assert(Pipeline.load(nested).getStages.head.getClass == classOf[CrossValidator])
    val refused = intercept[IllegalArgumentException](TrainValidationSplit.load(path)).getMessage
    assert(refused.contains("tuning.CrossValidator, not a "))
  }

  test("an estimator that hosts nothing can't be judged") {
    val idle = new KMeansSageMakerEstimator(
      IAMRole("arn:aws:iam::123456789012:role/r"),
      "ml.m5.large",
      1,
      "ml.m5.large",
      1,
      endpointCreationPolicy = EndpointCreationPolicy.DO_NOT_CREATE
    )
    val tuning = configured(new CrossValidator())
      .setEstimator(new Pipeline().setStages(Array[PipelineStage](idle)))
      .setEstimatorParamMaps(Array(ParamMap.empty))
    assert(intercept[IllegalArgumentException](tuning.fit(rows)).getMessage.contains("is DO_NOT_CREATE"))
  }

  test("auto stands in a ParamMap, is copied, and is sent as the word") {
    val learner =
      new LinearLearnerRegressor().setWd("auto").setLrSchedulerStep("auto").setNormalizeData("auto")
    assert(learner.isAuto(learner.wd) && learner.isAuto(learner.lrSchedulerStep))
    assert(intercept[IllegalStateException](learner.getWd).getMessage.startsWith("wd is auto"))
    val sent = learner.copy(ParamMap.empty).makeHyperParameters()
    assert(Seq("wd", "lr_scheduler_step", "normalize_data").map(sent.get).forall(_ == "auto"))
    assert(learner.explainParam(learner.wd).contains("current: auto"))
    assert(learner.copy(ParamMap(learner.wd -> 0.5)).makeHyperParameters().get("wd") == "0.5")
    assert(learner.setWd(0.25).getWd == 0.25)
    assert(
      intercept[IllegalArgumentException](
        learner.setWd("often")
      ).getMessage == "wd is often: expected auto, or a number >= 0"
    )
  }
}
