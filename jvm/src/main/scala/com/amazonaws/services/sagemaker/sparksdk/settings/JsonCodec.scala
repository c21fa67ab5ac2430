package com.amazonaws.services.sagemaker.sparksdk.settings

import java.util.Locale

import scala.collection.JavaConverters._

import com.fasterxml.jackson.core.JsonProcessingException
import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}
import com.fasterxml.jackson.databind.node.JsonNodeFactory

/** A setting that was given a value of another type than it takes. */
class SettingTypeException(message: String) extends IllegalArgumentException(message)

/** How a value is written as JSON and read back; a value of another type is a [[SettingTypeException]]. */
private[sparksdk] trait JsonCodec[A] extends Serializable {
  def write(value: A): JsonNode
  def read(name: String, node: JsonNode): A
}

private[sparksdk] object JsonCodec {
  private val mapper = new ObjectMapper()
  private val nodes = JsonNodeFactory.instance

  def apply[A](toJson: A => JsonNode)(fromJson: (String, JsonNode) => A): JsonCodec[A] = new JsonCodec[A] {
    override def write(value: A): JsonNode = toJson(value)
    override def read(name: String, node: JsonNode): A = fromJson(name, node)
  }

  /** The tree that a text holds. */
  def parse(json: String): JsonNode =
    try mapper.readTree(json)
    catch {
      case e: JsonProcessingException =>
        throw new IllegalArgumentException(s"Not JSON: ${e.getOriginalMessage}", e)
    }

  def mistyped(name: String, expected: String, node: JsonNode): Nothing =
    throw new SettingTypeException(s"$name takes $expected, found ${shown(node)}")

  private def outOfRange(name: String, node: JsonNode, low: Long, high: Long): Nothing =
    throw new IllegalArgumentException(s"$name is $node: expected a whole number from $low to $high")

  private def shown(node: JsonNode): String =
    if (node.isObject) Option(node.get("class")).fold("an object")(_.asText)
    else s"${node.getNodeType.toString.toLowerCase(Locale.ROOT)} ${node.toString.take(80)}"

  val string: JsonCodec[String] = JsonCodec[String](nodes.textNode(_)) { (name, node) =>
    if (node.isTextual) node.asText() else mistyped(name, "a string", node)
  }

  val boolean: JsonCodec[Boolean] = JsonCodec[Boolean](nodes.booleanNode(_)) { (name, node) =>
    if (node.isBoolean) node.asBoolean() else mistyped(name, "a boolean", node)
  }

  val int: JsonCodec[Int] = JsonCodec[Int](nodes.numberNode(_: Int)) { (name, node) =>
    if (node.isIntegralNumber && node.canConvertToInt) node.asInt()
    else if (node.isIntegralNumber) outOfRange(name, node, Int.MinValue.toLong, Int.MaxValue.toLong)
    else mistyped(name, "a whole number", node)
  }

  val long: JsonCodec[Long] = JsonCodec[Long](nodes.numberNode(_: Long)) { (name, node) =>
    if (node.isIntegralNumber && node.canConvertToLong) node.asLong()
    else if (node.isIntegralNumber) outOfRange(name, node, Long.MinValue, Long.MaxValue)
    else mistyped(name, "a whole number", node)
  }

  val stringMap: JsonCodec[Map[String, String]] = JsonCodec[Map[String, String]] { value =>
    val node = nodes.objectNode()
    value.toSeq.sortBy(_._1).foreach { case (key, text) => node.put(key, text) }
    node
  } { (name, node) =>
    if (!node.isObject) mistyped(name, "a map of strings", node)
    node.fields().asScala.map(e => e.getKey -> string.read(s"$name['${e.getKey}']", e.getValue)).toMap
  }

  val stringList: JsonCodec[List[String]] = JsonCodec[List[String]] { value =>
    val node = nodes.arrayNode()
    value.foreach(text => node.add(text))
    node
  } { (name, node) =>
    if (!node.isArray) mistyped(name, "a list of strings", node)
    node.elements().asScala.map(string.read(s"an element of $name", _)).toList
  }

  def option[A](codec: JsonCodec[A]): JsonCodec[Option[A]] =
    JsonCodec[Option[A]](_.map(codec.write).getOrElse(nodes.nullNode())) { (name, node) =>
      if (node.isNull) None else Some(codec.read(name, node))
    }
}
