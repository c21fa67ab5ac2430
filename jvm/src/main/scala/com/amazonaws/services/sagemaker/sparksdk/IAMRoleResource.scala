package com.amazonaws.services.sagemaker.sparksdk

/** Where the role comes from that SageMaker assumes for training and hosting. */
abstract class IAMRoleResource extends Serializable

/** A role given by its ARN.
  *
  * @param role the ARN, `arn:aws:iam::<account>:role/<name>`
  */
case class IAMRole(role: String) extends IAMRoleResource

/** A role whose ARN is a value of the configuration: of Spark's, Spark SQL's or Hadoop's, under the key itself or
  * under `spark.` and the key (spark-submit drops keys without that prefix).
  *
  * @param configKey the key
  */
case class IAMRoleFromConfig(configKey: String = IAMRoleFromConfig.DefaultKey) extends IAMRoleResource

object IAMRoleFromConfig {

  /** The key that is looked up when no other is given. */
  val DefaultKey: String = "com.amazonaws.services.sagemaker.sparksdk.sagemakerrole"
}
