package com.amazonaws.services.sagemaker.sparksdk.aws

import java.net.{InetAddress, URI, URISyntaxException}
import java.util.function.Supplier

import software.amazon.awssdk.awscore.endpoint.AwsClientEndpointProvider
import software.amazon.awssdk.profiles.{ProfileFile, ProfileFileSystemSetting}
import software.amazon.awssdk.regions.Region

import com.amazonaws.services.sagemaker.sparksdk.exceptions.AwsConfigurationException
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig

/** A service's address, and whether it is another than the region's own.
  *
  * @param uri scheme, host and port
  * @param overridden whether the configuration, the environment or a profile names it
  */
private[aws] final case class ServiceAddress(uri: URI, overridden: Boolean) {

  /** Whether the service runs on this machine. */
  def isLoopback: Boolean = AwsService.isLoopback(uri)
}

/** How the SDKs' standard settings call one service.
  *
  * @param name the service's name in messages
  * @param environmentVariable the variable that names its address
  * @param systemProperty the system property that does
  * @param profileProperty its section in the shared configuration files
  * @param prefix the first labels of its host name
  */
private[aws] sealed abstract class AwsService(
    val name: String,
    environmentVariable: String,
    systemProperty: String,
    profileProperty: String,
    prefix: String
) {

  /** The address that this configuration leads to, by the rules of the AWS SDKs. */
  def address(config: AwsClientConfig, region: Region): ServiceAddress = {
    val builder = AwsClientEndpointProvider
      .builder()
      .serviceEndpointOverrideEnvironmentVariable(environmentVariable)
      .serviceEndpointOverrideSystemProperty(systemProperty)
      .serviceProfileProperty(profileProperty)
      .serviceEndpointPrefix(prefix)
      .defaultProtocol("https")
      .region(region)
      // Not looked for unless it is named, and then it must be there.
      .profileFile(AwsService.profiles)
      .profileName(config.profile.getOrElse(ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow))
    AwsService.explicitAddress(config).foreach(uri => builder.clientEndpointOverride(uri))
    val found = builder.build()
    ServiceAddress(found.clientEndpoint(), found.isEndpointOverridden)
  }
}

private[aws] object AwsService {

  case object S3 extends AwsService("S3", "AWS_ENDPOINT_URL_S3", "aws.endpointUrlS3", "s3", "s3")

  case object Sts extends AwsService("STS", "AWS_ENDPOINT_URL_STS", "aws.endpointUrlSts", "sts", "sts")

  case object SageMaker
      extends AwsService(
        "SageMaker",
        "AWS_ENDPOINT_URL_SAGEMAKER",
        "aws.endpointUrlSageMaker",
        "sagemaker",
        "api.sagemaker"
      )

  case object Runtime
      extends AwsService(
        "SageMaker Runtime",
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME",
        "aws.endpointUrlSageMakerRuntime",
        "sagemaker_runtime",
        "runtime.sagemaker"
      )

  private val profiles = new Supplier[ProfileFile] {
    override def get(): ProfileFile = ProfileFile.defaultProfileFile()
  }

  /** The address that the configuration itself names. */
  def explicitAddress(config: AwsClientConfig): Option[URI] = config.endpointUrl.map { url =>
    val uri =
      try new URI(url)
      catch { case e: URISyntaxException => throw malformed(url, e) }
    if (Option(uri.getScheme).exists(s => s == "http" || s == "https") && Option(uri.getHost).isDefined) uri
    else throw malformed(url, None.orNull)
  }

  def isLoopback(uri: URI): Boolean =
    Option(uri.getHost).exists { host =>
      val bare = host.stripPrefix("[").stripSuffix("]")
      bare == "localhost" || (isAddress(bare) && InetAddress.getByName(bare).isLoopbackAddress)
    }

  private def isAddress(host: String): Boolean =
    host.contains(':') || host.matches("\\d+\\.\\d+\\.\\d+\\.\\d+")

  private def malformed(url: String, cause: Throwable) = new AwsConfigurationException(
    s"endpointUrl '$url' is no address: expected something like http://127.0.0.1:9000 or https://host",
    cause
  )
}
