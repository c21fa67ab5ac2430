package com.amazonaws.services.sagemaker.sparksdk.algorithms

import scala.collection.JavaConverters._

import org.apache.spark.ml.param.{DoubleParam, IntParam, Param}
import org.scalatest.funsuite.AnyFunSuite

/** Everything that 1.4.5 published of its algorithms is there, and refuses what it refused. */
class ContractSuite extends AnyFunSuite {
  import Algorithms._

  private val AtLeast = ">= (.*)".r
  private val Above = "> (.*)".r
  private val Within = "in ([\\[(])(.*), (.*)([\\])])".r
  private val OneOf = "one of (.*)".r
  private val ListOf = "a (?:comma )?list out of (.*)".r

  test("the table holds every hyper-parameter") {
    assert(hyperParameters.size == 230)
    assert(hyperParameters.map(_.estimator).toSet == names.toSet)
    assert(classes.fieldNames().asScala.toSet == names.toSet)
  }

  for (name <- names) test(s"$name: names, types, defaults and getters of the hyper-parameters") {
    val stage = make(name)
    for (row <- hyperParameters if row.estimator == name) withClue(row.wireName + ": ") {
      val param = stage.getParam(row.wireName)
      assert(stage.getClass.getMethod(row.scalaVal).invoke(stage) eq param)
      row.scalaType match {
        case "IntParam" => assert(param.isInstanceOf[IntParam])
        case "DoubleParam" => assert(param.isInstanceOf[DoubleParam])
        case _ => assert(param.isInstanceOf[Param[_]])
      }
      assert(stage.getDefault(param).map(_.toString).getOrElse("") == row.default)
      if (row.getter.nonEmpty) assert(stage.getClass.getMethod(row.getter).getParameterCount == 0)
      assert(param.doc.nonEmpty)
    }
  }

  for (name <- names)
    test(s"$name: each hyper-parameter takes what it should and says why it refuses the rest") {
      for (row <- hyperParameters if row.estimator == name && row.wireName != "predictor_type")
        withClue(row.wireName + ": ") {
          val (good, bad) = samples(row)
          val stage = make(name)
          val param = stage.getParam(row.wireName).asInstanceOf[Param[Any]]
          good.foreach { value =>
            stage.set(param, value)
            assert(stage.getOrDefault(param) == value)
            assert(stage.makeHyperParameters().containsKey(row.wireName))
          }
          bad.foreach { value =>
            val message = intercept[IllegalArgumentException](stage.set(param, value)).getMessage
            assert(message.startsWith(s"${row.wireName} is $value: expected "))
          }
        }
    }

  for (name <- names) test(s"$name: setters and their overloads") {
    val stage = make(name)
    val published = classes.get(name).get("methods").asScala.map(_.asText).filter(_.startsWith("set"))
    assert(published.nonEmpty)
    for (signature <- published) withClue(signature + ": ") {
      val Array(setter, argument) = signature.stripSuffix("): this.type").split("\\(value: ")
      assert(stage.getClass.getMethod(setter, javaClass(argument)) != null)
    }
  }

