package com.amazonaws.services.sagemaker.sparksdk.aws

import java.util.concurrent.CompletableFuture

import software.amazon.awssdk.http.SdkHttpRequest
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner
import software.amazon.awssdk.http.auth.spi.signer._
import software.amazon.awssdk.identity.spi.{AwsCredentialsIdentity, IdentityProvider, IdentityProviders}

/** Signs requests to an S3 on this machine as the SDK signs them over https: the head, and not the body.
  *
  * Over http the SDK hashes each body, so that nobody on the way can exchange it. Nobody is on the way to a loopback
  * address, and the hash takes about as long as everything else that staging does.
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
      val signed = sdkSigner.sign(over("https", request))
      signed.toBuilder.request(withProtocol(plain.protocol, signed.request)).build()
    }

    override def signAsync(
        request: AsyncSignRequest[_ <: AwsCredentialsIdentity]
    ): CompletableFuture[AsyncSignedRequest] = sdkSigner.signAsync(request)
  }

  private def over[T <: AwsCredentialsIdentity](protocol: String, request: SignRequest[T]): SignRequest[T] =
    request.toBuilder.request(withProtocol(protocol, request.request)).build()

  /** The same request, to the same port. */
  private def withProtocol(protocol: String, request: SdkHttpRequest): SdkHttpRequest =
    request.toBuilder.protocol(protocol).port(request.port).build()
}
