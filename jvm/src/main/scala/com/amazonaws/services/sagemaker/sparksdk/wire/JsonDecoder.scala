package com.amazonaws.services.sagemaker.sparksdk.wire

import com.fasterxml.jackson.core.{
  JsonFactory,
  JsonFactoryBuilder,
  JsonParser,
  JsonProcessingException,
  JsonToken
}
import com.fasterxml.jackson.core.json.JsonReadFeature
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow
import org.apache.spark.sql.types.{DataType, StructType}

/** Reads answers in JSON: a row for each element of a list, or for each value of JSON Lines.
  *
  * An element is an object with the columns' keys; others of its keys are skipped. Where the schema has one column, an
  * element that isn't an object is the column's value. The literals `NaN`, `Infinity` and `-Infinity`, which JSON doesn't
  * have but many containers write, are read as numbers.
  *
  * @param schema the columns; [[JsonValueReader]] says which types they can have
  * @param keys the key of each column
  * @param list the key of the list in the body's object, empty: the body is the list; `None`: JSON Lines
  */
final private[sparksdk] class JsonDecoder(schema: StructType, keys: Seq[String], list: Option[String])
    extends ResponseDecoder {
  require(schema.nonEmpty, "the schema has no columns: give one at least")
  require(
    schema.length == keys.length,
    s"the schema has ${schema.length} columns and ${keys.length} JSON keys are given: give one for each column"
  )
  require(keys.distinct.length == keys.length, s"a JSON key is given twice: ${keys.mkString(", ")}")
  private[this] val readers = schema.fields.zip(keys).map { case (field, key) =>
    JsonValueReader.ofColumn(field, key)
  }
  private[this] val positions = keys.zipWithIndex.toMap
  private[this] val row = new SpecificInternalRow(readers.map(r => r.rowType: DataType).toSeq)
  private[this] val seen = new Array[Boolean](readers.length)

  /** @throws MalformedBodyException from the iterator, at the first row that can't be read */
  override def decode(body: Array[Byte], length: Int): Iterator[InternalRow] =
    new Rows(JsonDecoder.factory.createParser(body, 0, length))

  final private class Rows(parser: JsonParser) extends Iterator[InternalRow] {
    private[this] var number = -1L
    private[this] var begun = false
    private[this] var ready = false
    private[this] var ended = false

    override def hasNext: Boolean = {
      if (!ready && !ended) guarded {
        if (!begun && list.isDefined) enter(list.get)
        begun = true
        val token = parser.nextToken()
        if (list.isDefined) {
          if (token == JsonToken.END_ARRAY) leave(list.get)
          else if (Option(token).isEmpty) refuse("the list's next element or its end")
          else ready = true
        } else if (Option(token).isEmpty) ended = true
        else ready = true
      }
      ready
    }

    override def next(): InternalRow = {
      if (!hasNext) throw new NoSuchElementException("the body has no more rows")
      ready = false
      number += 1
      guarded(readElement())
      row
    }

    /** Moves to the list's start. */
    private def enter(key: String): Unit =
      if (key.isEmpty) {
        if (parser.nextToken() != JsonToken.START_ARRAY) refuse("a list of rows")
      } else {
        if (parser.nextToken() != JsonToken.START_OBJECT) refuse(s"""an object with a list under "$key"""")
        val others = Seq.newBuilder[String]
        var found = false
        while (!found) {
          if (parser.nextToken() != JsonToken.FIELD_NAME) {
            throw new MalformedBodyException(
              s"""expected an object with a list under "$key", found one with ${JsonDecoder.names(
                  others.result()
                )}: """ +
                "give the deserializer the list's key as its envelope"
            )
          }
          val name = parser.getText
          parser.nextToken()
          if (name == key) found = true
          else {
            others += name
            parser.skipChildren()
          }
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) refuse(s"""a list under "$key"""")
      }

    /** Reads what stands behind the list. */
    private def leave(key: String): Unit = {
      if (key.nonEmpty) while (parser.nextToken() == JsonToken.FIELD_NAME) {
        if (parser.getText == key) throw new MalformedBodyException(s"""the key "$key" is there twice""")
        parser.nextToken()
        parser.skipChildren()
      }
      if (Option(parser.nextToken()).isDefined) refuse("the end of the body")
      ended = true
    }

    private def readElement(): Unit =
      if (parser.currentToken() == JsonToken.START_OBJECT) readObject()
      else if (readers.length == 1) readers(0).store(parser, row, 0)
      else refuse(s"an object with the keys ${JsonDecoder.names(keys)} for row $number")

    private def readObject(): Unit = {
      java.util.Arrays.fill(seen, false)
      val others = Seq.newBuilder[String]
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        val name = parser.getText
        parser.nextToken()
        positions.get(name) match {
          case Some(i) =>
            readers(i).store(parser, row, i)
            seen(i) = true
          case None =>
            others += name
            parser.skipChildren()
        }
      }
      val missing = seen.indexOf(false)
      if (missing >= 0) {
        val found = keys.indices.filter(i => seen(i)).map(i => keys(i)) ++ others.result()
        throw new MalformedBodyException(
          s"""row $number of the answer has no key "${keys(missing)}", which column "${schema(
              missing
            ).name}" is read """ +
            s"from; it has ${JsonDecoder.names(found)}"
        )
      }
    }

    private def refuse(expected: String): Nothing = JsonValueReader.refuse(parser, expected)

    private def guarded[T](read: => T): T =
      try read
      catch {
        case e: JsonProcessingException =>
          throw new MalformedBodyException(
            s"not JSON at offset ${Option(e.getLocation).map(_.getByteOffset).getOrElse(0L)}: ${e.getOriginalMessage}",
            e
          )
      }
  }
}

private[wire] object JsonDecoder {
  private val factory: JsonFactory =
    new JsonFactoryBuilder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build()
  private final val MostNames = 10

  private def names(found: Seq[String]): String =
    if (found.isEmpty) "no keys"
    else {
      val more = if (found.length > MostNames) s" and ${found.length - MostNames} more" else ""
      found.take(MostNames).map(n => s""""${n.take(60)}"""").mkString("", ", ", more)
    }
}
