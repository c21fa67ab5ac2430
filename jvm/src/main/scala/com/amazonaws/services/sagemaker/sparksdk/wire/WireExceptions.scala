package com.amazonaws.services.sagemaker.sparksdk.wire

/** A row whose content a format can't hold or a rule forbids; the message names column, rule and value. */
class UnencodableRowException(message: String) extends IllegalArgumentException(message)

/** Bytes that aren't the format that was expected; the message says expected, found and at which offset. */
class MalformedBodyException(message: String, cause: Throwable = None.orNull)
    extends RuntimeException(message, cause)
