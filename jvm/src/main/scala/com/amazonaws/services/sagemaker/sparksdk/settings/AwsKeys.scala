package com.amazonaws.services.sagemaker.sparksdk.settings

/** A pair of access keys that the caller gave literally, as the local service needs them.
  *
  * They travel to the executors with the rest of a client's configuration, and are neither printed nor saved.
  *
  * @param accessKeyId the access key's id
  * @param secretAccessKey the secret half
  * @param sessionToken the token that temporary credentials carry
  */
final class AwsKeys(val accessKeyId: String, val secretAccessKey: String, val sessionToken: Option[String])
    extends Serializable {

  override def equals(other: Any): Boolean = other match {
    case that: AwsKeys =>
      accessKeyId == that.accessKeyId && secretAccessKey == that.secretAccessKey && sessionToken == that.sessionToken
    case _ => false
  }

  override def hashCode(): Int = (accessKeyId, secretAccessKey, sessionToken).hashCode()

  override def toString: String = "AwsKeys(hidden)"
}
