package com.amazonaws.services.sagemaker.sparksdk.settings

import org.apache.spark.ml.param.{Param, Params}

/** The one Param that holds a stage's settings, so that Spark's own copy, save and load carry them.
  *
  * It is no hyper-parameter: what is sent to a training job leaves it out by its type.
  */
final class SettingParam[S] private[sparksdk] (parent: Params, doc: String, table: SettingTable[S])
    extends Param[S](parent, SettingParam.Name, doc) {

  override def jsonEncode(value: S): String = table.encode(value)

  override def jsonDecode(json: String): S = table.decode(json)
}

object SettingParam {

  /** The Param's name on every stage. */
  val Name: String = "sagemakerSettings"
}
