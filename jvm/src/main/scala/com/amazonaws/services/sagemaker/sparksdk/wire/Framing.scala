package com.amazonaws.services.sagemaker.sparksdk.wire

import java.nio.charset.StandardCharsets.UTF_8

/** What a request's body has around and between its rows, in formats that aren't just one row after the other.
  *
  * @param prefix stands before the first row
  * @param separator stands between two rows
  * @param suffix stands behind the last row
  */
final class Framing(val prefix: Array[Byte], val separator: Array[Byte], val suffix: Array[Byte])
    extends Serializable {

  /** The bytes that a body has beside its rows and the separators between them. */
  val overhead: Int = prefix.length + suffix.length

  /** Whether a body is its rows' bytes and nothing else. */
  val isNone: Boolean = overhead + separator.length == 0
}

object Framing {

  /** Rows one after the other. */
  val none: Framing = Framing("", "", "")

  /** Framing by texts, in UTF-8. */
  def apply(prefix: String, separator: String, suffix: String): Framing =
    new Framing(prefix.getBytes(UTF_8), separator.getBytes(UTF_8), suffix.getBytes(UTF_8))

  /** A JSON list of the rows under `key` of an object; an empty key: the list alone. */
  def jsonList(key: String): Framing =
    if (key.isEmpty) Framing("[", ",", "]") else Framing(s"{${JsonText.quoted(key)}:[", ",", "]}")
}
