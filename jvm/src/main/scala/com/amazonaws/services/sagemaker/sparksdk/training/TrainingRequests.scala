package com.amazonaws.services.sagemaker.sparksdk.training

import scala.collection.JavaConverters._

import com.amazonaws.services.sagemaker.sparksdk.staging.StagedData
import software.amazon.awssdk.services.sagemaker.model._

/** From a plan and the staged data to the request; no I/O. */
private[sparksdk] object TrainingRequests {

  def create(
      plan: TrainingPlan,
      data: StagedData,
      hyperParameters: Map[String, String],
      tags: Map[String, String]
  ): CreateTrainingJobRequest = {
    val settings = plan.settings
    val output = OutputDataConfig.builder().s3OutputPath(plan.output.toS3UriString)
    val resources = ResourceConfig
      .builder()
      .volumeSizeInGB(settings.volumeSizeInGB)
      .instanceType(settings.instanceType.orNull)
    settings.instanceCount.foreach(count => resources.instanceCount(count))
    settings.kmsKeyId.foreach { key =>
      output.kmsKeyId(key)
      resources.volumeKmsKeyId(key)
    }
    val request = CreateTrainingJobRequest
      .builder()
      .trainingJobName(plan.names.trainingJobName)
      .roleArn(plan.roleArn)
      .algorithmSpecification(
        AlgorithmSpecification
          .builder()
          .trainingImage(plan.image)
          .trainingInputMode(settings.inputMode)
          .build()
      )
      .hyperParameters(hyperParameters.asJava)
      .inputDataConfig(channel(plan, data))
      .outputDataConfig(output.build())
      .resourceConfig(resources.build())
      .stoppingCondition(
        StoppingCondition.builder().maxRuntimeInSeconds(settings.maxRuntimeInSeconds).build()
      )
    // To send none, in an empty list, may be taken for tagging.
    if (tags.nonEmpty)
      request.tags(tags.toSeq.sorted.map { case (k, v) => Tag.builder().key(k).value(v).build() }.asJava)
    request.build()
  }

  private def channel(plan: TrainingPlan, data: StagedData): Channel = {
    val source = S3DataSource.builder().s3DataDistributionType(plan.settings.s3DataDistribution)
    data.manifestKey match {
      case Some(key) => source.s3DataType(S3DataType.MANIFEST_FILE).s3Uri(s"s3://${data.bucket}/$key")
      case None => source.s3DataType(S3DataType.S3_PREFIX).s3Uri(s"s3://${data.bucket}/${data.keyPrefix}")
    }
    val channel = Channel
      .builder()
      .channelName(plan.settings.channelName)
      .dataSource(DataSource.builder().s3DataSource(source.build()).build())
      .inputMode(plan.settings.inputMode)
    plan.settings.contentType.foreach(channel.contentType)
    plan.compressionCodec.foreach(channel.compressionType)
    channel.build()
  }
}
