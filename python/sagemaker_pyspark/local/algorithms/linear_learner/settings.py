"""The hyper-parameters of linear learner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..contract import CustomerError
from ..hyperparameters import HyperParameter, Parser, auto_or, boolean, choice, integer, number, resolve

BINARY = "binary_classifier"
MULTICLASS = "multiclass_classifier"
REGRESSOR = "regressor"
LOSSES = {
    BINARY: ("logistic", "hinge_loss"),
    MULTICLASS: ("softmax_loss",),
    REGRESSOR: (
        "squared_loss",
        "absolute_loss",
        "eps_insensitive_squared_loss",
        "eps_insensitive_absolute_loss",
        "quantile_loss",
        "huber_loss",
    ),
}
CRITERIA = (
    "accuracy",
    "f1",
    "f_beta",
    "precision_at_target_recall",
    "recall_at_target_precision",
    "cross_entropy_loss",
    "loss_function",
)


def _positive_weight(text: str) -> float | str:
    if text in ("auto", "balanced"):
        return text
    try:
        return float(number(above=0.0)(text))
    except ValueError as error:
        raise ValueError(f"auto, balanced, or {error}") from None


_FRACTION: Parser = number(above=0.0, below=1.0)
_POSITIVE: Parser = number(above=0.0)

SCHEMA = (
    HyperParameter("predictor_type", choice(*LOSSES), required=True),
    HyperParameter("num_classes", integer(3, 1_000_000)),
    HyperParameter("feature_dim", auto_or(integer(1))),
    HyperParameter("mini_batch_size", integer(1), 1000),
    HyperParameter("epochs", integer(1), 15),
    HyperParameter("loss", choice("auto", *(loss for losses in LOSSES.values() for loss in losses)), "auto"),
    HyperParameter("wd", auto_or(number(0.0))),
    HyperParameter("l1", auto_or(number(0.0))),
    HyperParameter("learning_rate", auto_or(_POSITIVE)),
    HyperParameter("optimizer", choice("auto", "adam", "sgd", "rmsprop"), "auto"),
    HyperParameter("beta_1", auto_or(number(0.0, below=1.0))),
    HyperParameter("beta_2", auto_or(number(0.0, below=1.0))),
    HyperParameter("momentum", auto_or(number(0.0, below=1.0))),
    HyperParameter("bias_lr_mult", auto_or(_POSITIVE)),
    HyperParameter("bias_wd_mult", auto_or(number(0.0))),
    HyperParameter("num_models", auto_or(integer(1))),
    HyperParameter("use_bias", auto_or(boolean()), True),
    HyperParameter("normalize_data", auto_or(boolean()), True),
    HyperParameter("normalize_label", auto_or(boolean())),
    HyperParameter("unbias_data", auto_or(boolean())),
    HyperParameter("unbias_label", auto_or(boolean())),
    HyperParameter("num_calibration_samples", auto_or(integer(1))),
    HyperParameter("num_point_for_scaler", auto_or(integer(1)), 10_000),
    HyperParameter("init_method", choice("uniform", "normal"), "uniform"),
    HyperParameter("init_scale", _POSITIVE, 0.07),
    HyperParameter("init_sigma", _POSITIVE, 0.01),
    HyperParameter("init_bias", number(), 0.0),
    HyperParameter("use_lr_scheduler", boolean(), True),
    HyperParameter("lr_scheduler_factor", auto_or(_FRACTION)),
    HyperParameter("lr_scheduler_minimum_lr", auto_or(_POSITIVE)),
    HyperParameter("lr_scheduler_step", auto_or(integer(1))),
    HyperParameter("margin", _POSITIVE, 1.0),
    HyperParameter("quantile", _FRACTION, 0.5),
    HyperParameter("loss_insensitivity", _POSITIVE, 0.01),
    HyperParameter("huber_delta", _POSITIVE, 1.0),
    HyperParameter("early_stopping_patience", integer(1), 3),
    HyperParameter("early_stopping_tolerance", _POSITIVE, 0.001),
    HyperParameter("binary_classifier_model_selection_criteria", choice(*CRITERIA), "accuracy"),
    HyperParameter("target_recall", _FRACTION, 0.8),
    HyperParameter("target_precision", _FRACTION, 0.8),
    HyperParameter("positive_example_weight_mult", _positive_weight, 1.0),
    HyperParameter("balance_multiclass_weights", boolean(), False),
    HyperParameter("f_beta", _POSITIVE, 1.0),
    HyperParameter("accuracy_top_k", integer(1), 3),
)
OPTIMISER = (
    "mini_batch_size",
    "epochs",
    "learning_rate",
    "optimizer",
    "beta_1",
    "beta_2",
    "momentum",
    "bias_lr_mult",
    "init_method",
    "init_scale",
    "init_sigma",
    "init_bias",
    "use_lr_scheduler",
    "lr_scheduler_factor",
    "lr_scheduler_minimum_lr",
    "lr_scheduler_step",
    "early_stopping_patience",
    "early_stopping_tolerance",
)
ONLY_FOR = {
    BINARY: (
        "binary_classifier_model_selection_criteria",
        "target_recall",
        "target_precision",
        "positive_example_weight_mult",
        "num_calibration_samples",
        "margin",
    ),
    MULTICLASS: ("num_classes", "balance_multiclass_weights", "accuracy_top_k"),
    REGRESSOR: (
        "normalize_label",
        "unbias_label",
        "quantile",
        "loss_insensitivity",
        "huber_delta",
    ),
}


def read_settings(given: Mapping[str, str]) -> dict[str, Any]:
    """The settings by the schema, with ``loss`` resolved and checked against the type of predictor."""
    settings = resolve(SCHEMA, given)
    kind = settings["predictor_type"]
    if kind == MULTICLASS and settings["num_classes"] is None:
        raise CustomerError(
            "No value(s) were specified for 'num_classes' which are required hyperparameter(s) when"
            " predictor_type is multiclass_classifier (caused by ValidationError)"
        )
    if settings["loss"] == "auto":
        settings["loss"] = LOSSES[kind][0]
    if settings["loss"] not in LOSSES[kind]:
        raise CustomerError(
            f"Invalid value for hyperparameter 'loss': predictor_type {kind} takes auto or"
            f" {', '.join(LOSSES[kind])}, found '{settings['loss']}' (caused by ValidationError)"
        )
    criterion = settings["binary_classifier_model_selection_criteria"]
    if kind == BINARY and criterion == "cross_entropy_loss" and settings["loss"] == "hinge_loss":
        raise CustomerError(
            "Invalid value for hyperparameter 'binary_classifier_model_selection_criteria':"
            " cross_entropy_loss needs the loss logistic, found 'hinge_loss' (caused by ValidationError)"
        )
    return settings
