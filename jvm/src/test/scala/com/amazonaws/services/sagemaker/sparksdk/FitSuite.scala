package com.amazonaws.services.sagemaker.sparksdk

import com.fasterxml.jackson.databind.JsonNode
import org.apache.spark.ml.linalg.{Vector, Vectors}
import org.apache.spark.sql.DataFrame
import org.scalatest.BeforeAndAfterEach
import org.scalatest.funsuite.AnyFunSuite

import com.amazonaws.services.sagemaker.sparksdk.algorithms.KMeansSageMakerEstimator
import com.amazonaws.services.sagemaker.sparksdk.aws.RunTag
import com.amazonaws.services.sagemaker.sparksdk.exceptions.AwsConfigurationException
import com.amazonaws.services.sagemaker.sparksdk.settings.ClientSettings
import com.amazonaws.services.sagemaker.sparksdk.staging.StubS3
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers.KMeansProtobufResponseRowDeserializer
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers.ProtobufRequestRowSerializer

/** From a DataFrame to the request for a training job. */
class FitSuite extends AnyFunSuite with OwnSparkSession with BeforeAndAfterEach {
  private val role = IAMRole("arn:aws:iam::123456789012:role/r")
  private var s3: StubS3 = _
  private var service: StubSageMaker = _
  @volatile private var tagging = true

  override def beforeEach(): Unit = {
    tagging = true
    s3 = new StubS3
    service = new StubSageMaker((_, request) =>
      if (request.has("Tags") && !tagging) StubSageMaker.TaggingDenied else (200, "{}")
    )
  }

  override def afterEach(): Unit = {
    service.close()
    s3.close()
  }

  private def placed[E <: SageMakerEstimator](estimator: E): E = {
    estimator.updateSettings(settings =>
      settings.copy(
        training = settings.training.copy(outputPath = S3DataPath("bucket", "out")),
        staging = settings.staging.copy(inputPath = S3DataPath("bucket", "in")),
        clients = ClientSettings(service.config, s3.config, service.config)
      )
    )
    estimator
  }

  private def ownImage(format: String = "sagemaker", image: String = "own:1"): SageMakerEstimator = placed(
    new SageMakerEstimator(
      trainingImage = image,
      modelImage = image,
      sagemakerRole = role,
      trainingInstanceType = "ml.m5.large",
      trainingInstanceCount = 1,
      endpointInstanceType = "ml.m5.large",
      endpointInitialInstanceCount = 1,
      requestRowSerializer = new ProtobufRequestRowSerializer(),
      responseRowDeserializer = new KMeansProtobufResponseRowDeserializer(),
      trainingSparkDataFormat = format
    )
  )

  // By the generic class, as programs train on images that have no class of their own.
  private val SageMakersKMeans = "382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1"

  private def kMeans(
      format: String = "sagemaker",
      contentType: Option[String] = None
  ): KMeansSageMakerEstimator = placed(
    new KMeansSageMakerEstimator(
      sagemakerRole = role,
      trainingInstanceType = "ml.m5.large",
      trainingInstanceCount = 1,
      endpointInstanceType = "ml.m5.large",
      endpointInitialInstanceCount = 1,
      trainingSparkDataFormat = format,
      trainingContentType = contentType
    ).setK(2)
  )

  private def vectors(rows: Vector*): DataFrame =
    spark.createDataFrame(rows.map(Tuple1(_))).toDF("features").coalesce(1)

  private def asked: Seq[JsonNode] = service.requests.collect { case ("CreateTrainingJob", request) =>
    request
  }

  test("an own image may be trained on what SageMaker's algorithms can't") {
    val unusual = Seq(
      vectors(Vectors.dense(Double.NaN, 1.0)),
      vectors(Vectors.dense(1.0), Vectors.dense(1.0, 2.0)),
      vectors(Vectors.dense(Array.empty[Double]))
    )
    unusual.foreach { data =>
      intercept[IllegalArgumentException](kMeans().startFit(data))
      intercept[IllegalArgumentException](ownImage(image = SageMakersKMeans).startFit(data))
      assert(asked.isEmpty && s3.keys.isEmpty)
    }
    unusual.foreach(ownImage().startFit(_))
    val session = spark
    import session.implicits._
    val nulls = Seq[(java.lang.Double, Double)]((null, 0.5)).toDF("a", "b").coalesce(1)
    ownImage("csv").startFit(nulls)
    assert(s3.keys.filter(_.endsWith(".csv")).map(key => new String(s3.bytes(key), "UTF-8")) == Seq(",0.5\n"))
    assert(asked.length == 4)
    // What the format can't hold is refused from an own image too.
    intercept[IllegalArgumentException](ownImage().startFit(vectors(null)))
    assert(asked.length == 4)
  }

  test("the number of features is that of the fields without the label's, if the content type has one") {
    val data = vectors(Vectors.dense(1.0, 2.0, 3.0))
    val cases = Seq(
      Some("text/csv;label_size=0") -> "3",
      Some("text/csv; Label_Size=0") -> "3",
      Some("text/csv;label_size=1") -> "2",
      Some("text/csv") -> "2"
    )
    cases.foreach { case (contentType, _) => kMeans("csv", contentType).startFit(data) }
    assert(asked.map(_.get("HyperParameters").get("feature_dim").asText) == cases.map(_._2))
  }

  test("a caller who may not tag gets the training job without the run's tag, unless tags were asked for") {
    tagging = false
    val data = vectors(Vectors.dense(1.0))
    val said = Warnings.of(kMeans().startFit(data))
    assert(asked.map(_.has("Tags")) == Seq(true, false))
    assert(asked.head.get("Tags").get(0).get("Key").asText == RunTag.Key)
    assert(said.count(_.contains("sagemaker:AddTags")) == 1, said)

    val tagged = kMeans()
    tagged.updateSettings(s => s.copy(training = s.training.copy(tags = Map("team" -> "blue"))))
    val e = intercept[AwsConfigurationException](tagged.startFit(data))
    assert(e.getMessage.contains("sagemaker:AddTags") && asked.length == 3)
  }

  test("an answer that the fitted DataFrame has no room for is told of before anything is paid for") {
    val data = vectors(Vectors.dense(1.0))
    def told(estimator: SageMakerEstimator, frame: DataFrame): Seq[String] =
      Warnings.of(estimator.startFit(frame)).filter(_.contains("will refuse to transform"))
    assert(told(kMeans(), data).isEmpty)
    val taken = data.selectExpr("features", "1 closest_cluster")
    val said = told(kMeans(), taken)
    assert(said.length == 1 && said.head.contains("'closest_cluster'"), said)
    val alone = kMeans()
    alone.updateSettings(s => s.copy(transform = s.transform.copy(prependInputRows = false)))
    assert(told(alone, taken).isEmpty)
  }
}
