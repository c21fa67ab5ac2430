package com.amazonaws.services.sagemaker.sparksdk

import com.amazonaws.services.sagemaker.sparksdk.settings.{JsonCodec, ValueCodecs}
import org.scalatest.funsuite.AnyFunSuite

class ValuesSuite extends AnyFunSuite {

  test("the names of a policy are four, valid and different each time") {
    val factory = new RandomNamePolicyFactory("prefix-")
    val made = Seq.fill(3)(factory.createNamePolicy)
    made.foreach(NamePolicy.requireValid)
    val names = made.flatMap(p => Seq(p.trainingJobName, p.modelName, p.endpointConfigName, p.endpointName))
    assert(names.distinct.size == 12 && names.forall(_.startsWith("prefix-")))
  }

  test("a time stamp follows each custom name") {
    val policy = new CustomNamePolicyWithTimeStampSuffixFactory("j", "m", "c", "e").createNamePolicy
    NamePolicy.requireValid(policy)
    val names = Seq(policy.trainingJobName, policy.modelName, policy.endpointConfigName, policy.endpointName)
    assert(names.map(_.take(2)) == Seq("j-", "m-", "c-", "e-"))
  }

  test("names that SageMaker refuses are refused here, with the name and its length") {
    Seq("", "-a", "a-", "a_b", "a" * 64, "a" * 31 + "-" + "b" * 32).foreach { name =>
      val e = intercept[IllegalArgumentException](
        NamePolicy.requireValid(CustomNamePolicy("ok", "ok", "ok", name))
      )
      assert(e.getMessage.contains(s"'$name' (${name.length} characters)"))
    }
    NamePolicy.requireValid(CustomNamePolicy("a", "a--b", "A1", "a" * 63))
  }

  test("S3 URIs are read with and without a path, and written") {
    assert(S3DataPath.fromS3URI("s3://b/x/y") == S3DataPath("b", "x/y"))
    assert(S3DataPath.fromS3URI("s3a://b") == S3DataPath("b", ""))
    assert(S3DataPath("b", "x").toS3UriString == "s3://b/x")
    assert(intercept[IllegalArgumentException](S3DataPath.fromS3URI("b/x")).getMessage.contains("'b/x'"))
  }

  test("every value is described as JSON that makes it again") {
    Seq[AnyRef](
      IAMRole("arn"),
      IAMRoleFromConfig("k"),
      S3DataPath("b", "p"),
      S3AutoCreatePath(),
      S3PathFromConfig("k"),
      RandomNamePolicy("p"),
      CustomNamePolicy("a", "b", "c", "d"),
      CustomNamePolicyWithTimeStampSuffix("a", "b", "c", "d"),
      CreatedResources(Some("m"), None, Some("e"))
    ).foreach { value =>
      assert(ValueCodecs.readAny(JsonCodec.parse(ValueCodecs.writeAny(value).toString)) == value)
    }
  }
}
