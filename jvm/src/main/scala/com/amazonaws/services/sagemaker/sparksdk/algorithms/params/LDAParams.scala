package com.amazonaws.services.sagemaker.sparksdk.algorithms.params

import org.apache.spark.ml.param.{DoubleParam, IntParam, Param}

/** The hyper-parameters of latent Dirichlet allocation, as Amazon SageMaker's developer guide lists them. */
trait LDAParams extends SageMakerAlgorithmParams {

  val alpha0: DoubleParam = doubleParam(
    "alpha0",
    "The first guess of the concentration: small values give sparse topic mixtures, those above 1 even ones",
    Constraint.above(0)
  )

  val maxIterations: IntParam = intParam(
    "max_iterations",
    "The most iterations of the decomposition (ALS phase)",
    Constraint.intAtLeast(1)
  )

  val maxRestarts: IntParam = intParam(
    "max_restarts",
    "How many random starts the spectral decomposition (ALS phase) tries",
    Constraint.intAtLeast(1)
  )

  val numTopics: IntParam = intParam("num_topics", "The number of topics", Constraint.intAtLeast(1))

  val tol: DoubleParam =
    doubleParam("tol", "The change at which the decomposition (ALS phase) stops", Constraint.above(0))

  def getAlpha0: Double = $(alpha0)
  def getMaxIterations: Int = $(maxIterations)
  def getMaxRestarts: Int = $(maxRestarts)
  def getNumTopics: Int = $(numTopics)
  def getTol: Double = $(tol)

  def setAlpha0(value: Double): this.type = set(alpha0, value)
  def setMaxIterations(value: Int): this.type = set(maxIterations, value)
  def setMaxRestarts(value: Int): this.type = set(maxRestarts, value)
  def setNumTopics(value: Int): this.type = set(numTopics, value)
  def setTol(value: Double): this.type = set(tol, value)

  override private[sparksdk] def requiredHyperParameters(sent: Map[String, String]): Seq[Param[_]] =
    Seq(numTopics)

  /** The service wants the size of the whole corpus as the mini-batch. */
  override private[sparksdk] def hyperParametersOfData(
      featureWidth: Option[Int],
      rows: Long
  ): Map[String, String] =
    super.hyperParametersOfData(featureWidth, rows) + (miniBatchSize.name -> rows.toString)
}
