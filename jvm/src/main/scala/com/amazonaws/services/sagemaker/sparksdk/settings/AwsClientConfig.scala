package com.amazonaws.services.sagemaker.sparksdk.settings

/** How to reach one AWS service: the recipe from which the driver and every executor build their clients.
  *
  * What is `None` is found as the AWS SDK for Java v2 finds it: system properties, the `AWS_*` environment variables,
  * the shared configuration files, the instance's metadata.
  *
  * @param region the region's code, such as `eu-central-1`
  * @param profile the profile of the shared configuration files
  * @param assumeRoleArn the role to assume, by STS, with the credentials found
  * @param assumeRoleExternalId the external id that the role's owner asks for
  * @param endpointUrl the service's address, when it isn't the region's own
  * @param maxAttempts how often a control-plane or S3 request is tried in all, at least 1
  * @param connectTimeoutMillis how long to wait for a connection, in milliseconds
  * @param requestTimeoutMillis how long to wait for the whole of one answer, in milliseconds; of S3, how long nothing
  *   may come or go
  * @param keys access keys given literally; never printed, never saved
  */
final case class AwsClientConfig(
    region: Option[String] = None,
    profile: Option[String] = None,
    assumeRoleArn: Option[String] = None,
    assumeRoleExternalId: Option[String] = None,
    endpointUrl: Option[String] = None,
    maxAttempts: Int = 5,
    connectTimeoutMillis: Int = 10000,
    requestTimeoutMillis: Int = 120000,
    keys: Option[AwsKeys] = None
) {
  require(maxAttempts >= 1, s"maxAttempts is $maxAttempts: give at least 1")
  require(connectTimeoutMillis >= 1, s"connectTimeoutMillis is $connectTimeoutMillis: give at least 1 ms")
  require(requestTimeoutMillis >= 1, s"requestTimeoutMillis is $requestTimeoutMillis: give at least 1 ms")
}
