package com.amazonaws.services.sagemaker.sparksdk.transformation

import java.io.{ByteArrayInputStream, ByteArrayOutputStream, ObjectInputStream, ObjectOutputStream}
import java.nio.charset.StandardCharsets.UTF_8

import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers._
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers._
import com.amazonaws.services.sagemaker.sparksdk.wire.AiAlgs
import com.amazonaws.services.sagemaker.sparksdk.wire.AiAlgs.Tensor
import org.apache.spark.ml.linalg.{SQLDataTypes, Vectors}
import org.apache.spark.sql.Row
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema
import org.apache.spark.sql.types._
import org.scalatest.funsuite.AnyFunSuite

class TransformationsSuite extends AnyFunSuite {
  private val schema = new StructType().add("label", DoubleType).add("features", SQLDataTypes.VectorType)
  private val row = Row(1.0, Vectors.dense(0.5, 2.0))

  private def body(labels: (String, Tensor)*): Array[Byte] = AiAlgs.frames(AiAlgs.record(labels))
  private def number(value: Double): Tensor = Tensor("Float32Tensor", Seq(value))
  private val several: Tensor = Tensor("Float32Tensor", Seq(0.25, 0.5))

  test("serializers write public rows, by the schema given, set, or of the row itself") {
    val told = new LibSVMRequestRowSerializer(Some(schema))
    assert(new String(told.serializeRow(row), UTF_8) == "1.0 1:0.5 2:2.0\n")
    val unlabelled = new UnlabeledLibSVMRequestRowSerializer()
    unlabelled.setSchema(schema)
    assert(new String(unlabelled.serializeRow(row), UTF_8) == "0.0 1:0.5 2:2.0\n")
    val csv = new UnlabeledCSVRequestRowSerializer()
    val withSchema = new GenericRowWithSchema(Array[Any](1.0, Vectors.dense(0.5, 2.0)), schema)
    assert(new String(csv.serializeRow(withSchema), UTF_8) == "0.5,2.0\n")
    val protobuf = new ProtobufRequestRowSerializer()
    val Seq(payload) = AiAlgs.payloads(protobuf.serializeRow(withSchema))
    assert(AiAlgs.read(payload, "features").contains(Tensor("Float32Tensor", Seq(0.5, 2.0))))
    assert(AiAlgs.read(payload, "label").isEmpty)
    assert(
      intercept[IllegalArgumentException](new UnlabeledCSVRequestRowSerializer().serializeRow(row)).getMessage
        .contains("setSchema")
    )
  }

  test("the schema that a serializer is told is checked and kept") {
    val names = new NamesSerializer
    names.setSchema(schema)
    assert(new String(names.serializeRow(row), UTF_8) == "label,features")
    val strict = new NamesSerializer {
      override def validateSchema(told: StructType): Unit = throw new IllegalArgumentException("no")
    }
    intercept[IllegalArgumentException](strict.setSchema(schema))
    val extended = new UnlabeledCSVRequestRowSerializer() {
      def told: Option[StructType] = Option(rowSchema)
    }
    assert(extended.told.isEmpty)
    extended.setSchema(schema)
    assert(extended.told.contains(schema))
    assert(intercept[IllegalArgumentException](extended.setSchema(new StructType())).getMessage.nonEmpty)
  }

  test("a schema that doesn't fit names column, expected and found types") {
    val text = new StructType().add("label", StringType).add("features", StringType)
    Seq(
      new ProtobufRequestRowSerializer(),
      new LibSVMRequestRowSerializer(),
      new UnlabeledCSVRequestRowSerializer(),
      new UnlabeledLibSVMRequestRowSerializer()
    ).foreach { serializer =>
      serializer.validateSchema(schema)
      val e = intercept[IllegalArgumentException](serializer.validateSchema(text))
      assert(
        e.getMessage.contains("\"features\"") && e.getMessage.contains("vector") && e.getMessage.contains(
          "string"
        )
      )
    }
  }

