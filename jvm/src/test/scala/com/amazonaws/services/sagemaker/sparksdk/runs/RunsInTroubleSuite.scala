package com.amazonaws.services.sagemaker.sparksdk.runs

import java.time.Instant
import java.util.concurrent.atomic.{AtomicBoolean, AtomicInteger}

import org.scalatest.funsuite.AnyFunSuite

import com.amazonaws.services.sagemaker.sparksdk.{
  CreatedResources,
  CustomNamePolicy,
  S3DataPath,
  StubSageMaker,
  Warnings
}
import com.amazonaws.services.sagemaker.sparksdk.aws.RunTag
import com.amazonaws.services.sagemaker.sparksdk.exceptions.SageMakerResourceCleanupException
import com.amazonaws.services.sagemaker.sparksdk.settings.ClientSettings
import com.amazonaws.services.sagemaker.sparksdk.staging.StubS3

/** Runs whose bucket or state can't be looked at. */
class RunsInTroubleSuite extends AnyFunSuite {
  private val id = "0a1b2c3d-0000-4000-8000-0123456789ab"
  private val ofRun = s"""{"Tags":[{"Key":"${RunTag.Key}","Value":"$id"}]}"""

  private def withServices[T](answer: String => (Int, String))(test: (StubSageMaker, StubS3) => T): T = {
    val s3 = new StubS3
    val service = new StubSageMaker((operation, _) => answer(operation))
    try test(service, s3)
    finally {
      service.close()
      s3.close()
    }
  }

  private def clients(service: StubSageMaker, s3: StubS3) =
    ClientSettings(service.config, s3.config, service.config)

  test("a run in a bucket that may not be read is listed with what SageMaker says of it") {
    val arn = "arn:aws:sagemaker:us-east-1:123456789012:training-job/job"
    val source =
      s"""{"S3DataSource":{"S3DataType":"ManifestFile","S3Uri":"s3://theirs/p/job/$id.manifest"}}"""
    val job = s"""{"TrainingJobName":"job","TrainingJobArn":"$arn","TrainingJobStatus":"InProgress",""" +
      s""""InputDataConfig":[{"ChannelName":"train","DataSource":$source}]}"""
    withServices {
      case "ListTrainingJobs" =>
        (200, s"""{"TrainingJobSummaries":[{"TrainingJobName":"job","TrainingJobArn":"$arn"}]}""")
      case "DescribeTrainingJob" => (200, job)
      case "ListTags" => (200, ofRun)
      case "ListEndpoints" => (200, """{"Endpoints":[]}""")
      case _ => (500, "{}")
    } { (service, s3) =>
      val listings = new AtomicInteger
      s3.refuse = (what, _) =>
        what.trim match {
          case "GET" => Some("AccessDenied")
          // The first is of the records below the path that is asked about.
          case "GET list-type" if listings.incrementAndGet() > 1 => Some("AccessDenied")
          case _ => None
        }
      var runs = Seq.empty[Run]
      val said = Warnings.of { runs = new RunFinder(clients(service, s3)).list(S3DataPath("bucket", "mine")) }
      val run = runs.head
      assert(runs.length == 1 && run.runId == id && run.phase == Run.Training && run.costsMoney)
      assert(run.trainingJobName.contains("job") && run.path.contains(S3DataPath("theirs", "p")))
      assert(run.created.isEmpty && run.staged == StagedLeft.none)
      assert(said.count(_.contains("AccessDenied")) == 2, said)
    }
  }

  private val hosted = Run(
    id,
    None,
    None,
    None,
    None,
    None,
    CreatedResources(Some("m"), Some("c"), Some("e")),
    Some("Creating"),
    StagedLeft.none
  )

  private def endpoint(status: String): (Int, String) =
    (
      200,
      s"""{"EndpointName":"e","EndpointArn":"arn:e","EndpointConfigName":"c","EndpointStatus":"$status"}"""
    )

