package com.amazonaws.services.sagemaker.sparksdk.settings

import scala.collection.JavaConverters._

import com.amazonaws.services.sagemaker.sparksdk.{
  CreatedResources,
  CustomNamePolicy,
  CustomNamePolicyFactory,
  CustomNamePolicyWithTimeStampSuffix,
  CustomNamePolicyWithTimeStampSuffixFactory,
  EndpointCreationPolicy,
  IAMRole,
  IAMRoleFromConfig,
  IAMRoleResource,
  NamePolicy,
  NamePolicyFactory,
  RandomNamePolicy,
  RandomNamePolicyFactory,
  S3AutoCreatePath,
  S3DataPath,
  S3PathFromConfig,
  S3Resource
}
import com.amazonaws.services.sagemaker.sparksdk.EndpointCreationPolicy.EndpointCreationPolicy
import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  PersistableTransformation,
  PersistedTransformation,
  RequestRowSerializer,
  ResponseRowDeserializer
}
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.{JsonNodeFactory, ObjectNode}

/** How the values of settings are written as JSON: an object whose `class` member is the simple name of the value's
  * class and whose other members are the arguments that make it again.
  */
private[sparksdk] object ValueCodecs {
  private val nodes = JsonNodeFactory.instance

  /** One class of values: its arguments, and how they make a value. */
  private final case class Kind(
      valueClass: Class[_],
      fields: Seq[String],
      arguments: Any => Seq[Option[String]],
      make: Map[String, String] => AnyRef
  ) extends Serializable {
    val className: String = valueClass.getSimpleName
  }

  private val names = Seq("trainingJobName", "modelName", "endpointConfigName", "endpointName")

  private def all(values: String*): Seq[Option[String]] = values.map(Some(_))

  private val role = Seq(
    Kind(
      classOf[IAMRole],
      Seq("role"),
      { case IAMRole(arn) => all(arn) },
      a => IAMRole(a("role"))
    ),
    Kind(
      classOf[IAMRoleFromConfig],
      Seq("configKey"),
      { case IAMRoleFromConfig(key) => all(key) },
      a => IAMRoleFromConfig(a.getOrElse("configKey", IAMRoleFromConfig.DefaultKey))
    )
  )

  private val s3 = Seq(
    Kind(
      classOf[S3DataPath],
      Seq("bucket", "objectPath"),
      { case S3DataPath(bucket, path) => all(bucket, path) },
      a => S3DataPath(a("bucket"), a.getOrElse("objectPath", ""))
    ),
    Kind(classOf[S3AutoCreatePath], Nil, _ => Nil, _ => S3AutoCreatePath()),
    Kind(
      classOf[S3PathFromConfig],
      Seq("configKey"),
      { case S3PathFromConfig(key) => all(key) },
      a => S3PathFromConfig(a.getOrElse("configKey", S3PathFromConfig.DefaultKey))
    )
  )

  private val policies = Seq(
    Kind(
      classOf[RandomNamePolicy],
      Seq("prefix"),
      { case RandomNamePolicy(prefix) => all(prefix) },
      a => RandomNamePolicy(a.getOrElse("prefix", ""))
    ),
    Kind(
      classOf[CustomNamePolicy],
      names,
      { case CustomNamePolicy(job, model, config, endpoint) => all(job, model, config, endpoint) },
      a => CustomNamePolicy(a(names.head), a(names(1)), a(names(2)), a(names(3)))
    ),
    Kind(
      classOf[CustomNamePolicyWithTimeStampSuffix],
      names,
      { case CustomNamePolicyWithTimeStampSuffix(job, model, config, endpoint) =>
        all(job, model, config, endpoint)
      },
      a => CustomNamePolicyWithTimeStampSuffix(a(names.head), a(names(1)), a(names(2)), a(names(3)))
    )
  )

  private val factories = Seq(
    Kind(
      classOf[RandomNamePolicyFactory],
      Seq("prefix"),
      { case factory: RandomNamePolicyFactory => all(factory.prefix) },
      a => new RandomNamePolicyFactory(a.getOrElse("prefix", ""))
    ),
    Kind(
      classOf[CustomNamePolicyFactory],
      names,
      { case f: CustomNamePolicyFactory =>
        all(f.trainingJobName, f.modelName, f.endpointConfigName, f.endpointName)
      },
      a => new CustomNamePolicyFactory(a(names.head), a(names(1)), a(names(2)), a(names(3)))
    ),
    Kind(
      classOf[CustomNamePolicyWithTimeStampSuffixFactory],
      names,
      { case f: CustomNamePolicyWithTimeStampSuffixFactory =>
        all(f.trainingJobName, f.modelName, f.endpointConfigName, f.endpointName)
      },
      a =>
        new CustomNamePolicyWithTimeStampSuffixFactory(a(names.head), a(names(1)), a(names(2)), a(names(3)))
    )
  )

  private val created = Seq(
    Kind(
      classOf[CreatedResources],
      names.tail,
      { case CreatedResources(model, config, endpoint) => Seq(model, config, endpoint) },
      a => CreatedResources(a.get(names(1)), a.get(names(2)), a.get(names(3)))
    )
  )

  private def oneOf[A <: AnyRef](what: String, kinds: Seq[Kind]): JsonCodec[A] = JsonCodec[A] { value =>
    kinds.find(_.valueClass == value.getClass) match {
      case Some(kind) => written(kind, value)
      case None =>
        throw new IllegalArgumentException(
          s"A $what of ${value.getClass.getName} can't be saved: only ${kinds.map(_.className).mkString(", ")} can."
        )
    }
  } { (name, node) =>
    val className = node.path("class").asText("")
    kinds.find(_.className == className) match {
      case Some(kind) => kind.make(arguments(kind, name, node)).asInstanceOf[A]
      case None => JsonCodec.mistyped(name, kinds.map(_.className).mkString("one of ", ", ", ""), node)
    }
  }

  private def isOf(kinds: Seq[Kind], value: AnyRef): Boolean = kinds.exists(_.valueClass == value.getClass)

  private def written(kind: Kind, value: Any): JsonNode = {
    val node = nodes.objectNode()
    node.put("class", kind.className)
    kind.fields.zip(kind.arguments(value)).foreach {
      case (field, Some(text)) => node.put(field, text)
      case (field, None) => node.putNull(field)
    }
    node
  }

  private def arguments(kind: Kind, name: String, node: JsonNode): Map[String, String] = {
    val supplied = node
      .fields()
      .asScala
      .filter(e => e.getKey != "class" && !e.getValue.isNull)
      .map { e =>
        if (!kind.fields.contains(e.getKey)) {
          throw new SettingTypeException(s"$name: ${kind.className} has no argument '${e.getKey}'")
        }
        e.getKey -> JsonCodec.string.read(s"${kind.className}.${e.getKey}", e.getValue)
      }
      .toMap
    supplied.withDefault(field => throw new SettingTypeException(s"$name: ${kind.className} needs '$field'"))
  }

  val iamRole: JsonCodec[IAMRoleResource] = oneOf("role", role)
  val s3Resource: JsonCodec[S3Resource] = oneOf("place in S3", s3)
  val s3DataPath: JsonCodec[S3DataPath] = oneOf("place in S3", s3.take(1))

  /** A user's own policy is kept as what it is for, its four names. */
  val namePolicy: JsonCodec[NamePolicy] = {
    val ours = oneOf[NamePolicy]("name policy", policies)
    JsonCodec[NamePolicy] { policy =>
      ours.write(
        if (isOf(policies, policy)) policy
        else
          CustomNamePolicy(
            policy.trainingJobName,
            policy.modelName,
            policy.endpointConfigName,
            policy.endpointName
          )
      )
    }(ours.read)
  }

  /** A user's own factory is kept as a user's serializer is: its class, registered to be loaded, with its arguments. */
  val namePolicyFactory: JsonCodec[NamePolicyFactory] = {
    val ours = oneOf[NamePolicyFactory]("name policy factory", factories)
    val users = transformation(classOf[NamePolicyFactory])
    JsonCodec[NamePolicyFactory](f => (if (isOf(factories, f)) ours else users).write(f)) { (name, node) =>
      (if (node.path("arguments").isObject) users else ours).read(name, node)
    }
  }

  val createdResources: JsonCodec[CreatedResources] = oneOf("set of resources", created)

  val endpointCreationPolicy: JsonCodec[EndpointCreationPolicy] =
    JsonCodec[EndpointCreationPolicy](policy => nodes.textNode(policy.toString)) { (name, node) =>
      val text = JsonCodec.string.read(name, node)
      EndpointCreationPolicy.values
        .find(_.toString == text)
        .getOrElse(
          throw new IllegalArgumentException(
            s"$name is '$text': expected one of ${EndpointCreationPolicy.values.mkString(", ")}"
          )
        )
    }

  /** A serializer or deserializer: its full class name and string arguments. */
  def transformation[A <: AnyRef](kind: Class[A]): JsonCodec[A] = JsonCodec[A] { value =>
    val (className, arguments) = PersistedTransformation.encode(value)
    val node = nodes.objectNode()
    node.put("class", className)
    node.set[ObjectNode]("arguments", JsonCodec.stringMap.write(arguments))
    node
  } { (name, node) =>
    if (!node.isObject) JsonCodec.mistyped(name, s"a ${kind.getSimpleName}", node)
    val className = JsonCodec.string.read(s"the class of $name", node.path("class"))
    val arguments = node.path("arguments")
    val supplied =
      if (arguments.isMissingNode) Map.empty[String, String]
      else JsonCodec.stringMap.read(s"the arguments of $name", arguments)
    val made = PersistedTransformation.decode(className, supplied)
    if (!kind.isInstance(made)) {
      throw new SettingTypeException(s"$name takes a ${kind.getSimpleName}, found ${made.getClass.getName}")
    }
    kind.cast(made)
  }

  /** The object of a user's class in a setting, when it doesn't say how it is made again. */
  def unsaved(setting: Any): Option[AnyRef] = setting match {
    case Some(value) => unsaved(value)
    case _: PersistableTransformation => None
    case serializer: RequestRowSerializer => Some(serializer)
    case deserializer: ResponseRowDeserializer => Some(deserializer)
    case factory: NamePolicyFactory if !isOf(factories, factory) => Some(factory)
    case _ => None
  }

  private val kinds = role ++ s3 ++ policies ++ factories ++ created

  def readAny(node: JsonNode): AnyRef = {
    val className = node.path("class").asText("")
    kinds.find(_.className == className) match {
      case Some(kind) => kind.make(arguments(kind, "the value", node))
      case None if className == ClientConfigCodec.ClassName =>
        ClientConfigCodec.codec.read("the client", node)
      case None => transformation(classOf[AnyRef]).read("the value", node)
    }
  }

  def writeAny(value: AnyRef): JsonNode = kinds.find(_.valueClass == value.getClass) match {
    case Some(kind) => written(kind, value)
    case None =>
      value match {
        case config: AwsClientConfig => ClientConfigCodec.codec.write(config)
        case other => transformation(classOf[AnyRef]).write(other)
      }
  }
}