  test("deserializers give the contract's columns") {
    val cases = Seq[(ResponseRowDeserializer, Array[Byte], Seq[String], Row)](
      (
        new KMeansProtobufResponseRowDeserializer(),
        body("closest_cluster" -> number(3), "distance_to_cluster" -> number(1.5)),
        Seq("distance_to_cluster", "closest_cluster"),
        Row(1.5, 3.0)
      ),
      (
        new PCAProtobufResponseRowDeserializer(),
        body("projection" -> several),
        Seq("projection"),
        Row(Vectors.dense(0.25, 0.5))
      ),
      (
        new PCAProtobufResponseRowDeserializer(),
        body("projection" -> number(2)),
        Seq("projection"),
        Row(Vectors.dense(2.0))
      ),
      (
        new LDAProtobufResponseRowDeserializer(),
        body("topic_mixture" -> number(1)),
        Seq("topic_mixture"),
        Row(Vectors.dense(1.0))
      ),
      (
        new LinearLearnerBinaryClassifierProtobufResponseRowDeserializer(),
        body("score" -> number(0.5), "predicted_label" -> number(1)),
        Seq("score", "predicted_label"),
        Row(0.5, 1.0)
      ),
      (
        new LinearLearnerMultiClassClassifierProtobufResponseRowDeserializer(),
        body("score" -> several, "predicted_label" -> number(1)),
        Seq("score", "predicted_label"),
        Row(Vectors.dense(0.25, 0.5), 1.0)
      ),
      (
        new LinearLearnerRegressorProtobufResponseRowDeserializer(),
        body("score" -> number(4)),
        Seq("score"),
        Row(4.0)
      ),
      (
        new FactorizationMachinesBinaryClassifierDeserializer(),
        body("score" -> number(0.5), "predicted_label" -> number(0)),
        Seq("score", "predicted_label"),
        Row(0.5, 0.0)
      ),
      (new FactorizationMachinesRegressorDeserializer(), body("score" -> number(4)), Seq("score"), Row(4.0)),
      (
        new LibSVMResponseRowDeserializer(3),
        "1 2:0.5\n".getBytes(UTF_8),
        Seq("label", "features"),
        Row(1.0, Vectors.sparse(3, Array(1), Array(0.5)))
      ),
      (new XGBoostCSVRowDeserializer(), "0.75\n".getBytes(UTF_8), Seq("prediction"), Row(0.75))
    )
    cases.foreach { case (deserializer, bytes, columns, expected) =>
      assert(deserializer.schema.fieldNames.toSeq == columns)
      assert(
        deserializer.deserializeResponse(bytes).toList == List(expected),
        deserializer.getClass.getSimpleName
      )
    }
  }

  test("serializers of JSON and CSV write public rows, of JSON one element of the list") {
    def text(serializer: RequestRowSerializer): String = {
      serializer.setSchema(schema)
      new String(serializer.serializeRow(row), UTF_8)
    }
    assert(text(new JSONRequestRowSerializer()) == "{\"features\":[0.5,2.0]}")
    assert(text(new JSONRequestRowSerializer(columns = Some(Seq("label")))) == "{\"label\":1.0}")
    assert(text(new JSONLinesRequestRowSerializer()) == "{\"features\":[0.5,2.0]}\n")
    assert(text(new LabeledCSVRequestRowSerializer()) == "1.0,0.5,2.0\n")
    assert(text(new CSVColumnsRequestRowSerializer(Seq("features", "label"))) == "0.5,2.0,1.0\n")
  }

