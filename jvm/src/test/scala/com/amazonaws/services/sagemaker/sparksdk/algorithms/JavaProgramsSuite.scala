package com.amazonaws.services.sagemaker.sparksdk.algorithms

import java.io.StringWriter
import java.nio.charset.StandardCharsets
import java.nio.file.Files
import javax.tools.ToolProvider

import scala.collection.JavaConverters._

import com.amazonaws.services.sagemaker.sparksdk.SageMakerEstimator
import org.scalatest.funsuite.AnyFunSuite

/** Programs in Java, to which a setter is of the class that declares it and not of the object's. */
class JavaProgramsSuite extends AnyFunSuite {

  /** What the compiler of Java says of a class. */
  private def refused(name: String, body: String): String = {
    val folder = Files.createTempDirectory("java")
    val source = folder.resolve(s"$name.java")
    val imports = Seq("", ".algorithms", ".transformation").map(room =>
      s"import com.amazonaws.services.sagemaker.sparksdk$room.*;"
    )
    val program =
      s"${imports.mkString("\n")}\nimport org.apache.spark.sql.*;\nimport org.apache.spark.sql.types.*;\n$body"
    Files.write(source, program.getBytes(StandardCharsets.UTF_8))
    val compiler = ToolProvider.getSystemJavaCompiler
    val said = new StringWriter()
    val files = compiler.getStandardFileManager(None.orNull, None.orNull, StandardCharsets.UTF_8)
    val options = Seq("-d", folder.toString, "-cp", System.getProperty("java.class.path"), "-proc:none")
    compiler
      .getTask(said, files, None.orNull, options.asJava, None.orNull, files.getJavaFileObjects(source.toFile))
      .call()
    said.toString
  }

  test("setters chain, and end in a fit") {
    val said = refused(
      "Chains",
      """class Chains {
        |  KMeansSageMakerEstimator kmeans(KMeansSageMakerEstimator e) { return e.setFeatureDim(784).setK(10); }
        |  SageMakerModel pca(PCASageMakerEstimator e, Dataset<?> d) {
        |    return e.setMiniBatchSize(5).setNumComponents(2).fit(d);
        |  }
        |  LDASageMakerEstimator lda(LDASageMakerEstimator e) { return e.setFeatureDim(3).setNumTopics(2); }
        |  SageMakerModel xgboost(XGBoostSageMakerEstimator e, Dataset<?> d) {
        |    return e.setEta(0.1).setObjective("multi:softmax").setNumRound(25).fit(d);
        |  }
        |  SageMakerModel learner(LinearLearnerBinaryClassifier e, Dataset<?> d) {
        |    return e.setTargetRecall(0.5).setFeatureDim(3).setEpochs(2).fit(d);
        |  }
        |  SageMakerModel machines(FactorizationMachinesRegressor e, Dataset<?> d) {
        |    return e.setFeatureDim(3).setNumFactors(2).fit(d);
        |  }
        |}""".stripMargin
    )
    assert(said.isEmpty)
  }

  test("a serializer declares the variable of 1.4.5, or has it from the class that is there for Java") {
    val methods =
      """  public String contentType() { return "text/csv"; }
        |  public byte[] serializeRow(Row row) { return rowSchema().json().getBytes(); }
        |}""".stripMargin
    val published =
      """class Published implements RequestRowSerializer {
        |  private StructType rowSchema;
        |  public StructType rowSchema() { return rowSchema; }
        |  public void rowSchema_$eq(StructType schema) { rowSchema = schema; }
        |""".stripMargin
    assert(refused("Published", published + methods).isEmpty)
    assert(refused("Short", "class Short extends JavaRequestRowSerializer {\n" + methods).isEmpty)
  }

  test("companions say what the algorithm is called and which image 1.4.5 trained") {
    val said = refused(
      "Companions",
      """class Companions {
        |  String[] names = {
        |    KMeansSageMakerEstimator.algorithmName(), LinearLearnerSageMakerEstimator.algorithmTag(),
        |    FactorizationMachinesSageMakerEstimator.regionAccountMap().apply("us-east-1")
        |  };
        |}""".stripMargin
    )
    assert(said.isEmpty)
  }

  for (name <- Algorithms.names) test(s"$name: each setter is of the estimator's class, as in 1.4.5") {
    val estimator = Algorithms.classOf(name)
    val declaring = Seq(estimator, estimator.getSuperclass).filter(_ != classOf[SageMakerEstimator])
    val published =
      Algorithms.classes.get(name).get("methods").asScala.map(_.asText.takeWhile(_ != '(')).toSet
    val setters = estimator.getMethods.toSeq
      .filter(m => m.getName.startsWith("set") && m.getParameterCount == 1 && published(m.getName))
      .groupBy(m => (m.getName, m.getParameterTypes.toSeq))
    assert(setters.keySet.map(_._1) == published.filter(_.startsWith("set")))
    for ((setter, methods) <- setters)
      assert(methods.exists(m => declaring.contains(m.getReturnType)), setter)
  }
}
