package com.amazonaws.services.sagemaker.sparksdk.wire

import org.apache.spark.ml.linalg.SQLDataTypes
import org.apache.spark.sql.types._

/** Which column types hold features and labels, and the errors about those that don't. */
private[sparksdk] object FeatureTypes {
  val vector: DataType = SQLDataTypes.VectorType
  val matrix: DataType = SQLDataTypes.MatrixType

  def isVector(dataType: DataType): Boolean = dataType == vector
  def isMatrix(dataType: DataType): Boolean = dataType == matrix

  /** Whether a column of this type can be read as a row's features. */
  def isFeatures(dataType: DataType): Boolean =
    isVector(dataType) || isMatrix(dataType) || isNumericArray(dataType)

  def isNumericArray(dataType: DataType): Boolean = dataType match {
    case ArrayType(element, _) => isNumber(element) && !element.isInstanceOf[DecimalType]
    case _ => false
  }

  def isNumber(dataType: DataType): Boolean = dataType match {
    case ByteType | ShortType | IntegerType | LongType | FloatType | DoubleType => true
    case _: DecimalType => true
    case _ => false
  }

  /** The position of a column that must be there; an IllegalArgumentException names it and those that are. */
  def ordinal(schema: StructType, column: String, purpose: String): Int = {
    val found = schema.fieldNames.indexOf(column)
    if (found < 0) {
      throw new IllegalArgumentException(
        s"""there is no column "$column" ($purpose) in the DataFrame; its columns are ${names(schema)}"""
      )
    }
    if (schema.fieldNames.lastIndexOf(column) != found) {
      throw new IllegalArgumentException(
        s"""the DataFrame has more than one column "$column" ($purpose); its columns are ${names(schema)}"""
      )
    }
    found
  }

  /** The position of a features column of a type that can be encoded. */
  def featuresOrdinal(schema: StructType, column: String, vectorsOnly: Boolean = false): Int = {
    val found = ordinal(schema, column, "the features")
    val dataType = schema(found).dataType
    if (!isFeatures(dataType) || (vectorsOnly && isMatrix(dataType))) {
      val expected =
        if (vectorsOnly) "a vector (org.apache.spark.ml.linalg) or an array of numbers"
        else "a vector or matrix (org.apache.spark.ml.linalg) or an array of numbers"
      throw new IllegalArgumentException(
        s"""column "$column" (the features) must be $expected, and is ${dataType.simpleString}""" +
          "; VectorAssembler makes a vector of number columns"
      )
    }
    found
  }

  /** The position of a label column of a type that can be encoded. */
  def labelOrdinal(schema: StructType, column: String): Int = {
    val found = ordinal(schema, column, "the label")
    val dataType = schema(found).dataType
    if (!isNumber(dataType)) {
      throw new IllegalArgumentException(
        s"""column "$column" (the label) must be a number, and is ${dataType.simpleString}; """ +
          "cast it, or index strings with StringIndexer"
      )
    }
    found
  }

  private def names(schema: StructType): String =
    if (schema.isEmpty) "none" else schema.fieldNames.mkString("\"", "\", \"", "\"")
}
