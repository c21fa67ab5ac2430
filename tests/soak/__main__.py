"""`python -m tests.soak --minutes 3 --seed 7`: the soak run, on a session and a local service of its own."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time

from pyspark.sql import SparkSession
from sagemaker_pyspark import configure_spark
from sagemaker_pyspark.local import LocalSageMaker

from tests.soak.soak import Soak


def session(scratch: str) -> SparkSession:
    """A session of two cores whose files lie in a folder of their own."""
    os.environ.update(
        PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1"
    )
    builder: SparkSession.Builder = SparkSession.builder
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "3",
        "spark.local.dir": scratch,
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = configure_spark(builder.master("local[2,4]").appName("soak")).getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0, help="how long rounds are begun (default: 3)")
    parser.add_argument("--seed", type=int, help="what rounds and faults are drawn from (default: random)")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    print(f"Soak: {options.minutes:g} minutes, seed {seed} (again: make soak seed={seed})", flush=True)
    with tempfile.TemporaryDirectory(prefix="soak-") as scratch, LocalSageMaker() as aws:
        spark = session(scratch)
        try:
            soak = Soak(spark, aws, seed, say=lambda text: print(text, flush=True))
            end = time.monotonic() + options.minutes * 60
            while time.monotonic() < end:
                soak.round()
            soak.check_nothing_is_held()
        finally:
            spark.stop()
    print(soak.tally.report(seed))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
