package com.amazonaws.services.sagemaker.sparksdk.aws

import software.amazon.awssdk.auth.credentials._
import software.amazon.awssdk.core.exception.SdkClientException
import software.amazon.awssdk.regions.Region
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest
import software.amazon.awssdk.utils.SdkAutoCloseable

import com.amazonaws.services.sagemaker.sparksdk.exceptions.AwsConfigurationException
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig

/** Who calls, and in which region.
  *
  * @param credentials where the keys come from; they are asked for again when they expire
  * @param close releases what the credentials' source holds
  */
private[aws] final class Identity(val credentials: AwsCredentialsProvider, closing: () => Unit)
    extends AutoCloseable {
  override def close(): Unit = closing()
}

private[aws] object Identity {

  private val RoleSessionName = "sagemaker-spark"

  /** The region that the configuration leads to. */
  def region(config: AwsClientConfig): Region =
    Region.of(config.region.getOrElse(regionOfEnvironment(config)))

  private def regionOfEnvironment(config: AwsClientConfig): String = {
    val chain = DefaultAwsRegionProviderChain.builder()
    config.profile.foreach(name => chain.profileName(name))
    try chain.build().getRegion.id
    catch {
      case e: SdkClientException =>
        val profile = config.profile.fold("the default profile")(name => s"profile '$name'")
        throw new AwsConfigurationException(
          "No AWS region is configured: give region=\"...\" to the clients (SageMakerClients; of a save, the option " +
            s"region), set the environment variable AWS_REGION, or set region for $profile in ~/.aws/config. It is " +
            "needed with endpointUrl too.",
          e
        )
    }
  }

  /** The credentials that the configuration leads to. Nothing is asked of AWS before the first request. */
  def of(config: AwsClientConfig): Identity = {
    val own = ownCredentials(config)
    config.assumeRoleArn match {
      case Some(role) => assumed(role, config, own)
      case None => new Identity(own, () => closeIfCloseable(own))
    }
  }

  private def ownCredentials(config: AwsClientConfig): AwsCredentialsProvider =
    (config.keys, config.profile) match {
      case (Some(keys), _) =>
        StaticCredentialsProvider.create(
          keys.sessionToken match {
            case Some(token) => AwsSessionCredentials.create(keys.accessKeyId, keys.secretAccessKey, token)
            case None => AwsBasicCredentials.create(keys.accessKeyId, keys.secretAccessKey)
          }
        )
      case (None, Some(profile)) => ProfileCredentialsProvider.create(profile)
      case (None, None) => DefaultCredentialsProvider.builder().build()
    }

  private def assumed(role: String, config: AwsClientConfig, own: AwsCredentialsProvider): Identity = {
    // A service on this machine stands in for all of AWS: its keys must not be sent to the real STS.
    val local = AwsService.explicitAddress(config).exists(AwsService.isLoopback)
    val sts = ClientFactory.sts(
      config.copy(assumeRoleArn = None, endpointUrl = if (local) config.endpointUrl else None),
      new Identity(own, () => ())
    )
    val request = AssumeRoleRequest.builder().roleArn(role).roleSessionName(RoleSessionName)
    config.assumeRoleExternalId.foreach(id => request.externalId(id))
    val provider =
      StsAssumeRoleCredentialsProvider.builder().stsClient(sts).refreshRequest(request.build()).build()
    new Identity(
      provider,
      () => {
        provider.close()
        sts.close()
        closeIfCloseable(own)
      }
    )
  }

  private def closeIfCloseable(credentials: AwsCredentialsProvider): Unit = credentials match {
    case closeable: SdkAutoCloseable => closeable.close()
    case _ => ()
  }
}
