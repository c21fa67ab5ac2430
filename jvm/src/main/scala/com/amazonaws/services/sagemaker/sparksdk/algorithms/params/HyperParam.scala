package com.amazonaws.services.sagemaker.sparksdk.algorithms.params

import org.apache.spark.ml.param.{DoubleParam, IntParam, Param, ParamPair, Params}

/** What a hyper-parameter may be: a rule and its wording.
  *
  * @param auto what stands for `auto`, where that is allowed beside what the rule says
  */
final class Constraint[T](val text: String, val accepts: T => Boolean, val auto: Option[T] = None)
    extends Serializable {

  /** True, or an IllegalArgumentException that says found and expected. */
  def check(name: String, value: T): Boolean = {
    if (!accepts(value)) {
      throw new IllegalArgumentException(s"$name is $value: expected $text")
    }
    true
  }
}

/** The rules that SageMaker's algorithms state. */
private[sparksdk] object Constraint {

  def any[T]: Constraint[T] = new Constraint("any value", (_: T) => true)

  def intAtLeast(bound: Int): Constraint[Int] = new Constraint(s"a whole number >= $bound", (_: Int) >= bound)

  def intIn(low: Int, high: Int): Constraint[Int] =
    new Constraint(s"a whole number in [$low, $high]", (v: Int) => v >= low && v <= high)

  def intOneOf(values: Int*): Constraint[Int] =
    new Constraint(s"one of ${values.mkString(", ")}", (v: Int) => values.contains(v))

  def intPositiveOr(special: Int): Constraint[Int] =
    new Constraint(s"$special, or a whole number > 0", (v: Int) => v == special || v > 0)

  def atLeast(bound: Double): Constraint[Double] = new Constraint(s"a number >= ${shown(bound)}", _ >= bound)

  def above(bound: Double): Constraint[Double] = new Constraint(s"a number > ${shown(bound)}", _ > bound)

  /** Between two bounds, each in the interval or not. */
  def within(low: Double, withLow: Boolean, high: Double, withHigh: Boolean): Constraint[Double] = {
    val text =
      s"a number in ${if (withLow) "[" else "("}${shown(low)}, ${shown(high)}${if (withHigh) "]" else ")"}"
    new Constraint(
      text,
      (v: Double) => (if (withLow) v >= low else v > low) && (if (withHigh) v <= high else v < high)
    )
  }

  def oneOf(values: String*): Constraint[String] =
    new Constraint(s"one of ${values.mkString(", ")}", (v: String) => values.contains(v))

  /** A comma-separated list, each of whose elements is one of the values. */
  def listOutOf(values: String*): Constraint[String] = new Constraint(
    s"a comma-separated list out of ${values.mkString(", ")}",
    (v: String) => elements(v).forall(values.contains(_))
  )

  /** `auto` or one of the other words, or a number above zero. */
  def wordOrPositive(whole: Boolean, words: String*): Constraint[String] = new Constraint(
    s"${words.mkString(", ")}, or a ${if (whole) "whole number" else "number"} > 0",
    (v: String) => words.contains(v) || number(v, whole).exists(_ > 0)
  )

  def autoOrPositive(whole: Boolean): Constraint[String] = wordOrPositive(whole, Auto.Word)

  /** `auto`, or a whole number of which the rule says more. */
  def autoOrInt(constraint: Constraint[Int]): Constraint[Int] = autoOr(constraint, Auto.WholeNumber)

  /** `auto`, or a number of which the rule says more. */
  def autoOrDouble(constraint: Constraint[Double]): Constraint[Double] = autoOr(constraint, Auto.Number)

  /** `auto`, or one of the texts of a truth value. */
  def autoOrBoolean: Constraint[String] = {
    val words = oneOf("True", "False", Auto.Word)
    new Constraint(words.text, words.accepts, Some(Auto.Word))
  }

  private def autoOr[T](constraint: Constraint[T], auto: T): Constraint[T] = new Constraint(
    s"${Auto.Word}, or ${constraint.text}",
    (v: T) => v == auto || constraint.accepts(v),
    Some(auto)
  )

  /** The elements of a comma-separated list, which may stand in brackets and quotes as JSON; an empty one where there
    * is a comma too many.
    */
  def elements(list: String): Seq[String] =
    inside("[", list, "]").split(",", -1).map(word => inside("\"", word, "\"")).toSeq

  /** What stands between an opening and a closing sign, when both are there, without the blanks around it. */
  private def inside(opening: String, text: String, closing: String): String = {
    val trimmed = text.trim
    val paired = trimmed.length > 1 && trimmed.startsWith(opening) && trimmed.endsWith(closing)
    if (paired) trimmed.substring(1, trimmed.length - 1).trim else trimmed
  }

  // Java would also read 5d, 1f and 0x1p3.
  private val decimal = "[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?"

  private def number(text: String, whole: Boolean): Option[Double] =
    try
      Some(text.trim)
        .filter(_.matches(decimal))
        .map(digits => if (whole) digits.toInt.toDouble else digits.toDouble)
        .filterNot(_.isInfinite)
    catch { case _: NumberFormatException => None }

  private def shown(bound: Double): String =
    if (bound == bound.toLong) bound.toLong.toString else bound.toString
}

/** A hyper-parameter of a training job: a Param whose name is the name on the wire. */
sealed trait HyperParam {

