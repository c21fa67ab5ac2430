"""The hyper-parameters of the XGBoost images, and what the installed XGBoost is given of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..contract import CustomerError, TrainingContext
from ..hyperparameters import HyperParameter, Parser, choice, comma_list, integer, number
from .metrics import METRICS
from .versions import Version

OBJECTIVES = (
    "reg:squarederror",
    "reg:linear",
    "reg:logistic",
    "reg:gamma",
    "reg:tweedie",
    "reg:pseudohubererror",
    "reg:squaredlogerror",
    "reg:absoluteerror",
    "reg:quantileerror",
    "binary:logistic",
    "binary:logitraw",
    "binary:hinge",
    "count:poisson",
    "multi:softmax",
    "multi:softprob",
    "rank:pairwise",
    "rank:ndcg",
    "rank:map",
    "survival:aft",
    "survival:cox",
)
_UPDATERS = (
    "grow_colmaker",
    "distcol",
    "grow_histmaker",
    "grow_local_histmaker",
    "grow_quantile_histmaker",
    "grow_skmaker",
    "sync",
    "refresh",
    "prune",
    "shotgun",
    "coord_descent",
)
_REFINING_UPDATERS = ("refresh", "prune")
_LINEAR_UPDATERS = ("shotgun", "coord_descent")
_THRESHOLD = re.compile(r"(error|ndcg|map)@(-?\d+(?:\.\d+)?)-?")


def _metric_list(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in METRICS and not _THRESHOLD.fullmatch(name):
            raise ValueError(f"a comma-separated list out of {', '.join(METRICS)}, error@t, ndcg@n, map@n")
    return names


def _constraints(text: str) -> str:
    try:
        values = json.loads(text.strip().replace("(", "[").replace(")", "]"))
    except ValueError:
        values = None
    if not isinstance(values, list):
        raise ValueError("a list, such as (1,0,-1) or [[0,1],[2,3]]")
    return text.strip()


_FRACTION: Parser = number(0.0, 1.0)
_SHARE: Parser = number(above=0.0, maximum=1.0)
_NOT_NEGATIVE: Parser = number(0.0)
_FLAG: Parser = integer(0, 1)
_ALIASES = {
    "learning_rate": "eta",
    "min_split_loss": "gamma",
    "reg_lambda": "lambda",
    "reg_alpha": "alpha",
}
_CORE = {
    "num_round": integer(1),
    "csv_weights": _FLAG,
    "early_stopping_rounds": integer(1),
    "booster": choice("gbtree", "gblinear", "dart"),
    "nthread": integer(1),
    "eta": _FRACTION,
    "gamma": _NOT_NEGATIVE,
    "max_depth": integer(0),
    "min_child_weight": _NOT_NEGATIVE,
    "max_delta_step": _NOT_NEGATIVE,
    "subsample": _SHARE,
    "colsample_bytree": _SHARE,
    "colsample_bylevel": _SHARE,
    "lambda": _NOT_NEGATIVE,
    "alpha": _NOT_NEGATIVE,
    "tree_method": choice("auto", "exact", "approx", "hist", "gpu_hist"),
    "sketch_eps": number(above=0.0, below=1.0),
    "scale_pos_weight": number(above=0.0),
    "updater": comma_list(*_UPDATERS),
    "dsplit": choice("row", "col"),
    "refresh_leaf": _FLAG,
    "process_type": choice("default", "update"),
    "grow_policy": choice("depthwise", "lossguide"),
    "max_leaves": integer(0),
    "max_bin": integer(0),
    "predictor": choice("auto", "cpu_predictor", "gpu_predictor"),
    "sample_type": choice("uniform", "weighted"),
    "normalize_type": choice("tree", "forest"),
    "rate_drop": _FRACTION,
    "one_drop": _FLAG,
    "skip_drop": _FRACTION,
    "lambda_bias": _FRACTION,
    "tweedie_variance_power": number(above=1.0, below=2.0),
    "objective": choice(*OBJECTIVES),
    "num_class": integer(2),
    "base_score": number(),
    "eval_metric": _metric_list,
    "seed": integer(-(2**31), 2**31 - 1),
}
_LATER = {
    "verbosity": integer(0, 3),
    "colsample_bynode": _SHARE,
    "monotone_constraints": _constraints,
    "interaction_constraints": _constraints,
    "num_parallel_tree": integer(1),
    "save_model_on_termination": choice("true", "false"),
    "aft_loss_distribution": choice("normal", "logistic", "extreme"),
    "aft_loss_distribution_scale": _NOT_NEGATIVE,
    "single_precision_histogram": choice("true", "false"),
    "deterministic_histogram": choice("true", "false"),
    "sampling_method": choice("uniform", "gradient_based"),
    "prob_buffer_row": number(above=1.0),
    "max_cat_to_onehot": integer(1),
    "max_cat_threshold": integer(1),
    "feature_selector": choice("cyclic", "shuffle", "random", "greedy", "thrifty"),
    "top_k": integer(0),
    "lambdarank_pair_method": choice("mean", "topk"),
    "lambdarank_num_pair_per_sample": integer(1),
    "huber_slope": number(above=0.0),
    "quantile_alpha": number(above=0.0, below=1.0),
}
# Of the images before 1.0; verbosity took its place.
_EARLIER = {"silent": _FLAG}
_NOT_PASSED = {
    "silent": "XGBoost knows verbosity in its place",
    "sketch_eps": "XGBoost has replaced it by max_bin",
    "dsplit": "the job runs on one host",
    "predictor": "XGBoost chooses it",
    "lambda_bias": "XGBoost has dropped it",
    "single_precision_histogram": "XGBoost has dropped it",
    "deterministic_histogram": "XGBoost's histograms are always deterministic",
    "prob_buffer_row": "it belongs to a sampler that XGBoost has dropped",
    "save_model_on_termination": "a stopped job ends at once",
}
_OURS = ("num_round", "csv_weights", "early_stopping_rounds", "eval_metric", "updater", "tree_method")


@dataclass(frozen=True)
class Settings:
    """``parameters`` is what the installed XGBoost gets, the rest what its ``train`` is called with."""

    parameters: dict[str, Any]
    rounds: int
    csv_weights: bool
    early_stopping_rounds: int | None
    metrics: tuple[str, ...]

    @property
    def objective(self) -> str:
        """The objective in today's spelling."""
        return str(self.parameters["objective"])

    @property
    def classes(self) -> int | None:
        """Number of classes of a multi-class objective."""
        value = self.parameters.get("num_class")
        return None if value is None else int(value)


