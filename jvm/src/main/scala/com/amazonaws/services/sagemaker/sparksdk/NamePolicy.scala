package com.amazonaws.services.sagemaker.sparksdk

import java.time.{Instant, ZoneOffset}
import java.time.format.DateTimeFormatter
import java.util.UUID

/** The names of the four things that one fit creates. */
abstract class NamePolicy extends Serializable {
  def trainingJobName: String
  def modelName: String
  def endpointConfigName: String
  def endpointName: String
}

/** Names made of a prefix, the kind of the thing, a random id (`uid`) and the time, so that they don't collide.
  *
  * @param prefix what every name begins with; at most 12 characters, or names exceed SageMaker's 63
  */
case class RandomNamePolicy(prefix: String = "") extends NamePolicy {
  val uid: String = NamePolicy.randomId()
  private val suffix = s"$uid-${NamePolicy.timestamp()}"
  override val trainingJobName: String = s"${prefix}trainingJob-$suffix"
  override val modelName: String = s"${prefix}model-$suffix"
  override val endpointConfigName: String = s"${prefix}endpointConfig-$suffix"
  override val endpointName: String = s"${prefix}endpoint-$suffix"
}

/** Four names, as given. */
case class CustomNamePolicy(
    override val trainingJobName: String,
    override val modelName: String,
    override val endpointConfigName: String,
    override val endpointName: String
) extends NamePolicy

/** Four names, each followed by the time. */
case class CustomNamePolicyWithTimeStampSuffix(
    _trainingJobName: String,
    _modelName: String,
    _endpointConfigName: String,
    _endpointName: String
) extends NamePolicy {
  private val time = NamePolicy.timestamp()
  override val trainingJobName: String = s"${_trainingJobName}-$time"
  override val modelName: String = s"${_modelName}-$time"
  override val endpointConfigName: String = s"${_endpointConfigName}-$time"
  override val endpointName: String = s"${_endpointName}-$time"
}

/** Makes the names of one fit after the other. */
abstract class NamePolicyFactory extends Serializable {

  /** Names for one more fit. */
  def createNamePolicy: NamePolicy
}

/** Makes [[RandomNamePolicy]]s. */
class RandomNamePolicyFactory(val prefix: String = "") extends NamePolicyFactory {
  override def createNamePolicy: NamePolicy = RandomNamePolicy(prefix)
}

/** Makes [[CustomNamePolicy]]s, the same names each time: a second fit collides with the first. */
class CustomNamePolicyFactory(
    val trainingJobName: String,
    val modelName: String,
    val endpointConfigName: String,
    val endpointName: String
) extends NamePolicyFactory {
  override def createNamePolicy: NamePolicy =
    CustomNamePolicy(trainingJobName, modelName, endpointConfigName, endpointName)
}

/** Makes [[CustomNamePolicyWithTimeStampSuffix]]es. */
class CustomNamePolicyWithTimeStampSuffixFactory(
    val trainingJobName: String,
    val modelName: String,
    val endpointConfigName: String,
    val endpointName: String
) extends NamePolicyFactory {
  override def createNamePolicy: NamePolicy =
    CustomNamePolicyWithTimeStampSuffix(trainingJobName, modelName, endpointConfigName, endpointName)
}

object NamePolicy {
  private val Pattern = "[a-zA-Z0-9](-*[a-zA-Z0-9])*".r
  private val Time = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss-SSS").withZone(ZoneOffset.UTC)

  /** The most characters that SageMaker takes in a name. */
  private[sparksdk] val MaxLength = 63

  /** The present time, in the characters that SageMaker allows in names. */
  private[sparksdk] def timestamp(): String = Time.format(Instant.now())

  private[sparksdk] def randomId(): String = UUID.randomUUID().toString.replace("-", "").take(12)

  /** Throws an IllegalArgumentException when a name would be refused by SageMaker.
    *
    * @param remedy what to do then
    */
  private[sparksdk] def requireValid(
      kind: String,
      name: String,
      remedy: String = "Give another name policy."
  ): Unit =
    // Hyphens count too: the service bounds the length apart from the pattern.
    if (name.length > MaxLength || !Pattern.pattern.matcher(name).matches()) {
      throw new IllegalArgumentException(
        s"The $kind name '$name' (${name.length} characters) is not one that SageMaker takes: expected 1 to $MaxLength " +
          s"letters, digits and hyphens, not beginning or ending with a hyphen. $remedy"
      )
    }

  /** Other names by the same rule, so that what is created doesn't meet what is still being deleted. */
  private[sparksdk] def renewed(names: NamePolicy): NamePolicy = names match {
    case RandomNamePolicy(prefix) => RandomNamePolicy(prefix)
    case CustomNamePolicyWithTimeStampSuffix(job, model, config, endpoint) =>
      CustomNamePolicyWithTimeStampSuffix(job, model, config, endpoint)
    case fixed => fixed
  }

  /** Checks the four names. */
  private[sparksdk] def requireValid(names: NamePolicy): Unit = {
    requireValid("training job", names.trainingJobName)
    requireValid("model", names.modelName)
    requireValid("endpoint configuration", names.endpointConfigName)
    requireValid("endpoint", names.endpointName)
  }
}
