package com.amazonaws.services.sagemaker.sparksdk.aws

import software.amazon.awssdk.services.s3.S3Client
import software.amazon.awssdk.services.sagemaker.SageMakerClient
import software.amazon.awssdk.services.sts.StsClient

import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig

/** The clients of this JVM (the driver's or an executor's): one for each configuration, shared and counted.
  *
  * Every method throws an AwsConfigurationException when no region is configured or an address is malformed.
  */
object AwsClients {

  /** How long a client without user is kept: tasks of one stage follow each other within this. */
  private val GraceMillis = 10000L

  private val s3Clients = new LeaseCache[AwsClientConfig, Owned[S3Client]](GraceMillis)
  private val sageMakerClients = new LeaseCache[AwsClientConfig, Owned[SageMakerClient]](GraceMillis)
  private val stsClients = new LeaseCache[AwsClientConfig, Owned[StsClient]](GraceMillis)
  private val transports = new LeaseCache[(AwsClientConfig, Int), RuntimeTransport](GraceMillis)

  /** The S3 client of this configuration. */
  def leaseS3(config: AwsClientConfig): Lease[S3Client] = lease(s3Clients, config)(ClientFactory.s3)

  /** The SageMaker control-plane client of this configuration. */
  def leaseSageMaker(config: AwsClientConfig): Lease[SageMakerClient] =
    lease(sageMakerClients, config)(ClientFactory.sageMaker)

  /** The STS client of this configuration. */
  def leaseSts(config: AwsClientConfig): Lease[StsClient] = lease(stsClients, config)(ClientFactory.sts)

  /** The way to SageMaker endpoints of this configuration; it retries nothing.
    *
    * @param timeoutMillis the longest silence on a connection, in milliseconds
    */
  def leaseRuntime(config: AwsClientConfig, timeoutMillis: Int): Lease[RuntimeTransport] =
    transports.lease((config, timeoutMillis)) {
      val identity = Identity.of(config)
      try ClientFactory.runtime(config, identity, timeoutMillis)
      catch {
        case e: Throwable =>
          identity.close()
          throw e
      }
    }

  /** Runs `use` with the S3 client of this configuration. */
  def withS3[T](config: AwsClientConfig)(use: S3Client => T): T = using(leaseS3(config))(use)

  /** Runs `use` with the SageMaker control-plane client of this configuration. */
  def withSageMaker[T](config: AwsClientConfig)(use: SageMakerClient => T): T =
    using(leaseSageMaker(config))(use)

  /** Runs `use` with the STS client of this configuration. */
  def withSts[T](config: AwsClientConfig)(use: StsClient => T): T = using(leaseSts(config))(use)

  /** Whether the S3 of this configuration keeps checksums of what is written: AWS's own does, and a store at another
    * address may not know them.
    */
  def keepsChecksums(config: AwsClientConfig): Boolean =
    !AwsService.S3.address(config, Identity.region(config)).overridden

  /** The code of the region that this configuration leads to, such as `eu-central-1`. */
  def region(config: AwsClientConfig): String = Identity.region(config).id

  /** The leases that are open in this JVM. */
  def openLeases: Int =
    s3Clients.openLeases + sageMakerClients.openLeases + stsClients.openLeases + transports.openLeases

  /** A client with the identity that was made for it. */
  private final class Owned[C <: AutoCloseable](val client: C, identity: Identity) extends AutoCloseable {
    override def close(): Unit =
      try client.close()
      finally identity.close()
  }

  private def lease[C <: AutoCloseable](
      cache: LeaseCache[AwsClientConfig, Owned[C]],
      config: AwsClientConfig
  )(make: (AwsClientConfig, Identity) => C): Lease[C] = {
    val owned = cache.lease(config) {
      val identity = Identity.of(config)
      try new Owned(make(config, identity), identity)
      catch {
        case e: Throwable =>
          identity.close()
          throw e
      }
    }
    new Lease[C] {
      override def client: C = owned.client.client
      override def close(): Unit = owned.close()
    }
  }

  private def using[C, T](lease: Lease[C])(use: C => T): T =
    try use(lease.client)
    finally lease.close()
}
