package com.amazonaws.services.sagemaker.sparksdk

import java.nio.file.Files
import java.time.Duration

import com.amazonaws.services.sagemaker.sparksdk.algorithms.{
  KMeansSageMakerEstimator,
  XGBoostSageMakerEstimator
}
import com.amazonaws.services.sagemaker.sparksdk.exceptions.EndpointException
import com.amazonaws.services.sagemaker.sparksdk.inference.{Reply200, SparkTests}
import com.amazonaws.services.sagemaker.sparksdk.python.PythonDoor
import com.amazonaws.services.sagemaker.sparksdk.settings.{AwsClientConfig, StageSettings, TrainingSettings}
import com.amazonaws.services.sagemaker.sparksdk.transformation._
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers._
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers._
import org.apache.spark.ml.linalg.{SQLDataTypes, Vectors}
import org.apache.spark.ml.param.{DoubleParam, IntParam, Param, ParamMap}
import org.apache.spark.sql.types.{IntegerType, StructType}
import org.scalatest.funsuite.AnyFunSuite

/** Stages and name policies of a user's own, as programs for 1.4.5 declare them, and how they wait. */
class OwnStagesSuite extends AnyFunSuite with SparkTests {
  import OwnStagesSuite._

  private lazy val folder = Files.createTempDirectory("own").toString

  private val frame = new StructType().add("id", IntegerType).add("features", SQLDataTypes.VectorType)

  test("an estimator's own Params are declared, set, explained, copied and sent") {
    val estimator = new OwnEstimator("own").setK(3).setZeal("high")
    assert(estimator.params.map(_.name).toSeq == Seq("k", "sagemakerSettings", "zeal"))
    assert(estimator.getOrDefault(estimator.k) == 3)
    assert(estimator.explainParams().contains("clusters") && estimator.hasParam("zeal"))
    val copied = estimator.copy(ParamMap(estimator.k -> 4))
    assert(copied.makeHyperParameters().get("k") == "4")
    val sent = estimator.makeHyperParameters()
    assert(sent.get("k") == "3" && sent.get("zeal") == "high" && sent.size == 2)
    assert(intercept[IllegalArgumentException](estimator.setK(1)).getMessage.contains("k"))
  }

  test("Params of one's own stand beside an algorithm's") {
    val kmeans = new OwnKMeans("own").setK(3)
    val sent = kmeans.makeHyperParameters()
    assert(sent.get("k") == "3" && sent.get("force_dense") == "1" && !sent.containsKey("sagemakerSettings"))
  }

  test("a model's own Params are declared, set, explained and copied") {
    val model = new OwnModel("own")
    model.set(model.threshold, 0.3).set(model.alpha, 1)
    assert(model.params.map(_.name).toSeq == Seq("alpha", "sagemakerSettings", "threshold"))
    assert(model.explainParams().contains("current: 0.3"))
    val copied = model.copy(ParamMap(model.alpha -> 2))
    assert(copied.get(copied.getParam("threshold")).contains(0.3))
    assert(copied.get(copied.getParam("alpha")).contains(2) && copied.endpointName.contains("there"))
  }

  test("every setting that a subclass overrides counts") {
    val own = new Overriding("own")
    val plain = new KMeansSageMakerEstimator()
    val checked = for (setting <- StageSettings.estimator.all if overridable(setting.name)) yield {
      val found = setting.get(own.effectiveSettings)
      val given = classOf[Overriding].getMethod(setting.name).invoke(own)
      assert(found == given || found == Some(given), setting.name)
      assert(found != setting.get(plain.effectiveSettings), setting.name)
      setting.name
    }
    assert(checked.size == 30, checked)
  }

  private def overridable(name: String): Boolean =
    !name.endsWith("Image") && classOf[EstimatorSettings].getMethods.exists(_.getName == name)

  test("what a subclass overrides is what a fit and its model go by") {
    assert(new Overriding("own").transformSchema(frame).fieldNames.toSeq == Seq("d", "c"))
    val data = spark.createDataFrame(Seq((1, Vectors.dense(1.0, 2.0)))).toDF("id", "features")
    val refused = intercept[IllegalArgumentException](new WithoutTime("own").fit(data))
    assert(refused.getMessage.startsWith("trainingMaxRuntimeInSeconds is 0"))
    val old = new XGBoostSageMakerEstimator("own") {
      override val trainingImage: String = "811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1"
    }
    val objective = Map("objective" -> "reg:linear")
    assert(old.sentHyperParameters(objective).values == objective)
  }

