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
    * @throws java.lang.IllegalArgumentException when SageMaker offers none there; the message lists where
    *   it does
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

  /** The version in the table that somebody means: itself; a release such as `1.7`, for its newest build;
    * `latest` and `0.72` for `1`, as the registry tags them; `None` for the newest.
    *
    * @throws java.lang.IllegalArgumentException when there is none; the message lists the versions
    */
  def version(algorithm: String, chosen: Option[String]): String = {
    val known = versions(algorithm)
    chosen match {
      case None => known.last
      case Some("latest" | "0.72") => Original
      case Some(name) =>
        known
          .find(_ == name)
          .orElse(known.reverse.find(_.startsWith(s"$name-")))
          .getOrElse(
            throw new IllegalArgumentException(
              s"algorithmVersion is '$name': expected one of ${known.mkString(", ")} for $algorithm"
            )
          )
    }
  }

  /** The version that an image's address names, when it is an image of the algorithm. */
  def versionOf(algorithm: String, image: String): Option[String] = {
    val tags =
      images.filter(_.algorithm == algorithm).map(i => s"/${i.repository}:${i.version}" -> i.version).distinct
    tags
      .collectFirst { case (ending, version) if image.endsWith(ending) => version }
      .orElse(Some(Original).filter(_ => image.endsWith(s"/$algorithm:latest")))
  }

  /** Whether an image's address is that of one of SageMaker's own, of whatever version. */
  def isSageMakers(image: String): Boolean =
    images.exists(i => image.startsWith(s"${i.account}.dkr.ecr.") && image.contains(s"/${i.repository}:"))

  /** The version of the first images. */
  val Original: String = "1"

  /** The accounts with the images of an algorithm's version, by region. */
  def accounts(algorithm: String, version: String): Map[String, String] =
    images
      .filter(image => image.algorithm == algorithm && image.version == version)
      .map(image => image.region -> image.account)
      .toMap

  /** The versions of an algorithm, the oldest first. */
  def versions(algorithm: String): Seq[String] =
    images.filter(_.algorithm == algorithm).map(_.version).distinct
}
