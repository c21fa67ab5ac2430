package com.amazonaws.services.sagemaker.sparksdk

import com.amazonaws.services.sagemaker.sparksdk.aws.AwsErrors
import com.amazonaws.services.sagemaker.sparksdk.hosting.Endpoint
import com.amazonaws.services.sagemaker.sparksdk.retry.{Clock, Outage, Poller}
import com.amazonaws.services.sagemaker.sparksdk.settings.HostingSettings
import org.apache.spark.internal.Logging

/** The creation of an endpoint, from the requests until it is in service. Whoever holds it polls it, or waits. */
final class HostingRun private[sparksdk] (
    endpoint: Endpoint,
    settings: HostingSettings,
    clock: Clock = Clock.system
) extends Logging {
  private val began = clock.millis()
  private val outage = new Outage(Outage.StateMillis, clock)
  private var last = "Creating"

  /** How long to wait between two polls, in milliseconds. */
  def pollIntervalMillis: Int = settings.pollIntervalMillis

  /** A sentence that names what exists by now. */
  def created: String = Endpoint.named(endpoint.created) match {
    case "" => "Nothing has been created."
    case names => s"Created and billed until deleted: $names."
  }

  /** Asks once. Throws an [[exceptions.EndpointException]] when the endpoint failed, or didn't come into service in
    * time; it is deleted then, or named.
    */
  def poll(): RunProgress = {
    // What comes up goes on while its state can't be looked up.
    val status = outage
      .bridge(AwsErrors.mayPass, e => logWarning(s"${e.getMessage}. It is asked for again."))(
        endpoint.status()
      )
      .getOrElse(last)
    last = status
    val seconds = (clock.millis() - began) / 1000.0
    if (status != Endpoint.InService && seconds > settings.creationTimeoutSeconds) {
      endpoint.abandon(
        s"The endpoint '${endpoint.plan.endpointName}' did not come into service within " +
          s"${settings.creationTimeoutSeconds} s (endpointCreationTimeoutSeconds); its last status was $status."
      )
    }
    RunProgress(
      if (status == Endpoint.InService) RunProgress.Done else RunProgress.Hosting,
      None,
      Some(endpoint.plan.endpointName),
      status,
      "",
      "",
      Map.empty,
      seconds
    )
  }

  /** Waits until the endpoint is in service. */
  def await(): Unit =
    Poller(clock).until(Long.MaxValue, pollIntervalMillis.toLong)(Some(poll()).filter(_.finished))
}