  /** A model of artifacts on a SageMaker that makes whatever it is asked for, and whose endpoints never come up. */
  private def onStub(test: SageMakerModel => Unit): Unit =
    withEndpoint(_ => Reply200(OwnStagesSuite.Made, "application/x-amz-json-1.1")) { service =>
      test(
        SageMakerModel.fromModelS3Path(
          "s3://bucket/model.tar.gz",
          "image",
          "arn:aws:iam::123456789012:role/r",
          "ml.m5.large",
          1,
          new ProtobufRequestRowSerializer(),
          new KMeansProtobufResponseRowDeserializer(),
          endpointCreationPolicy = EndpointCreationPolicy.CREATE_ON_TRANSFORM,
          sagemakerClient = config(service),
          namePolicy = new OwnPolicy("mine")
        )
      )
    }

  test("a model with names of a user's own policy is saved with the names") {
    spark.range(1).count()
    onStub { model =>
      model.write.overwrite().save(s"$folder/model")
      val fresh = SageMakerModel.load(s"$folder/model")
      assert(fresh.namePolicy == CustomNamePolicy("mine-j", "mine-m", "mine-c", "mine-e"))
      assert(fresh.endpointName.isEmpty && model.startHosting().isDefined)
      model.write.overwrite().save(s"$folder/model")
      assert(SageMakerModel.load(s"$folder/model").endpointName.contains("mine-e"))
    }
  }

  test("an estimator with a user's own factory of names is saved, and loaded when its class is registered") {
    val estimator = new OwnEstimator("own", new OwnFactory("mine"))
    spark.range(1).count()
    val plain = new SageMakerEstimator("own")
    plain.set(plain.sagemakerSettings, estimator.settings)
    plain.write.overwrite().save(s"$folder/estimator")
    val refused = intercept[IllegalArgumentException](SageMakerEstimator.load(s"$folder/estimator"))
    assert(refused.getMessage.contains(SavedClasses.ConfigKey))
    spark.conf.set(SavedClasses.ConfigKey, classOf[OwnFactory].getName)
    val again = SageMakerEstimator.load(s"$folder/estimator")
    assert(again.namePolicyFactory.createNamePolicy.modelName == "mine-m")
    val unsaved = new OwnEstimator("own", new NamelessFactory).write.overwrite()
    assert(
      intercept[IllegalArgumentException](unsaved.save(s"$folder/unsaved")).getMessage.contains("Persistable")
    )
  }

  test("Python is shown what can't be saved by its class, and given the object") {
    val factory = new NamelessFactory
    val estimator = new OwnEstimator("own", factory)
    val shown = PythonDoor.setting(estimator, "namePolicyFactory")
    assert(shown == s"""{"class":"${classOf[NamelessFactory].getName}"}""")
    assert(PythonDoor.settingObject(estimator, "namePolicyFactory") eq factory)
  }

  test("the published variables say how long to wait for endpoints of models without settings of their own") {
    assert(SageMakerModel.EndpointPollInterval == Duration.ofSeconds(5))
    assert(SageMakerModel.EndpointCreationTimeout == Duration.ofMinutes(30))
    onStub { model =>
      assert(model.startHosting().get.pollIntervalMillis == 5000)
      try {
        SageMakerModel.EndpointPollInterval = Duration.ofMillis(20)
        SageMakerModel.EndpointCreationTimeout = Duration.ZERO
        val run = model.startHosting().get
        assert(run.pollIntervalMillis == 20)
        assert(intercept[EndpointException](run.await()).getMessage.contains("within 0 s"))
      } finally {
        SageMakerModel.EndpointPollInterval = Duration.ofSeconds(5)
        SageMakerModel.EndpointCreationTimeout = Duration.ofMinutes(30)
      }
    }
  }

  test("the published variable says how long to wait between looks at training jobs") {
    val training = TrainingSettings()
    assert(SageMakerEstimator.TrainingJobPollInterval == Duration.ofSeconds(5))
    try {
      SageMakerEstimator.TrainingJobPollInterval = Duration.ofMillis(20)
      assert(SageMakerEstimator.pollIntervalMillis(training) == 20)
      assert(SageMakerEstimator.pollIntervalMillis(training.copy(pollIntervalMillis = 7)) == 7)
      SageMakerEstimator.TrainingJobPollInterval = Duration.ZERO
      assert(SageMakerEstimator.pollIntervalMillis(training) == 1)
    } finally SageMakerEstimator.TrainingJobPollInterval = Duration.ofSeconds(5)
  }
}

object OwnStagesSuite {

  private val Made =
    """{"ModelArn": "m", "EndpointConfigArn": "c", "EndpointArn": "e", "EndpointStatus": "Creating"}"""

