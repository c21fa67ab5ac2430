package com.amazonaws.services.sagemaker.sparksdk

import com.amazonaws.services.sagemaker.sparksdk.exceptions.EndpointException
import com.amazonaws.services.sagemaker.sparksdk.hosting.Endpoint
import com.amazonaws.services.sagemaker.sparksdk.settings.HostingSettings

/** What a model and its copies share: the endpoint that one of them created, once. */
private[sparksdk] final class HostedEndpoint {
  private var endpoint: Option[Endpoint] = None
  private var deleted = false

  /** What exists: what was created here, or else what a saved model had created. */
  def created(saved: CreatedResources): CreatedResources = synchronized {
    if (deleted) CreatedResources.none
    else endpoint.map(_.created).getOrElse(saved)
  }

  /** Creates the endpoint when there is none; a run to wait with, also for who comes while it is being created. */
  def startOrJoin(
      saved: CreatedResources
  )(make: () => Endpoint, settings: HostingSettings): Option[HostingRun] = synchronized {
    if (deleted) {
      throw new EndpointException(
        "The model's endpoint was deleted through this model: make another model from its artifacts " +
          "(SageMakerModel.fromModelS3Path or fromTrainingJob)."
      )
    }
    if (saved.endpointName.isDefined && endpoint.isEmpty) None
    else {
      val known = endpoint.filter(_.created.endpointName.isDefined)
      val current = known.getOrElse {
        val fresh = make()
        endpoint = Some(fresh)
        fresh.create()
        fresh
      }
      if (current.isInService) None else Some(new HostingRun(current, settings))
    }
  }

  /** Takes an endpoint that somebody else began to create for its own. */
  def adopt(existing: Endpoint): Unit = synchronized { endpoint = Some(existing) }

  /** Deletes what exists by `remove`, for good. Nobody creates an endpoint meanwhile. */
  def delete(saved: CreatedResources)(remove: CreatedResources => Unit): Unit = synchronized {
    remove(created(saved))
    endpoint.foreach(_.forget())
    deleted = true
  }
}
