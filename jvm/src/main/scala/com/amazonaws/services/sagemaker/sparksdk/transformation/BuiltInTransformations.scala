package com.amazonaws.services.sagemaker.sparksdk.transformation

import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers._
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers._

/** How each of our classes is made again from what was saved, by its name below this package. */
private[transformation] object BuiltInTransformations {

  val factories: Map[String, Arguments => AnyRef] = Map(
    "serializers.ProtobufRequestRowSerializer" ->
      (a => new ProtobufRequestRowSerializer(a.schema("schema"), a.string("featuresColumnName"))),
    "serializers.LibSVMRequestRowSerializer" ->
      (a =>
        new LibSVMRequestRowSerializer(
          a.schema("schema"),
          a.string("labelColumnName"),
          a.string("featuresColumnName"),
          a.boolean("labelRequired", default = true)
        )
      ),
    "serializers.UnlabeledLibSVMRequestRowSerializer" ->
      (a => new UnlabeledLibSVMRequestRowSerializer(a.schema("schema"), a.string("featuresColumnName"))),
    "serializers.UnlabeledCSVRequestRowSerializer" ->
      (a => new UnlabeledCSVRequestRowSerializer(a.schema("schema"), a.string("featuresColumnName"))),
    "serializers.LabeledCSVRequestRowSerializer" ->
      (a =>
        new LabeledCSVRequestRowSerializer(
          a.schema("schema"),
          a.string("labelColumnName"),
          a.string("featuresColumnName")
        )
      ),
    "serializers.CSVColumnsRequestRowSerializer" ->
      (a =>
        new CSVColumnsRequestRowSerializer(a.needed("columns", a.strings("columns")), a.schema("schema"))
      ),
    "serializers.JSONRequestRowSerializer" ->
      (a =>
        new JSONRequestRowSerializer(
          a.schema("schema"),
          a.string("featuresColumnName"),
          a.strings("columns"),
          a.string("envelope")
        )
      ),
    "serializers.JSONLinesRequestRowSerializer" ->
      (a =>
        new JSONLinesRequestRowSerializer(
          a.schema("schema"),
          a.string("featuresColumnName"),
          a.strings("columns")
        )
      ),
    "deserializers.ProtobufResponseRowDeserializer" ->
      (a =>
        new ProtobufResponseRowDeserializer(a.needed("schema", a.schema("schema")), a.strings("protobufKeys"))
      ),
    "deserializers.JSONResponseRowDeserializer" ->
      (a =>
        new JSONResponseRowDeserializer(
          a.needed("schema", a.schema("schema")),
          a.strings("jsonKeys"),
          a.string("envelope")
        )
      ),
    "deserializers.JSONLinesResponseRowDeserializer" ->
      (a =>
        new JSONLinesResponseRowDeserializer(a.needed("schema", a.schema("schema")), a.strings("jsonKeys"))
      ),
    "deserializers.CSVResponseRowDeserializer" ->
      (a => new CSVResponseRowDeserializer(a.needed("schema", a.schema("schema")))),
    "deserializers.KMeansProtobufResponseRowDeserializer" ->
      (a =>
        new KMeansProtobufResponseRowDeserializer(
          a.string("distanceToClusterColumnName"),
          a.string("closestClusterColumnName")
        )
      ),
    "deserializers.PCAProtobufResponseRowDeserializer" ->
      (a => new PCAProtobufResponseRowDeserializer(a.string("projectionColumnName"))),
    "deserializers.LDAProtobufResponseRowDeserializer" ->
      (a => new LDAProtobufResponseRowDeserializer(a.string("topicMixtureColumnName"))),
    "deserializers.LinearLearnerBinaryClassifierProtobufResponseRowDeserializer" ->
      (a =>
        new LinearLearnerBinaryClassifierProtobufResponseRowDeserializer(
          a.string("scoreColumnName"),
          a.string("predictedLabelColumnName")
        )
      ),
    "deserializers.LinearLearnerMultiClassClassifierProtobufResponseRowDeserializer" ->
      (a =>
        new LinearLearnerMultiClassClassifierProtobufResponseRowDeserializer(
          a.string("scoreColumnName"),
          a.string("predictedLabelColumnName")
        )
      ),
    "deserializers.LinearLearnerRegressorProtobufResponseRowDeserializer" ->
      (a => new LinearLearnerRegressorProtobufResponseRowDeserializer(a.string("scoreColumnName"))),
    "deserializers.FactorizationMachinesBinaryClassifierDeserializer" ->
      (a =>
        new FactorizationMachinesBinaryClassifierDeserializer(
          a.string("scoreColumnName"),
          a.string("predictedLabelColumnName")
        )
      ),
    "deserializers.FactorizationMachinesRegressorDeserializer" ->
      (a => new FactorizationMachinesRegressorDeserializer(a.string("scoreColumnName"))),
    "deserializers.LibSVMResponseRowDeserializer" ->
      (a =>
        new LibSVMResponseRowDeserializer(
          a.int("dim"),
          a.string("labelColumnName"),
          a.string("featuresColumnName")
        )
      ),
    "deserializers.XGBoostCSVRowDeserializer" -> (a =>
      new XGBoostCSVRowDeserializer(a.string("predictionColumnName"), a.optionalInt("numClass"))
    )
  )
}
