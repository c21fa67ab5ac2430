package com.amazonaws.services.sagemaker.sparksdk.training

import scala.collection.JavaConverters._

import com.amazonaws.services.sagemaker.sparksdk.{CustomNamePolicy, S3DataPath}
import com.amazonaws.services.sagemaker.sparksdk.settings.TrainingSettings
import com.amazonaws.services.sagemaker.sparksdk.staging.StagedData
import org.scalatest.funsuite.AnyFunSuite
import software.amazon.awssdk.services.sagemaker.model.{DescribeTrainingJobResponse, S3DataType}

class TrainingPlanSuite extends AnyFunSuite {
  private val good = TrainingSettings(instanceType = Some("ml.m5.large"), instanceCount = Some(1))

  test("what SageMaker would refuse is refused before it is asked, naming setting and value") {
    Seq(
      "trainingInstanceType" -> good.copy(instanceType = Some("m5.large")),
      "trainingInstanceCount" -> good.copy(instanceCount = Some(0)),
      "trainingInstanceVolumeSizeInGB" -> good.copy(volumeSizeInGB = 0),
      "trainingMaxRuntimeInSeconds" -> good.copy(maxRuntimeInSeconds = 0),
      "trainingChannelName" -> good.copy(channelName = "a b"),
      "trainingS3DataDistribution" -> good.copy(s3DataDistribution = "Sharded"),
      "trainingInputMode" -> good.copy(inputMode = "Stream")
    ).foreach { case (setting, settings) =>
      val e = intercept[IllegalArgumentException](TrainingPlan.validate(settings, "image", None))
      assert(e.getMessage.startsWith(setting), e.getMessage)
    }
    TrainingPlan.validate(good, "image", Some("Gzip"))
    intercept[IllegalArgumentException](TrainingPlan.validate(good, "image", Some("bzip2")))
    intercept[IllegalArgumentException](TrainingPlan.validate(good, "", None))
  }

  test("a role is an ARN of IAM") {
    Seq("arn:aws:iam::123456789012:role/r", "arn:aws-cn:iam::123456789012:role/path/r+=,.@-_")
      .foreach(TrainingPlan.requireRole)
    Seq("r", "", "arn:aws:iam::12:role/r", "arn:aws:iam::123456789012:user/r").foreach { arn =>
      assert(
        intercept[IllegalArgumentException](TrainingPlan.requireRole(arn)).getMessage.contains(s"'$arn'")
      )
    }
  }

  test("hyper-parameters keep to the service's limits") {
    TrainingPlan.validateHyperParameters((1 to 100).map(i => s"k$i" -> "v").toMap)
    Seq(
      (1 to 101).map(i => s"k$i" -> "v").toMap,
      Map("" -> "v"),
      Map("k" * 257 -> "v"),
      Map("k" -> "v" * 2501)
    )
      .foreach(map => intercept[IllegalArgumentException](TrainingPlan.validateHyperParameters(map)))
  }

  test("the request points at the manifest and says what was set") {
    val plan = TrainingPlan(
      CustomNamePolicy("job", "m", "c", "e"),
      "arn:aws:iam::123456789012:role/r",
      "image",
      S3DataPath("out", "path"),
      good.copy(contentType = Some("text/csv"), kmsKeyId = Some("key"), maxRuntimeInSeconds = 77),
      Some("Gzip")
    )
    val staged = StagedData("in", "p/", Nil, Some("p/manifest"), 3L, Some(4))
    val request = TrainingRequests.create(plan, staged, Map("k" -> "3"), Map("team" -> "a"))
    val channel = request.inputDataConfig.get(0)
    assert(channel.dataSource.s3DataSource.s3DataType == S3DataType.MANIFEST_FILE)
    assert(channel.dataSource.s3DataSource.s3Uri == "s3://in/p/manifest")
    assert(channel.contentType == "text/csv" && channel.compressionTypeAsString == "Gzip")
    assert(
      request.outputDataConfig.s3OutputPath == "s3://out/path" && request.outputDataConfig.kmsKeyId == "key"
    )
    assert(request.resourceConfig.volumeKmsKeyId == "key")
    assert(request.stoppingCondition.maxRuntimeInSeconds == 77)
    assert(request.hyperParameters.asScala == Map("k" -> "3"))
    assert(request.tags.asScala.map(t => t.key -> t.value) == Seq("team" -> "a"))
  }

  test("a status that nobody has heard of doesn't end the wait") {
    val status = TrainingJob.status(
      DescribeTrainingJobResponse.builder().trainingJobStatus("Pondering").secondaryStatus("Musing").build()
    )
    assert(status.status == "Pondering" && status.secondaryStatus == "Musing")
    assert(!TrainingJob.Unsuccessful.contains(status.status))
  }
}