def schema_of(version: Version) -> tuple[HyperParameter, ...]:
    """The hyper-parameters of an image."""
    parsers: dict[str, Parser] = {**_CORE, **(_EARLIER if version.number < (1, 0) else {})}
    if not version.is_first:
        parsers.update(_LATER)
    return tuple(HyperParameter(name, parse, required=name == "num_round") for name, parse in parsers.items())


def read_settings(job: TrainingContext, version: Version) -> Settings:
    """Validate in the container's words, then translate for the installed XGBoost; the log says what
    changed.
    """
    values = _validated(job.hyperparameters, version)
    parameters = {name: value for name, value in values.items() if name not in _OURS}
    for name, reason in _NOT_PASSED.items():
        if name in parameters:
            job.log.not_used(name, parameters.pop(name), reason)
    parameters["objective"] = _objective(job, parameters.get("objective"))
    if parameters["objective"].startswith("multi:") and "num_class" not in parameters:
        raise CustomerError("Require input for parameter 'num_class' for multi-classification")
    if not parameters["objective"].startswith("multi:") and parameters.get("num_class", 1) > 1:
        raise CustomerError(
            "Do not need to setup parameter 'num_class' for learning task other than multi-classification."
        )
    metrics = tuple(values.get("eval_metric", ()))
    if "auc" in metrics and parameters["objective"].split(":")[0] not in ("binary", "rank", "multi"):
        raise CustomerError("Metric 'auc' can only be applied for classification and ranking problems.")
    updaters = values.get("updater", [])
    usable: tuple[str, ...] = _LINEAR_UPDATERS if parameters.get("booster") == "gblinear" else ()
    if parameters.get("process_type") == "update":
        usable = _REFINING_UPDATERS
    kept = [name for name in updaters if name in usable]
    if kept:
        parameters["updater"] = ",".join(kept)
    if kept != updaters:
        job.log.not_used("updater", ",".join(updaters), "XGBoost chooses how it grows trees by tree_method")
    _as_in(version, values.get("tree_method"), parameters, job)
    return Settings(
        parameters,
        values["num_round"],
        bool(values.get("csv_weights")),
        values.get("early_stopping_rounds"),
        metrics,
    )


def _validated(given: Mapping[str, str], version: Version) -> dict[str, Any]:
    schema = {parameter.name: parameter for parameter in schema_of(version)}
    named = {_ALIASES.get(name, name): text for name, text in given.items()}
    if "num_round" not in named:
        raise CustomerError("Missing required hyperparameter: num_round")
    if "_kfold" in named or "_num_cv_round" in named:
        raise CustomerError("The local service does not do k-fold cross-validation (_kfold, _num_cv_round).")
    values = {}
    for name, text in named.items():
        if name.startswith("_"):
            continue
        if name not in schema:
            raise CustomerError(
                f"Extraneous hyperparameter found: {name} (XGBoost {version} in this image knows:"
                f" {', '.join(sorted(schema))})"
            )
        try:
            values[name] = schema[name].parse(text)
        except ValueError as error:
            raise CustomerError(f"Hyperparameter {name}: {text} is not in range, expected {error}") from error
    return values


def _objective(job: TrainingContext, given: str | None) -> str:
    if given == "reg:linear":
        job.log.info("objective reg:linear is called reg:squarederror today")
    return "reg:squarederror" if given in (None, "reg:linear") else str(given)


def _as_in(version: Version, method: str | None, parameters: dict[str, Any], job: TrainingContext) -> None:
    """Defaults that have changed since the image's version are set to what they were."""
    if parameters.get("booster") != "gblinear":
        if method == "gpu_hist":
            job.log.not_used("tree_method", method, "there is no GPU; hist grows the same kind of trees")
            method = "hist"
        if method in (None, "auto") and not version.defaults_to_histograms:
            method = "approx" if parameters.get("grow_policy") == "lossguide" else "exact"
            job.log.info(f"tree_method auto of XGBoost {version} is taken as {method}")
        if method not in (None, "auto"):
            parameters["tree_method"] = method
    if "base_score" not in parameters and not version.estimates_base_score:
        parameters["base_score"] = 0.5
