package com.amazonaws.services.sagemaker.sparksdk.runs

import java.time.Instant

import org.scalatest.funsuite.AnyFunSuite

import com.amazonaws.services.sagemaker.sparksdk.{CreatedResources, CustomNamePolicy, S3DataPath}

class RunsSuite extends AnyFunSuite {
  private val id = "0a1b2c3d-0000-4000-8000-0123456789ab"
  private val names = CustomNamePolicy("job", "model", "config", "endpoint")
  private val record = RunRecord(id, Instant.parse("2026-01-02T03:04:05.678Z"), names)
  private val path = S3DataPath("bucket", "/a//b/")

  test("a record is read as it was written, and lies below the path") {
    assert(RunRecord.fromJson(id, RunRecord.toJson(record)) == record)
    assert(RunRecord.key(path, id) == s"a/b/sagemaker-spark-runs/$id.json")
    assert(RunRecord.key(S3DataPath("bucket", ""), id) == s"sagemaker-spark-runs/$id.json")
    assert(record.keyPrefix(path) == s"a/b/job/$id/")
    assert(RunRecord.runIdOf(path, RunRecord.key(path, id)).contains(id))
    for (
      other <- Seq(
        s"a/b/$id.json",
        s"a/b/sagemaker-spark-runs/x/$id.json",
        "a/b/sagemaker-spark-runs/notes.json"
      )
    )
      assert(RunRecord.runIdOf(path, other).isEmpty, other)
  }

  test("what isn't a record of this run is refused with the reason") {
    val json = RunRecord.toJson(record)
    for (
      (damaged, said) <- Seq(
        "[]" -> "isn't a JSON object",
        json.replace("\"format\":1", "\"format\":2") -> "format 2",
        json.replace(id, "another") -> "another",
        json.replace("\"job\"", "\"../..\"") -> "'../..'",
        json.replace("2026-01-02T", "today") -> "isn't one"
      )
    ) {
      val e = intercept[IllegalArgumentException](RunRecord.fromJson(id, damaged))
      assert(e.getMessage.contains(said), e.getMessage)
    }
  }

  test("where a job's data was staged follows from what it reads, if a fit made it") {
    assert(RunRecord.pathOf(s"s3://b/p/q/job/$id.manifest", "job", id).contains(S3DataPath("b", "p/q")))
    assert(RunRecord.pathOf(s"s3://b/job/$id/", "job", id).contains(S3DataPath("b", "")))
    assert(RunRecord.pathOf(s"s3://b/p/other/$id/", "job", id).isEmpty)
    assert(RunRecord.pathOf("s3://b/p/data", "job", id).isEmpty)
  }

  private def run(job: Option[String], endpoint: Option[String], resources: CreatedResources): Run =
    Run(id, None, None, job.map(_ => "job"), job, None, resources, endpoint, StagedLeft.none)

  test("the phase follows from what there is, and what is billed from the phase") {
    val none = CreatedResources.none
    val whole = CreatedResources(Some("m"), Some("c"), Some("e"))
    val cases = Seq(
      (run(None, None, none), Run.Staging, false),
      (run(Some("InProgress"), None, none), Run.Training, true),
      (run(Some("Stopping"), None, none), Run.Training, true),
      (run(Some("NewState"), None, none), Run.Training, true),
      (run(Some("Completed"), None, none), Run.Trained, false),
      (run(Some("Failed"), None, none), Run.Failed, false),
      (run(Some("Stopped"), None, none), Run.Failed, false),
      (run(Some("Completed"), None, whole.copy(endpointName = None)), Run.Hosting, false),
      (run(Some("Completed"), Some("Creating"), whole), Run.Hosting, true),
      (run(Some("Completed"), Some("Failed"), whole), Run.Hosting, true),
      (run(None, Some("InService"), whole), Run.Hosted, true)
    )
    cases.foreach { case (found, phase, billed) =>
      assert(found.phase == phase, found)
      assert(found.costsMoney == billed, found)
    }
  }
}
