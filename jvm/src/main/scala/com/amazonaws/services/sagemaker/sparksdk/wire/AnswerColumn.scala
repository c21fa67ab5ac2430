package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.sql.types._

/** The types that a column of an answer can have, as numbers that a loop can switch on. */
private[wire] object AnswerColumn {
  final val DoubleCode = 0
  final val FloatCode = 1
  final val IntCode = 2
  final val LongCode = 3
  final val BooleanCode = 4
  final val StringCode = 5
  final val VectorCode = 6
  final val DoublesCode = 7
  final val FloatsCode = 8

  /** The code of a type, if it is one of those that a format has values for. */
  def codeOf(dataType: DataType, supported: Set[Int]): Option[Int] = (dataType match {
    case DoubleType => Some(DoubleCode)
    case FloatType => Some(FloatCode)
    case IntegerType => Some(IntCode)
    case LongType => Some(LongCode)
    case BooleanType => Some(BooleanCode)
    case StringType => Some(StringCode)
    case ArrayType(DoubleType, _) => Some(DoublesCode)
    case ArrayType(FloatType, _) => Some(FloatsCode)
    case vector if FeatureTypes.isVector(vector) => Some(VectorCode)
    case _ => None
  }).filter(supported)

  /** The type under which a reused row holds a column. */
  def rowType(dataType: DataType): DataType =
    if (FeatureTypes.isVector(dataType)) InternalValues.sqlType else dataType
}
