package com.amazonaws.services.sagemaker.sparksdk.settings

import scala.collection.JavaConverters._

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.{JsonNodeFactory, ObjectNode}

/** JSON of an [[AwsClientConfig]]. Access keys are read, for those who pass them literally, and never written. */
private[sparksdk] object ClientConfigCodec {
  val ClassName: String = "AwsClientConfig"

  private val optional = JsonCodec.option(JsonCodec.string)

  private val table = new SettingTable[AwsClientConfig](
    () => AwsClientConfig(),
    Seq(
      new Setting[AwsClientConfig, Option[String]]("region", optional, _.region)((c, v) =>
        c.copy(region = v)
      ),
      new Setting[AwsClientConfig, Option[String]]("profile", optional, _.profile)((c, v) =>
        c.copy(profile = v)
      ),
      new Setting[AwsClientConfig, Option[String]]("assumeRoleArn", optional, _.assumeRoleArn)((c, v) =>
        c.copy(assumeRoleArn = v)
      ),
      new Setting[AwsClientConfig, Option[String]]("assumeRoleExternalId", optional, _.assumeRoleExternalId)(
        (c, v) => c.copy(assumeRoleExternalId = v)
      ),
      new Setting[AwsClientConfig, Option[String]]("endpointUrl", optional, _.endpointUrl)((c, v) =>
        c.copy(endpointUrl = v)
      ),
      new Setting[AwsClientConfig, Int]("maxAttempts", JsonCodec.int, _.maxAttempts)((c, v) =>
        c.copy(maxAttempts = v)
      ),
      new Setting[AwsClientConfig, Int]("connectTimeoutMillis", JsonCodec.int, _.connectTimeoutMillis)(
        (c, v) => c.copy(connectTimeoutMillis = v)
      ),
      new Setting[AwsClientConfig, Int]("requestTimeoutMillis", JsonCodec.int, _.requestTimeoutMillis)(
        (c, v) => c.copy(requestTimeoutMillis = v)
      )
    )
  )

  private val keyNames = Seq("accessKeyId", "secretAccessKey", "sessionToken")

  val codec: JsonCodec[AwsClientConfig] = JsonCodec[AwsClientConfig] { config =>
    val node = JsonNodeFactory.instance.objectNode()
    node.put("class", ClassName)
    table.all.foreach(setting => node.set[ObjectNode](setting.name, setting.toJson(config)))
    node
  } { (name, node) =>
    if (!node.isObject || node.path("class").asText(ClassName) != ClassName) {
      JsonCodec.mistyped(name, "a client made by SageMakerClients", node)
    }
    val members = JsonNodeFactory.instance.objectNode()
    node
      .fields()
      .asScala
      .foreach(e =>
        if (e.getKey != "class" && !keyNames.contains(e.getKey)) members.set[ObjectNode](e.getKey, e.getValue)
      )
    table.merged(AwsClientConfig(), members).copy(keys = keys(name, node))
  }

  private def keys(name: String, node: JsonNode): Option[AwsKeys] = {
    val supplied =
      keyNames.map(key => Option(node.get(key)).filterNot(_.isNull).map(JsonCodec.string.read(key, _)))
    supplied match {
      case Seq(Some(id), Some(secret), token) => Some(new AwsKeys(id, secret, token))
      case Seq(None, None, None) => None
      case _ =>
        throw new IllegalArgumentException(
          s"$name: accessKeyId and secretAccessKey are given together, or neither; a sessionToken only beside them"
        )
    }
  }
}