  test("deserializers of JSON and CSV give the schema's columns") {
    val answer = new StructType().add("score", SQLDataTypes.VectorType)
    val expected = List(Row(Vectors.dense(0.25, 0.75)))
    def read(deserializer: ResponseRowDeserializer, body: String): List[Row] =
      deserializer.deserializeResponse(body.getBytes(UTF_8)).toList
    assert(
      read(new JSONResponseRowDeserializer(answer), "{\"predictions\":[{\"score\":[0.25,0.75]}]}") == expected
    )
    assert(read(new JSONLinesResponseRowDeserializer(answer), "{\"score\":[0.25,0.75]}\n") == expected)
    assert(read(new CSVResponseRowDeserializer(answer), "0.25,0.75\n") == expected)
    val probabilities = new XGBoostCSVRowDeserializer("p", Some(2))
    assert(read(probabilities, "0.25,0.75") == expected && probabilities.schema.fieldNames.toSeq == Seq("p"))
  }

  test("choices of columns that make no sense are refused when they are made") {
    Seq[() => Any](
      () => new CSVColumnsRequestRowSerializer(Nil),
      () => new CSVColumnsRequestRowSerializer(Seq("a", "b", "a")),
      () => new JSONRequestRowSerializer(columns = Some(Nil)),
      () => new JSONLinesRequestRowSerializer(columns = Some(Seq("a", "a"))),
      () => new XGBoostCSVRowDeserializer(numClass = Some(1))
    ).foreach(make => assert(intercept[IllegalArgumentException](make()).getMessage.nonEmpty))
  }

  test("only the columns that are sent are read") {
    val frame = new StructType()
      .add("false", DoubleType)
      .add("label", DoubleType)
      .add("features", SQLDataTypes.VectorType)
    def read(serializer: InternalRowSerializer): Seq[String] = serializer.inputColumns(frame)
    assert(read(new LibSVMRequestRowSerializer(labelRequired = false)) == Seq("label", "features"))
    assert(read(new JSONRequestRowSerializer()) == Seq("features"))
    assert(read(new JSONRequestRowSerializer(columns = Some(Seq("label")))) == Seq("label"))
    assert(read(new CSVColumnsRequestRowSerializer(Seq("false"))) == Seq("false"))
    assert(read(new LabeledCSVRequestRowSerializer()) == Seq("label", "features"))
  }

  test("renamed columns are read from the service's keys") {
    val renamed = new KMeansProtobufResponseRowDeserializer("d", "c")
    assert(renamed.schema.fieldNames.toSeq == Seq("d", "c"))
    val answer = body("distance_to_cluster" -> number(1), "closest_cluster" -> number(2))
    assert(renamed.deserializeResponse(answer).toList == List(Row(1.0, 2.0)))
  }

  private val all: Seq[PersistableTransformation] = Seq(
    new ProtobufRequestRowSerializer(Some(schema), "f"),
    new LibSVMRequestRowSerializer(None, "l", "f"),
    new UnlabeledLibSVMRequestRowSerializer(None, "f"),
    new UnlabeledCSVRequestRowSerializer(None, "f"),
    new ProtobufResponseRowDeserializer(new StructType().add("a", DoubleType), Some(Seq("3:x"))),
    new ProtobufResponseRowDeserializer(new StructType().add("a", SQLDataTypes.VectorType)),
    new KMeansProtobufResponseRowDeserializer("a", "b"),
    new PCAProtobufResponseRowDeserializer("a"),
    new LDAProtobufResponseRowDeserializer("a"),
    new LinearLearnerBinaryClassifierProtobufResponseRowDeserializer("a", "b"),
    new LinearLearnerMultiClassClassifierProtobufResponseRowDeserializer("a", "b"),
    new LinearLearnerRegressorProtobufResponseRowDeserializer("a"),
    new FactorizationMachinesBinaryClassifierDeserializer("a", "b"),
    new FactorizationMachinesRegressorDeserializer("a"),
    new LibSVMResponseRowDeserializer(7, "a", "b"),
    new XGBoostCSVRowDeserializer("a"),
    new XGBoostCSVRowDeserializer("a", Some(3)),
    new LibSVMRequestRowSerializer(Some(schema), "l", "f", labelRequired = false),
    new LabeledCSVRequestRowSerializer(Some(schema), "l", "f"),
    new CSVColumnsRequestRowSerializer(Seq("a", "3:b", ""), Some(schema)),
    new CSVColumnsRequestRowSerializer(Seq("a")),
    new JSONRequestRowSerializer(Some(schema), "f", Some(Seq("b", "a,\uD83D\uDE00")), "rows"),
    new JSONRequestRowSerializer(envelope = ""),
    new JSONLinesRequestRowSerializer(None, "f", Some(Seq("a"))),
    new CSVResponseRowDeserializer(schema),
    new JSONResponseRowDeserializer(schema, Some(Seq("x", "y")), ""),
    new JSONResponseRowDeserializer(schema),
    new JSONLinesResponseRowDeserializer(schema, Some(Seq("x", "y")))
  )

