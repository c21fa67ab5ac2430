package com.amazonaws.services.sagemaker.sparksdk.python

import com.amazonaws.services.sagemaker.sparksdk.SageMakerEstimator
import com.amazonaws.services.sagemaker.sparksdk.algorithms.params.{
  Auto,
  BooleanHyperParam,
  DoubleHyperParam,
  HyperParam,
  IntHyperParam,
  StringHyperParam
}
import com.amazonaws.services.sagemaker.sparksdk.settings.{SettingParam, SettingTypeException}
import org.apache.spark.ml.PipelineStage
import org.apache.spark.ml.param.{DoubleParam, IntParam, Param}

/** Python's values as the values of Params: Python has one kind of whole number and writes 1 for 1.0. */
private[python] object ParamValues {

  /** Sets a Param, and gives the value as it is kept; a value of another type throws a [[SettingTypeException]], one
    * out of range an IllegalArgumentException.
    */
  def set(stage: PipelineStage, name: String, value: AnyRef): Any = {
    val param = paramOf(stage, name)
    val kept = converted(param, value)
    stage.set(param, kept)
    kept
  }

  /** Gives a Param another default; the same throw the same. */
  def setDefault(estimator: SageMakerEstimator, name: String, value: AnyRef): Unit = {
    val param = paramOf(estimator, name)
    estimator.setParamDefault(param, converted(param, value))
  }

  private def paramOf(stage: PipelineStage, name: String): Param[Any] = {
    if (!stage.hasParam(name)) Stages.unknownParam(stage, name)
    stage.getParam(name).asInstanceOf[Param[Any]]
  }

  private def converted(param: Param[_], value: AnyRef): Any = (param, value) match {
    case (number: IntHyperParam, word: String) if number.takesAuto && word == Auto.Word => Auto.WholeNumber
    case (number: DoubleHyperParam, word: String) if number.takesAuto && word == Auto.Word => Auto.Number
    case _ => plain(param, value)
  }

  private def plain(param: Param[_], value: AnyRef): Any = param match {
    case _: IntParam => whole(param, value)
    case _: DoubleParam =>
      value match {
        case number: Number => number.doubleValue
        case other => mistyped(param, orAuto(param, "a number"), other)
      }
    case _: BooleanHyperParam =>
      value match {
        case flag: java.lang.Boolean => if (flag) "True" else "False"
        case text: String => text
        case other => mistyped(param, orAuto(param, "'True', 'False' or a bool"), other)
      }
    case _: SettingParam[_] => mistyped(param, "nothing: settings are given to the constructor", value)
    case _ =>
      value match {
        case text: String => text
        case number: Number => textOf(param, number)
        case other => mistyped(param, "a string", other)
      }
  }

  private def textOf(param: Param[_], number: Number): String = param match {
    case hyper: StringHyperParam => hyper.text(number)
    case _ => HyperParam.digits(number)
  }

  private def whole(param: Param[_], value: AnyRef): Int = value match {
    case number @ (_: Integer | _: java.lang.Long | _: java.lang.Short | _: java.lang.Byte) =>
      val wide = number.asInstanceOf[Number].longValue
      if (wide < Int.MinValue || wide > Int.MaxValue) tooLarge(param, number)
      wide.toInt
    case number: java.lang.Double if !number.isInfinite && number == Math.rint(number) =>
      if (number < Int.MinValue || number > Int.MaxValue) tooLarge(param, number)
      number.intValue
    case other => mistyped(param, orAuto(param, "a whole number"), other)
  }

  private def tooLarge(param: Param[_], value: AnyRef): Nothing = throw new IllegalArgumentException(
    s"${param.name} is $value: expected a whole number from ${Int.MinValue} to ${Int.MaxValue}"
  )

  private def orAuto(param: Param[_], expected: String): String = param match {
    case hyper: HyperParam if hyper.takesAuto => s"$expected, or '${Auto.Word}'"
    case _ => expected
  }

  private def mistyped(param: Param[_], expected: String, value: AnyRef): Nothing = {
    val found =
      Option(value).map(v => s"${v.getClass.getSimpleName} ${v.toString.take(80)}").getOrElse("None")
    throw new SettingTypeException(s"${param.name} takes $expected, found $found")
  }
}
