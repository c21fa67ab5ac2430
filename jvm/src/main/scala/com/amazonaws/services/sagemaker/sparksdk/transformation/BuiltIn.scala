package com.amazonaws.services.sagemaker.sparksdk.transformation

import com.amazonaws.services.sagemaker.sparksdk.wire.{Framing, ResponseDecoder, RowEncoder}
import org.apache.spark.sql.Row
import org.apache.spark.sql.types.StructType

/** A serializer, a deserializer or a factory of name policies that can be saved: its class with string arguments makes it
  * again.
  *
  * A user's class that mixes this in, and has a constructor `(java.util.Map[String, String])`, persists too
  * (registered in the Spark configuration key that `SavedClasses` names).
  */
trait PersistableTransformation {

  /** What the class must be given to be made again. */
  def arguments: Map[String, String]
}

/** A serializer of this library: writes straight from Spark's internal rows. */
private[sparksdk] trait InternalRowSerializer extends RequestRowSerializer with PersistableTransformation {

  /** An encoder of rows of this schema, for one task. */
  def encoder(schema: StructType): RowEncoder

  /** What the format has around and between the rows. */
  private[sparksdk] def framing: Framing = Framing.none

  /** The columns of `schema` that the encoder reads: those that the arguments name. Other columns needn't be there. */
  def inputColumns(schema: StructType): Seq[String] = schema.fieldNames.toSeq.filter(arguments.values.toSet)
}

private[sparksdk] object InternalRowSerializer {

  /** A serializer whose encoder does what its `serializeRow` does, with the frame that is its format's. */
  def unapply(serializer: RequestRowSerializer): Option[InternalRowSerializer] = serializer match {
    case _: FramedRequests => None
    case internal: InternalRowSerializer if BuiltIn.has(internal, "serializeRow", classOf[Row]) =>
      Some(internal)
    case _ => None
  }
}

/** A deserializer of this library: reads straight into Spark's internal rows. */
private[sparksdk] trait InternalRowDeserializer
    extends ResponseRowDeserializer
    with PersistableTransformation {

  /** A decoder of answers to rows of `schema`'s columns, for one task. */
  def decoder(): ResponseDecoder
}

private[sparksdk] object InternalRowDeserializer {

  /** A deserializer whose decoder does what its `deserializeResponse` does. */
  def unapply(deserializer: ResponseRowDeserializer): Option[InternalRowDeserializer] = deserializer match {
    case internal: InternalRowDeserializer
        if BuiltIn.has(internal, "deserializeResponse", classOf[Array[Byte]]) =>
      Some(internal)
    case _ => None
  }
}

private[transformation] object BuiltIn {
  val Package = "com.amazonaws.services.sagemaker.sparksdk.transformation."

  /** Whether a method of this object is one of this library's, and not what a user's subclass overrides it with, in
    * whatever package.
    */
  def has(transformation: AnyRef, method: String, argument: Class[_]): Boolean = {
    val declaring = transformation.getClass.getMethod(method, argument).getDeclaringClass
    declaring.getName.startsWith(Package) && sourceOf(declaring) == sourceOf(classOf[InternalRowSerializer])
  }

  private def sourceOf(kind: Class[_]) = Option(kind.getProtectionDomain.getCodeSource)
}