  for (name <- names) test(s"$name: the constructor's arguments, their order and their defaults") {
    val published = classes.get(name).get("constructor").asScala.map(_.asText).toSeq
    val found =
      classOf(name).getConstructors.filter(_.getParameterCount > 1).sortBy(-_.getParameterCount).toSeq
    val parameters = found.head.getParameters.toSeq
    // Python's py4j knows no defaults.
    assert(found.tail.map(_.getParameterTypes.toSeq) == Seq(parameters.map(_.getType).take(published.size)))
    val companion = Class.forName(classOf(name).getName + "$")
    for ((text, i) <- published.zipWithIndex) withClue(text + ": ") {
      assert(parameters(i).getName == text.takeWhile(_ != ':'))
      val default = s"$$lessinit$$greater$$default$$${i + 1}"
      assert(companion.getMethods.exists(_.getName == default) == text.contains(" = "))
      val value = text
        .split(" = ", 2)
        .lift(1)
        .filterNot(_.startsWith("the default"))
        .map(_ -> defaultOf(companion, default))
      value.foreach {
        case (written, actual) if written.startsWith("new ") =>
          assert(actual.getClass.getSimpleName == written.stripPrefix("new ").stripSuffix("()"))
        case ("None", actual) => assert(actual == None)
        case ("Map()", actual) => assert(actual == Map())
        case ("true", actual) => assert(actual == true)
        case ("1024", actual) => assert(actual == 1024)
        case ("24 * 60 * 60", actual) => assert(actual == 86400)
        case ("Some(\"libsvm\")", actual) => assert(actual == Some("libsvm"))
        case (quoted, actual) if quoted.startsWith("\"") => assert(s""""$actual"""" == quoted)
        case (other, actual) => assert(actual.toString.nonEmpty, other)
      }
    }
    assert(
      parameters.drop(published.size).map(_.getName).take(4) ==
        Seq("hyperParameters", "trainingImage", "modelImage", "limits")
    )
    assert(classOf(name).getSuperclass.getSimpleName == classes.get(name).get("extends").asText)
  }

  private def defaultOf(companion: Class[_], method: String): Any =
    companion.getMethod(method).invoke(companion.getField("MODULE$").get(None.orNull))

  private def javaClass(scalaType: String): Class[_] = scalaType match {
    case "Int" => Integer.TYPE
    case "Double" => java.lang.Double.TYPE
    case "Boolean" => java.lang.Boolean.TYPE
    case "String" => Predef.classOf[String]
  }

  /** Values inside and outside a constraint, from its wording. */
  private def samples(row: Published): (Seq[Any], Seq[Any]) = {
    val (good, bad): (Seq[String], Seq[String]) = row.constraint.trim match {
      case "" => (Seq("1", "-3"), if (row.scalaType == "DoubleParam") Seq("NaN", "Infinity") else Nil)
      case AtLeast(bound) => (Seq(bound, s"${bound.toDouble.toInt + 1}"), Seq(s"${bound.toDouble.toInt - 1}"))
      case Above(bound) => (Seq(s"${bound.toDouble.toInt + 1}"), Seq(bound, "-1"))
      case "-1, or > 0" => (Seq("-1", "1"), Seq("0", "-2"))
      case "auto, or > 0" => (Seq("auto", "5"), Seq("0", "-1", "often", "") ++ notDecimal)
      case "one of auto, balanced, or > 0" =>
        (Seq("auto", "balanced", "0.5", ".5e1"), Seq("0", "heavy", "1e999") ++ notDecimal)
      case "in [3, 1000000]" => (Seq("3", "1000000"), Seq("2", "1000001"))
      case Within(open, low, high, close) =>
        val inside = Seq(s"${low.toDouble + 0.5}")
        val ends = Seq(low -> (open == "["), high -> (close == "]"))
        (inside ++ ends.filter(_._2).map(_._1), Seq("-0.1", "2.1") ++ ends.filterNot(_._2).map(_._1))
      case OneOf(values) if row.wireName == "eval_metric" =>
        // The placeholders t and n are taken as they stand, as 1.4.5 took them.
        val named = values.split(", ").toSeq
        (
          named ++ Seq("auc, error@0.7", "ndcg@5-"),
          Seq("rmsd", "error@", "error@n", "auc,", "ndcg@x", "map@t", "")
        )
      case OneOf(values) =>
        (
          values.split(", ").toSeq.map(_.trim),
          if (row.scalaType == "IntParam") Seq("2", "-1") else Seq("other", "")
        )
      case ListOf(values) =>
        val words = values.split(", ").toSeq
        val word = words.head
        val malformed =
          Seq(s"$word,", s",$word", s"[$word", s"$word]", "\"" + word, word + "\"", "[\"" + word + "\"")
        (
          words ++ Seq(words.mkString(","), words.mkString("[\"", "\", \"", "\"]"), s"[$word]"),
          Seq("other", s"$word,other", "", "[]") ++ malformed
        )
    }
    (good.map(typed(row, _)), bad.map(typed(row, _)))
  }

  /** What Java reads as a number beyond the decimal ones. */
  private val notDecimal = Seq("5d", "1f", "0x1p3", "NaN", "Infinity", "5 5", "+", ".")

  private def typed(row: Published, text: String): Any = row.scalaType match {
    case "IntParam" => text.toDouble.toInt
    case "DoubleParam" => text.toDouble
    case _ => text
  }
}
