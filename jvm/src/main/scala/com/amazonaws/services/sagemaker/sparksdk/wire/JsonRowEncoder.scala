package com.amazonaws.services.sagemaker.sparksdk.wire

import java.nio.charset.StandardCharsets.UTF_8

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.types._

/** How rows of JSON stand in a request: in one list, or on a line each.
  *
  * @param contentType the request's MIME type
  * @param rowEnd what stands behind each row
  */
final private[sparksdk] class JsonLayout(
    val contentType: String,
    val framing: Framing,
    private[wire] val rowEnd: Array[Byte]
)

private[sparksdk] object JsonLayout {

  /** One list under a key of an object; an empty key: the list alone. */
  def list(key: String): JsonLayout =
    new JsonLayout(ContentTypes.Json, Framing.jsonList(key), Array.emptyByteArray)

  val lines: JsonLayout =
    new JsonLayout(ContentTypes.JsonLines, Framing.none, "\n".getBytes(UTF_8))
}

/** Writes rows' features as SageMaker's own algorithms read them in JSON: `{"features":[...]}`, and a sparse vector as
  * `{"data":{"features":{"keys":[...],"shape":[n],"values":[...]}}}`.
  */
final class JsonFeaturesEncoder private (schema: StructType, ordinal: Int, layout: JsonLayout)
    extends RowEncoder {
  import JsonFeaturesEncoder._

  private[this] val features = new FeaturesReader(ordinal, schema(ordinal).dataType)
  private[this] val checks = new RowChecks(schema, ordinal, None, ContentRules.lenient)
  private[this] val list = schema(ordinal).dataType match {
    case ArrayType(element, _) => Some(new JsonListWriter(new JsonNumberWriter(element), nullable = false))
    case _ => None
  }

  override def contentType: String = layout.contentType

  override def framing: Framing = layout.framing

  override def encode(row: InternalRow, out: GrowableBuffer): Unit = {
    checks.nextRow()
    checks.features(row, features)
    val start = out.length
    val finding =
      if (features.isSparse) appendSparse(out)
      else {
        out.appendBytes(DenseStart)
        val found = if (list.isDefined) list.get.append(row, ordinal, out) else appendDense(out)
        out.appendByte('}')
        found
      }
    if (finding != FeaturesReader.Fine) {
      out.truncate(start)
      checks.refuseFeatures(row, finding, JsonValueWriter.FiniteRule)
    }
    out.appendBytes(layout.rowEnd)
  }

  private def appendDense(out: GrowableBuffer): String = {
    out.appendByte('[')
    val finding = JsonVectors.appendStored(features, out)
    out.appendByte(']')
    finding
  }

  private def appendSparse(out: GrowableBuffer): String = {
    out.appendBytes(SparseStart)
    var i = 0
    while (i < features.count) {
      if (i > 0) out.appendByte(',')
      DecimalText.append(features.index(i).toLong, out)
      i += 1
    }
    out.appendBytes(ShapeStart)
    DecimalText.append(features.width, out)
    out.appendBytes(ValuesStart)
    val finding = JsonVectors.appendStored(features, out)
    out.appendBytes(SparseEnd)
    finding
  }
}

object JsonFeaturesEncoder {
  private val DenseStart = "{\"features\":".getBytes(UTF_8)
  private val SparseStart = "{\"data\":{\"features\":{\"keys\":[".getBytes(UTF_8)
  private val ShapeStart = "],\"shape\":[".getBytes(UTF_8)
  private val ValuesStart = "],\"values\":[".getBytes(UTF_8)
  private val SparseEnd = "]}}}".getBytes(UTF_8)

  /** @throws IllegalArgumentException naming the column that is missing or of a type that can't be written */
  private[sparksdk] def apply(
      schema: StructType,
      featuresColumn: String,
      layout: JsonLayout
  ): JsonFeaturesEncoder =
    new JsonFeaturesEncoder(
      schema,
      FeatureTypes.featuresOrdinal(schema, featuresColumn, vectorsOnly = true),
      layout
    )
}

/** Writes chosen columns of a row as a JSON object with a member for each, in the order of the choice.
  *
  * Vectors are lists of all their values, also sparse ones; arrays are lists, structs and maps with text keys are
  * objects; a null is `null`. NaN and infinities are refused.
  */
