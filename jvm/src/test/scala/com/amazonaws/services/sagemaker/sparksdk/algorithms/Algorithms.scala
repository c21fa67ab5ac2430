package com.amazonaws.services.sagemaker.sparksdk.algorithms

import scala.io.Source

import com.amazonaws.services.sagemaker.sparksdk.SageMakerEstimator
import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}

/** What version 1.4.5 published of its algorithms. */
object Algorithms {

  val names: Seq[String] = Seq(
    "KMeansSageMakerEstimator",
    "PCASageMakerEstimator",
    "LDASageMakerEstimator",
    "XGBoostSageMakerEstimator",
    "LinearLearnerBinaryClassifier",
    "LinearLearnerMultiClassClassifier",
    "LinearLearnerRegressor",
    "FactorizationMachinesBinaryClassifier",
    "FactorizationMachinesRegressor"
  )

  def classOf(name: String): Class[_] = Class.forName(s"${getClass.getPackage.getName}.$name")

  def make(name: String): SageMakerEstimator =
    classOf(name).getConstructor().newInstance().asInstanceOf[SageMakerEstimator]

  /** One hyper-parameter as 1.4.5 had it. */
  final case class Published(
      estimator: String,
      wireName: String,
      scalaVal: String,
      scalaType: String,
      constraint: String,
      default: String,
      getter: String
  )

  lazy val hyperParameters: Seq[Published] = {
    val table = getClass.getResourceAsStream("/contract/hyperparameters.tsv")
    try
      Source
        .fromInputStream(table, "UTF-8")
        .getLines()
        .drop(1)
        .map(_.split("\t", -1))
        .map { c =>
          Published(c(0), c(1), c(2), c(3), c(4).stripPrefix("\"").stripSuffix("\""), c(5), c(6))
        }
        .toVector
    finally table.close()
  }

  /** Constructors and methods, by class. */
  lazy val classes: JsonNode =
    new ObjectMapper().readTree(getClass.getResourceAsStream("/contract/algorithms.json"))
}
