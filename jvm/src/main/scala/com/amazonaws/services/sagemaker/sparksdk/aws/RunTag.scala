package com.amazonaws.services.sagemaker.sparksdk.aws

import org.slf4j.LoggerFactory
import software.amazon.awssdk.core.exception.SdkException

/** The tag by which the parts of one fit are found again. */
private[sparksdk] object RunTag {

  /** Its key; the value is the fit's id. */
  val Key: String = "sagemaker-spark-run"

  private val Permission = "sagemaker:AddTags"
  private val logger = LoggerFactory.getLogger("com.amazonaws.services.sagemaker.sparksdk.aws.RunTag")

  /** Creates something with tags. A caller who may create it and may not tag it gets it without the fit's tag; tags of
    * the user's own are never left out.
    *
    * @param what what is created, such as "training job 'x'"
    * @param create makes the request with the tags that it is given
    */
  def orWithout(what: String, tags: Map[String, String])(create: Map[String, String] => Any): Unit =
    try {
      create(tags)
      ()
    } catch {
      case e: SdkException if tags.keySet == Set(Key) && isDenied(e) =>
        logger.warn(
          s"The $what is created without the tag $Key, by which list_runs() and remove_run() find what a fit created " +
            s"(a training job also by what it reads): the caller lacks the permission $Permission. " +
            AwsErrors.describe(e)
        )
        create(Map.empty)
        ()
    }

  private def isDenied(e: SdkException): Boolean =
    AwsErrors.isAccessDenied(e) && AwsErrors.describe(e).contains(Permission)
}
