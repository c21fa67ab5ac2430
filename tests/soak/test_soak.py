"""A few rounds of the soak run, the same ones each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.soak.soak import Soak

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from sagemaker_pyspark.local import LocalSageMaker


@pytest.fixture()
def fresh() -> Iterator[LocalSageMaker]:
    """A service that no other test has used."""
    from sagemaker_pyspark.local import LocalSageMaker

    with LocalSageMaker(transition_seconds=0.05) as service:
        yield service


def test_a_few_rounds_with_faults_lose_no_row_and_leave_nothing(
    spark: SparkSession, fresh: LocalSageMaker
) -> None:
    said: list[str] = []
    soak = Soak(spark, fresh, seed=1, say=said.append)
    for _ in range(3):
        soak.round()
    soak.check_nothing_is_held()
    assert soak.tally.rounds == len(said) == 3
    assert soak.tally.rows_staged > 0 and soak.tally.rows_answered > 0
    assert sum(soak.tally.faults.values()) > 0, "no fault came up: choose another seed"
    assert "every row accounted for" in soak.tally.report(1)
