package com.amazonaws.services.sagemaker.sparksdk.settings

import java.io.{ByteArrayInputStream, ByteArrayOutputStream, ObjectInputStream, ObjectOutputStream}

import com.amazonaws.services.sagemaker.sparksdk._
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers.KMeansProtobufResponseRowDeserializer
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers.ProtobufRequestRowSerializer
import org.scalatest.funsuite.AnyFunSuite

class StageSettingsSuite extends AnyFunSuite {
  private val secret = "planted-secret"

  private val everything = SageMakerSettings(
    training = TrainingSettings(
      image = Some("image:1"),
      role = IAMRole("arn:aws:iam::123456789012:role/r"),
      instanceType = Some("ml.m5.large"),
      instanceCount = Some(3),
      volumeSizeInGB = 7,
      contentType = Some("text/csv"),
      maxRuntimeInSeconds = 60,
      outputPath = S3DataPath("out", "a/b"),
      namePolicyFactory = new CustomNamePolicyFactory("j", "m", "c", "e"),
      hyperParameters = Map("k" -> "4")
    ),
    staging = StagingSettings(
      inputPath = S3PathFromConfig("key"),
      projectedColumns = Some(List("a", "b")),
      sparkDataFormatOptions = Map("x" -> "y"),
      objectBytes = 5L * 1024 * 1024 * 1024
    ),
    hosting = HostingSettings(
      instanceType = Some("ml.c5.large"),
      instanceCount = Some(2),
      environment = Map("A" -> "1"),
      policy = EndpointCreationPolicy.CREATE_ON_TRANSFORM
    ),
    transform = TransformSettings(
      prependInputRows = false,
      limits = InferenceSettings(maxInFlight = 3, customAttributes = Some("c"))
    ),
    clients = ClientSettings(
      sagemaker = AwsClientConfig(
        region = Some("eu-west-1"),
        assumeRoleArn = Some("arn:aws:iam::123456789012:role/other"),
        endpointUrl = Some("http://127.0.0.1:1"),
        keys = Some(new AwsKeys("id", secret, None))
      )
    ),
    region = Some("eu-west-1")
  )

  private def withoutKeys(s: SageMakerSettings): SageMakerSettings =
    s.copy(clients = s.clients.copy(sagemaker = s.clients.sagemaker.copy(keys = None)))

  /** The factory is a plain class: two are the same when they make the same names. */
  private def comparable(s: SageMakerSettings): (SageMakerSettings, String) = {
    val fixed = new RandomNamePolicyFactory()
    (
      s.copy(training = s.training.copy(namePolicyFactory = StageSettingsSuite.fixed)),
      s.training.namePolicyFactory.createNamePolicy.trainingJobName + fixed.prefix
    )
  }

  test("models that are loaded have endpoints of their own") {
    val json = StageSettings.model.encode(ModelSettings())
    val names = Seq.fill(2)(StageSettings.model.decode(json).namePolicy.endpointName)
    assert(names.distinct.length == 2)
  }

  test("what is saved is read back, but for secrets, which are never written") {
    val json = StageSettings.estimator.encode(everything)
    assert(!json.contains(secret) && !json.contains("\"id\""))
    assert(comparable(StageSettings.estimator.decode(json)) == comparable(withoutKeys(everything)))
  }

  test("defaults are left out, so that a default may be mended in saved stages too") {
    val json = StageSettings.model.encode(ModelSettings(existingEndpointName = Some("e")))
    val members = JsonCodec.parse(json).path("settings").fieldNames()
    assert(members.next() == "existingEndpointName" && !members.hasNext)
  }

  test("serializers are saved by class and arguments") {
    val settings = SageMakerSettings(transform =
      TransformSettings(
        serializer = Some(new ProtobufRequestRowSerializer(featuresColumnName = "v")),
        deserializer = Some(new KMeansProtobufResponseRowDeserializer("d", "c"))
      )
    )
    val read = StageSettings.estimator.decode(StageSettings.estimator.encode(settings)).transform
    assert(read.deserializer.get.schema.fieldNames.toSeq == Seq("d", "c"))
    assert(read.serializer.get.asInstanceOf[ProtobufRequestRowSerializer].featuresColumnName == "v")
  }

  test("a newer or damaged format is refused with a sentence") {
    val newer = intercept[IllegalArgumentException](
      StageSettings.estimator.decode("""{"formatVersion":99,"settings":{}}""")
    )
    assert(newer.getMessage.contains("format 99"))
    Seq("{}", "[1]", "{\"formatVersion\":1}", "not json", "").foreach { damaged =>
      intercept[IllegalArgumentException](StageSettings.estimator.decode(damaged))
    }
  }

  test("a wrong type, an unknown name and an unknown class are said, with the nearest name") {
    def refused(json: String): String =
      intercept[SettingTypeException](
        StageSettings.estimator.merged(SageMakerSettings(), JsonCodec.parse(json))
      ).getMessage
    assert(
      refused("""{"trainingInstanceCount":"one"}""").contains("trainingInstanceCount takes a whole number")
    )
    assert(refused("""{"trainingInstanceCont":1}""").contains("Did you mean 'trainingInstanceCount'?"))
    assert(refused("""{"sagemakerRole":{"class":"java.io.File","role":"x"}}""").contains("IAMRole"))
    assert(refused("""{"sagemakerRole":{"class":"IAMRole"}}""").contains("needs 'role'"))
    assert(
      refused("""{"sagemakerRole":{"class":"IAMRole","role":"x","y":"z"}}""").contains("no argument 'y'")
    )
  }

  test("a class of serializers that isn't ours nor registered is refused") {
    val e = intercept[IllegalArgumentException](
      StageSettings.estimator.merged(
        SageMakerSettings(),
        JsonCodec.parse("""{"requestRowSerializer":{"class":"java.lang.ProcessBuilder","arguments":{}}}""")
      )
    )
    assert(e.getMessage.contains("java.lang.ProcessBuilder"))
  }

  test("client recipes hide their keys from text and carry them through Java serialization") {
    val config = everything.clients.sagemaker
    assert(!config.toString.contains(secret))
    val bytes = new ByteArrayOutputStream()
    val out = new ObjectOutputStream(bytes)
    out.writeObject(config)
    out.close()
    val read = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray)).readObject()
    assert(read == config)
  }

  test("half a pair of keys is refused") {
    val e = intercept[IllegalArgumentException](
      ClientConfigCodec.codec.read("s3Client", JsonCodec.parse("""{"accessKeyId":"a"}"""))
    )
    assert(e.getMessage.contains("together"))
  }
}

private object StageSettingsSuite {
  val fixed = new RandomNamePolicyFactory()
}
