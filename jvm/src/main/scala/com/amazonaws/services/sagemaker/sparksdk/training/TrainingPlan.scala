package com.amazonaws.services.sagemaker.sparksdk.training

import com.amazonaws.services.sagemaker.sparksdk.{NamePolicy, S3DataPath}
import com.amazonaws.services.sagemaker.sparksdk.settings.TrainingSettings

/** A training job as it will be asked for: all that was settings, looked up and checked.
  *
  * @param names of what this fit creates
  * @param roleArn the role that SageMaker assumes
  * @param image the training image
  * @param output where the artifacts go
  * @param settings the rest
  */
private[sparksdk] final case class TrainingPlan(
    names: NamePolicy,
    roleArn: String,
    image: String,
    output: S3DataPath,
    settings: TrainingSettings,
    compressionCodec: Option[String]
)

/** What SageMaker would refuse and can be known before anything is uploaded. */
private[sparksdk] object TrainingPlan {
  private val RoleArn = "arn:aws[a-z-]*:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+"
  private val InstanceType = "ml\\.[a-z0-9-]+\\.[a-z0-9-]+"
  private val MaxRoleArn = 2048
  private val MaxImage = 255
  private val MaxParameters = 100
  private val MaxKey = 256
  private val MaxValue = 2500
  private val MaxVolumeGB = 16384
  private val MaxRuntimeSeconds = 28 * 24 * 60 * 60

  def requireRole(arn: String): Unit =
    demand(
      arn.matches(RoleArn) && arn.length <= MaxRoleArn,
      s"The role '$arn' is not the ARN of an IAM role: expected arn:aws:iam::<12 digits>:role/<name>"
    )

  def requireInstanceType(setting: String, instanceType: String): Unit =
    demand(
      instanceType.matches(InstanceType),
      s"$setting is '$instanceType': expected an instance type of SageMaker, such as ml.m5.xlarge"
    )

  def requireCount(setting: String, count: Int): Unit =
    demand(count >= 1, s"$setting is $count: expected at least 1")

  def requireImage(setting: String, image: String): Unit =
    demand(
      image.nonEmpty && image.length <= MaxImage && !image.exists(_.isWhitespace),
      s"$setting is '$image': expected the name of a container image of at most $MaxImage characters"
    )

  def requireOneOf(setting: String, value: String, allowed: String*): Unit =
    demand(allowed.contains(value), s"$setting is '$value': expected one of ${allowed.mkString(", ")}")

  /** Checks what doesn't need the data. */
  def validate(settings: TrainingSettings, image: String, compressionCodec: Option[String]): Unit = {
    requireImage("trainingImage", image)
    settings.instanceType.foreach(requireInstanceType("trainingInstanceType", _))
    settings.instanceCount.foreach(requireCount("trainingInstanceCount", _))
    demand(
      settings.volumeSizeInGB >= 1 && settings.volumeSizeInGB <= MaxVolumeGB,
      s"trainingInstanceVolumeSizeInGB is ${settings.volumeSizeInGB}: expected 1 to $MaxVolumeGB"
    )
    demand(
      settings.maxRuntimeInSeconds >= 1 && settings.maxRuntimeInSeconds <= MaxRuntimeSeconds,
      s"trainingMaxRuntimeInSeconds is ${settings.maxRuntimeInSeconds}: expected 1 to $MaxRuntimeSeconds"
    )
    demand(
      settings.channelName.matches("[A-Za-z0-9.\\-_]{1,64}"),
      s"trainingChannelName is '${settings.channelName}': expected 1 to 64 letters, digits, dots, hyphens, underscores"
    )
    requireOneOf(
      "trainingS3DataDistribution",
      settings.s3DataDistribution,
      "ShardedByS3Key",
      "FullyReplicated"
    )
    requireOneOf("trainingInputMode", settings.inputMode, "File", "Pipe", "FastFile")
    compressionCodec.foreach(requireOneOf("trainingCompressionCodec", _, "Gzip"))
  }

  /** Checks hyper-parameters as the service does. */
  def validateHyperParameters(parameters: Map[String, String]): Unit = {
    demand(
      parameters.size <= MaxParameters,
      s"There are ${parameters.size} hyper-parameters: SageMaker takes at most $MaxParameters"
    )
    parameters.foreach { case (key, value) =>
      demand(
        key.nonEmpty && key.length <= MaxKey,
        s"The hyper-parameter's name '${key.take(40)}...' has ${key.length} characters: expected 1 to $MaxKey"
      )
      demand(
        value.length <= MaxValue,
        s"The value of hyper-parameter '$key' has ${value.length} characters: expected at most $MaxValue"
      )
    }
  }

  private def demand(holds: Boolean, sentence: => String): Unit =
    if (!holds) throw new IllegalArgumentException(sentence)
}
