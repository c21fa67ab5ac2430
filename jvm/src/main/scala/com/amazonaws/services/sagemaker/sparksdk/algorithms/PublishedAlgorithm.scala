package com.amazonaws.services.sagemaker.sparksdk.algorithms

/** What the companion of an algorithm's estimator says of it.
  *
  * @param algorithmName the name of the algorithm and of its image
  */
abstract class PublishedAlgorithm private[algorithms] (val algorithmName: String) {

  /** The tag of the image that 1.4.5 trained. An estimator trains the one that its `algorithmVersion` says. */
  val algorithmTag: String = AlgorithmImages.Original

  /** The account that holds the image of that tag, by region. */
  def regionAccountMap: Map[String, String] = AlgorithmImages.accounts(algorithmName, algorithmTag)
}
