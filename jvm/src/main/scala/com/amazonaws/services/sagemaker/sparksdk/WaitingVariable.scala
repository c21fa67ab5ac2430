package com.amazonaws.services.sagemaker.sparksdk

/** How a program says for all its stages how long they wait, as in 1.4.5, where a stage has the same as a setting. */
private[sparksdk] object WaitingVariable {

  /** A stage's own setting, or, while that is the default, the variable within what the setting may be. */
  def apply(own: Int, default: Int, atLeast: Int)(variable: => Long): Int =
    if (own == default) math.max(atLeast.toLong, math.min(variable, Int.MaxValue.toLong)).toInt else own
}
