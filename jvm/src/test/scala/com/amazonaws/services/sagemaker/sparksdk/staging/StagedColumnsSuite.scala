package com.amazonaws.services.sagemaker.sparksdk.staging

import java.nio.charset.StandardCharsets.UTF_8

import org.apache.spark.sql.functions._

/** Which columns go into a record or a line. */
class StagedColumnsSuite extends StagingTests {

  test("projected columns are found as the session finds columns") {
    val request = this
      .request(options = Map("labelColumnName" -> "LABEL"))
      .copy(projectedColumns = Some(List("LABEL", "features")))
    val staged = Staging.stage(rows(3, 1), request)
    assert(trainedOn(staged) == Seq(0.0, 1.0, 2.0))
    spark.conf.set("spark.sql.caseSensitive", "true")
    try
      assert(
        intercept[IllegalArgumentException](Staging.stage(rows(3, 1), request)).getMessage
          .contains("there is no column \"LABEL\"")
      )
    finally spark.conf.unset("spark.sql.caseSensitive")
  }

  test("projected columns may lie in a struct, or have a dot in their name") {
    val data = rows(3, 1).select(
      struct(col("label"), struct(col("features").as("x")).as("deep")).as("s"),
      col("features").as("my.features")
    )
    val cases = Seq("`my.features`" -> "my.features", "my.features" -> "my.features", "s.deep.X" -> "X")
    cases.zipWithIndex.foreach { case ((chosen, features), i) =>
      val staged = Staging.stage(
        data,
        request(options = Map("featuresColumnName" -> features))
          .copy(keyPrefix = s"runs/$i", projectedColumns = Some(List("s.label", chosen)))
      )
      assert(trainedOn(staged) == Seq(0.0, 1.0, 2.0) && staged.featureWidth.contains(3), chosen)
    }
    Seq("s.nothing", "s.label.more", "`s", "nothing.label").foreach { wrong =>
      val e = intercept[IllegalArgumentException] {
        Staging.validate(data.schema, request().copy(projectedColumns = Some(List(wrong))))
      }
      assert(e.getMessage.contains(s"""there is no column "$wrong" """.trim), e.getMessage)
    }
  }

  test("CSV without labels has the width of its whole lines, and may begin with a null") {
    val session = spark
    import session.implicits._
    val table = Seq[(java.lang.Double, Double)]((1.0, 0.5), (null, 2.0)).toDF("a", "b").coalesce(1)
    val unlabelled = request("csv").copy(csvLabelled = false)
    val staged = Staging.stage(table, unlabelled)
    assert(new String(s3.bytes(staged.objects.head.key), UTF_8) == "1.0,0.5\n,2.0\n")
    assert(staged.featureWidth.contains(2))
    val e = intercept[IllegalArgumentException](Staging.stage(table, request("csv")))
    assert(e.getMessage.contains("column \"a\" is null"), e.getMessage)
    assert(Staging.stage(table, request("csv").copy(strict = false)).rowCount == 2)
  }
}
