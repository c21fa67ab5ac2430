package com.amazonaws.services.sagemaker.sparksdk.settings

import java.util.Locale

/** Finds the name that somebody probably meant. */
private[sparksdk] object Nearest {

  /** ` Did you mean 'x'?`, or nothing when no known name is near. */
  def suggestion(name: String, known: Iterable[String]): String = {
    val ranked =
      known
        .map(candidate =>
          (distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT)), candidate)
        )
        .toSeq
        .sorted
    ranked.headOption match {
      case Some((edits, candidate)) if edits <= math.max(2, name.length / 3) => s" Did you mean '$candidate'?"
      case _ => ""
    }
  }

  /** Levenshtein's edit distance. */
  private def distance(one: String, other: String): Int = {
    val first = (0 to other.length).toVector
    one.zipWithIndex
      .foldLeft(first) { case (previous, (letter, i)) =>
        other.zipWithIndex
          .scanLeft(i + 1) { case (left, (candidate, j)) =>
            val changed = previous(j) + (if (letter == candidate) 0 else 1)
            math.min(math.min(left, previous(j + 1)) + 1, changed)
          }
          .toVector
      }
      .last
  }
}
