package com.amazonaws.services.sagemaker.sparksdk.compat

import org.apache.spark.SPARK_VERSION
import org.scalatest.funsuite.AnyFunSuite

class SparkLineSuite extends AnyFunSuite {

  test("the line is major and minor version") {
    assert(SPARK_VERSION.startsWith(SparkLine.current + "."))
    assert(SparkLine.lineOf("4.1.0-SNAPSHOT") == "4.1")
    assert(SparkLine.lineOf("3.5.1.2-amzn-0") == "3.5")
  }

  test("only the lines that this jar is made for are supported") {
    SparkLine.requireSupported()
    assert(!SparkLine.isSupported("3.3") && !SparkLine.isSupported("2.4") && !SparkLine.isSupported("5.0"))
    assert(SparkLine.isSupported("3.5") != SparkLine.isSupported("4.1"))
    assert(SparkLine.isSupported("3.10") == SparkLine.isSupported("3.4"))
  }
}
