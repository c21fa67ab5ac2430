package com.amazonaws.services.sagemaker.sparksdk.inference

import java.util.concurrent.CancellationException

import scala.util.control.NonFatal

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{UnsafeProjection, UnsafeRow}
import org.apache.spark.sql.catalyst.expressions.codegen.{GenerateUnsafeRowJoiner, UnsafeRowJoiner}
import org.apache.spark.sql.types.StructType

import com.amazonaws.services.sagemaker.sparksdk.exceptions.{InferenceException, RowCountException}
import com.amazonaws.services.sagemaker.sparksdk.wire.ResponseDecoder

/** The output rows of an answered batch: what was kept of the input's rows, and the answer's columns behind
  * it.
  *
  * The whole answer is decoded and its rows are counted before the first one goes out: a short answer must
  * not give rows that belong to other inputs.
  *
  * @param kept the columns that are passed through
  * @param added the answer's columns
  * @param accepts the MIME type that was asked for
  * @param checkType whether another MIME type is an error in itself
  */
final private[inference] class AnsweredRows(
    endpointName: String,
    partition: Int,
    decoder: ResponseDecoder,
    kept: StructType,
    added: StructType,
    accepts: String,
    checkType: Boolean
) extends Iterator[InternalRow] {

  private val toUnsafe = UnsafeProjection.create(added)
  private var decoded = new RowStore
  private val addedRow = new UnsafeRow(added.length)
  private val keptRow = new UnsafeRow(kept.length)
  private val joiner: Option[UnsafeRowJoiner] =
    if (kept.isEmpty) None else Some(GenerateUnsafeRowJoiner.create(kept, added))
  private var keptRows = new RowStore
  private var at = 0

  /** Takes the rows of the next batch; its store must stay as it is until they are all out. */
  def load(batch: Batch, answers: List[Answer]): Unit = {
    decoded.clear()
    at = 0
    keptRows = batch.kept
    answers.foreach(answer => decode(batch, answer))
  }

  /** Forgets the rows, and gives back the memory that they are in. */
  def clear(): Unit = {
    decoded = new RowStore
    keptRows = new RowStore
    at = 0
  }

  override def hasNext: Boolean = at < decoded.size

  override def next(): InternalRow = {
    decoded.point(addedRow, at)
    val row = joiner match {
      case Some(join) =>
        keptRows.point(keptRow, at)
        join.join(keptRow, addedRow)
      case None => addedRow
    }
    at += 1
    row
  }

  private def unsafe(row: InternalRow): UnsafeRow = row match {
    case already: UnsafeRow => already
    case other => toUnsafe(other)
  }

  private def decode(batch: Batch, answer: Answer): Unit = {
    if (checkType) answer.contentType.foreach { found =>
      if (!MediaType.isAccepted(accepts, found)) throw malformed(batch, answer, "it can't be read", None)
    }
    var count = 0
    try {
      val rows = decoder.decode(answer.body.array, answer.body.length)
      while (rows.hasNext) {
        val row = rows.next()
        // Surplus rows are only counted.
        if (count < answer.rows) decoded.add(unsafe(row))
        count += 1
      }
    } catch {
      case e: CancellationException => throw e
      case NonFatal(e) => throw malformed(batch, answer, s"it can't be read: ${e.getMessage}", Some(e))
    }
    if (count != answer.rows)
      throw new RowCountException(
        s"Endpoint '$endpointName' was sent ${answer.rows} rows and answered $count " +
          s"(${rowsOf(batch, answer)}): it must " +
          s"answer each row with one row. Content type expected: $accepts; found: " +
          s"${answer.contentType.getOrElse("none")}. It begins: " +
          s"${Excerpt.of(answer.body.array, answer.body.length)}. What to do: check that serializer, " +
          "deserializer and container belong together, and the endpoint's log."
      )
  }

  private def malformed(batch: Batch, answer: Answer, what: String, cause: Option[Throwable]) =
    new InferenceException(
      s"The answer of endpoint '$endpointName' to ${rowsOf(batch, answer)} isn't what was expected; $what. " +
        s"Content type expected: $accepts; found: ${answer.contentType.getOrElse("none")}. It begins: " +
        s"${Excerpt.of(answer.body.array, answer.body.length)}. What to do: check that the deserializer " +
        "belongs to the endpoint's container.",
      cause.orNull
    )

  private def rowsOf(batch: Batch, answer: Answer): String =
    batch.label(answer.from, answer.until, partition)
}
