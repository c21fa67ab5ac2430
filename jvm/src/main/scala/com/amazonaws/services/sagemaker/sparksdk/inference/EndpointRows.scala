package com.amazonaws.services.sagemaker.sparksdk.inference

import org.apache.spark.sql.catalyst.InternalRow

import com.amazonaws.services.sagemaker.sparksdk.exceptions.InferenceException
import com.amazonaws.services.sagemaker.sparksdk.requests.{Cancellation, OrderedWindow}
import com.amazonaws.services.sagemaker.sparksdk.wire.{Framing, RowTooLongException, UnencodableRowException}

/** One partition's rows, sent to the endpoint and answered: batches in flight, results in the order of the
  * input.
  *
  * After each answer at least one new request is sent, and as many as the window holds while the oldest isn't
  * answered: so the window is full when answers are slow, and `limit` reads little ahead when they are fast.
  *
  * The thread that takes the rows may outlive the task: on Spark 3 the one that writes to a Python worker does. There are
  * no more rows then.
  *
  * @param batcher fills batches from the input
  * @param window sends batches
  * @param output the rows of an answered batch
  * @param taskEnded whether the task has ended; it throws when the task was killed
  * @param onProgress called after each answer
  */
final private[inference] class EndpointRows(
    batcher: Batcher,
    window: OrderedWindow[Batch, List[Answer]],
    output: AnsweredRows,
    taskEnded: () => Boolean,
    onProgress: () => Unit
) extends Iterator[InternalRow] {

  private val free = new java.util.ArrayDeque[Batch]()
  private var emitting: Option[Batch] = None
  private var started = false
  private var ended = false

  override def hasNext: Boolean = {
    while (!ended && !output.hasNext) advance()
    !ended
  }

  override def next(): InternalRow =
    if (hasNext) output.next() else throw new NoSuchElementException("no more rows")

  private def advance(): Unit = {
    emitting.foreach { batch =>
      batch.clear()
      free.push(batch)
    }
    emitting = None
    // Not before the first answer: who wants one row gets it as soon as it is there.
    if (started) sendOne()
    while (!window.isOldestDone && sendOne()) {}
    started = true
    if (window.isEmpty || taskEnded()) end()
    else {
      val (batch, answers) = window.take(() => if (taskEnded()) throw Cancellation.exception())
      emitting = Some(batch)
      output.load(batch, answers)
      onProgress()
    }
  }

  private def sendOne(): Boolean = window.hasRoom && batcher.hasNext && {
    val batch = if (free.isEmpty) batcher.newBatch() else free.pop()
    val filled = batcher.fill(batch)
    if (filled) window.submit(batch)
    filled
  }

  /** Whoever holds this to the end of the task holds no batches by it. */
  private def end(): Unit = {
    ended = true
    window.close()
    free.clear()
    output.clear()
  }
}

/** Fills batches from a partition's rows.
  *
  * @param source the rows, whose objects may be reused
  * @param encode appends a row to a batch's body
  * @param keep appends what is passed through of a row to the batch's store
  * @param payloadLimit the present limit of a body, in bytes
  * @param mostPayload the limit that the settings give, in bytes
  * @param mostRows the most rows of a batch
  * @param framing what a body has around and between its rows
  * @param taskEnded whether the task has ended: what the rows are in may be freed by then; it throws when the task was
  *   killed
  */
final private[inference] class Batcher(
    source: Iterator[InternalRow],
    encode: (InternalRow, Batch) => Unit,
    keep: (InternalRow, Batch) => Unit,
    payloadLimit: () => Int,
    mostPayload: Int,
    mostRows: Int,
    describe: Batcher.Describe,
    framing: Framing,
    taskEnded: () => Boolean
) {
  import Batcher._

  private val keptLimit = math.min(KeptPerPayload * mostPayload, Int.MaxValue / 2L)
  private var read = 0L

  // The bytes of a row that didn't fit any more: it was encoded already, and its columns are in the batch to
  // come.
  private val carried = new Batch(mostPayload)

  def hasNext: Boolean = !taskEnded() && (carried.rows > 0 || source.hasNext)

  private def hasUnread: Boolean = !taskEnded() && source.hasNext

  def newBatch(): Batch = new Batch(mostPayload, framing)

  /** Fills an empty batch with at least one row.
    *
    * @return whether the batch is to be sent: the task may end before it is full
    */
  def fill(batch: Batch): Boolean = {
    batch.firstRow = read + 1 - carried.rows
    if (carried.rows > 0) {
      batch.body.appendBytes(carried.body.array, 0, carried.body.length)
      carried.kept.moveTo(batch.kept)
      batch.endRow()
      carried.clear()
    }
    val limit = payloadLimit()
    var full = isFull(batch, limit)
    while (!full && hasUnread) {
      val row = source.next()
      read += 1
      val before = batch.body.length
      batch.beginRow()
      val start = batch.body.length
      try encode(row, batch)
      catch {
        case e: RowTooLongException => throw tooLong(s"at least ${e.needed - start + framing.overhead}")
        case e: UnencodableRowException =>
          throw new InferenceException(s"Row $read of ${describe.where} can't be sent: ${e.getMessage}", e)
      }
      val size = batch.body.length - start
      if (size + framing.overhead > mostPayload) throw tooLong(s"${size + framing.overhead}")
      if (batch.rows > 0 && length(batch) > limit) {
        carried.body.appendBytes(batch.body.array, start, size)
        batch.body.truncate(before)
        keep(row, carried)
        carried.endRow()
        full = true
      } else {
        keep(row, batch)
        batch.endRow()
        full = isFull(batch, limit)
      }
    }
    batch.complete()
    !taskEnded()
  }

  private def tooLong(bytes: String): InferenceException = new InferenceException(
    s"Row $read of ${describe.where} is $bytes bytes as ${describe.contentType}, more than the $mostPayload bytes that " +
      "a request may have: raise max_payload_bytes (up to 25 MB), or send narrower rows"
  )

  private def length(batch: Batch): Int = batch.body.length + framing.suffix.length

  private def isFull(batch: Batch, limit: Int): Boolean =
    batch.rows >= mostRows || batch.kept.length >= keptLimit ||
      // The limit may have become less than what stands around the rows: a batch has one row at least.
      (batch.rows > 0 && length(batch) >= limit)
}

private[inference] object Batcher {
  private val KeptPerPayload = 4L

  /** What messages say of the rows.
    *
    * @param where the partition and the endpoint
    */
  final case class Describe(where: String, contentType: String)
}