  class OwnEstimator(override val uid: String, factory: NamePolicyFactory)
      extends SageMakerEstimator(
        trainingImage = "image",
        modelImage = "image",
        sagemakerRole = IAMRole("arn:aws:iam::123456789012:role/r"),
        trainingInstanceType = "ml.m5.large",
        trainingInstanceCount = 1,
        endpointInstanceType = "ml.m5.large",
        endpointInitialInstanceCount = 1,
        requestRowSerializer = new ProtobufRequestRowSerializer(),
        responseRowDeserializer = new KMeansProtobufResponseRowDeserializer(),
        namePolicyFactory = factory,
        uid = uid
      ) {
    def this(uid: String) = this(uid, new RandomNamePolicyFactory())

    val k = new IntParam(this, "k", "clusters", (v: Int) => v > 1)
    val zeal = new Param[String](this, "zeal", "how hard it tries")
    def setK(value: Int): this.type = set(k, value)
    def setZeal(value: String): this.type = set(zeal, value)
  }

  class OwnKMeans(override val uid: String)
      extends KMeansSageMakerEstimator(
        sagemakerRole = IAMRole("arn:aws:iam::123456789012:role/r"),
        trainingInstanceType = "ml.m5.large",
        trainingInstanceCount = 1,
        endpointInstanceType = "ml.m5.large",
        endpointInitialInstanceCount = 1,
        uid = uid
      ) {
    val extra = new IntParam(this, "force_dense", "as dense vectors")
    setDefault(extra -> 1)
  }

  class OwnModel(override val uid: String)
      extends SageMakerModel(
        None,
        None,
        new ProtobufRequestRowSerializer(),
        new KMeansProtobufResponseRowDeserializer(),
        existingEndpointName = Some("there"),
        endpointCreationPolicy = EndpointCreationPolicy.DO_NOT_CREATE,
        uid = uid
      ) {
    val threshold = new DoubleParam(this, "threshold", "what counts")
    val alpha = new IntParam(this, "alpha", "another")
    setDefault(threshold -> 0.5)
  }

  class WithoutTime(uid: String) extends OwnEstimator(uid) {
    override val trainingMaxRuntimeInSeconds: Int = 0
  }

  class Overriding(override val uid: String) extends KMeansSageMakerEstimator(uid) {
    private val client = AwsClientConfig(region = Some("eu-west-1"))
    override val sagemakerRole: IAMRoleResource = IAMRole("arn:aws:iam::123456789012:role/other")
    override val trainingInstanceType: String = "ml.m5.2xlarge"
    override val trainingInstanceCount: Int = 3
    override val endpointInstanceType: String = "ml.c5.2xlarge"
    override val endpointInitialInstanceCount: Int = 4
    override val requestRowSerializer: RequestRowSerializer = new ProtobufRequestRowSerializer()
    override val responseRowDeserializer: ResponseRowDeserializer =
      new KMeansProtobufResponseRowDeserializer("d", "c")
    override val trainingInputS3DataPath: S3Resource = S3DataPath("in", "a")
    override val trainingOutputS3DataPath: S3Resource = S3DataPath("out", "b")
    override val trainingInstanceVolumeSizeInGB: Int = 5
    override val trainingProjectedColumns: Option[List[String]] = Some(List("features"))
    override val trainingChannelName: String = "other"
    override val trainingContentType: Option[String] = Some("text/csv")
    override val trainingS3DataDistribution: String = "FullyReplicated"
    override val trainingSparkDataFormat: String = "csv"
    override val trainingSparkDataFormatOptions: Map[String, String] = Map("a" -> "b")
    override val trainingInputMode: String = "Pipe"
    override val trainingCompressionCodec: Option[String] = Some("Gzip")
    override val trainingMaxRuntimeInSeconds: Int = 4321
    override val trainingKmsKeyId: Option[String] = Some("key")
    override val modelEnvironmentVariables: Map[String, String] = Map("c" -> "d")
    override val endpointCreationPolicy: EndpointCreationPolicy.Value = EndpointCreationPolicy.DO_NOT_CREATE
    override val sagemakerClient: AwsClientConfig = client
    override val region: Option[String] = Some("eu-west-1")
    override val s3Client: AwsClientConfig = client
    override val stsClient: AwsClientConfig = client
    override val modelPrependInputRowsToTransformationRows: Boolean = false
    override val deleteStagingDataAfterTraining: Boolean = false
    override val namePolicyFactory: NamePolicyFactory = new NamelessFactory
    override val hyperParameters: Map[String, String] = Map("e" -> "f")
  }

  class OwnPolicy(prefix: String) extends NamePolicy {
    override val trainingJobName: String = s"$prefix-j"
    override val modelName: String = s"$prefix-m"
    override val endpointConfigName: String = s"$prefix-c"
    override val endpointName: String = s"$prefix-e"
  }

  class NamelessFactory extends NamePolicyFactory {
    override def createNamePolicy: NamePolicy = new OwnPolicy("x")
  }

  class OwnFactory(prefix: String) extends NamePolicyFactory with PersistableTransformation {
    def this(arguments: java.util.Map[String, String]) = this(arguments.get("prefix"))
    override def createNamePolicy: NamePolicy = new OwnPolicy(prefix)
    override def arguments: Map[String, String] = Map("prefix" -> prefix)
  }
}
