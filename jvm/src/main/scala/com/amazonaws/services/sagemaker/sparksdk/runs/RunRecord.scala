package com.amazonaws.services.sagemaker.sparksdk.runs

import java.time.Instant

import com.amazonaws.services.sagemaker.sparksdk.{CustomNamePolicy, NamePolicy, S3DataPath}
import com.amazonaws.services.sagemaker.sparksdk.settings.JsonCodec
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.JsonNodeFactory

/** What a fit notes in S3 before it creates anything, and takes away when it has ended: who finds it knows of a fit
  * that is under way, or whose driver died.
  *
  * Where the fit's data lies isn't noted but follows from it, so that no record can lead to what isn't the fit's.
  *
  * @param runId the fit's id, a UUID
  * @param created when the fit began
  * @param names what the fit calls what it creates
  */
private[sparksdk] final case class RunRecord(runId: String, created: Instant, names: NamePolicy) {

  /** The prefix of the staged objects, where the fit's input path is this one. */
  def keyPrefix(path: S3DataPath): String = RunRecord.keyPrefix(path, names.trainingJobName, runId)
}

private[sparksdk] object RunRecord {

  /** The folder of the records, below the path that a fit stages to. */
  val Folder: String = "sagemaker-spark-runs"

  private val Format = 1
  private val Extension = ".json"
  private val Uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

  /** Whether a text can be the id of a fit. */
  def isRunId(text: String): Boolean = text.matches(Uuid)

  /** The records' prefix. */
  def folder(path: S3DataPath): String = below(path, Folder)

  /** The key of a fit's record. */
  def key(path: S3DataPath, runId: String): String = s"${folder(path)}$runId$Extension"

  /** The id of the fit whose record this key is; nothing for a key that is none. */
  def runIdOf(path: S3DataPath, key: String): Option[String] =
    Some(key.stripPrefix(folder(path)).stripSuffix(Extension))
      .filter(id => isRunId(id) && key == RunRecord.key(path, id))

  /** The prefix of what a fit stages. */
  def keyPrefix(path: S3DataPath, trainingJobName: String, runId: String): String =
    below(path, trainingJobName, runId)

  /** The path that a fit staged to, from what its training job reads; nothing when a fit didn't make it. */
  def pathOf(inputUri: String, trainingJobName: String, runId: String): Option[S3DataPath] = {
    val ends = Seq(s"/$trainingJobName/$runId.manifest", s"/$trainingJobName/$runId/")
    ends.find(inputUri.endsWith(_)).map(end => S3DataPath.fromS3URI(inputUri.stripSuffix(end)))
  }

  private def below(path: S3DataPath, names: String*): String =
    (path.objectPath.split("/").toSeq.filter(_.nonEmpty) ++ names).mkString("", "/", "/")

  def toJson(record: RunRecord): String = JsonNodeFactory.instance
    .objectNode()
    .put("format", Format)
    .put("runId", record.runId)
    .put("created", record.created.toString)
    .put("trainingJobName", record.names.trainingJobName)
    .put("modelName", record.names.modelName)
    .put("endpointConfigName", record.names.endpointConfigName)
    .put("endpointName", record.names.endpointName)
    .toString

  /** The record of a fit.
    *
    * @throws IllegalArgumentException saying what is wrong with it
    */
  def fromJson(runId: String, json: String): RunRecord = {
    val node = JsonCodec.parse(json)
    require(node.isObject, "it isn't a JSON object")
    val format = member(node, "format").asInt()
    require(
      format == Format,
      s"it is of format $format, and this version of the library knows format $Format"
    )
    def text(name: String): String = JsonCodec.string.read(name, member(node, name))
    require(text("runId") == runId, s"it names the run '${text("runId")}'")
    val names = CustomNamePolicy(
      text("trainingJobName"),
      text("modelName"),
      text("endpointConfigName"),
      text("endpointName")
    )
    NamePolicy.requireValid(names)
    val created =
      try Instant.parse(text("created"))
      catch {
        case e: java.time.format.DateTimeParseException =>
          throw new IllegalArgumentException(s"its time '${text("created")}' isn't one", e)
      }
    RunRecord(runId, created, names)
  }

  private def member(node: JsonNode, name: String): JsonNode =
    Option(node.get(name)).getOrElse(throw new IllegalArgumentException(s"it has no '$name'"))
}
