package com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers

import com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers.ResponseSchemas.{
  number,
  of,
  vector
}

/** Reads linear learner's answers in binary classification.
  *
  * @param scoreColumnName the column of the scores, the share of belief in class 1
  * @param predictedLabelColumnName the column of the predicted labels, 0.0 or 1.0
  */
class LinearLearnerBinaryClassifierProtobufResponseRowDeserializer(
    val scoreColumnName: String = "score",
    val predictedLabelColumnName: String = "predicted_label"
) extends ProtobufResponseRowDeserializer(
      of(number(scoreColumnName), number(predictedLabelColumnName)),
      Some(Seq("score", "predicted_label"))
    ) {

  override def arguments: Map[String, String] =
    Map("scoreColumnName" -> scoreColumnName, "predictedLabelColumnName" -> predictedLabelColumnName)
}

/** Reads linear learner's answers in multi-class classification.
  *
  * @param scoreColumnName the column of the scores, a vector with one for each class
  * @param predictedLabelColumnName the column of the predicted labels
  */
class LinearLearnerMultiClassClassifierProtobufResponseRowDeserializer(
    val scoreColumnName: String = "score",
    val predictedLabelColumnName: String = "predicted_label"
) extends ProtobufResponseRowDeserializer(
      of(vector(scoreColumnName), number(predictedLabelColumnName)),
      Some(Seq("score", "predicted_label"))
    ) {

  override def arguments: Map[String, String] =
    Map("scoreColumnName" -> scoreColumnName, "predictedLabelColumnName" -> predictedLabelColumnName)
}

/** Reads linear learner's answers in regression.
  *
  * @param scoreColumnName the column of the predictions
  */
class LinearLearnerRegressorProtobufResponseRowDeserializer(val scoreColumnName: String = "score")
    extends ProtobufResponseRowDeserializer(of(number(scoreColumnName)), Some(Seq("score"))) {

  override def arguments: Map[String, String] = Map("scoreColumnName" -> scoreColumnName)
}

/** Reads factorization machines' answers in binary classification.
  *
  * @param scoreColumnName the column of the scores
  * @param predictedLabelColumnName the column of the predicted labels, 0.0 or 1.0
  */
class FactorizationMachinesBinaryClassifierDeserializer(
    val scoreColumnName: String = "score",
    val predictedLabelColumnName: String = "predicted_label"
) extends ProtobufResponseRowDeserializer(
      of(number(scoreColumnName), number(predictedLabelColumnName)),
      Some(Seq("score", "predicted_label"))
    ) {

  override def arguments: Map[String, String] =
    Map("scoreColumnName" -> scoreColumnName, "predictedLabelColumnName" -> predictedLabelColumnName)
}

/** Reads factorization machines' answers in regression.
  *
  * @param scoreColumnName the column of the predictions
  */
class FactorizationMachinesRegressorDeserializer(val scoreColumnName: String = "score")
    extends ProtobufResponseRowDeserializer(of(number(scoreColumnName)), Some(Seq("score"))) {

  override def arguments: Map[String, String] = Map("scoreColumnName" -> scoreColumnName)
}
