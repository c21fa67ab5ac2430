package com.amazonaws.services.sagemaker.sparksdk

/** A place in S3 for training data or for model artifacts. */
abstract class S3Resource extends Serializable

/** The bucket, and optionally a path in it, that a configuration key holds as an S3 URI or a bucket's name.
  *
  * @param configKey a key of Spark's, Spark SQL's or Hadoop's configuration, also looked up with `spark.` before it
  */
case class S3PathFromConfig(configKey: String = S3PathFromConfig.DefaultKey) extends S3Resource

object S3PathFromConfig {

  /** The key that is looked up when no other is given. */
  val DefaultKey: String = "com.amazonaws.services.sagemaker.sparksdk.s3-data-bucket"
}

/** The bucket `<account>-sagemaker-<region>` of the caller's account, created when it isn't there. */
case class S3AutoCreatePath() extends S3Resource

/** A bucket and a key or key prefix in it.
  *
  * @param bucket the bucket's name
  * @param objectPath the key, or the prefix of keys; may be empty
  */
case class S3DataPath(bucket: String, objectPath: String) extends S3Resource {

  /** The same as `s3://bucket/objectPath`. */
  def toS3UriString: String = s"s3://$bucket/$objectPath"
}

object S3DataPath {
  private val Uri = "(?i)s3[an]?://([^/]+)/?(.*)".r

  /** The bucket and path that an S3 URI names.
    *
    * @throws java.lang.IllegalArgumentException when the text is not an S3 URI
    */
  def fromS3URI(uriString: String): S3DataPath = uriString match {
    case Uri(bucket, path) => S3DataPath(bucket, path)
    case other =>
      throw new IllegalArgumentException(s"'$other' is not an S3 URI: expected s3://bucket/path")
  }
}
