package com.amazonaws.services.sagemaker.sparksdk.algorithms

import scala.collection.JavaConverters._

import com.amazonaws.services.sagemaker.sparksdk.{CustomNamePolicy, S3DataPath, SageMakerModel}
import com.amazonaws.services.sagemaker.sparksdk.algorithms.params.XGBoostRules
import com.amazonaws.services.sagemaker.sparksdk.training.TrainingPlan
import com.amazonaws.services.sagemaker.sparksdk.transformation.ResponseRowDeserializer
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers.XGBoostCSVRowDeserializer
import org.apache.spark.ml.linalg.SQLDataTypes
import org.apache.spark.ml.param.ParamMap
import org.apache.spark.sql.types.StructType
import org.scalatest.funsuite.AnyFunSuite

/** Programs for one version of XGBoost on the image of another. */
class XGBoostSuite extends AnyFunSuite {
  private def sent(version: String, given: (String, String)*) = XGBoostRules.sent(given.toMap, Some(version))

  private val features = new StructType().add("features", SQLDataTypes.VectorType)

  private def estimator(version: Option[String] = None, image: Option[String] = None) =
    new XGBoostSageMakerEstimator(
      trainingInstanceType = "ml.m5.xlarge",
      trainingInstanceCount = 1,
      endpointInstanceType = "ml.m5.xlarge",
      endpointInitialInstanceCount = 1,
      region = Some("us-east-1"),
      trainingImage = image,
      algorithmVersion = version
    )

  test("the image is the newest, or the version that was chosen") {
    assert(
      estimator().trainingImage == "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
    )
    assert(estimator(Some("1")).modelImage == "811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1")
    val tags =
      Map("latest" -> "1", "0.72" -> "1", "1.2" -> "1.2-2", "1.2-1" -> "1.2-1", "0.90" -> "0.90-2-cpu-py3")
    for ((chosen, tag) <- tags) assert(estimator(Some(chosen)).trainingImage.endsWith(s":$tag"))
    val refused = intercept[IllegalArgumentException](estimator(Some("2.5")).trainingImage).getMessage
    assert(refused.startsWith("algorithmVersion is '2.5': expected one of 1, 0.90-1-cpu-py3"))
    assert(refused.contains("3.0-5"))
    assert(
      intercept[IllegalArgumentException](AlgorithmImages.uri("lda", "1", "af-south-1")).getMessage
        .contains("eu-west-1")
    )
  }

  test("what today's image no longer knows is replaced or left out, and said") {
    val result = sent(
      "3.0-5",
      "objective" -> "reg:linear",
      "silent" -> "1",
      "updater" -> "grow_colmaker,prune",
      "sketch_eps" -> "0.03",
      "predictor" -> "cpu_predictor",
      "dsplit" -> "row",
      "eta" -> "0.3"
    )
    assert(result.values == Map("objective" -> "reg:squarederror", "verbosity" -> "0", "eta" -> "0.3"))
    assert(result.notes.size == 6)
    assert(
      result.notes.contains("XGBoost image version 3.0-5 doesn't know silent=1: verbosity=0 is sent instead.")
    )
    assert(result.notes.contains("XGBoost image version 3.0-5 doesn't know sketch_eps=0.03: it is left out."))
  }

  test("a verbosity that was set stands before silent") {
    assert(sent("1.7-1", "silent" -> "0", "verbosity" -> "3").values == Map("verbosity" -> "3"))
    assert(sent("1.7-1", "silent" -> "0").values == Map("verbosity" -> "1"))
  }

  test("older images are sent what they know") {
    val old = Map("silent" -> "1", "updater" -> "prune", "objective" -> "reg:linear")
    assert(XGBoostRules.sent(old, Some("1")).values == old)
    assert(XGBoostRules.sent(old, Some("1")).notes.isEmpty)
    assert(sent("1", "objective" -> "reg:squarederror").values == Map("objective" -> "reg:linear"))
    assert(sent("1.2-2", "updater" -> "prune").notes.isEmpty)
    assert(
      sent("0.90-2-cpu-py3", "objective" -> "binary:logistraw").values == Map(
        "objective" -> "binary:logitraw"
      )
    )
  }

  test("the version of an image that the user gave is read from its address, where it can be") {
    val given = Map("objective" -> "reg:linear")
    def by(image: String) = estimator(image = Some(image)).sentHyperParameters(given).values("objective")
    assert(by("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1") == "reg:squarederror")
    assert(by("811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:latest") == "reg:linear")
    assert(by("123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:3") == "reg:linear")
    assert(estimator().sentHyperParameters(given).values("objective") == "reg:squarederror")
  }

  test("several metrics go as the list that the container splits") {
    val xgboost = new XGBoostSageMakerEstimator().setEvalMetric("auc, error@0.7 ,ndcg@5-")
    assert(xgboost.getEvalMetric == "auc, error@0.7 ,ndcg@5-")
    assert(
      sent("3.0-5", "eval_metric" -> xgboost.getEvalMetric).values("eval_metric") == "auc,error@0.7,ndcg@5-"
    )
  }

