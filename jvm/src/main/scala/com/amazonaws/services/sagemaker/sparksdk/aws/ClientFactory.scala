package com.amazonaws.services.sagemaker.sparksdk.aws

import java.time.Duration

import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy
import software.amazon.awssdk.core.checksums.{RequestChecksumCalculation, ResponseChecksumValidation}
import software.amazon.awssdk.core.client.config.{ClientOverrideConfiguration, SdkAdvancedClientOption}
import software.amazon.awssdk.services.s3.{S3Client, S3Configuration}
import software.amazon.awssdk.services.sagemaker.SageMakerClient
import software.amazon.awssdk.services.sts.StsClient

import com.amazonaws.services.sagemaker.sparksdk.LibraryVersion
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig

/** Makes the SDK's clients from the recipe. Nothing here connects anywhere. */
private[aws] object ClientFactory {

  /** What the library calls itself to the service. */
  val UserAgent: String = s"sagemaker-pyspark-bridge/${LibraryVersion.current}"

  /** One for each request under way, which the tasks' settings bound: who waits for a connection is late. */
  private val DataConnections = Int.MaxValue
  private val ControlConnections = 16

  /** Control-plane answers are small, so one attempt is bounded as a whole. */
  private def bounded(config: AwsClientConfig): ClientOverrideConfiguration = overrides(config)
    .apiCallAttemptTimeout(Duration.ofMillis(config.requestTimeoutMillis.toLong))
    .build()

  def s3(config: AwsClientConfig, identity: Identity): S3Client = {
    val address = AwsService.S3.address(config, Identity.region(config))
    val builder = S3Client.builder()
    equip(builder, config, identity)
    builder
      .httpClientBuilder(whole(http(config, DataConnections, config.requestTimeoutMillis, address)))
      // An upload takes as long as its bytes take: only silence on the socket is bounded.
      .overrideConfiguration(overrides(config).build())
      // A checksum that the SDK adds to a part by itself is one that the upload's start and end don't name, and S3 may
      // refuse to complete it: requests that write name the algorithm, where S3 knows it.
      .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
    if (address.overridden)
      // Stores other than S3 rarely have a host name for each bucket, and may know neither the newer checksums nor
      // bodies whose pieces are signed one by one.
      builder
        .serviceConfiguration(S3Configuration.builder().chunkedEncodingEnabled(false).build())
        .forcePathStyle(true)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
    if (address.isLoopback) builder.putAuthScheme(LoopbackSigning)
    builder.build()
  }

  def sageMaker(config: AwsClientConfig, identity: Identity): SageMakerClient = {
    val address = AwsService.SageMaker.address(config, Identity.region(config))
    val builder = SageMakerClient.builder()
    equip(builder, config, identity)
    builder
      .httpClientBuilder(whole(http(config, ControlConnections, config.requestTimeoutMillis, address)))
      .overrideConfiguration(bounded(config))
      .build()
  }

  def sts(config: AwsClientConfig, identity: Identity): StsClient = {
    val address = AwsService.Sts.address(config, Identity.region(config))
    val builder = StsClient.builder()
    equip(builder, config, identity)
    builder
      .httpClientBuilder(whole(http(config, ControlConnections, config.requestTimeoutMillis, address)))
      .overrideConfiguration(bounded(config))
      .build()
  }

  def runtime(config: AwsClientConfig, identity: Identity, timeoutMillis: Int): RuntimeTransport = {
    val region = Identity.region(config)
    val address = AwsService.Runtime.address(config, region)
    new RuntimeTransport(
      http(config, DataConnections, timeoutMillis, address).build(),
      address,
      region.id,
      identity
    )
  }

  /** What makes a pooled HTTP client.
    *
    * @param connections the most connections that it opens
    * @param socketTimeoutMillis the longest silence on a connection, in milliseconds
    */
  private def http(
      config: AwsClientConfig,
      connections: Int,
      socketTimeoutMillis: Int,
      address: ServiceAddress
  ): PooledHttpClient.Maker = new PooledHttpClient.Maker(
    connections,
    config.connectTimeoutMillis,
    socketTimeoutMillis,
    // A proxy can't reach this machine's own services.
    useProxy = !address.isLoopback
  )

  private def whole(maker: PooledHttpClient.Maker): WholeAnswers.Builder = new WholeAnswers.Builder(maker)

  private def equip(builder: AwsClientBuilder[_, _], config: AwsClientConfig, identity: Identity): Unit = {
    builder.region(Identity.region(config))
    builder.credentialsProvider(identity.credentials)
    AwsService.explicitAddress(config).foreach(uri => builder.endpointOverride(uri))
  }

  private def overrides(config: AwsClientConfig): ClientOverrideConfiguration.Builder = {
    val builder = ClientOverrideConfiguration
      .builder()
      .retryStrategy(
        AwsRetryStrategy.standardRetryStrategy().toBuilder.maxAttempts(config.maxAttempts).build()
      )
      .putAdvancedOption(SdkAdvancedClientOption.USER_AGENT_SUFFIX, UserAgent)
    config.profile.foreach(name => builder.defaultProfileName(name))
    builder
  }
}
