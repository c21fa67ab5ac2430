package com.amazonaws.services.sagemaker.sparksdk.algorithms

import java.nio.charset.StandardCharsets

import scala.io.Source

/** The container images of Amazon SageMaker's own algorithms, by region. */
private[sparksdk] object AlgorithmImages {

  private final case class Image(
      algorithm: String,
      version: String,
      repository: String,
      region: String,
      account: String,
      domain: String
  ) {
    def uri: String = s"$account.dkr.ecr.$region.$domain/$repository:$version"
  }

  private lazy val images: Seq[Image] = {
    val table = Option(getClass.getResourceAsStream("image_registries.csv")).getOrElse(
      throw new IllegalStateException("image_registries.csv is missing from the jar: build the jar again")
    )
    try
      Source
        .fromInputStream(table, StandardCharsets.UTF_8.name)
        .getLines()
        .drop(2)
        .map { line =>
          val Array(algorithm, version, repository, region, account, domain) = line.split(",")
          Image(algorithm, version, repository, region, account, domain)
        }
        .toVector
    finally table.close()
  }

  /** The image of an algorithm's version in a region.
    *
    * @throws java.lang.IllegalArgumentException when SageMaker offers none there; the message lists where it does
    */
  def uri(algorithm: String, version: String, region: String): String = {
    val offered = images.filter(image => image.algorithm == algorithm && image.version == version)
    offered
      .find(_.region == region)
      .map(_.uri)
      .getOrElse(
        throw new IllegalArgumentException(
          s"There is no image of $algorithm $version for region '$region': expected one of " +
            s"${offered.map(_.region).sorted.mkString(", ")}; for another image give trainingImage and modelImage."
        )
      )
  }

  /** The versions of an algorithm, the oldest first. */
  def versions(algorithm: String): Seq[String] =
    images.filter(_.algorithm == algorithm).map(_.version).distinct
}
