package com.amazonaws.services.sagemaker.sparksdk

import java.util.Properties

/** The version of this library, as the build wrote it into the jar. */
object LibraryVersion {
  private val Resource = "version.properties"

  val current: String = {
    val properties = new Properties()
    val stream = Option(getClass.getResourceAsStream(Resource)).getOrElse(
      throw new IllegalStateException(s"$Resource is missing from the jar: build the jar again")
    )
    try properties.load(stream)
    finally stream.close()
    properties.getProperty("version")
  }
}
