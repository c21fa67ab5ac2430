package com.amazonaws.services.sagemaker.sparksdk.wire

import com.google.protobuf.DescriptorProtos.{
  DescriptorProto,
  FieldDescriptorProto,
  FileDescriptorProto,
  FieldOptions,
  MessageOptions
}
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.{Label, Type}
import com.google.protobuf.Descriptors.{Descriptor, FileDescriptor}
import com.google.protobuf.DynamicMessage

/** The messages of `aialgs.data` as protobuf-java knows them: the judge of what our own code writes and reads. */
object AiAlgs {

  private def field(
      name: String,
      number: Int,
      kind: Type,
      label: Label,
      packed: Boolean = true
  ): FieldDescriptorProto = {
    val builder =
      FieldDescriptorProto.newBuilder().setName(name).setNumber(number).setType(kind).setLabel(label)
    if (label == Label.LABEL_REPEATED && kind != Type.TYPE_MESSAGE) {
      builder.setOptions(FieldOptions.newBuilder().setPacked(packed))
    }
    builder.build()
  }

  private def message(name: String, number: Int, kind: String, label: Label): FieldDescriptorProto =
    FieldDescriptorProto
      .newBuilder()
      .setName(name)
      .setNumber(number)
      .setType(Type.TYPE_MESSAGE)
      .setTypeName(kind)
      .setLabel(label)
      .build()

  private def tensor(name: String, element: Type, packed: Boolean): DescriptorProto =
    DescriptorProto
      .newBuilder()
      .setName(name)
      .addField(field("values", 1, element, Label.LABEL_REPEATED, packed))
      .addField(field("keys", 2, Type.TYPE_UINT64, Label.LABEL_REPEATED, packed))
      .addField(field("shape", 3, Type.TYPE_UINT64, Label.LABEL_REPEATED, packed))
      .build()

  private def entry(name: String): DescriptorProto =
    DescriptorProto
      .newBuilder()
      .setName(name)
      .addField(field("key", 1, Type.TYPE_STRING, Label.LABEL_OPTIONAL))
      .addField(message("value", 2, ".aialgs.data.Value", Label.LABEL_OPTIONAL))
      .setOptions(MessageOptions.newBuilder().setMapEntry(true))
      .build()

  private def file(packed: Boolean): FileDescriptor = {
    val value = DescriptorProto
      .newBuilder()
      .setName("Value")
      .addOneofDecl(
        com.google.protobuf.DescriptorProtos.OneofDescriptorProto.newBuilder().setName("value")
      )
    Seq(
      ("float32_tensor", 2, "Float32Tensor"),
      ("float64_tensor", 3, "Float64Tensor"),
      ("int32_tensor", 7, "Int32Tensor")
    )
      .foreach { case (name, number, kind) =>
        value.addField(
          message(name, number, s".aialgs.data.$kind", Label.LABEL_OPTIONAL).toBuilder.setOneofIndex(0)
        )
      }
    val record = DescriptorProto
      .newBuilder()
      .setName("Record")
      .addNestedType(entry("FeaturesEntry"))
      .addNestedType(entry("LabelEntry"))
      .addField(message("features", 1, ".aialgs.data.Record.FeaturesEntry", Label.LABEL_REPEATED))
      .addField(message("label", 2, ".aialgs.data.Record.LabelEntry", Label.LABEL_REPEATED))
      .addField(field("uid", 3, Type.TYPE_STRING, Label.LABEL_OPTIONAL))
      .addField(field("metadata", 4, Type.TYPE_STRING, Label.LABEL_OPTIONAL))
      .addField(field("configuration", 5, Type.TYPE_STRING, Label.LABEL_OPTIONAL))
    val proto = FileDescriptorProto
      .newBuilder()
      .setName("aialgs.proto")
      .setPackage("aialgs.data")
      .setSyntax("proto2")
      .addMessageType(tensor("Float32Tensor", Type.TYPE_FLOAT, packed))
      .addMessageType(tensor("Float64Tensor", Type.TYPE_DOUBLE, packed))
      .addMessageType(tensor("Int32Tensor", Type.TYPE_INT32, packed))
      .addMessageType(value)
      .addMessageType(record)
      .build()
    FileDescriptor.buildFrom(proto, Array.empty[FileDescriptor])
  }

  private val files = Map(true -> file(packed = true), false -> file(packed = false))

  /** The values, keys and shape of one tensor. */
  final case class Tensor(kind: String, values: Seq[Double], keys: Seq[Long] = Nil, shape: Seq[Long] = Nil)

