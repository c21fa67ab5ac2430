package com.amazonaws.services.sagemaker.sparksdk.algorithms.params

import org.apache.spark.ml.param.{DoubleParam, IntParam, Param, Params}

/** What every algorithm knows of its hyper-parameters beside their Params. `sent` is always what a training
  * job would be sent: name on the wire and value.
  */
trait AlgorithmParams extends Params {

  /** The hyper-parameters without which a training job would fail. */
  private[sparksdk] def requiredHyperParameters(sent: Map[String, String]): Seq[Param[_]] = Nil

  /** Those that the staged data gives when nobody set them. */
  private[sparksdk] def hyperParametersOfData(featureWidth: Option[Int], rows: Long): Map[String, String] =
    Map.empty

  /** What goes to the image that was chosen. */
  private[sparksdk] def sentHyperParameters(sent: Map[String, String]): SentHyperParameters =
    SentHyperParameters(sent)

  /** Throws an IllegalArgumentException for what a training job would fail on. */
  private[sparksdk] def checkHyperParameters(sent: Map[String, String]): Unit = {
    val missing = requiredHyperParameters(sent).map(_.name).filterNot(sent.contains)
    if (missing.nonEmpty) {
      throw new IllegalArgumentException(
        s"The hyper-parameter ${missing.mkString(", ")} of ${getClass.getSimpleName} is not set and has no default: " +
          "set it before fit"
      )
    }
  }

  private[params] def intParam(name: String, doc: String, constraint: Constraint[Int]): IntParam =
    new IntHyperParam(this, name, doc, constraint)

  private[params] def doubleParam(name: String, doc: String, constraint: Constraint[Double]): DoubleParam =
    new DoubleHyperParam(this, name, doc, constraint)

  private[params] def textParam(name: String, doc: String, constraint: Constraint[String]): Param[String] =
    new StringHyperParam(this, name, doc, constraint)

  private[params] def booleanParam(name: String, doc: String): Param[String] =
    new BooleanHyperParam(this, name, doc)

  private[params] def autoBooleanParam(name: String, doc: String): Param[String] =
    new BooleanHyperParam(this, name, doc, Constraint.autoOrBoolean)

  /** Whether a hyper-parameter is `auto`, so that SageMaker chooses its value. */
  def isAuto(param: Param[_]): Boolean = get(param).orElse(getDefault(param)).exists(Auto.is(param, _))

  /** The number that a hyper-parameter has; an IllegalStateException when it is `auto`. */
  private[params] def number[T](param: Param[T]): T = {
    if (isAuto(param)) {
      throw new IllegalStateException(
        s"${param.name} is auto: SageMaker chooses its value, and there is none to give. Ask isAuto first."
      )
    }
    $(param)
  }

  private[params] def flag(param: Param[String]): Boolean = number(param) == BooleanHyperParam.text(true)

  private[params] def setWord(param: IntParam, word: String): this.type = param match {
    case hyper: IntHyperParam => set(hyper.w(word))
    case other => throw new IllegalArgumentException(s"${other.name} takes no words")
  }

  private[params] def setWord(param: DoubleParam, word: String): this.type = param match {
    case hyper: DoubleHyperParam => set(hyper.w(word))
    case other => throw new IllegalArgumentException(s"${other.name} takes no words")
  }

  override def explainParam(param: Param[_]): String = {
    val text = super.explainParam(param)
    if (isAuto(param)) text.replaceFirst("(current|default): [^,)]*", s"$$1: ${Auto.Word}") else text
  }
}

/** What a training job is sent.
  *
  * @param notes a sentence for each value that differs from what the user set
  */
private[sparksdk] final case class SentHyperParameters(values: Map[String, String], notes: Seq[String] = Nil)

/** What most algorithms of Amazon SageMaker have in common: the width of the vectors and the size of a
  * batch.
  */
trait SageMakerAlgorithmParams extends AlgorithmParams {

  /** The number of features; when it isn't set, the width of the staged vectors. */
  val featureDim: IntParam =
    new IntHyperParam(this, "feature_dim", "The number of features in the input", featureDimConstraint)

  /** What [[featureDim]] may be. */
  private[params] def featureDimConstraint: Constraint[Int] = Constraint.intAtLeast(1)

  /** The number of rows that are handled at once. */
  val miniBatchSize: IntParam =
    new IntHyperParam(this, "mini_batch_size", "The number of rows in a mini-batch", Constraint.intAtLeast(1))

  def getFeatureDim: Int = $(featureDim)

  def getMiniBatchSize: Int = $(miniBatchSize)

  def setFeatureDim(value: Int): this.type = set(featureDim, value)

  def setMiniBatchSize(value: Int): this.type = set(miniBatchSize, value)

  override private[sparksdk] def hyperParametersOfData(
      featureWidth: Option[Int],
      rows: Long
  ): Map[String, String] =
    featureWidth.map(width => featureDim.name -> width.toString).toMap
}

/** What an algorithm predicts, where the class of the estimator says it. */
trait PredictorTypeParams extends AlgorithmParams {

  /** The only value of [[predictorType]] that goes with the class and its deserializer. */
  protected def predictor: String

  val predictorType: Param[String] = textParam(
    "predictor_type",
    "What is predicted; the class of the estimator says it",
    new Constraint(s"$predictor, which the class says", (_: String) == predictor)
  )

  override private[sparksdk] def checkHyperParameters(sent: Map[String, String]): Unit = {
    super.checkHyperParameters(sent)
    sent.get(predictorType.name).foreach(predictorType.isValid)
  }
}