  test("a removal waits for an endpoint whose state can't be looked up for a while") {
    val looks = new AtomicInteger
    withServices {
      case "DescribeEndpoint" =>
        looks.incrementAndGet() match {
          case 1 | 3 => StubSageMaker.error("ServiceUnavailable", "busy", 503)
          case 2 => endpoint("Creating")
          case _ => endpoint("InService")
        }
      case "ListTags" => (200, ofRun)
      case _ => (200, "{}")
    } { (service, s3) =>
      val removal = new RunRemoval(hosted, clients(service, s3), pollIntervalMillis = 1)
      val progress = removal.poll()
      assert(
        !progress.finished && progress.message.contains(
          "the endpoint 'e' is in a state that can't be looked up"
        )
      )
      removal.await()
      val deleted = Seq("DeleteEndpoint", "DeleteEndpointConfig", "DeleteModel")
      assert(service.operations.filter(_.startsWith("Delete")) == deleted)
      assert(looks.get == 4)
    }
  }

  test("a removal doesn't wait for what may not be looked up") {
    withServices {
      case "DescribeEndpoint" => StubSageMaker.error("AccessDeniedException", "no")
      case _ => (200, "{}")
    } { (service, s3) =>
      val removal = new RunRemoval(hosted, clients(service, s3), pollIntervalMillis = 1)
      val e = intercept[SageMakerResourceCleanupException](removal.poll())
      assert(e.createdResources.endpointName.contains("e"))
    }
  }

  test("a job without the run's tag is known by what it reads, and stopped before its data is removed") {
    val stopped = new AtomicBoolean
    val source =
      s"""{"S3DataSource":{"S3DataType":"ManifestFile","S3Uri":"s3://bucket/mine/job/$id.manifest"}}"""
    withServices {
      case "DescribeTrainingJob" =>
        val status = if (stopped.get) "Stopped" else "InProgress"
        val names = s""""TrainingJobName":"job","TrainingJobArn":"arn:job","TrainingJobStatus":"$status""""
        (200, s"""{$names,"InputDataConfig":[{"ChannelName":"train","DataSource":$source}]}""")
      case "StopTrainingJob" =>
        stopped.set(true)
        (200, "{}")
      case "ListTags" => (200, """{"Tags":[]}""")
      case _ => (200, "{}")
    } { (service, s3) =>
      val path = S3DataPath("bucket", "mine")
      val record =
        RunRecord(id, Instant.parse("2026-01-01T00:00:00Z"), CustomNamePolicy("job", "m", "c", "e"))
      s3.objects.put(RunRecord.key(path, id), RunRecord.toJson(record).getBytes("UTF-8"))
      s3.objects.put(s"mine/job/$id/part-0", Array[Byte](1))
      val run = new RunFinder(clients(service, s3)).find(path, id).get
      assert(run.phase == Run.Training && run.trainingJobName.contains("job"))
      new RunRemoval(run, clients(service, s3), pollIntervalMillis = 1).await()
      assert(stopped.get && s3.keys.isEmpty)
    }
  }

  test("the data of a job that has not ended in time is left, since it may still be read") {
    withServices {
      case "DescribeTrainingJob" => StubSageMaker.error("ServiceUnavailable", "busy", 503)
      case _ => (200, "{}")
    } { (service, s3) =>
      s3.objects.put(s"mine/job/$id/part-0", Array[Byte](1))
      val run = hosted.copy(
        path = Some(S3DataPath("bucket", "mine")),
        trainingJobName = Some("job"),
        trainingJobStatus = Some("InProgress"),
        resources = CreatedResources.none
      )
      val removal = new RunRemoval(run, clients(service, s3), timeoutSeconds = -1, pollIntervalMillis = 1)
      val e = intercept[SageMakerResourceCleanupException](removal.poll())
      assert(
        e.getMessage.contains("the training job 'job' is in a state that can't be looked up"),
        e.getMessage
      )
      assert(s3.keys == Seq(s"mine/job/$id/part-0"))
    }
  }
}