  private def descriptor(name: String, packed: Boolean): Descriptor =
    files(packed).findMessageTypeByName(name)

  /** A Record with these label entries, as protobuf-java writes it. */
  def record(
      labels: Seq[(String, Tensor)],
      packed: Boolean = true,
      uid: Option[String] = None
  ): Array[Byte] = {
    val recordType = descriptor("Record", packed)
    val record = DynamicMessage.newBuilder(recordType)
    labels.foreach { case (key, tensor) =>
      val entryType = recordType.findNestedTypeByName("LabelEntry")
      val entry = DynamicMessage
        .newBuilder(entryType)
        .setField(entryType.findFieldByName("key"), key)
        .setField(entryType.findFieldByName("value"), value(tensor, packed))
        .build()
      record.addRepeatedField(recordType.findFieldByName("label"), entry)
    }
    uid.foreach(record.setField(recordType.findFieldByName("uid"), _))
    record.build().toByteArray
  }

  private def value(tensor: Tensor, packed: Boolean): DynamicMessage = {
    val tensorType = descriptor(tensor.kind, packed)
    val builder = DynamicMessage.newBuilder(tensorType)
    tensor.values.foreach { v =>
      val boxed: Any = tensor.kind match {
        case "Float32Tensor" => v.toFloat
        case "Float64Tensor" => v
        case _ => v.toInt
      }
      builder.addRepeatedField(tensorType.findFieldByName("values"), boxed)
    }
    tensor.keys.foreach(k => builder.addRepeatedField(tensorType.findFieldByName("keys"), k))
    tensor.shape.foreach(s => builder.addRepeatedField(tensorType.findFieldByName("shape"), s))
    val valueType = descriptor("Value", packed)
    val field = valueType.findFieldByName(tensor.kind.replace("Tensor", "_tensor").toLowerCase)
    DynamicMessage.newBuilder(valueType).setField(field, builder.build()).build()
  }

  /** RecordIO frames around payloads. */
  def frames(payloads: Array[Byte]*): Array[Byte] = {
    val length = payloads.map(payload => 8 + (payload.length + 3) / 4 * 4).sum
    val out = java.nio.ByteBuffer.allocate(length).order(java.nio.ByteOrder.LITTLE_ENDIAN)
    payloads.foreach { payload =>
      out.putInt(0xced7230a).putInt(payload.length).put(payload)
      while (out.position() % 4 != 0) out.put(0.toByte)
    }
    out.array
  }

  /** The payloads in RecordIO frames. */
  def payloads(body: Array[Byte]): Seq[Array[Byte]] = {
    val buffer = java.nio.ByteBuffer.wrap(body).order(java.nio.ByteOrder.LITTLE_ENDIAN)
    val found = Seq.newBuilder[Array[Byte]]
    while (buffer.hasRemaining) {
      assert(buffer.getInt() == 0xced7230a)
      val payload = new Array[Byte](buffer.getInt())
      buffer.get(payload)
      while (buffer.position() % 4 != 0) assert(buffer.get() == 0)
      found += payload
    }
    found.result()
  }

  /** The "values" tensor of a record's features or label, read by protobuf-java. */
  def read(payload: Array[Byte], map: String): Option[Tensor] = {
    val recordType = descriptor("Record", packed = true)
    val record = DynamicMessage.parseFrom(recordType, payload)
    assert(record.getUnknownFields.asMap().isEmpty)
    val field = recordType.findFieldByName(map)
    (0 until record.getRepeatedFieldCount(field)).map { i =>
      val entry = record.getRepeatedField(field, i).asInstanceOf[DynamicMessage]
      val entryType = entry.getDescriptorForType
      assert(entry.getField(entryType.findFieldByName("key")) == "values")
      val value = entry.getField(entryType.findFieldByName("value")).asInstanceOf[DynamicMessage]
      val tensorField = value.getDescriptorForType.findFieldByName("float32_tensor")
      assert(value.hasField(tensorField))
      val tensor = value.getField(tensorField).asInstanceOf[DynamicMessage]
      def numbers(name: String): Seq[Number] = {
        val f = tensor.getDescriptorForType.findFieldByName(name)
        (0 until tensor.getRepeatedFieldCount(f)).map(j => tensor.getRepeatedField(f, j).asInstanceOf[Number])
      }
      Tensor(
        "Float32Tensor",
        numbers("values").map(_.doubleValue),
        numbers("keys").map(_.longValue),
        numbers("shape").map(_.longValue)
      )
    }.headOption
  }
}
