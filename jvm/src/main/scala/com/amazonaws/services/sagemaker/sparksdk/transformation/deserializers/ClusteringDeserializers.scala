package com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers

import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers.ResponseSchemas.{
  number,
  of,
  vector
}

/** Reads k-means answers: the distance to the nearest centre and that centre's number.
  *
  * @param distanceToClusterColumnName the column of the Euclidean distances
  * @param closestClusterColumnName the column of the centres' numbers
  */
class KMeansProtobufResponseRowDeserializer(
    val distanceToClusterColumnName: String = "distance_to_cluster",
    val closestClusterColumnName: String = "closest_cluster"
) extends ProtobufResponseRowDeserializer(
      of(number(distanceToClusterColumnName), number(closestClusterColumnName)),
      Some(Seq("distance_to_cluster", "closest_cluster"))
    ) {

  override def arguments: Map[String, String] = Map(
    "distanceToClusterColumnName" -> distanceToClusterColumnName,
    "closestClusterColumnName" -> closestClusterColumnName
  )
}

/** Reads PCA answers: a row's projection, a vector with as many elements as there are components.
  *
  * @param projectionColumnName the column of the projections
  */
class PCAProtobufResponseRowDeserializer(val projectionColumnName: String = "projection")
    extends ProtobufResponseRowDeserializer(of(vector(projectionColumnName)), Some(Seq("projection"))) {

  override def arguments: Map[String, String] = Map("projectionColumnName" -> projectionColumnName)
}

/** Reads LDA answers: a document's shares of the topics, a vector with as many elements as there are topics.
  *
  * @param topicMixtureColumnName the column of the shares
  */
class LDAProtobufResponseRowDeserializer(val topicMixtureColumnName: String = "topic_mixture")
    extends ProtobufResponseRowDeserializer(of(vector(topicMixtureColumnName)), Some(Seq("topic_mixture"))) {

  override def arguments: Map[String, String] = Map("topicMixtureColumnName" -> topicMixtureColumnName)
}
