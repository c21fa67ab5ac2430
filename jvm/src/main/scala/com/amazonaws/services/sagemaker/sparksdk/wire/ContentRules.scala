package com.amazonaws.services.sagemaker.sparksdk.wire

/** Which contents of rows are written and which are refused. Null features and null labels are always refused.
  *
  * @param requireFinite refuse NaN, infinities and what becomes infinite as a 32-bit float
  * @param requireNonEmpty refuse vectors without elements
  * @param requireUniformWidth refuse a row whose width isn't that of the rows before it
  * @param knownWidth the width that every row must have; `None`: that of the task's first row
  */
final case class ContentRules(
    requireFinite: Boolean,
    requireNonEmpty: Boolean,
    requireUniformWidth: Boolean,
    knownWidth: Option[Int]
)

object ContentRules {

  /** Whatever the format can hold: NaN, infinities, rows of any width. */
  val lenient: ContentRules = ContentRules(
    requireFinite = false,
    requireNonEmpty = false,
    requireUniformWidth = false,
    knownWidth = None
  )

  /** What SageMaker's algorithms can train on: finite values in rows of one width.
    *
    * The algorithms' own behaviour differs: some fail after the instances were paid for, some learn NaN. Refusing
    * is the one rule that is safe for all.
    */
  def strict(knownWidth: Option[Int] = None): ContentRules = ContentRules(
    requireFinite = true,
    requireNonEmpty = true,
    requireUniformWidth = true,
    knownWidth = knownWidth
  )
}
