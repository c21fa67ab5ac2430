package com.amazonaws.services.sagemaker.sparksdk.algorithms.params

/** Which objectives, metrics and constraints the images of XGBoost take, and how programs written for one
  * image run on another. The names are those of XGBoost's documentation and of the container's own checks.
  */
private[sparksdk] object XGBoostRules {

  val objectives: Constraint[String] = Constraint.oneOf(
    "reg:squarederror",
    "reg:squaredlogerror",
    "reg:logistic",
    "reg:pseudohubererror",
    "reg:absoluteerror",
    "reg:gamma",
    "reg:tweedie",
    "reg:linear",
    "binary:logistic",
    "binary:logitraw",
    "binary:logistraw",
    "binary:hinge",
    "count:poisson",
    "multi:softmax",
    "multi:softprob",
    "rank:pairwise",
    "rank:ndcg",
    "rank:map",
    "survival:cox",
    "survival:aft"
  )

  private val metricNames = Seq(
    "rmse",
    "rmsle",
    "mae",
    "mape",
    "mphe",
    "mse",
    "r2",
    "logloss",
    "error",
    "merror",
    "mlogloss",
    "auc",
    "aucpr",
    "accuracy",
    "balanced_accuracy",
    "f1",
    "f1_binary",
    "f1_macro",
    "precision",
    "precision_macro",
    "precision_micro",
    "recall",
    "recall_macro",
    "recall_micro",
    "ndcg",
    "map",
    "poisson-nloglik",
    "gamma-nloglik",
    "gamma-deviance",
    "tweedie-nloglik",
    "cox-nloglik",
    "aft-nloglik",
    "interval-regression-accuracy"
  )

  private val number = "[0-9]*\\.?[0-9]+([eE][-+]?[0-9]+)?"
  // 1.4.5 took the placeholders t and n for numbers, as its documentation wrote them.
  private val withArgument = s"error@(t|$number)|tweedie-nloglik@$number|(ndcg|map)(@(n|[0-9]+))?-?"

  /** One metric or several with commas: a name, `error@t`, `tweedie-nloglik@rho`, `ndcg@n`, `map@n`,
    * `ndcg-`, `map@n-`.
    */
  val metrics: Constraint[String] = new Constraint(
    s"a comma-separated list out of ${metricNames.mkString(", ")}, error@t, tweedie-nloglik@rho, ndcg@n, ndcg-, ndcg@n-, " +
      "map@n, map-, map@n-",
    (list: String) => elements(list).forall(name => metricNames.contains(name) || name.matches(withArgument))
  )

  /** A direction for each column. */
  val directions: Constraint[String] = new Constraint(
    "a list of 1, 0 and -1 in parentheses, such as (1,0,-1)",
    (_: String).matches("\\(\\s*(-1|0|1)(\\s*,\\s*(-1|0|1))*\\s*,?\\s*\\)")
  )

  /** Groups of columns. */
  val groups: Constraint[String] = {
    val group = "\\[\\s*[0-9]+(\\s*,\\s*[0-9]+)*\\s*\\]"
    new Constraint(
      "a list of lists of column numbers, such as [[0,1],[2,3,4]]",
      (_: String).matches(s"\\[\\s*$group(\\s*,\\s*$group)*\\s*\\]")
    )
  }

  private def elements(list: String): Seq[String] = list.split(",", -1).map(_.trim).toSeq

  /** What an image is sent for the hyper-parameters of a program that may have been written for another.
    *
    * @param version the image's version as its tag begins, such as `1` (that is 0.72), `0.90-2` or `3.0-5`;
    *   `None` for an image of unknown version, which is sent everything
    */
  def sent(supplied: Map[String, String], version: Option[String]): SentHyperParameters = {
    val tidy = supplied.map {
      case ("eval_metric", list) => "eval_metric" -> elements(list).mkString(",")
      case other => other
    }
    version match {
      case None => SentHyperParameters(tidy)
      case Some(known) =>
        rules
          .filter(_.applies(release(known)))
          .foldLeft(SentHyperParameters(tidy))((sent, rule) => rule(sent, known))
    }
  }

  /** Major and minor number; the tags `1` and `latest` are of release 0.72. */
  private def release(version: String): (Int, Int) = version match {
    case "1" | "latest" => (0, 72)
    case tag =>
      val parts = tag.split("[.-]")
      (parts(0).toInt, parts(1).toInt)
  }

  private final class Rule(
      val applies: ((Int, Int)) => Boolean,
      change: Map[String, String] => Option[Change]
  ) {

    def apply(sent: SentHyperParameters, version: String): SentHyperParameters = change(sent.values) match {
      case Some(Change(name, found, replacement)) =>
        val instead =
          replacement.map { case (key, value) => s"$key=$value is sent instead" }.getOrElse("it is left out")
        SentHyperParameters(
          sent.values - name ++ replacement,
          sent.notes :+ s"XGBoost image version $version doesn't know $name=$found: $instead."
        )
      case None => sent
    }
  }

  private final case class Change(name: String, found: String, replacement: Option[(String, String)])

  private def since(major: Int, minor: Int): ((Int, Int)) => Boolean = { case (a, b) =>
    a > major || (a == major && b >= minor)
  }

  private def until(major: Int, minor: Int): ((Int, Int)) => Boolean = release =>
    !since(major, minor)(release)

  private def objective(applies: ((Int, Int)) => Boolean, found: String, replacement: String): Rule =
    new Rule(
      applies,
      _.get("objective").filter(_ == found).map(Change("objective", _, Some("objective" -> replacement)))
    )

  private def dropped(applies: ((Int, Int)) => Boolean, name: String): Rule =
    new Rule(applies, _.get(name).map(Change(name, _, None)))

  private val rules: Seq[Rule] = Seq(
    objective(_ => true, "binary:logistraw", "binary:logitraw"),
    objective(since(0, 90), "reg:linear", "reg:squarederror"),
    objective(until(0, 90), "reg:squarederror", "reg:linear"),
    new Rule(
      since(0, 90),
      values =>
        values.get("silent").map { silent =>
          val verbosity = "verbosity" -> (if (silent == "1") "0" else "1")
          Change("silent", silent, Some(verbosity).filterNot(_ => values.contains("verbosity")))
        }
    )
  ) ++ Seq("updater", "predictor", "sketch_eps", "dsplit").map(dropped(since(3, 0), _))
}
