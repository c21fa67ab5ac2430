package com.amazonaws.services.sagemaker.sparksdk

import java.util.concurrent.ConcurrentLinkedQueue

import org.apache.logging.log4j.{Level, LogManager}
import org.apache.logging.log4j.core.{LogEvent, LoggerContext}
import org.apache.logging.log4j.core.appender.AbstractAppender
import org.apache.logging.log4j.core.config.{LoggerConfig, Property}

/** What this library warns of, which tests don't print. */
object Warnings {
  private val Library = getClass.getPackage.getName

  /** The warnings while `body` runs. */
  def of(body: => Any): Seq[String] = {
    val said = new ConcurrentLinkedQueue[String]()
    val appender =
      new AbstractAppender("warnings", None.orNull, None.orNull, true, Property.EMPTY_ARRAY) {
        override def append(event: LogEvent): Unit =
          if (event.getLevel == Level.WARN) {
            said.add(event.getMessage.getFormattedMessage)
            ()
          }
      }
    val context = LogManager.getContext(false).asInstanceOf[LoggerContext]
    val library = new LoggerConfig(Library, Level.WARN, true)
    appender.start()
    library.addAppender(appender, Level.WARN, None.orNull)
    context.getConfiguration.addLogger(Library, library)
    context.updateLoggers()
    try body
    finally {
      context.getConfiguration.removeLogger(Library)
      context.updateLoggers()
      appender.stop()
    }
    said.toArray(Array.empty[String]).toSeq
  }
}
