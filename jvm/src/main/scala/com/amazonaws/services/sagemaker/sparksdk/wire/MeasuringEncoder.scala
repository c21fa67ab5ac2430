package com.amazonaws.services.sagemaker.sparksdk.wire

/** An encoder that knows how wide the features of the rows are that it has written. */
trait MeasuringEncoder extends RowEncoder {

  /** The number of features of every row so far; `None` before the first row. */
  def width: Option[Int]
}
