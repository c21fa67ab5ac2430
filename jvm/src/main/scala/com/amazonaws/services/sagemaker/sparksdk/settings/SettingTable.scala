package com.amazonaws.services.sagemaker.sparksdk.settings

import scala.collection.JavaConverters._

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.{JsonNodeFactory, ObjectNode}

/** One setting by its published name: how it is read from and put into the immutable whole. */
private[sparksdk] final class Setting[S, A](val name: String, codec: JsonCodec[A], val get: S => A)(
    put: (S, A) => S
) extends Serializable {

  def toJson(settings: S): JsonNode = codec.write(get(settings))

  def fromJson(settings: S, node: JsonNode): S = put(settings, codec.read(name, node))

  /** Puts a live object, such as a user's serializer that only its own class can make. */
  def fromObject(settings: S, value: AnyRef): S =
    try put(settings, value.asInstanceOf[A])
    catch {
      case _: ClassCastException =>
        throw new SettingTypeException(s"$name can't be a ${value.getClass.getName}")
    }

  /** Whether both hold the same value. */
  def same(one: S, other: S): Boolean = get(one) == get(other)
}

/** The settings of one kind of stage, by name, and the versioned JSON in which they are saved: an object with
  * `formatVersion` and `settings`, where what is left out has its default.
  *
  * @param initial makes the defaults anew each time: names among them are drawn at random
  */
private[sparksdk] final class SettingTable[S](initial: () => S, val all: Seq[Setting[S, _]])
    extends Serializable {
  import SettingTable._

  private val byName: Map[String, Setting[S, _]] =
    all.foldLeft(Map.empty[String, Setting[S, _]])((known, setting) => known + (setting.name -> setting))

  def apply(name: String): Setting[S, _] = byName.getOrElse(
    name,
    throw new SettingTypeException(s"There is no setting '$name'.${Nearest.suggestion(name, byName.keys)}")
  )

  /** `onto` with each member of a flat JSON object put into it. */
  def merged(onto: S, members: JsonNode): S =
    members.fields().asScala.foldLeft(onto)((settings, e) => apply(e.getKey).fromJson(settings, e.getValue))

  def encode(settings: S): String = {
    val members = nodes.objectNode()
    val defaults = initial()
    all.foreach(setting =>
      if (!setting.same(settings, defaults)) members.set[ObjectNode](setting.name, setting.toJson(settings))
    )
    val whole = nodes.objectNode()
    whole.put(VersionKey, FormatVersion)
    whole.set[ObjectNode](SettingsKey, members)
    whole.toString
  }

  def decode(json: String): S = {
    val whole = JsonCodec.parse(json)
    val version = whole.path(VersionKey)
    if (!version.isInt || !whole.path(SettingsKey).isObject) {
      throw new IllegalArgumentException(
        s"These saved settings are damaged: expected an object with $VersionKey and $SettingsKey, " +
          s"found ${json.take(120)}"
      )
    }
    if (version.asInt > FormatVersion) {
      throw new IllegalArgumentException(
        s"These settings were saved in format ${version.asInt}, newer than format $FormatVersion that this version " +
          "reads: load them with the version that saved them, or a later one."
      )
    }
    try merged(initial(), whole.path(SettingsKey))
    catch {
      case e: SettingTypeException =>
        throw new IllegalArgumentException(
          s"These saved settings are damaged, or were saved by a later version of this library: ${e.getMessage}",
          e
        )
    }
  }
}

private[sparksdk] object SettingTable {
  private val nodes = JsonNodeFactory.instance
  private val VersionKey = "formatVersion"
  private val SettingsKey = "settings"

  /** Raised when a saved setting changes its meaning. */
  private val FormatVersion = 1
}
