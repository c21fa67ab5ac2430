package com.amazonaws.services.sagemaker.sparksdk.aws

import java.util.concurrent.CompletableFuture

import software.amazon.awssdk.http.SdkHttpRequest
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner
import software.amazon.awssdk.http.auth.spi.signer._
import software.amazon.awssdk.identity.spi.{AwsCredentialsIdentity, IdentityProvider, IdentityProviders}
import software.amazon.awssdk.utils.http.SdkHttpUtils

/** Signs requests to an S3 on this machine as the SDK signs them over https: the head, and not the body.
  *
  * Over http the SDK hashes each body, so that nobody on the way can exchange it. What is sent to a loopback address
  * leaves the machine only if the user forwards it, and the hash takes about as long as everything else that staging
  * does.
  */
private[aws] object LoopbackSigning extends AwsV4AuthScheme {
  private val sdk = AwsV4AuthScheme.create()

  override def schemeId: String = sdk.schemeId

  override def identityProvider(providers: IdentityProviders): IdentityProvider[AwsCredentialsIdentity] =
    sdk.identityProvider(providers)

  override val signer: AwsV4HttpSigner = new AwsV4HttpSigner {
    private val sdkSigner = sdk.signer

    override def sign(request: SignRequest[_ <: AwsCredentialsIdentity]): SignedRequest = {
      val plain = request.request
      val signed = sdkSigner.sign(asHttps(request))
      signed.toBuilder.request(withProtocol(plain.protocol, signed.request)).build()
    }

    override def signAsync(
        request: AsyncSignRequest[_ <: AwsCredentialsIdentity]
    ): CompletableFuture[AsyncSignedRequest] = sdkSigner.signAsync(request)
  }

  private def asHttps[T <: AwsCredentialsIdentity](request: SignRequest[T]): SignRequest[T] = {
    val plain = request.request
    val https = withProtocol("https", plain).toBuilder.putHeader("Host", host(plain)).build()
    request.toBuilder.request(https).build()
  }

  /** The header that belongs to the request as it is sent: which port it leaves out follows from the protocol. */
  private def host(request: SdkHttpRequest): String =
    if (SdkHttpUtils.isUsingStandardPort(request.protocol, request.port)) request.host
    else s"${request.host}:${request.port}"

  /** The same request, to the same port. */
  private def withProtocol(protocol: String, request: SdkHttpRequest): SdkHttpRequest =
    request.toBuilder.protocol(protocol).port(request.port).build()
}