  test("each is made again from what is saved of it, and travels to executors") {
    all.foreach { transformation =>
      val (className, arguments) = PersistedTransformation.encode(transformation)
      val again = PersistedTransformation.decode(className, arguments).asInstanceOf[PersistableTransformation]
      assert(again.getClass == transformation.getClass)
      assert(again.arguments == arguments)
      val bytes = new ByteArrayOutputStream()
      new ObjectOutputStream(bytes).writeObject(transformation)
      val copy = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray)).readObject()
      assert(copy.asInstanceOf[PersistableTransformation].arguments == arguments)
    }
    assert(all.map(_.getClass).distinct.length == BuiltInTransformations.factories.size)
  }

  test("a copy that crossed to an executor serializes public rows") {
    val bytes = new ByteArrayOutputStream()
    val original = new UnlabeledCSVRequestRowSerializer(Some(schema))
    original.serializeRow(row)
    new ObjectOutputStream(bytes).writeObject(original)
    val copy = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray)).readObject()
    assert(new String(copy.asInstanceOf[RequestRowSerializer].serializeRow(row), UTF_8) == "0.5,2.0\n")
  }

  test("classes that don't say how they are made again can't be saved, and foreign classes aren't loaded") {
    val e = intercept[IllegalArgumentException](PersistedTransformation.encode(new UsersSerializer))
    assert(
      e.getMessage.contains(classOf[UsersSerializer].getName) && e.getMessage.contains(SavedClasses.ConfigKey)
    )
    Seq(
      "java.lang.Runtime",
      "com.amazonaws.services.sagemaker.sparksdk.transformation.serializers.Gone",
      classOf[UsersPersistableSerializer].getName
    ).foreach { name =>
      assert(
        intercept[IllegalArgumentException](PersistedTransformation.decode(name, Map.empty)).getMessage
          .contains(name)
      )
    }
  }

  test("saved arguments that are missing or wrong are named") {
    val dim = classOf[LibSVMResponseRowDeserializer].getName
    val names = Map("labelColumnName" -> "a", "featuresColumnName" -> "b")
    assert(
      intercept[IllegalArgumentException](PersistedTransformation.decode(dim, names)).getMessage
        .contains("\"dim\"")
    )
    assert(
      intercept[IllegalArgumentException](
        PersistedTransformation.decode(dim, names + ("dim" -> "x"))
      ).getMessage.contains("\"x\"")
    )
  }
}

class UsersSerializer extends RequestRowSerializer {
  override val contentType: String = "text/plain"
  override def serializeRow(row: Row): Array[Byte] = row.toString.getBytes(UTF_8)
}

class UsersPersistableSerializer(given: java.util.Map[String, String])
    extends UsersSerializer
    with PersistableTransformation {
  override def arguments: Map[String, String] = Map("word" -> given.get("word"))
}

class NamesSerializer extends RequestRowSerializer {
  override val contentType: String = ContentTypes.CSV
  override def serializeRow(row: Row): Array[Byte] =
    rowSchema.fieldNames.mkString(",").getBytes(UTF_8)
}
