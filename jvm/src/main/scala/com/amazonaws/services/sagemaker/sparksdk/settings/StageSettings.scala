package com.amazonaws.services.sagemaker.sparksdk.settings

import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  RequestRowSerializer,
  ResponseRowDeserializer
}

/** A part of a stage's settings that estimators and models share: where it stands in each whole. */
private[sparksdk] final class Part[S, P](val get: S => P, val put: (S, P) => S) extends Serializable {

  /** A setting of the part as a setting of the whole. */
  def setting[A](name: String, codec: JsonCodec[A], read: P => A)(write: (P, A) => P): Setting[S, A] =
    new Setting[S, A](name, codec, s => read(get(s)))((s, value) => put(s, write(get(s), value)))
}

/** The settings of estimators and of models by their published names. This table is what Python's keywords,
  * saved stages and
  * property look-ups go through: a new setting is one more row.
  */
private[sparksdk] object StageSettings {
  import JsonCodec.{boolean, int, long, option, string, stringList, stringMap}

  private val text = option(string)
  private val number = option(int)
  private val serializer = option(ValueCodecs.transformation(classOf[RequestRowSerializer]))
  private val deserializer = option(ValueCodecs.transformation(classOf[ResponseRowDeserializer]))

  private def hosting[S](part: Part[S, HostingSettings]): Seq[Setting[S, _]] = Seq(
    part.setting("modelImage", text, _.image)((p, v) => p.copy(image = v)),
    part.setting("endpointInstanceType", text, _.instanceType)((p, v) => p.copy(instanceType = v)),
    part.setting("endpointInitialInstanceCount", number, _.instanceCount)((p, v) =>
      p.copy(instanceCount = v)
    ),
    part.setting("modelEnvironmentVariables", stringMap, _.environment)((p, v) => p.copy(environment = v)),
    part.setting("endpointCreationPolicy", ValueCodecs.endpointCreationPolicy, _.policy)((p, v) =>
      p.copy(policy = v)
    ),
    part.setting("endpointCreationTimeoutSeconds", int, _.creationTimeoutSeconds)((p, v) =>
      p.copy(creationTimeoutSeconds = v)
    ),
    part.setting("endpointPollIntervalMillis", int, _.pollIntervalMillis)((p, v) =>
      p.copy(pollIntervalMillis = v)
    )
  )

  private def transform[S](prependName: String, part: Part[S, TransformSettings]): Seq[Setting[S, _]] = {
    val limits =
      new Part[S, InferenceSettings](
        s => part.get(s).limits,
        (s, v) => part.put(s, part.get(s).copy(limits = v))
      )
    Seq(
      part.setting("requestRowSerializer", serializer, _.serializer)((p, v) => p.copy(serializer = v)),
      part.setting("responseRowDeserializer", deserializer, _.deserializer)((p, v) =>
        p.copy(deserializer = v)
      ),
      part.setting(prependName, boolean, _.prependInputRows)((p, v) => p.copy(prependInputRows = v)),
      limits.setting("maxInFlight", int, _.maxInFlight)((p, v) => p.copy(maxInFlight = v)),
      limits.setting("maxPayloadBytes", int, _.maxPayloadBytes)((p, v) => p.copy(maxPayloadBytes = v)),
      limits.setting("maxRowsPerRequest", int, _.maxRowsPerRequest)((p, v) => p.copy(maxRowsPerRequest = v)),
      limits.setting("invokeTimeoutMillis", int, _.invokeTimeoutMillis)((p, v) =>
        p.copy(invokeTimeoutMillis = v)
      ),
      limits.setting("invokeAttempts", int, _.invokeAttempts)((p, v) => p.copy(invokeAttempts = v)),
      limits.setting("throttleBudgetMillis", long, _.throttleBudgetMillis)((p, v) =>
        p.copy(throttleBudgetMillis = v)
      ),
      limits.setting("targetVariant", text, _.targetVariant)((p, v) => p.copy(targetVariant = v)),
      limits.setting("targetModel", text, _.targetModel)((p, v) => p.copy(targetModel = v)),
      limits.setting("inferenceComponent", text, _.inferenceComponent)((p, v) =>
        p.copy(inferenceComponent = v)
      ),
      limits.setting("customAttributes", text, _.customAttributes)((p, v) => p.copy(customAttributes = v))
    )
  }

  private val training: Seq[Setting[SageMakerSettings, _]] = {
    val part = new Part[SageMakerSettings, TrainingSettings](_.training, (s, v) => s.copy(training = v))
    Seq(
      part.setting("trainingImage", text, _.image)((p, v) => p.copy(image = v)),
      part.setting("sagemakerRole", ValueCodecs.iamRole, _.role)((p, v) => p.copy(role = v)),
      part.setting("trainingInstanceType", text, _.instanceType)((p, v) => p.copy(instanceType = v)),
      part.setting("trainingInstanceCount", number, _.instanceCount)((p, v) => p.copy(instanceCount = v)),
      part.setting("trainingInstanceVolumeSizeInGB", int, _.volumeSizeInGB)((p, v) =>
        p.copy(volumeSizeInGB = v)
      ),
      part.setting("trainingChannelName", string, _.channelName)((p, v) => p.copy(channelName = v)),
      part.setting("trainingContentType", text, _.contentType)((p, v) => p.copy(contentType = v)),
      part.setting("trainingS3DataDistribution", string, _.s3DataDistribution)((p, v) =>
        p.copy(s3DataDistribution = v)
      ),
      part.setting("trainingInputMode", string, _.inputMode)((p, v) => p.copy(inputMode = v)),
      part.setting("trainingMaxRuntimeInSeconds", int, _.maxRuntimeInSeconds)((p, v) =>
        p.copy(maxRuntimeInSeconds = v)
      ),
      part.setting("trainingKmsKeyId", text, _.kmsKeyId)((p, v) => p.copy(kmsKeyId = v)),
      part.setting("trainingOutputS3DataPath", ValueCodecs.s3Resource, _.outputPath)((p, v) =>
        p.copy(outputPath = v)
      ),
      part.setting("namePolicyFactory", ValueCodecs.namePolicyFactory, _.namePolicyFactory)((p, v) =>
        p.copy(namePolicyFactory = v)
      ),
      part.setting("hyperParameters", stringMap, _.hyperParameters)((p, v) => p.copy(hyperParameters = v)),
      part.setting("tags", stringMap, _.tags)((p, v) => p.copy(tags = v)),
      part.setting("trainingPollIntervalMillis", int, _.pollIntervalMillis)((p, v) =>
        p.copy(pollIntervalMillis = v)
      )
    )
  }

  private val staging: Seq[Setting[SageMakerSettings, _]] = {
    val part = new Part[SageMakerSettings, StagingSettings](_.staging, (s, v) => s.copy(staging = v))
    Seq(
      part.setting("trainingInputS3DataPath", ValueCodecs.s3Resource, _.inputPath)((p, v) =>
        p.copy(inputPath = v)
      ),
      part.setting("trainingProjectedColumns", option(stringList), _.projectedColumns)((p, v) =>
        p.copy(projectedColumns = v)
      ),
      part.setting("trainingSparkDataFormat", string, _.sparkDataFormat)((p, v) =>
        p.copy(sparkDataFormat = v)
      ),
      part.setting("trainingSparkDataFormatOptions", stringMap, _.sparkDataFormatOptions)((p, v) =>
        p.copy(sparkDataFormatOptions = v)
      ),
      part.setting("trainingCompressionCodec", text, _.compressionCodec)((p, v) =>
        p.copy(compressionCodec = v)
      ),
      part.setting("deleteStagingDataAfterTraining", boolean, _.deleteAfterTraining)((p, v) =>
        p.copy(deleteAfterTraining = v)
      ),
      part.setting("stagingObjectBytes", long, _.objectBytes)((p, v) => p.copy(objectBytes = v))
    )
  }

  private val clients: Seq[Setting[SageMakerSettings, _]] = {
    val part = new Part[SageMakerSettings, ClientSettings](_.clients, (s, v) => s.copy(clients = v))
    Seq(
      part.setting("sagemakerClient", ClientConfigCodec.codec, _.sagemaker)((p, v) => p.copy(sagemaker = v)),
      part.setting("s3Client", ClientConfigCodec.codec, _.s3)((p, v) => p.copy(s3 = v)),
      part.setting("stsClient", ClientConfigCodec.codec, _.sts)((p, v) => p.copy(sts = v))
    )
  }

  /** The settings of an estimator. */
  val estimator: SettingTable[SageMakerSettings] = new SettingTable(
    () => SageMakerSettings(),
    training ++ staging ++ clients ++
      hosting(new Part[SageMakerSettings, HostingSettings](_.hosting, (s, v) => s.copy(hosting = v))) ++
      transform(
        "modelPrependInputRowsToTransformationRows",
        new Part[SageMakerSettings, TransformSettings](_.transform, (s, v) => s.copy(transform = v))
      ) :+
      new Setting[SageMakerSettings, Option[String]]("region", text, _.region)((s, v) =>
        s.copy(region = v)
      ) :+
      new Setting[SageMakerSettings, Option[String]]("algorithmVersion", text, _.algorithmVersion)((s, v) =>
        s.copy(algorithmVersion = v)
      )
  )

  private val modelOnly: Seq[Setting[ModelSettings, _]] = {
    val part = new Part[ModelSettings, ModelSettings](identity, (_, v) => v)
    Seq(
      part.setting("sagemakerClient", ClientConfigCodec.codec, _.sagemakerClient)((p, v) =>
        p.copy(sagemakerClient = v)
      ),
      part.setting("existingEndpointName", text, _.existingEndpointName)((p, v) =>
        p.copy(existingEndpointName = v)
      ),
      part.setting("modelPath", option(ValueCodecs.s3DataPath), _.modelPath)((p, v) => p.copy(modelPath = v)),
      part.setting("modelExecutionRoleARN", text, _.executionRoleARN)((p, v) => p.copy(executionRoleARN = v)),
      part.setting("namePolicy", ValueCodecs.namePolicy, _.namePolicy)((p, v) => p.copy(namePolicy = v)),
      part.setting("tags", stringMap, _.tags)((p, v) => p.copy(tags = v)),
      part.setting("trainingJobName", text, _.trainingJobName)((p, v) => p.copy(trainingJobName = v)),
      part.setting("hyperParameters", stringMap, _.hyperParameters)((p, v) => p.copy(hyperParameters = v)),
      part.setting("createdResources", ValueCodecs.createdResources, _.createdResources)((p, v) =>
        p.copy(createdResources = v)
      )
    )
  }

  /** The settings of a model. */
  val model: SettingTable[ModelSettings] = new SettingTable(
    () => ModelSettings(),
    modelOnly ++
      hosting(new Part[ModelSettings, HostingSettings](_.hosting, (s, v) => s.copy(hosting = v))) ++
      transform(
        "prependResultRows",
        new Part[ModelSettings, TransformSettings](_.transform, (s, v) => s.copy(transform = v))
      )
  )
}
