package com.amazonaws.services.sagemaker.sparksdk

/** How far a fit, or the creation of an endpoint, has come.
  *
  * @param phase `Training`, `Hosting`, `Removing` or `Done`
  * @param trainingJobName the job, when there is one
  * @param endpointName the endpoint, once it exists
  * @param status the job's or the endpoint's status, as the service says it
  * @param secondaryStatus the job's secondary status, such as `Downloading`
  * @param message what the service says of it
  * @param metrics the algorithm's final metrics, once the job has ended
  * @param elapsedSeconds since the run began
  */
final case class RunProgress(
    phase: String,
    trainingJobName: Option[String],
    endpointName: Option[String],
    status: String,
    secondaryStatus: String,
    message: String,
    metrics: Map[String, Double],
    elapsedSeconds: Double
) {

  /** Whether there is nothing left to wait for. */
  def finished: Boolean = phase == RunProgress.Done
}

object RunProgress {
  val Training: String = "Training"
  val Hosting: String = "Hosting"
  val Done: String = "Done"
}
