package com.amazonaws.services.sagemaker.sparksdk.python

import com.amazonaws.services.sagemaker.sparksdk.algorithms.params.{AlgorithmParams, HyperParam}
import com.fasterxml.jackson.databind.node.{ArrayNode, JsonNodeFactory}
import org.apache.spark.ml.param.Param

/** What other languages are generated from: the hyper-parameters of a class of estimators, as they stand in Scala. */
private[python] object HyperParameterSpec {

  def of(className: String): ArrayNode = {
    val stage = StageMaker.instance(className, None)
    val required = stage match {
      case algorithm: AlgorithmParams => algorithm.requiredHyperParameters(Map.empty).map(_.name).toSet
      case _ => Set.empty[String]
    }
    val methods = stage.getClass.getMethods
    val scalaNames = methods
      .filter(m => m.getParameterCount == 0 && classOf[Param[_]].isAssignableFrom(m.getReturnType))
      .map(m => m.invoke(stage).asInstanceOf[Param[_]].name -> m.getName)
      .toMap
    val methodNames = methods.map(_.getName).toSet
    val list = JsonNodeFactory.instance.arrayNode()
    stage.params.foreach {
      case param: HyperParam =>
        val named = param.asInstanceOf[Param[_]]
        val capitalized = scalaNames(named.name).capitalize
        val accessor = (prefix: String) => Some(prefix + capitalized).filter(methodNames).orNull
        val node = list.addObject()
        node
          .put("name", named.name)
          .put("scalaName", scalaNames(named.name))
          .put("type", param.kind)
          .put("doc", named.doc)
          .put("constraint", param.constraintText)
          .put("auto", param.takesAuto)
          .put("getter", accessor("get"))
          .put("setter", accessor("set"))
          .put("required", required(named.name))
        stage.getDefault(named) match {
          case Some(value: Int) => node.put("default", value)
          case Some(value: Double) => node.put("default", value)
          case Some(value) => node.put("default", value.toString)
          case None => node.putNull("default")
        }
      case _ => ()
    }
    list
  }
}
