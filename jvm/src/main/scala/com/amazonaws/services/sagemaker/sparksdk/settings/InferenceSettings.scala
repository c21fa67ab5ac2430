package com.amazonaws.services.sagemaker.sparksdk.settings

/** How a model's endpoint is called.
  *
  * A task holds at most `maxInFlight + 1` batches: for each the request's body (up to `maxPayloadBytes`), the
  * columns that are passed through for its rows (up to four times that; a batch is sent early when they need
  * more), and the answer.
  *
  * @param maxInFlight how many requests a task has under way, 1 to 256; fewer while the endpoint throttles
  * @param maxPayloadBytes the largest body of a request, in bytes; at most 25 MiB, the service's own limit
  * @param maxRowsPerRequest the most rows of a request
  * @param invokeTimeoutMillis how long to wait for an answer, in milliseconds; SageMaker itself waits 60 s
  *   for a container
  * @param invokeAttempts how often a request is tried in all when the endpoint fails or can't be reached;
  *   being throttled doesn't count
  * @param throttleBudgetMillis how long a task puts up with being throttled without a single answer, in
  *   milliseconds
  * @param targetVariant the production variant to call, when the endpoint has several; at most 63 characters
  * @param targetModel the model to call, on a multi-model endpoint
  * @param inferenceComponent the inference component to call; at most 63 characters
  * @param customAttributes what is passed on to the container, at most 1024 visible ASCII characters
  */
final case class InferenceSettings(
    maxInFlight: Int = 8,
    maxPayloadBytes: Int = InferenceSettings.DefaultPayloadBytes,
    maxRowsPerRequest: Int = Int.MaxValue,
    invokeTimeoutMillis: Int = 70000,
    invokeAttempts: Int = 8,
    throttleBudgetMillis: Long = 600000L,
    targetVariant: Option[String] = None,
    targetModel: Option[String] = None,
    inferenceComponent: Option[String] = None,
    customAttributes: Option[String] = None
) {
  require(
    maxInFlight >= 1 && maxInFlight <= InferenceSettings.LargestInFlight,
    s"maxInFlight is $maxInFlight: give 1 to ${InferenceSettings.LargestInFlight} requests"
  )
  require(
    maxPayloadBytes >= 1 && maxPayloadBytes <= InferenceSettings.LargestPayloadBytes,
    s"maxPayloadBytes is $maxPayloadBytes: give 1 to ${InferenceSettings.LargestPayloadBytes} bytes (25 " +
      "MB is the service's limit)"
  )
  require(maxRowsPerRequest >= 1, s"maxRowsPerRequest is $maxRowsPerRequest: give at least 1")
  require(invokeTimeoutMillis >= 1, s"invokeTimeoutMillis is $invokeTimeoutMillis: give at least 1 ms")
  require(invokeAttempts >= 1, s"invokeAttempts is $invokeAttempts: give at least 1")
  require(throttleBudgetMillis >= 0, s"throttleBudgetMillis is $throttleBudgetMillis: give at least 0 ms")
  InferenceSettings.requireHeader("targetVariant", targetVariant, InferenceSettings.LongestName)
  InferenceSettings.requireHeader("targetModel", targetModel)
  InferenceSettings.requireHeader("inferenceComponent", inferenceComponent, InferenceSettings.LongestName)
  InferenceSettings.requireHeader("customAttributes", customAttributes)
}

object InferenceSettings {

  /** 5 MiB: larger bodies gain little, and many containers refuse more than 6 MB. */
  val DefaultPayloadBytes: Int = 5 * 1024 * 1024

  /** The service's limit of a request's body. */
  val LargestPayloadBytes: Int = 25 * 1024 * 1024

  /** The most requests that a task may have under way. */
  val LargestInFlight: Int = 256

  private val LongestHeader = 1024
  private val LongestName = 63

  private def requireHeader(name: String, value: Option[String], longest: Int = LongestHeader): Unit =
    value.foreach { text =>
      require(
        text.nonEmpty && text.length <= longest && text.forall(c => c >= ' ' && c <= '~'),
        s"$name is '$text' of ${text.length} characters: give 1 to $longest visible ASCII characters"
      )
    }
}
