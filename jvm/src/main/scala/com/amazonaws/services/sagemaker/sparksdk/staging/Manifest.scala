package com.amazonaws.services.sagemaker.sparksdk.staging

import com.fasterxml.jackson.databind.ObjectMapper

/** The ManifestFile of a training channel: a JSON array with the common prefix, then the objects below it. */
private[staging] object Manifest {

  /** The manifest's place: beside the data, so that a listing of the data doesn't find it. */
  def key(directory: String): String = s"${directory.stripSuffix("/")}.manifest"

  def json(bucket: String, directory: String, keys: Seq[String]): String = {
    val mapper = new ObjectMapper()
    val entries = mapper.createArrayNode()
    entries.addObject().put("prefix", s"s3://$bucket/$directory")
    keys.foreach(key => entries.add(key.stripPrefix(directory)))
    mapper.writeValueAsString(entries)
  }
}
