package com.amazonaws.services.sagemaker.sparksdk.runs

import scala.collection.JavaConverters._

import com.amazonaws.services.sagemaker.sparksdk.S3DataPath
import com.amazonaws.services.sagemaker.sparksdk.aws.{AwsClients, AwsErrors}
import com.amazonaws.services.sagemaker.sparksdk.exceptions.{SageMakerSparkSDKException, StagingException}
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig
import com.amazonaws.services.sagemaker.sparksdk.staging.Staging
import org.apache.spark.internal.Logging
import software.amazon.awssdk.core.exception.SdkException
import software.amazon.awssdk.core.sync.RequestBody
import software.amazon.awssdk.services.s3.model._

/** The records of fits in S3. */
private[sparksdk] final class RunStore(s3: AwsClientConfig) extends Logging {

  /** Writes a fit's record. */
  def write(path: S3DataPath, record: RunRecord, kmsKeyId: Option[String]): Unit = {
    val key = RunRecord.key(path, record.runId)
    val request = PutObjectRequest.builder().bucket(path.bucket).key(key).contentType("application/json")
    kmsKeyId.foreach(id => request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(id))
    // A bucket with Object Lock takes nothing without a checksum.
    if (AwsClients.keepsChecksums(s3)) request.checksumAlgorithm(ChecksumAlgorithm.CRC32)
    try
      AwsClients.withS3(s3)(_.putObject(request.build(), RequestBody.fromString(RunRecord.toJson(record))))
    catch {
      case e: SdkException =>
        // The answer may have got lost on its way: then the record is there.
        remove(path, record.runId).foreach(left => logWarning(left))
        throw new StagingException(
          s"writing the run's record s3://${path.bucket}/$key failed: ${AwsErrors.describe(e)}. Nothing was staged.",
          e
        )
    }
  }

  /** Deletes a fit's record; what is left, with the reason. */
  def remove(path: S3DataPath, runId: String): Option[String] =
    Staging.deleteObjects(path.bucket, Seq(RunRecord.key(path, runId)), s3).headOption

  /** Deletes the record of a fit that failed, unless something of its data is left to be found by it. */
  def forget(path: S3DataPath, record: RunRecord): Unit =
    try {
      val left = Staging.left(path.bucket, record.keyPrefix(path), s3)
      if (left.objects.isEmpty && left.openUploads == 0)
        remove(path, record.runId).foreach(sentence => logWarning(sentence))
    } catch {
      case e: SdkException =>
        logWarning(s"The record of run ${record.runId} stays: ${AwsErrors.describe(e)}")
    }

  /** The record of a fit, if there is one.
    *
    * @throws SageMakerSparkSDKException when it can't be read
    */
  def read(path: S3DataPath, runId: String): Option[RunRecord] = {
    val key = RunRecord.key(path, runId)
    val uri = s"s3://${path.bucket}/$key"
    val text =
      try
        Some(
          AwsClients
            .withS3(s3)(_.getObjectAsBytes(GetObjectRequest.builder().bucket(path.bucket).key(key).build()))
            .asUtf8String()
        )
      catch {
        case e: SdkException if AwsErrors.isNotFound(e) => None
        case e: SdkException => throw AwsErrors.translated(s"The run's record $uri could not be read", e)
      }
    try text.map(RunRecord.fromJson(runId, _))
    catch {
      case e: IllegalArgumentException =>
        throw SageMakerSparkSDKException(
          s"The run's record $uri can't be used: ${e.getMessage}. What to do: use the version of the library that " +
            s"wrote it, or delete the object and what is tagged with the run in SageMaker by hand.",
          e
        )
    }
  }

  /** The ids of the fits that have a record below a path. */
  def runIds(path: S3DataPath): Seq[String] = {
    val folder = RunRecord.folder(path)
    val request = ListObjectsV2Request.builder().bucket(path.bucket).prefix(folder).build()
    AwsErrors.translate(s"The runs below s3://${path.bucket}/$folder could not be listed")(
      try
        AwsClients.withS3(s3)(
          _.listObjectsV2Paginator(request)
            .contents()
            .asScala
            .flatMap(o => RunRecord.runIdOf(path, o.key))
            .toList
        )
      catch { case e: S3Exception if AwsErrors.isNotFound(e) => Nil }
    )
  }
}