  /** What the value may be, in words. */
  def constraintText: String

  /** The kind of value, as the specification for other languages names it. */
  def kind: String

  /** Whether `auto` may stand for a number or a truth value, so that SageMaker chooses. */
  def takesAuto: Boolean
}

/** A whole number; `auto` too, where the constraint says so. */
final class IntHyperParam(parent: Params, name: String, doc: String, constraint: Constraint[Int])
    extends IntParam(parent, name, HyperParam.doc(doc, constraint), constraint.check(name, _: Int))
    with HyperParam {
  override def constraintText: String = constraint.text
  override def kind: String = "int"
  override def takesAuto: Boolean = constraint.auto.isDefined

  /** The pair of this Param and `auto`. */
  def w(word: String): ParamPair[Int] = ParamPair(this, Auto.of(name, constraint, word))
}

/** A number; `auto` too, where the constraint says so. */
final class DoubleHyperParam(parent: Params, name: String, doc: String, constraint: Constraint[Double])
    extends DoubleParam(parent, name, HyperParam.doc(doc, constraint), HyperParam.finite(name, constraint))
    with HyperParam {
  override def constraintText: String = constraint.text
  override def kind: String = "double"
  override def takesAuto: Boolean = constraint.auto.isDefined

  /** The pair of this Param and `auto`. */
  def w(word: String): ParamPair[Double] = ParamPair(this, Auto.of(name, constraint, word))
}

/** A text: a word, a list of words, or a number that may also be `auto`.
  *
  * @param onTheWire what is sent for a value
  */
final class StringHyperParam(
    parent: Params,
    name: String,
    doc: String,
    constraint: Constraint[String],
    val onTheWire: String => String = identity
) extends Param[String](parent, name, HyperParam.doc(doc, constraint), constraint.check(name, _: String))
    with HyperParam {
  override def constraintText: String = constraint.text
  override def kind: String = "string"
  override def takesAuto: Boolean = false

  /** A number as this Param keeps it: 2.0 as `2`, where only whole numbers are taken. */
  private[sparksdk] def text(number: Number): String = {
    val digits = HyperParam.digits(number)
    val wide = number.doubleValue
    if (constraint.accepts(digits) || wide != math.rint(wide) || wide.isInfinite) digits
    else BigDecimal(wide).toBigInt.toString
  }
}

/** The texts `True` and `False`, and `auto` where SageMaker takes that. */
final class BooleanHyperParam(parent: Params, name: String, doc: String, constraint: Constraint[String])
    extends Param[String](parent, name, HyperParam.doc(doc, constraint), constraint.check(name, _: String))
    with HyperParam {

  def this(parent: Params, name: String, doc: String) = this(parent, name, doc, HyperParam.trueOrFalse)

  override def constraintText: String = constraint.text
  override def kind: String = "boolean-string"
  override def takesAuto: Boolean = constraint.auto.isDefined
}

/** How `auto` is kept in a Param of numbers: as one odd number that no hyper-parameter takes and that means nothing
  * else, so that Spark's own ParamMaps, grids, copies and files carry it. It is sent and shown as `auto`.
  */
private[sparksdk] object Auto {
  val Word: String = "auto"
  val WholeNumber: Int = -1635087471
  val Number: Double = -1.635087471e300

  /** What stands for the word in a Param; an IllegalArgumentException for another word. */
  def of[T](name: String, constraint: Constraint[T], word: String): T =
    constraint.auto
      .filter(_ => word == Word)
      .getOrElse(throw new IllegalArgumentException(s"$name is $word: expected ${constraint.text}"))

  /** Whether a Param's value is `auto`. */
  def is(param: Param[_], value: Any): Boolean = param match {
    case hyper: HyperParam if hyper.takesAuto => value == WholeNumber || value == Number || value == Word
    case _ => false
  }
}

private[sparksdk] object BooleanHyperParam {

  /** The text that stands for a truth value. */
  def text(value: Boolean): String = if (value) "True" else "False"
}

private[sparksdk] object HyperParam {
  val trueOrFalse: Constraint[String] = Constraint.oneOf("True", "False")

  def doc(text: String, constraint: Constraint[_]): String = s"$text; ${constraint.text}"

  def finite(name: String, constraint: Constraint[Double]): Double => Boolean = { value =>
    if (value.isNaN || value.isInfinite) {
      throw new IllegalArgumentException(s"$name is $value: expected ${constraint.text}")
    }
    constraint.check(name, value)
  }

  /** A number without an exponent, since not every container reads Java's 5.0E-4. */
  def digits(number: Number): String = number match {
    case fraction: java.lang.Double if !fraction.isNaN && !fraction.isInfinite =>
      val plain = new java.math.BigDecimal(fraction.toString).stripTrailingZeros.toPlainString
      if (plain.contains('.')) plain else s"$plain.0"
    case other => other.toString
  }

  /** A list of words as the JSON list that the service documents. */
  def jsonList(value: String): String =
    Constraint.elements(value).map(word => s""""$word"""").mkString("[", ",", "]")

  /** What is sent for a value of a Param. */
  def onTheWire(param: Param[_], value: Any): String = param match {
    case text: StringHyperParam => text.onTheWire(value.toString)
    case other if Auto.is(other, value) => Auto.Word
    case _ => value.toString
  }
}
