package com.amazonaws.services.sagemaker.sparksdk.python

import com.amazonaws.services.sagemaker.sparksdk.runs.Run
import com.fasterxml.jackson.databind.node.{JsonNodeFactory, ObjectNode}

/** Runs as JSON. */
private[python] object RunsJson {
  private val nodes = JsonNodeFactory.instance

  def list(runs: Seq[Run]): String = {
    val array = nodes.arrayNode()
    runs.foreach(run => array.add(one(run)))
    array.toString
  }

  private def one(run: Run): ObjectNode = nodes
    .objectNode()
    .put("runId", run.runId)
    .put("phase", run.phase)
    .put("costsMoney", run.costsMoney)
    .put("created", run.created.map(_.toString).orNull)
    .put("path", run.path.map(_.toS3UriString).orNull)
    .put("trainingJobName", run.trainingJobName.orNull)
    .put("trainingJobStatus", run.trainingJobStatus.orNull)
    .put("modelArtifacts", run.modelArtifacts.orNull)
    .put("modelName", run.resources.modelName.orNull)
    .put("endpointConfigName", run.resources.endpointConfigName.orNull)
    .put("endpointName", run.resources.endpointName.orNull)
    .put("endpointStatus", run.endpointStatus.orNull)
    .put("stagedObjects", run.staged.objects)
    .put("stagedBytes", run.staged.bytes)
    .put("openUploads", run.staged.openUploads)
}
