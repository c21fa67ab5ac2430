package com.amazonaws.services.sagemaker.sparksdk.hosting

import org.scalatest.funsuite.AnyFunSuite

import com.amazonaws.services.sagemaker.sparksdk.{CreatedResources, StubSageMaker, Warnings}
import com.amazonaws.services.sagemaker.sparksdk.aws.RunTag
import com.amazonaws.services.sagemaker.sparksdk.exceptions.{AwsConfigurationException, EndpointException}

class EndpointSuite extends AnyFunSuite {
  private val role = "arn:aws:iam::123456789012:role/r"
  private val runTag = Map(RunTag.Key -> "0a1b2c3d-0000-4000-8000-0123456789ab")
  private def plan(tags: Map[String, String] = runTag) =
    HostingPlan("m", "c", "e", "image:1", "s3://b/model.tar.gz", role, Map.empty, "ml.m5.large", 1, tags)

  test(
    "an endpoint that somebody deleted while it came up is said to be gone, with what stood behind it removed"
  ) {
    val gone = StubSageMaker.error("ValidationException", "Could not find endpoint \"e\".")
    val service = new StubSageMaker((operation, _) =>
      operation match {
        case "DescribeEndpoint" | "DeleteEndpoint" => gone
        case _ => (200, "{}")
      }
    )
    try {
      val endpoint = new Endpoint(plan(), service.config)
      endpoint.create()
      val e = intercept[EndpointException](endpoint.status())
      assert(
        e.getMessage.contains("The endpoint 'e' isn't there any more") && !e.getMessage.contains("billed")
      )
      assert(e.createdResources == CreatedResources.none && endpoint.created == CreatedResources.none)
      assert(service.operations.takeRight(2) == Seq("DeleteEndpointConfig", "DeleteModel"))
    } finally service.close()
  }

  /** A service for callers who may create and not tag. */
  private def withoutTagging[T](test: StubSageMaker => T): T = {
    val service =
      new StubSageMaker((_, request) => if (request.has("Tags")) StubSageMaker.TaggingDenied else (200, "{}"))
    try test(service)
    finally service.close()
  }

  test("a caller who may not tag gets model, configuration and endpoint without the run's tag, and is told") {
    withoutTagging { service =>
      val endpoint = new Endpoint(plan(), service.config)
      val said = Warnings.of(endpoint.create())
      assert(endpoint.created == CreatedResources(Some("m"), Some("c"), Some("e")))
      val created = Seq("CreateModel", "CreateEndpointConfig", "CreateEndpoint")
      assert(service.operations == created.flatMap(operation => Seq(operation, operation)))
      assert(
        said.map(_.takeWhile(_ != '\'')) == Seq("The model ", "The endpoint configuration ", "The endpoint ")
      )
      assert(said.forall(w => w.contains("sagemaker:AddTags") && w.contains("list_runs()")), said)
    }
  }

  test("tags of the user's own are never left out") {
    withoutTagging { service =>
      val endpoint = new Endpoint(plan(runTag + ("team" -> "blue")), service.config)
      val e = intercept[AwsConfigurationException](endpoint.create())
      assert(e.getMessage.contains("sagemaker:AddTags"))
      assert(service.operations == Seq("CreateModel"))
    }
  }
}
