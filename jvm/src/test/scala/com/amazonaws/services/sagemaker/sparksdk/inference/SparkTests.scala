package com.amazonaws.services.sagemaker.sparksdk.inference

import org.scalatest.Suite

import com.amazonaws.services.sagemaker.sparksdk.OwnSparkSession
import com.amazonaws.services.sagemaker.sparksdk.exceptions.InferenceException
import com.amazonaws.services.sagemaker.sparksdk.settings.{AwsClientConfig, AwsKeys, InferenceSettings}
import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  RequestRowSerializer,
  ResponseRowDeserializer
}

/** What the suites that call an endpoint share. */
trait SparkTests extends OwnSparkSession { self: Suite =>

  protected def config(endpoint: ScriptedEndpoint): AwsClientConfig = AwsClientConfig(
    region = Some("eu-central-1"),
    endpointUrl = Some(endpoint.url),
    keys = Some(new AwsKeys("AKIDEXAMPLE", SparkTests.Secret, None))
  )

  protected def call(
      endpoint: ScriptedEndpoint,
      settings: InferenceSettings = InferenceSettings(maxRowsPerRequest = 10),
      serializer: RequestRowSerializer = new LineSerializer(),
      deserializer: ResponseRowDeserializer = new LineDeserializer(),
      prepend: Boolean = true
  ): EndpointCall =
    EndpointCall("some-endpoint", config(endpoint), serializer, deserializer, prepend, settings)

  /** The error of ours behind one of Spark's. */
  protected def rootOf(e: Throwable): Throwable =
    Iterator
      .iterate(e)(_.getCause)
      .takeWhile(t => Option(t).isDefined)
      .find(_.isInstanceOf[InferenceException])
      .getOrElse(e)

  protected def withEndpoint[T](script: Received => Reaction)(test: ScriptedEndpoint => T): T = {
    val endpoint = new ScriptedEndpoint(script)
    try test(endpoint)
    finally endpoint.close()
  }
}

object SparkTests {
  val Secret = "planted-secret-8c1f"
}
