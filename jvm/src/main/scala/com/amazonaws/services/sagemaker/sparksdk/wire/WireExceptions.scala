package com.amazonaws.services.sagemaker.sparksdk.wire

/** A row whose content a format can't hold or a rule forbids; the message names column, rule and value. */
class UnencodableRowException(message: String) extends IllegalArgumentException(message)

/** A row that needs more room than its buffer may take.
  *
  * @param needed how many bytes the buffer would have at least, with those of the rows before
  */
final class RowTooLongException(val needed: Long, message: String) extends UnencodableRowException(message)

/** Bytes that aren't the format that was expected; the message says expected, found and at which offset. */
class MalformedBodyException(message: String, cause: Throwable = None.orNull)
    extends RuntimeException(message, cause)
