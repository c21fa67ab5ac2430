package com.amazonaws.services.sagemaker.sparksdk.training

import com.amazonaws.services.sagemaker.sparksdk.{
  IAMRole,
  IAMRoleFromConfig,
  IAMRoleResource,
  S3AutoCreatePath,
  S3DataPath,
  S3PathFromConfig,
  S3Resource
}
import com.amazonaws.services.sagemaker.sparksdk.aws.{AwsClients, AwsErrors}
import com.amazonaws.services.sagemaker.sparksdk.exceptions.AwsConfigurationException
import com.amazonaws.services.sagemaker.sparksdk.retry.Poller
import com.amazonaws.services.sagemaker.sparksdk.settings.ClientSettings
import org.apache.spark.internal.Logging
import org.apache.spark.sql.SparkSession
import software.amazon.awssdk.services.s3.S3Client
import software.amazon.awssdk.services.s3.model.{
  BucketAlreadyOwnedByYouException,
  CreateBucketConfiguration,
  CreateBucketRequest,
  HeadBucketRequest,
  S3Exception
}

/** Looks up what settings only point at: a role or a path in the configuration, the account's own bucket. */
private[sparksdk] final class ResourceResolver(session: SparkSession, clients: ClientSettings)
    extends Logging {

  /** The region that training and hosting happen in. */
  lazy val region: String = AwsClients.region(clients.sagemaker)

  private lazy val account: String = AwsErrors.translate("The AWS account could not be found out by STS")(
    AwsClients.withSts(clients.sts)(_.getCallerIdentity().account)
  )

  /** The ARN of a role. */
  def role(resource: IAMRoleResource): String = resource match {
    case IAMRole(arn) => arn
    case IAMRoleFromConfig(key) =>
      configured(key).getOrElse(
        throw new AwsConfigurationException(
          s"There is no role: the configuration key '$key' is not set. Set it (spark-submit --conf 'spark.$key=arn:...'), " +
            "or give sagemakerRole = IAMRole(arn)."
        )
      )
    case other => unknown("IAMRoleResource", other)
  }

  /** The bucket and path that a resource stands for; the account's own bucket is created when it isn't there. */
  def s3(resource: S3Resource): S3DataPath = {
    val path = existingS3(resource)
    resource match {
      case S3AutoCreatePath() =>
        AwsClients.withS3(clients.s3)(createIfMissing(_, path.bucket, AwsClients.region(clients.s3)))
      case _ => ()
    }
    path
  }

  /** The bucket and path that a resource stands for, whether they exist or not. */
  def existingS3(resource: S3Resource): S3DataPath = resource match {
    case path: S3DataPath => path
    case S3PathFromConfig(key) =>
      configured(key)
        .map(value => if (value.contains("://")) S3DataPath.fromS3URI(value) else bucketAndPath(value))
        .getOrElse(
          throw new AwsConfigurationException(
            s"There is no S3 path: the configuration key '$key' is not set. Set it to s3://bucket/path " +
              s"(spark-submit --conf 'spark.$key=...'), or give an S3DataPath."
          )
        )
    case S3AutoCreatePath() => S3DataPath(s"$account-sagemaker-${AwsClients.region(clients.s3)}", "")
    case other => unknown("S3Resource", other)
  }

  /** Throws when a bucket isn't there or is in another region. One that may not be looked up is taken as it is. */
  def requireBucket(setting: String, path: S3DataPath): Unit =
    AwsClients.withS3(clients.s3)(head(_, path.bucket, None)) match {
      case None => ()
      case Some(e) if e.statusCode == 404 =>
        throw new AwsConfigurationException(
          s"$setting: the bucket '${path.bucket}' does not exist. Create it in region $region, or give another.",
          e
        )
      case Some(e) if isElsewhere(e) =>
        throw new AwsConfigurationException(
          s"$setting: the bucket '${path.bucket}' is not in the S3 client's region " +
            s"'${AwsClients.region(clients.s3)}': give an s3Client of the bucket's region.",
          e
        )
      case Some(e) if e.statusCode == 400 =>
        // An answer to HEAD has no body that would say why.
        throw new AwsConfigurationException(
          s"$setting: the bucket '${path.bucket}' may not be used: ${AwsErrors.describe(e)}. S3 answers so when the " +
            "credentials have expired, and when the bucket is in another region than the S3 client's, " +
            s"'${AwsClients.region(clients.s3)}': renew the credentials, or give an s3Client of the bucket's region.",
          e
        )
      case Some(e) if AwsErrors.isTransient(e) =>
        throw AwsErrors.translated(s"$setting: the bucket '${path.bucket}' could not be looked up", e)
      case Some(e) if e.statusCode == 403 =>
        // A policy may allow what is below a prefix only: the first object tells, before anything is paid for.
        logWarning(
          s"$setting: whether the bucket '${path.bucket}' exists can't be looked up: ${AwsErrors.describe(e)}. Allow " +
            "s3:ListBucket on the bucket to have it checked beforehand."
        )
      case Some(e) =>
        throw new AwsConfigurationException(
          s"$setting: the bucket '${path.bucket}' may not be used: ${AwsErrors.describe(e)}. The caller needs " +
            "s3:ListBucket on the bucket, and s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload below it.",
          e
        )
    }

  private def isElsewhere(e: S3Exception): Boolean = e.statusCode == 301 || e.statusCode == 307 || {
    val place = Option(e.awsErrorDetails).flatMap(details => Option(details.sdkHttpResponse))
    place.map(_.firstMatchingHeader("x-amz-bucket-region")).exists { region =>
      region.isPresent && region.get != AwsClients.region(clients.s3)
    }
  }

  /** Creates the account's own bucket. Its name can be guessed: whoever else has it must not get the data. */
  private def createIfMissing(client: S3Client, bucket: String, s3Region: String): Unit = {
    val found = head(client, bucket, Some(account))
    found.filter(_.statusCode == 403).foreach { e =>
      throw new AwsConfigurationException(
        s"The bucket '$bucket' for training data may not be used, or is another account's than the caller's ($account): " +
          s"${AwsErrors.describe(e)}. Allow the caller s3:ListBucket on it, or give an S3DataPath in another bucket.",
        e
      )
    }
    if (found.exists(_.statusCode == 404)) {
      val request = CreateBucketRequest.builder().bucket(bucket)
      if (s3Region != ResourceResolver.RegionWithoutConstraint) {
        request.createBucketConfiguration(
          CreateBucketConfiguration.builder().locationConstraint(s3Region).build()
        )
      }
      AwsErrors.translate(s"The bucket '$bucket' for training data could not be created")(
        try client.createBucket(request.build())
        // By another fit, meanwhile, which S3 may still be busy with.
        catch {
          case _: BucketAlreadyOwnedByYouException => ()
          case e: S3Exception if AwsErrors.code(e).contains(ResourceResolver.Conflict) =>
            val there = Poller().until(ResourceResolver.ConflictMillis, ResourceResolver.PollMillis) {
              if (head(client, bucket, Some(account)).isEmpty) Some(()) else None
            }
            if (there.isEmpty) throw e
        }
      )
    }
  }

  /** What S3 answers but success. With an owner, 403 is also the answer for somebody else's bucket. */
  private def head(client: S3Client, bucket: String, owner: Option[String]): Option[S3Exception] =
    AwsErrors.translate(s"The bucket '$bucket' could not be looked up")(
      try {
        val request = HeadBucketRequest.builder().bucket(bucket)
        owner.foreach(request.expectedBucketOwner)
        client.headBucket(request.build())
        None
      } catch { case e: S3Exception => Some(e) }
    )

  private def configured(key: String): Option[String] = {
    val keys = Seq(key, s"spark.$key")
    val hadoop = session.sparkContext.hadoopConfiguration
    val spark = session.sparkContext.getConf
    keys
      .flatMap(k => session.conf.getOption(k))
      .headOption
      .orElse(keys.flatMap(k => spark.getOption(k)).headOption)
      .orElse(keys.flatMap(k => Option(hadoop.get(k))).headOption)
      .map(_.trim)
      .filter(_.nonEmpty)
  }

  private def bucketAndPath(text: String): S3DataPath = text.split("/", 2) match {
    case Array(bucket, path) => S3DataPath(bucket, path)
    case _ => S3DataPath(text, "")
  }

  private def unknown(kind: String, resource: AnyRef): Nothing = throw new IllegalArgumentException(
    s"A ${resource.getClass.getName} can't be looked up: give one of the classes of $kind that this library has."
  )
}

private[sparksdk] object ResourceResolver {

  /** S3 refuses this region's own name as a location constraint. */
  val RegionWithoutConstraint: String = "us-east-1"

  /** What S3 answers to one of two who change a bucket at once. */
  private val Conflict = "OperationAborted"
  private val ConflictMillis = 30000L
  private val PollMillis = 500L
}
