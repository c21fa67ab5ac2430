package com.amazonaws.services.sagemaker.sparksdk.inference

/** The start of a body, as it may be shown in an error. */
private[inference] object Excerpt {
  private val MostCharacters = 200
  private val MostBytes = 48

  def of(body: Array[Byte], length: Int): String = {
    val shown = math.min(length, MostCharacters)
    val isText = (0 until shown).forall { i =>
      val b = body(i) & 0xff
      (b >= 0x20 && b != 0x7f) || b == '\t' || b == '\n' || b == '\r'
    }
    if (length == 0) "an empty body"
    else if (isText) {
      val text =
        new String(body, 0, shown, java.nio.charset.StandardCharsets.UTF_8).replaceAll("\\s+", " ").trim
      if (length > shown) s"'$text'... ($length bytes)" else s"'$text'"
    } else {
      val hex = (0 until math.min(length, MostBytes)).map(i => f"${body(i) & 0xff}%02x").mkString
      s"bytes $hex${if (length > MostBytes) "..." else ""} ($length bytes)"
    }
  }

  /** At most 200 characters of a text on one line. */
  def of(text: String): String = {
    val line = text.replaceAll("\\s+", " ").trim
    if (line.length > MostCharacters) line.take(MostCharacters) + "..." else line
  }
}
