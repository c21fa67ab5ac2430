"""Reading the channels of a job with the checks that all algorithms on records share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .content.records import Records, refuse_non_finite
from .content.types import CSV, RECORDIO, read_channel
from .contract import CustomerError, TrainingContext
from .hyperparameters import HyperParameter


def read_records(
    job: TrainingContext,
    channel: str,
    feature_dim: int | None,
    labelled: bool = False,
    types: Sequence[str] = (RECORDIO, CSV),
) -> Records:
    """The records of a channel: of the stated width, finite, and with a finite label each if asked for."""
    records = read_channel(job.channel(channel), types)
    job.log.info(f"channel {channel}: {len(records)} records of {records.width} features")
    if feature_dim is not None and records.width != feature_dim:
        raise CustomerError(
            f"The records of channel '{channel}' have {records.width} features, but hyperparameter"
            f" feature_dim is {feature_dim}."
        )
    refuse_non_finite(records)
    if labelled:
        _check_labels(records, channel)
    return records


def read_optional(
    job: TrainingContext,
    channels: Sequence[str],
    feature_dim: int | None,
    labelled: bool = False,
    types: Sequence[str] = (RECORDIO, CSV),
) -> dict[str, Records]:
    """The records of those of ``channels`` that the job has."""
    return {
        name: read_records(job, name, feature_dim, labelled, types)
        for name in channels
        if name in job.channels
    }


def report_not_used(job: TrainingContext, names: Sequence[str], reason: str) -> None:
    """Log each of ``names`` that the job sets: valid, without effect here."""
    for name in names:
        if name in job.hyperparameters:
            job.log.not_used(name, job.hyperparameters[name], reason)


def check_classes(records: Records, channel: str, classes: int) -> None:
    """Refuse labels that are not whole numbers from 0 to ``classes`` - 1."""
    labels = records.labels
    if labels is None:
        raise CustomerError(f"The records of channel '{channel}' have no label.")
    bad = (labels < 0) | (labels >= classes) | (labels != np.floor(labels))
    if bad.any():
        index = int(np.argmax(bad))
        allowed = "0 or 1" if classes == 2 else f"whole numbers from 0 to {classes - 1}"
        raise CustomerError(
            f"The labels of channel '{channel}' must be {allowed}; record {index} has"
            f" {float(labels[index])!r}."
        )


def settings_of(schema: Sequence[HyperParameter], values: Mapping[str, Any]) -> str:
    """The settings as one line for the log."""
    return ", ".join(f"{parameter.name}={values[parameter.name]}" for parameter in schema)


def _check_labels(records: Records, channel: str) -> None:
    if records.labels is None:
        raise CustomerError(
            f"The records of channel '{channel}' have no label; a supervised algorithm needs one in each"
            " (protobuf: label['values']; CSV: the first column)."
        )
    finite = np.isfinite(records.labels)
    if not finite.all():
        index = int(np.argmin(finite))
        raise CustomerError(
            f"The label of record {index} of channel '{channel}' is {records.labels[index]}, which is not a"
            " finite number."
        )
