package com.amazonaws.services.sagemaker.sparksdk.inference

import org.apache.spark.{TaskContext, TaskKilledException}
import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.{Attribute, UnsafeProjection, UnsafeRow}
import org.apache.spark.sql.execution.metric.SQLMetric
import org.apache.spark.sql.types.StructType

import com.amazonaws.services.sagemaker.sparksdk.aws.AwsClients
import com.amazonaws.services.sagemaker.sparksdk.requests.{OrderedWindow, RequestThreads}
import com.amazonaws.services.sagemaker.sparksdk.settings.{AwsClientConfig, InferenceSettings}

/** What a task needs to call the endpoint for its partitions; sent to the executors.
  *
  * @param encoded the schema of the rows that are encoded
  * @param toEncoded makes those rows of the input's, when they are others
  * @param kept the columns that are passed through
  * @param toKept makes rows of those columns, when they aren't the input's rows
  * @param added the answer's columns
  */
final private[inference] class PartitionCall(
    endpointName: String,
    client: AwsClientConfig,
    settings: InferenceSettings,
    transformations: Transformations,
    input: Seq[Attribute],
    encoded: StructType,
    toEncoded: Option[Seq[Attribute]],
    kept: Seq[Attribute],
    toKept: Boolean,
    added: StructType,
    metrics: Seq[SQLMetric],
    counters: InferenceCounters
) extends Serializable {

  /** The output rows of one partition. An empty one needs no client and makes no request. */
  def rows(partition: Int, source: Iterator[InternalRow]): Iterator[InternalRow] =
    if (source.hasNext) answered(partition, source) else Iterator.empty

  private def answered(partition: Int, source: Iterator[InternalRow]): Iterator[InternalRow] = {
    val own = transformations.copied()
    val taskCounters = new TaskCounters
    val report = new CounterReport(taskCounters, metrics, counters)
    val context = Option(TaskContext.get())
    val taskEnd = new TaskEnd(context)
    val lease = AwsClients.leaseRuntime(client, settings.invokeTimeoutMillis)
    val (batches, window) =
      try {
        val encoder = own.encoder(encoded)
        val invoker =
          new RuntimeInvoker(
            lease.client,
            endpointName,
            own.serializer.contentType,
            own.deserializer.accepts,
            settings
          )
        val caller = new EndpointCaller(invoker, endpointName, partition, settings, taskCounters)
        val window =
          new OrderedWindow[Batch, List[Answer]](
            settings.maxInFlight,
            RequestThreads.executor,
            caller.call,
            lease.close _
          )
        val project = toEncoded.map(attributes => UnsafeProjection.create(attributes, input))
        val batcher = new Batcher(
          source,
          encode = project match {
            case Some(projection) => (row, batch) => encoder.encode(projection(row), batch.body)
            case None => (row, batch) => encoder.encode(row, batch.body)
          },
          keep = keeper(),
          () => caller.payloadLimit,
          settings.maxPayloadBytes,
          settings.maxRowsPerRequest,
          Batcher
            .Describe(s"partition $partition (for endpoint '$endpointName')", own.serializer.contentType),
          encoder.framing,
          taskEnd
        )
        val output = new AnsweredRows(
          endpointName,
          partition,
          own.decoder(),
          PartitionCall.schema(kept),
          added,
          own.deserializer.accepts,
          own.decodesInternalRows
        )
        (new EndpointRows(batcher, window, output, taskEnd, () => report.send()), window)
      } catch {
        case e: Throwable =>
          lease.close()
          throw e
      }
    // A task may have many partitions, and its listeners stay to its end: this one holds no partition's batches.
    context.foreach(_.addTaskCompletionListener[Unit] { _ =>
      taskEnd.reached()
      window.close()
      report.send()
    })
    batches
  }

  /** Copies what is passed through of a row into the batch. */
  private def keeper(): (InternalRow, Batch) => Unit =
    if (kept.isEmpty) (_, _) => ()
    else if (toKept) {
      val projection = UnsafeProjection.create(kept, input)
      (row, batch) => batch.kept.add(projection(row))
    } else {
      lazy val projection = UnsafeProjection.create(kept, input)
      (row, batch) =>
        row match {
          case unsafe: UnsafeRow => batch.kept.add(unsafe)
          case other => batch.kept.add(projection(other))
        }
    }
}

private[inference] object PartitionCall {

  /** The schema of attributes. */
  def schema(attributes: Seq[Attribute]): StructType =
    StructType(
      attributes.map(a => org.apache.spark.sql.types.StructField(a.name, a.dataType, a.nullable, a.metadata))
    )
}

/** Whether a task has ended, asked before each row: TaskContext.isCompleted takes a lock, which costs about as much as
  * encoding a narrow row.
  */
final private[inference] class TaskEnd(context: Option[TaskContext]) extends (() => Boolean) {
  @volatile private[this] var isReached = false

  /** To be called when the task has ended. */
  def reached(): Unit = isReached = true

  /** @throws TaskKilledException when the task was killed */
  override def apply(): Boolean = {
    if (context.isDefined && context.get.isInterrupted()) throw new TaskKilledException()
    isReached
  }
}

/** Adds to Spark's accumulators what a task has counted since the last time. Thread-safe. */
final private[inference] class CounterReport(
    task: TaskCounters,
    metrics: Seq[SQLMetric],
    counters: InferenceCounters
) {
  private var sent = new Array[Long](TaskCounters.names.length)

  def send(): Unit = synchronized {
    val now = task.values
    now.indices.foreach { i =>
      val more = now(i) - sent(i)
      if (more != 0) {
        metrics(i).add(more)
        counters.accumulators(i).add(more)
      }
    }
    sent = now
  }
}