final class JsonColumnsEncoder private (schema: StructType, ordinals: Array[Int], layout: JsonLayout)
    extends RowEncoder {
  private[this] val refuse = new RowRefusal(schema)
  private[this] val names = ordinals.map(schema(_).name)
  private[this] val keys = names.map(JsonValueWriter.member)
  private[this] val writers =
    ordinals.map(i => JsonColumnsEncoder.writer(i, schema(i).dataType).getOrElse(JsonBooleanWriter))
  private[this] var rowNumber = -1L

  override def contentType: String = layout.contentType

  override def framing: Framing = layout.framing

  override def encode(row: InternalRow, out: GrowableBuffer): Unit = {
    rowNumber += 1
    val start = out.length
    out.appendByte('{')
    var i = 0
    while (i < ordinals.length) {
      if (i > 0) out.appendByte(',')
      out.appendBytes(keys(i))
      val finding = writers(i).appendNullable(row, ordinals(i), out)
      if (finding != FeaturesReader.Fine) {
        out.truncate(start)
        refuse(row, rowNumber, names(i), finding, JsonColumnsEncoder.ruleOf(finding))
      }
      i += 1
    }
    out.appendByte('}')
    out.appendBytes(layout.rowEnd)
  }
}

object JsonColumnsEncoder {

  /** @throws IllegalArgumentException naming the column that is missing, or of a type that can't be written */
  private[sparksdk] def apply(
      schema: StructType,
      columns: Seq[String],
      layout: JsonLayout
  ): JsonColumnsEncoder = {
    val ordinals = columns.map(FeatureTypes.ordinal(schema, _, "a column to send"))
    ordinals.find(i => writer(i, schema(i).dataType).isEmpty).foreach { i =>
      throw new IllegalArgumentException(
        s"""column "${schema(i).name}" is ${schema(
            i
          ).dataType.simpleString}, which isn't written as JSON: cast it to a """ +
          "string or a number; numbers, booleans, strings, vectors, and arrays, structs and maps (by string) of these " +
          "are written"
      )
    }
    new JsonColumnsEncoder(schema, ordinals.toArray, layout)
  }

  private def writer(ordinal: Int, dataType: DataType): Option[JsonValueWriter] =
    if (FeatureTypes.isVector(dataType)) Some(new JsonVectors(ordinal, dataType))
    else JsonValueWriter.of(dataType)

  private def ruleOf(finding: String): String =
    if (finding.startsWith(JsonText.NotUtf8)) "JSON is UTF-8 text; decode such bytes, or send them as base64"
    else JsonValueWriter.FiniteRule
}

/** Writes a vector column of a row as a list of all its values. */
final private[wire] class JsonVectors(ordinal: Int, dataType: DataType) extends JsonValueWriter {
  private[this] val features = new FeaturesReader(ordinal, dataType)
  private[this] val text = new VectorText(features)

  override def append(
      from: org.apache.spark.sql.catalyst.expressions.SpecializedGetters,
      i: Int,
      out: GrowableBuffer
  ): String = {
    val finding = features.read(from.asInstanceOf[InternalRow])
    if (finding != FeaturesReader.Fine) finding
    else {
      out.appendByte('[')
      val found = JsonVectors.firstNonFinite(features)
      if (found == FeaturesReader.Fine) text.appendAll(out)
      out.appendByte(']')
      found
    }
  }
}

private[wire] object JsonVectors {

  /** Appends the stored values with commas between; returns what is wrong with one. */
  def appendStored(features: FeaturesReader, out: GrowableBuffer): String = {
    var i = 0
    while (i < features.count) {
      val value = features.value(i)
      if (!JsonValueWriter.isFinite(value)) return notFinite(features, i)
      if (i > 0) out.appendByte(',')
      DecimalText.append(value, out)
      i += 1
    }
    FeaturesReader.Fine
  }

  /** What is wrong with one of the stored values. */
  private def firstNonFinite(features: FeaturesReader): String = {
    var i = 0
    while (i < features.count) {
      if (!JsonValueWriter.isFinite(features.value(i))) return notFinite(features, i)
      i += 1
    }
    FeaturesReader.Fine
  }

  private def notFinite(features: FeaturesReader, i: Int): String =
    s"holds ${features.value(i)} at position ${if (features.isSparse) features.key(i) else i.toLong}"
}
