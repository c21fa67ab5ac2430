package com.amazonaws.services.sagemaker.sparksdk.algorithms

import com.amazonaws.services.sagemaker.sparksdk._
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers._
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers._
import org.scalatest.funsuite.AnyFunSuite

/** Programs in the form that 1.4.5 published: that they compile is half of the test. */
class PublishedProgramsSuite extends AnyFunSuite {
  private val arn = "arn:aws:iam::123456789012:role/sagemaker"

  test("k-means with named arguments and setters that chain") {
    val estimator = new KMeansSageMakerEstimator(
      sagemakerRole = IAMRole(arn),
      trainingInstanceType = "ml.p2.xlarge",
      trainingInstanceCount = 1,
      endpointInstanceType = "ml.c4.xlarge",
      endpointInitialInstanceCount = 1
    ).setK(10).setFeatureDim(784)
    val typed: KMeansSageMakerEstimator = estimator.setCenterFactor("auto").setTrialNum(5)
    assert(typed.getK == 10)
    assert(typed.getTrialNum == "5")
    assert(typed.sagemakerRole == IAMRole(arn))
    assert(typed.trainingInstanceVolumeSizeInGB == 1024)
    assert(typed.makeHyperParameters().get("feature_dim") == "784")
    assert(typed.makeHyperParameters().get("mini_batch_size") == "5000")
  }

  test("every published argument by position") {
    val estimator = new PCASageMakerEstimator(
      IAMRole(arn),
      "ml.m4.xlarge",
      2,
      "ml.c4.xlarge",
      3,
      new ProtobufRequestRowSerializer(featuresColumnName = "x"),
      new PCAProtobufResponseRowDeserializer(projectionColumnName = "y"),
      S3DataPath("in", "a"),
      S3DataPath("out", "b"),
      10,
      Some(List("x")),
      "training",
      Some("application/x-recordio-protobuf"),
      "FullyReplicated",
      "sagemaker",
      Map("featuresColumnName" -> "x"),
      "Pipe",
      Some("Gzip"),
      3600,
      Some("key"),
      Map("A" -> "1"),
      EndpointCreationPolicy.DO_NOT_CREATE,
      AwsClientConfig(),
      Some("eu-west-1"),
      AwsClientConfig(),
      AwsClientConfig(),
      false,
      false,
      new RandomNamePolicyFactory("p"),
      "my-uid"
    ).setNumComponents(2).setSubtractMean(false)
    assert(estimator.uid == "my-uid")
    assert(estimator.trainingInstanceCount == 2)
    assert(estimator.endpointInitialInstanceCount == 3)
    assert(estimator.trainingOutputS3DataPath == S3DataPath("out", "b"))
    assert(estimator.trainingCompressionCodec.contains("Gzip"))
    assert(!estimator.deleteStagingDataAfterTraining)
    assert(estimator.region.contains("eu-west-1"))
    assert(!estimator.getSubtractMean)
    assert(estimator.makeHyperParameters().get("subtract_mean") == "False")
    assert(estimator.trainingImage == "438346466558.dkr.ecr.eu-west-1.amazonaws.com/pca:1")
  }

  test("XGBoost takes libsvm whichever way it is made") {
    val published = new XGBoostSageMakerEstimator(
      trainingInstanceType = "ml.m4.xlarge",
      trainingInstanceCount = 1,
      endpointInstanceType = "ml.m4.xlarge",
      endpointInitialInstanceCount = 1,
      sagemakerRole = IAMRoleFromConfig()
    ).setObjective("multi:softmax").setNumRound(25).setNumClasses(10)
    for (estimator <- Seq(published, new XGBoostSageMakerEstimator(), new XGBoostSageMakerEstimator("u"))) {
      assert(estimator.trainingContentType.contains("libsvm"))
      assert(estimator.trainingSparkDataFormat == "libsvm")
      assert(estimator.requestRowSerializer.isInstanceOf[LibSVMRequestRowSerializer])
      assert(estimator.responseRowDeserializer.isInstanceOf[XGBoostCSVRowDeserializer])
    }
    published.requireHyperParameters()
  }