  test("today's objectives, metrics and parameters are taken") {
    val xgboost = new XGBoostSageMakerEstimator()
      .setObjective("survival:aft")
      .setEvalMetric("aft-nloglik,rmsle,balanced_accuracy,tweedie-nloglik@1.5")
      .setAftLossDistribution("extreme")
      .setAftLossDistributionScale(1.5)
      .setEarlyStoppingRounds(3)
      .setCsvWeights(1)
      .setColSampleByNode(0.5)
      .setMonotoneConstraints("(1,0,-1)")
      .setInteractionConstraints("[[0,1],[2,3,4]]")
      .setNumParallelTree(4)
      .setVerbosity(2)
      .setSamplingMethod("uniform")
      .setSaveModelOnTermination("true")
      .setDeterministicHistogram("true")
    assert(xgboost.makeHyperParameters().get("monotone_constraints") == "(1,0,-1)")
    assert(xgboost.makeHyperParameters().size == 14)
    val refusals = Seq[XGBoostSageMakerEstimator => Any](
      _.setMonotoneConstraints("(2,0)"),
      _.setInteractionConstraints("[0,1]"),
      _.setColSampleByNode(0),
      _.setEarlyStoppingRounds(0),
      _.setVerbosity(4),
      _.setCsvWeights(2),
      _.setNumParallelTree(0),
      _.setAftLossDistribution("cauchy"),
      _.setAftLossDistributionScale(0),
      _.setSamplingMethod("none"),
      _.setSaveModelOnTermination("yes"),
      _.setDeterministicHistogram("yes")
    )
    for (refusal <- refusals) {
      assert(intercept[IllegalArgumentException](refusal(xgboost)).getMessage.contains(": expected "))
    }
  }

  private def probabilities(made: XGBoostSageMakerEstimator): Option[Int] =
    classes(made.modelTransform(made.makeHyperParameters().asScala.toMap).deserializer)

  private def classes(deserializer: Option[ResponseRowDeserializer]): Option[Int] =
    deserializer.collect { case d: XGBoostCSVRowDeserializer => d.numClass }.flatten

  test("a model of multi:softprob reads as many numbers as there are classes, however they were set") {
    val made = estimator().setNumRound(1).setNumClasses(3).setObjective("multi:softprob")
    assert(probabilities(made) == Some(3))
    assert(made.responseRowDeserializer.asInstanceOf[XGBoostCSVRowDeserializer].numClass.isEmpty)
    assert(made.transformSchema(features)("prediction").dataType == SQLDataTypes.VectorType)
    assert(probabilities(made.copy(ParamMap.empty).asInstanceOf[XGBoostSageMakerEstimator]) == Some(3))
    assert(probabilities(estimator().setNumClasses(3).setObjective("multi:softmax")).isEmpty)
    assert(probabilities(estimator()).isEmpty)
    val free = new XGBoostSageMakerEstimator()
    free.updateSettings(s =>
      s.copy(training =
        s.training.copy(hyperParameters = Map("objective" -> "multi:softprob", "num_class" -> "4"))
      )
    )
    assert(probabilities(free) == Some(4))
    free.updateSettings(s =>
      s.copy(transform = s.transform.copy(deserializer = Some(new XGBoostCSVRowDeserializer("p"))))
    )
    assert(free.transformSchema(features).fieldNames.toSeq == Seq("features", "p"))
    assert(probabilities(free) == Some(4))
  }

  test("a model reads answers by what its job was sent, whatever the estimator's Params are by then") {
    val made = estimator().setNumRound(1).setNumClasses(3).setObjective("multi:softprob")
    val sent = made.makeHyperParameters().asScala.toMap
    val plan = TrainingPlan(
      CustomNamePolicy("job", "m", "c", "e"),
      "arn:aws:iam::123456789012:role/r",
      made.trainingImage,
      S3DataPath("out", "path"),
      made.settings.training,
      None
    )
    def model(hyperParameters: Map[String, String]): SageMakerModel =
      SageMakerModel.fitted(made, plan, S3DataPath("out", "model.tar.gz"), "job", hyperParameters, Map.empty)
    made.setObjective("reg:squarederror")
    val fitted = model(sent)
    assert(classes(Some(fitted.responseRowDeserializer)) == Some(3))
    assert(fitted.transformSchema(features)("prediction").dataType == SQLDataTypes.VectorType)
    assert(classes(Some(model(made.makeHyperParameters().asScala.toMap).responseRowDeserializer)).isEmpty)
  }

  test("rows to infer on need no label, and a serializer by itself does") {
    assert(estimator().transformSchema(features).fieldNames.toSeq == Seq("features", "prediction"))
    val own = estimator().requestRowSerializer
    assert(intercept[IllegalArgumentException](own.validateSchema(features)).getMessage.contains("\"label\""))
  }
}
