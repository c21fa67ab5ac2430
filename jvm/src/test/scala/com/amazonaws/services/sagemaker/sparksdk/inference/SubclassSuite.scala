package com.amazonaws.services.sagemaker.sparksdk.inference

import org.apache.spark.ml.linalg.Vectors
import org.scalatest.funsuite.AnyFunSuite

import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  RequestRowSerializer,
  ResponseRowDeserializer
}
import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers.XGBoostCSVRowDeserializer
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers.UnlabeledCSVRequestRowSerializer

/** Subclasses of the library's serializers and deserializers. */
class SubclassSuite extends AnyFunSuite with SparkTests {

  private lazy val featureRows = spark
    .createDataFrame((0 until 50).map(i => (i, Vectors.dense(i + 0.5, 1.0), s"name $i")))
    .toDF("id", "features", "name")

  test("what a subclass of a built-in serializer or deserializer overrides is called") {
    withEndpoint(r => Reply200(r.lines.map(_.split(',').head + "\n").mkString)) { endpoint =>
      def predictions(serializer: RequestRowSerializer, deserializer: ResponseRowDeserializer): Seq[Double] =
        Inference
          .transform(featureRows, call(endpoint, serializer = serializer, deserializer = deserializer))
          .select("prediction")
          .collect()
          .map(_.getDouble(0))
          .toSeq
      val features = (0 until 50).map(_ + 0.5)
      assert(
        predictions(new ScaledSerializer, new XGBoostCSVRowDeserializer()) == features.map(_ * 10)
      )
      assert(
        predictions(new UnlabeledCSVRequestRowSerializer(), new RaisedDeserializer) == features.map(_ + 1)
      )
      assert(predictions(new ScaledSerializer, new RaisedDeserializer) == features.map(_ * 10 + 1))
    }
  }

  test("a subclass that only names other types reads no more columns for it") {
    withEndpoint(r => Reply200(r.lines.map(_.split(',').head + "\n").mkString, "text/plain")) { endpoint =>
      val frame = Inference.transform(
        featureRows,
        call(endpoint, serializer = new OtherTypeSerializer, deserializer = new OtherTypeDeserializer)
      )
      assert(frame.queryExecution.toString.matches("(?s).*reads \\[features#\\d+\\].*"))
      assert(frame.collect().map(_.getDouble(3)).toSeq == (0 until 50).map(_ + 0.5))
      endpoint.requests.forEach { r =>
        assert(r.headers("Content-Type").contains("text/plain") && r.headers("Accept").contains("text/plain"))
      }
    }
  }
}
