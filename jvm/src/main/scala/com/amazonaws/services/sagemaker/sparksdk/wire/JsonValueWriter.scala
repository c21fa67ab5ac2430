package com.amazonaws.services.sagemaker.sparksdk.wire

import java.nio.charset.StandardCharsets.UTF_8

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters
import org.apache.spark.sql.types._

/** Writes values of one type as JSON, from a row or an array. */
private[wire] trait JsonValueWriter {

  /** Appends a value that isn't null; returns what is wrong with it, or [[FeaturesReader.Fine]]. */
  def append(from: SpecializedGetters, i: Int, out: GrowableBuffer): String

  /** The same, with `null` for a null. */
  final def appendNullable(from: SpecializedGetters, i: Int, out: GrowableBuffer): String =
    if (from.isNullAt(i)) {
      out.appendAscii("null")
      FeaturesReader.Fine
    } else append(from, i, out)
}

private[wire] object JsonValueWriter {

  /** How values of a type are written; `None`: they can't be. */
  def of(dataType: DataType): Option[JsonValueWriter] = dataType match {
    case BooleanType => Some(JsonBooleanWriter)
    case StringType => Some(JsonStringWriter)
    case number if FeatureTypes.isNumber(number) => Some(new JsonNumberWriter(number))
    case ArrayType(element, _) => of(element).map(new JsonListWriter(_, nullable = true))
    case StructType(fields) =>
      val writers = fields.map(f => of(f.dataType))
      if (writers.forall(_.isDefined)) Some(new JsonObjectWriter(fields.map(_.name), writers.flatten))
      else None
    case MapType(StringType, value, _) => of(value).map(new JsonMapWriter(_))
    case _ => None
  }

  /** The key of an object's member, as it is written before the value. */
  def member(name: String): Array[Byte] = s"${JsonText.quoted(name)}:".getBytes(UTF_8)

  /** The rule that NaN and infinities break. */
  val FiniteRule: String =
    "JSON has no NaN and no infinities; drop or fill such values (na.fill, Imputer), or make them null"

  def isFinite(value: Double): Boolean = !value.isNaN && !value.isInfinite
}

private[wire] object JsonBooleanWriter extends JsonValueWriter {
  override def append(from: SpecializedGetters, i: Int, out: GrowableBuffer): String = {
    out.appendAscii(if (from.getBoolean(i)) "true" else "false")
    FeaturesReader.Fine
  }
}

private[wire] object JsonStringWriter extends JsonValueWriter {
  override def append(from: SpecializedGetters, i: Int, out: GrowableBuffer): String =
    JsonText.append(from.getUTF8String(i), out)
}

final private[wire] class JsonNumberWriter(dataType: DataType) extends JsonValueWriter {
  private[this] val numbers = new NumberReader(dataType)

  override def append(from: SpecializedGetters, i: Int, out: GrowableBuffer): String =
    if (numbers.isFloating && !JsonValueWriter.isFinite(numbers.double(from, i)))
      s"holds ${numbers.double(from, i)}"
    else {
      numbers.append(from, i, out)
      FeaturesReader.Fine
    }
}

/** @param nullable whether an element that is null is written; otherwise it is something wrong */
final private[wire] class JsonListWriter(elements: JsonValueWriter, nullable: Boolean)
    extends JsonValueWriter {
  override def append(from: SpecializedGetters, i: Int, out: GrowableBuffer): String = {
    val array = from.getArray(i)
    val count = array.numElements()
    var finding = FeaturesReader.Fine
    var at = 0
    out.appendByte('[')
    while (finding == FeaturesReader.Fine && at < count) {
      if (at > 0) out.appendByte(',')
      finding = if (!nullable && array.isNullAt(at)) "is null" else elements.appendNullable(array, at, out)
      at += 1
    }
    out.appendByte(']')
    if (finding == FeaturesReader.Fine) finding else s"$finding at position ${at - 1}"
  }
}

final private[wire] class JsonObjectWriter(names: Array[String], writers: Array[JsonValueWriter])
    extends JsonValueWriter {
  private[this] val keys = names.map(JsonValueWriter.member)

  override def append(from: SpecializedGetters, i: Int, out: GrowableBuffer): String = {
    val struct: InternalRow = from.getStruct(i, writers.length)
    var finding = FeaturesReader.Fine
    var at = 0
    out.appendByte('{')
    while (finding == FeaturesReader.Fine && at < writers.length) {
      if (at > 0) out.appendByte(',')
      out.appendBytes(keys(at))
      finding = writers(at).appendNullable(struct, at, out)
      at += 1
    }
    out.appendByte('}')
    if (finding == FeaturesReader.Fine) finding else s"$finding in its field ${names(at - 1)}"
  }
}

final private[wire] class JsonMapWriter(values: JsonValueWriter) extends JsonValueWriter {
  override def append(from: SpecializedGetters, i: Int, out: GrowableBuffer): String = {
    val map = from.getMap(i)
    var finding = FeaturesReader.Fine
    var at = 0
    out.appendByte('{')
    while (finding == FeaturesReader.Fine && at < map.numElements()) {
      if (at > 0) out.appendByte(',')
      finding = JsonStringWriter.append(map.keyArray(), at, out)
      out.appendByte(':')
      if (finding == FeaturesReader.Fine) finding = values.appendNullable(map.valueArray(), at, out)
      at += 1
    }
    out.appendByte('}')
    if (finding == FeaturesReader.Fine) finding else s"$finding in its entry ${at - 1}"
  }
}
