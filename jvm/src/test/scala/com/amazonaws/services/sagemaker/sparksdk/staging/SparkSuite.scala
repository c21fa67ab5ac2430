package com.amazonaws.services.sagemaker.sparksdk.staging

import org.scalatest.funsuite.AnyFunSuite

import com.amazonaws.services.sagemaker.sparksdk.OwnSparkSession

/** A suite whose tasks are tried twice. */
abstract class SparkSuite extends AnyFunSuite with OwnSparkSession {
  override protected def master: String = "local[2,2]"
}
