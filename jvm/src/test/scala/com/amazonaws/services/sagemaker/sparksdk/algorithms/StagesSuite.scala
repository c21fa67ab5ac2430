package com.amazonaws.services.sagemaker.sparksdk.algorithms

import java.nio.file.Files

import com.amazonaws.services.sagemaker.sparksdk._
import com.amazonaws.services.sagemaker.sparksdk.settings.{SettingParam, StageSettings}
import org.apache.spark.ml.{Pipeline, PipelineStage}
import org.apache.spark.ml.param.{DoubleParam, IntParam, Param, ParamMap}
import org.apache.spark.ml.util.{MLReader, MLWritable}
import org.scalatest.funsuite.AnyFunSuite

/** Every stage copies, saves and loads with all that it was given. */
class StagesSuite extends AnyFunSuite with OwnSparkSession {

  private lazy val folder = Files.createTempDirectory("stages")

  override def beforeAll(): Unit = assert(spark.range(1).count() == 1)

  private val stages: Seq[String] =
    "com.amazonaws.services.sagemaker.sparksdk.SageMakerEstimator" +: Algorithms.names.map(
      Algorithms.classOf(_).getName
    )

  /** A stage with every Param and a good many settings away from their defaults. */
  private def full(className: String): SageMakerEstimator = {
    val stage = Class
      .forName(className)
      .getConstructor(classOf[String])
      .newInstance("given")
      .asInstanceOf[SageMakerEstimator]
    for (param <- stage.params) param match {
      case number: IntParam => stage.set(number, (1 to 5).find(accepts(number, _)).get)
      case number: DoubleParam => stage.set(number, Seq(0.75, 1.5).find(accepts(number, _)).get)
      case _: SettingParam[_] => ()
      case text: Param[_] =>
        val words = text.doc.split("[;, ]+").toSeq ++ Seq("5", "[[0,1]]", "(1,0)")
        stage.set(
          text.asInstanceOf[Param[String]],
          words.find(accepts(text.asInstanceOf[Param[String]], _)).get
        )
    }
    stage.updateSettings(settings =>
      settings.copy(
        training = settings.training.copy(
          image = Some("image"),
          role = IAMRole("arn:aws:iam::123456789012:role/r"),
          instanceType = Some("ml.m5.large"),
          instanceCount = Some(2),
          contentType = Some("type"),
          namePolicyFactory = new CustomNamePolicyFactory("a", "b", "c", "d"),
          hyperParameters = Map("extra" -> "1")
        ),
        staging =
          settings.staging.copy(inputPath = S3DataPath("bucket", "key"), projectedColumns = Some(List("x"))),
        hosting = settings.hosting.copy(
          instanceType = Some("ml.m5.large"),
          policy = EndpointCreationPolicy.CREATE_ON_TRANSFORM
        ),
        region = Some("eu-west-1"),
        algorithmVersion = Some("1")
      )
    )
    stage
  }

  private def accepts[T](param: Param[T], value: T): Boolean =
    try param.isValid(value)
    catch { case _: IllegalArgumentException => false }

  private def assertSame(one: SageMakerEstimator, other: SageMakerEstimator): Unit = {
    assert(one.getClass == other.getClass)
    assert(one.uid == other.uid)
    assert(one.params.map(_.name).toSeq == other.params.map(_.name).toSeq)
    assert(one.makeHyperParameters() == other.makeHyperParameters())
    for (param <- one.params if param.name != SettingParam.Name) {
      assert(
        one.get(param).map(_.toString) == other.get(other.getParam(param.name)).map(_.toString),
        param.name
      )
      assert(
        one.getDefault(param).map(_.toString) == other.getDefault(other.getParam(param.name)).map(_.toString)
      )
    }
    assert(StageSettings.estimator.encode(one.settings) == StageSettings.estimator.encode(other.settings))
  }

  private def loaded(className: String, path: String): PipelineStage =
    Class
      .forName(className)
      .getMethod("read")
      .invoke(None.orNull)
      .asInstanceOf[MLReader[PipelineStage]]
      .load(path)

  for (className <- stages) test(s"${className.split('.').last} copies, saves and loads") {
    val stage = full(className)
    assert(stage.makeHyperParameters().size >= stage.params.length)
    assertSame(stage, stage.copy(ParamMap.empty))
    val path = folder.resolve(className).toString
    stage.asInstanceOf[MLWritable].write.overwrite().save(path)
    assertSame(stage, loaded(className, path).asInstanceOf[SageMakerEstimator])
    val bare = Class.forName(className).getConstructor().newInstance().asInstanceOf[SageMakerEstimator]
    bare.asInstanceOf[MLWritable].write.overwrite().save(path)
    assertSame(bare, loaded(className, path).asInstanceOf[SageMakerEstimator])
  }

  test("a ParamMap changes the copy and leaves the stage") {
    val xgboost = new XGBoostSageMakerEstimator().setNumRound(5)
    val copied = xgboost.copy(ParamMap(xgboost.numRound -> 7))
    assert(copied.makeHyperParameters().get("num_round") == "7")
    assert(xgboost.getNumRound == 5)
  }

  test("a pipeline of all of them saves and loads") {
    val all = Algorithms.names.map(name => full(Algorithms.classOf(name).getName))
    val path = folder.resolve("pipeline").toString
    new Pipeline().setStages(all.toArray[PipelineStage]).write.overwrite().save(path)
    val again = Pipeline.load(path).getStages
    assert(again.length == all.size)
    all.zip(again).foreach { case (one, other) => assertSame(one, other.asInstanceOf[SageMakerEstimator]) }
  }
}
