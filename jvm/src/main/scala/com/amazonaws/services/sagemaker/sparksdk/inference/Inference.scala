package com.amazonaws.services.sagemaker.sparksdk.inference

import java.util.Locale

import org.apache.spark.sql.{DataFrame, Dataset}
import org.apache.spark.sql.catalyst.expressions.{Alias, AttributeReference, NamedExpression}
import org.apache.spark.sql.catalyst.plans.logical.Project
import org.apache.spark.sql.internal.SQLConf
import org.apache.spark.sql.types.StructType

import com.amazonaws.services.sagemaker.sparksdk.compat.{Frames, SparkLine, Strategies}
import com.amazonaws.services.sagemaker.sparksdk.transformation.{
  InternalRowSerializer,
  RequestRowSerializer,
  ResponseRowDeserializer
}

/** Rows to an endpoint and back. */
object Inference {

  /** The rows of `dataset` with what the endpoint says of each.
    *
    * Lazy: it starts no Spark job and calls nobody; whatever runs the DataFrame does, as often as it runs it.
    * Streaming DataFrames work too.
    *
    * @throws IllegalArgumentException when the serializer can't take the rows, or a column of the answer has
    *   a name that is taken
    */
  def transform(dataset: Dataset[_], call: EndpointCall): DataFrame = {
    SparkLine.requireSupported()
    val session = dataset.sparkSession
    val plan = Frames.plan(dataset)
    val input = PartitionCall.schema(plan.output)
    val caseSensitive = session.conf.get("spark.sql.caseSensitive", "false").toBoolean
    val added = outputSchema(input, call.deserializer, call.prependInputRows, caseSensitive)
      .drop(if (call.prependInputRows) input.length else 0)
    // The caller's objects stay as they are: a copy is told the schema.
    val transformations = new Transformations(call.serializer, call.deserializer).copied()
    transformations.serializer.setSchema(input)
    transformations.serializer.validateSchema(input)
    val read = transformations.serializer match {
      case InternalRowSerializer(internal) =>
        val names = internal.inputColumns(input).toSet
        plan.output.filter(a => names(a.name))
      case _ => plan.output
    }
    val columns = added.map(f => AttributeReference(f.name, f.dataType, f.nullable, f.metadata)())
    Strategies.install(session, InvokeEndpointStrategy)
    val counters = InferenceCounters.of(session.sparkContext, call.endpointName)
    val node = InvokeEndpoint(call, transformations, read, columns, counters, plan)
    // Both sides of a self join contain this node: the aliases are what Spark can rename in one of them.
    val fresh: Seq[NamedExpression] =
      node.output.map(a => if (columns.exists(_.exprId == a.exprId)) Alias(a, a.name)() else a)
    Frames.of(session, Project(fresh, node))
  }

  /** The columns of the transformed DataFrame: the input's, if they are prepended, and the deserializer's.
    *
    * Whether names that differ only in their case are two is the active session's `spark.sql.caseSensitive`.
    *
    * @throws IllegalArgumentException when the serializer can't take rows of these columns, or naming columns
    *   that would be there twice
    */
  def outputSchema(
      input: StructType,
      serializer: RequestRowSerializer,
      deserializer: ResponseRowDeserializer,
      prependInputRows: Boolean
  ): StructType = {
    serializer.validateSchema(input)
    outputSchema(input, deserializer, prependInputRows, SQLConf.get.caseSensitiveAnalysis)
  }

  private def outputSchema(
      input: StructType,
      deserializer: ResponseRowDeserializer,
      prependInputRows: Boolean,
      caseSensitive: Boolean
  ): StructType = {
    val added = deserializer.schema
    twice(input, added, prependInputRows, caseSensitive).foreach(sentence =>
      throw new IllegalArgumentException(sentence)
    )
    if (prependInputRows) StructType(input.fields ++ added.fields) else added
  }

  /** The sentence that names columns that would be there twice, if there are any. */
  def columnsThereTwice(
      input: StructType,
      deserializer: ResponseRowDeserializer,
      prependInputRows: Boolean
  ): Option[String] =
    twice(input, deserializer.schema, prependInputRows, SQLConf.get.caseSensitiveAnalysis)

  private def twice(
      input: StructType,
      added: StructType,
      prependInputRows: Boolean,
      caseSensitive: Boolean
  ): Option[String] = {
    def key(name: String): String = if (caseSensitive) name else name.toLowerCase(Locale.ROOT)
    val taken = if (prependInputRows) input.fieldNames.map(key).toSet else Set.empty[String]
    val names = added.fieldNames.toSeq.filter { name =>
      taken(key(name)) || added.fieldNames.count(key(_) == key(name)) > 1
    }.distinct
    Some(
      s"The endpoint's answer has columns that are there already: ${names.mkString("'", "', '", "'")}. " +
        "Input columns: " +
        s"${input.fieldNames.mkString(", ")}. Give other names to the deserializer, drop or rename the " +
        "input's columns, or set modelPrependInputRowsToTransformationRows (prependResultRows) to false."
    ).filter(_ => names.nonEmpty)
  }
}
