package com.amazonaws.services.sagemaker.sparksdk.wire

/** Whole numbers, also written as `3.0` or `1e3`, as containers write class numbers. */
private[wire] object WholeNumbers {
  private final val LongestText = 40

  /** The number, if the text is a whole one that a long holds. */
  def of(text: String): Option[Long] =
    if (text.length > LongestText) None
    else
      try Some(java.lang.Long.parseLong(text))
      catch {
        case _: NumberFormatException =>
          try {
            val number = new java.math.BigDecimal(text)
            // A huge exponent would be written out by the conversion.
            if (math.abs(number.scale.toLong) > LongestText) None else Some(number.longValueExact)
          } catch {
            case _: NumberFormatException => None
            case _: ArithmeticException => None
          }
      }
}