  test("companions and packages say what 1.4.5 published") {
    val algorithms = Seq(
      KMeansSageMakerEstimator,
      PCASageMakerEstimator,
      LDASageMakerEstimator,
      XGBoostSageMakerEstimator,
      LinearLearnerSageMakerEstimator,
      FactorizationMachinesSageMakerEstimator
    )
    assert(
      algorithms.map(_.algorithmName) ==
        Seq("kmeans", "pca", "lda", "xgboost", "linear-learner", "factorization-machines")
    )
    assert(
      algorithms.forall(a => a.algorithmTag == "1" && a.regionAccountMap("us-east-1").matches("\\d{12}"))
    )
    assert(transformation.ContentTypes.PROTOBUF == "application/x-recordio-protobuf")
    assert(transformation.ContentTypes.TEXT_LIBSVM == new LibSVMRequestRowSerializer().contentType)
    assert(Set(transformation.ContentTypes.CSV, transformation.ContentTypes.JSON).size == 2)
    val names = RandomNamePolicy("x")
    assert(names.uid.nonEmpty && names.modelName.contains(names.uid))
  }

  test("linear learners and factorization machines say what they predict") {
    val binary = new LinearLearnerBinaryClassifier(
      trainingInstanceType = "ml.m4.xlarge",
      trainingInstanceCount = 1,
      endpointInstanceType = "ml.m4.xlarge",
      endpointInitialInstanceCount = 1
    ).setLearningRate(0.1).setNumModels("auto").setUseBias(true).setPositiveExampleWeightMult("balanced")
    assert(binary.getUseBias)
    assert(binary.getLearningRate == "0.1")
    val types = Seq(
      binary,
      new LinearLearnerMultiClassClassifier(),
      new LinearLearnerRegressor(),
      new FactorizationMachinesBinaryClassifier(),
      new FactorizationMachinesRegressor()
    ).map(_.makeHyperParameters().get("predictor_type"))
    assert(
      types == Seq(
        "binary_classifier",
        "multiclass_classifier",
        "regressor",
        "binary_classifier",
        "regressor"
      )
    )
  }

  test("what a class predicts can't be changed, by its Param or by the map") {
    val regressor = new LinearLearnerRegressor()
    val refused =
      intercept[IllegalArgumentException](regressor.set(regressor.predictorType, "binary_classifier"))
    assert(refused.getMessage.contains("predictor_type is binary_classifier: expected regressor"))
    val mapped = new FactorizationMachinesRegressor(
      trainingInstanceType = "ml.m4.xlarge",
      trainingInstanceCount = 1,
      endpointInstanceType = "ml.m4.xlarge",
      endpointInitialInstanceCount = 1,
      hyperParameters = Map("predictor_type" -> "binary_classifier", "num_factors" -> "4")
    )
    assert(
      intercept[IllegalArgumentException](mapped.requireHyperParameters()).getMessage
        .contains("predictor_type")
    )
  }

  test("a hyper-parameter without which the job would fail is asked for before fit") {
    val required = Seq(
      new PCASageMakerEstimator() -> "num_components",
      new LDASageMakerEstimator() -> "num_topics",
      new FactorizationMachinesRegressor() -> "num_factors",
      new FactorizationMachinesBinaryClassifier() -> "num_factors",
      new LinearLearnerMultiClassClassifier() -> "num_classes",
      new XGBoostSageMakerEstimator() -> "num_round",
      new XGBoostSageMakerEstimator().setNumRound(1).setObjective("multi:softprob") -> "num_class"
    )
    for ((estimator, name) <- required) {
      val message = intercept[IllegalArgumentException](estimator.requireHyperParameters()).getMessage
      assert(
        message.startsWith(s"The hyper-parameter $name of ${estimator.getClass.getSimpleName} is not set")
      )
    }
    new KMeansSageMakerEstimator().requireHyperParameters()
    new LinearLearnerRegressor().requireHyperParameters()
  }

  test("the data gives what nobody set") {
    assert(
      new LDASageMakerEstimator().hyperParametersOfData(Some(30), 7) ==
        Map("feature_dim" -> "30", "mini_batch_size" -> "7")
    )
    assert(new PCASageMakerEstimator().hyperParametersOfData(Some(30), 7) == Map("feature_dim" -> "30"))
    assert(new XGBoostSageMakerEstimator().hyperParametersOfData(Some(30), 7).isEmpty)
  }
}
