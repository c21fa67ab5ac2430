package com.amazonaws.services.sagemaker.sparksdk.inference

import scala.util.control.NonFatal

import org.apache.spark.SparkEnv
import org.apache.spark.sql.Row
import org.apache.spark.sql.catalyst.{CatalystTypeConverters, InternalRow}
import org.apache.spark.sql.types.StructType

import com.amazonaws.services.sagemaker.sparksdk.transformation._
import com.amazonaws.services.sagemaker.sparksdk.wire.{
  Framing,
  GrowableBuffer,
  ResponseDecoder,
  RowEncoder,
  UnencodableRowException
}

/** A user's serializer as an encoder of internal rows. */
final private[inference] class UserRowEncoder(serializer: RequestRowSerializer, schema: StructType)
    extends RowEncoder {
  private val toRow = CatalystTypeConverters.createToScalaConverter(schema)

  override def contentType: String = serializer.contentType

  override val framing: Framing = serializer match {
    case framed: FramedRequests => new Framing(framed.prefix, framed.separator, framed.suffix)
    // One of ours whose rows a subclass changes: what stands around them is still its format's.
    case internal: InternalRowSerializer => internal.framing
    case _ => Framing.none
  }

  override def encode(row: InternalRow, out: GrowableBuffer): Unit = {
    val bytes = Option(serializer.serializeRow(toRow(row).asInstanceOf[Row])).getOrElse(
      throw new UnencodableRowException(s"${serializer.getClass.getName}.serializeRow returned null")
    )
    out.appendBytes(bytes)
  }
}

/** A user's deserializer as a decoder into internal rows. */
final private[inference] class UserResponseDecoder(deserializer: ResponseRowDeserializer)
    extends ResponseDecoder {
  private val toInternal = CatalystTypeConverters.createToCatalystConverter(deserializer.schema)

  override def decode(body: Array[Byte], length: Int): Iterator[InternalRow] = {
    // The body's array belongs to the library and is used again; a user's rows may keep theirs.
    val own = java.util.Arrays.copyOf(body, length)
    deserializer.deserializeResponse(own).map(row => toInternal(row).asInstanceOf[InternalRow])
  }
}

/** Serializer and deserializer of one partition: copies that no other partition uses. */
final private[inference] class Transformations(
    val serializer: RequestRowSerializer,
    val deserializer: ResponseRowDeserializer
) extends Serializable {

  /** Whether rows are encoded without the public rows of `serializeRow`. */
  def encodesInternalRows: Boolean = serializer match {
    case InternalRowSerializer(_) => true
    case _ => false
  }

  /** Whether answers are decoded without the public rows of `deserializeResponse`. */
  def decodesInternalRows: Boolean = deserializer match {
    case InternalRowDeserializer(_) => true
    case _ => false
  }

  def encoder(schema: StructType): RowEncoder = serializer match {
    case InternalRowSerializer(internal) => internal.encoder(schema)
    case user =>
      user.setSchema(schema)
      new UserRowEncoder(user, schema)
  }

  def decoder(): ResponseDecoder = deserializer match {
    case InternalRowDeserializer(internal) => internal.decoder()
    case user => new UserResponseDecoder(user)
  }

  /** A private copy, made by Java serialization as Spark sends closures. */
  def copied(): Transformations = {
    val spark = SparkEnv.get.closureSerializer.newInstance()
    val bytes =
      try spark.serialize(this)
      catch {
        case NonFatal(e) =>
          throw new IllegalArgumentException(
            s"${serializer.getClass.getName} and ${deserializer.getClass.getName} must be sent to the " +
              s"executors, and one of them can't be serialized: ${e.getMessage}",
            e
          )
      }
    val loader = Option(Thread.currentThread().getContextClassLoader).getOrElse(getClass.getClassLoader)
    spark.deserialize[Transformations](bytes, loader)
  }
}
