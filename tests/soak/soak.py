"""Rounds of fits and transforms under faults at random, in which every row is accounted for.

A round stages a frame and trains on it while S3 and SageMaker misbehave, compares what was staged with what
there was, transforms the frame while the endpoint misbehaves, and compares every answer, by the row's id,
with the distance that follows from the artifact. Some rounds meet a fault that doesn't pass: these must end
in one of this library's errors. After each round nothing may be left.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable

from sagemaker_pyspark import SageMakerModel, list_runs
from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator
from sagemaker_pyspark.errors import SageMakerPySparkError, explained
from sagemaker_pyspark.local import Fault

from tests.e2e.support import eventually, nothing_is_held, settings_of
from tests.soak import data

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from sagemaker_pyspark.local import LocalSageMaker

_NAMES = ("models", "endpoint_configs", "endpoints", "multipart_uploads")


@dataclass
class Tally:
    """What was done and what was met."""

    rounds: int = 0
    rows_staged: int = 0
    rows_answered: int = 0
    failed_as_they_should: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def report(self, seed: int) -> str:
        """The figures, a line each."""
        faults = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items())) or "none"
        return (
            f"Seed {seed}: {self.rounds} rounds, every row accounted for.\n  rows staged and compared      "
            f"{self.rows_staged:>10,}\n  rows answered and compared    {self.rows_answered:>10,}\n  "
            f"requests                      {sum(self.requests.values()):>10,}\n  faults "
            f"met                    {sum(self.faults.values()):>10,}  ({faults})\n  failures that had to "
            f"be       {self.failed_as_they_should:>10,}\n  left behind                            0"
        )


class Soak:
    """The rounds, drawn from a seed."""

    def __init__(
        self, spark: SparkSession, aws: LocalSageMaker, seed: int, say: Callable[[str], None]
    ) -> None:
        self._spark = spark
        self._aws = aws
        self._draw = random.Random(seed)
        self._say = say
        self.tally = Tally()

    def round(self) -> None:
        """One round; an AssertionError when a row is lost, doubled or wrong, or something is left."""
        draw = self._draw
        rows, width = draw.choice((5, 300, 2_000, 20_000)), draw.choice((1, 8, 50))
        partitions, k = draw.randint(1, 5), draw.randint(2, 4)
        before = self._there()
        try:
            model = self._fit(rows, width, partitions, k)
            if model is not None:
                try:
                    for _ in range(draw.randint(1, 3)):
                        self._transform(model, rows, width, partitions)
                finally:
                    self._note()
                    model.delete()
        except Exception as error:
            error_round = self.tally.rounds + 1
            raise AssertionError(
                f"round {error_round} ({rows} rows of {width} numbers in {partitions} partitions): {error}"
            ) from error
        self._note()
        eventually("nothing is left of the round", lambda: self._there() == before)
        self.tally.rounds += 1
        met = sum(self.tally.faults.values())
        self._say(f"  round {self.tally.rounds}: {rows} x {width} in {partitions}; {met} faults so far")

    def check_nothing_is_held(self) -> None:
        """No client, no thread, no request is in use, and no run is left."""
        nothing_is_held(self._spark, self._aws)
        clients = {k: v for k, v in settings_of(self._aws).items() if k.endswith("Client")}
        assert list_runs(**clients) == []

    def _fit(self, rows: int, width: int, partitions: int, k: int) -> SageMakerModel | None:
        draw, aws = self._draw, self._aws
        estimator = KMeansSageMakerEstimator(
            **settings_of(aws),
            k=k,
            staging_object_bytes=draw.choice((1_000, 50_000, 64 * 1024 * 1024)),
            deleteStagingDataAfterTraining=False,
        )
        frame = data.frame(self._spark, rows, width, partitions)
        fatal = draw.random() < 0.2
        passing = [Fault.slow_down(), Fault.server_error(), Fault.reset(), Fault.slow(0.02)]
        uploads = [*passing, Fault.cut_request(draw.randint(0, 5000)), Fault.reset(after_bytes=0)]
        # Each request is tried several times: seldom enough that all of them failing is out of the question.
        for operation in ("PutObject", "UploadPart"):
            aws.fail_at_random(operation, uploads, 0.05, draw.randrange(10**6))
        for operation in ("ListObjectsV2", "ListMultipartUploads", "DeleteObjects", "HeadBucket"):
            aws.fail_at_random(operation, passing, 0.05, draw.randrange(10**6))
        for operation in ("DescribeTrainingJob", "DescribeEndpoint"):
            aws.fail_at_random(
                operation, [Fault.throttle(), Fault.unavailable(), Fault.reset()], 0.05, draw.randrange(10**6)
            )
        if fatal:
            operation, fault, match = draw.choice(
                [
                    ("PutObject", Fault.access_denied(), "/part-"),
                    ("PutObject", Fault.expired_token(), "/part-"),
                    ("PutObject", Fault.access_denied(), ".manifest"),
                    ("CreateTrainingJob", Fault.training_failure("AlgorithmError: drawn"), None),
                    ("CreateTrainingJob", Fault.access_denied(), None),
                    ("CreateEndpoint", Fault.endpoint_failure("no capacity"), None),
                ]
            )
            aws.fail_next(operation, fault, times=1000, match=match)
        try:
            model: SageMakerModel = estimator.fit(frame)
        except SageMakerPySparkError:
            if not fatal:
                raise
            self.tally.failed_as_they_should += 1
            self._note()
            # The user asked for the data to stay: what a job was made for is there.
            self._take_staged(str(estimator.latestTrainingJob))
            return None
        assert not fatal, "a fault that doesn't pass is an error"
        self._note()
        found = self._take_staged(str(model.trainingJobName))
        wanted = data.features(range(rows), width).astype("<f4").tobytes()
        in_order = sorted((row for body in found for row in data.staged(body, width)), key=lambda row: row[0])
        assert b"".join(row.tobytes() for row in in_order) == wanted, "what was staged isn't what there was"
        self.tally.rows_staged += rows
        return model

    def _transform(self, model: SageMakerModel, rows: int, width: int, partitions: int) -> None:
        draw, aws = self._draw, self._aws
        asked = SageMakerModel.fromEndpoint(
            str(model.endpointName),
            model.requestRowSerializer,
            model.responseRowDeserializer,
            sagemakerClient=model.sagemakerClient,
            max_rows_per_request=draw.choice((7, 40, 300)) if rows < 10_000 else draw.choice((150, 5_000)),
            max_in_flight=draw.randint(1, 8),
            invoke_timeout_millis=3_000,
        )
        frame = asked.transform(data.frame(self._spark, rows, width, partitions))
        passing = [
            Fault.throttle(),
            Fault.model_not_ready(),
            Fault.server_error(),
            Fault.unavailable(),
            Fault.reset(),
            Fault.reset(after_bytes=draw.randint(0, 200)),
            Fault.close(after_bytes=draw.randint(0, 20)),
            Fault.slow(0.02),
            Fault.trickle(0.1),
            Fault.payload_too_large() if rows > 1000 else Fault.throttle(),
        ]
        aws.fail_at_random("InvokeEndpoint", passing, 0.1, draw.randrange(10**6))
        if draw.random() < 0.2:
            fault = draw.choice(
                [Fault.drop_rows(1), Fault.extra_rows(1), Fault.corrupt(), Fault.model_error(400, "drawn")]
            )
            aws.fail_next("InvokeEndpoint", fault, times=1000)
            try:
                with explained():
                    frame.collect()
            except SageMakerPySparkError:
                self.tally.failed_as_they_should += 1
                self._note()
                return
            raise AssertionError(f"{fault} gave rows")
        clusters = data.centers(aws, model.modelPath.toS3UriString() if model.modelPath else "")
        few = draw.randint(1, rows)
        way = draw.choice(("all", "some", "given up", "twice", "shuffled"))
        with explained():
            if way == "some":
                found = [frame.limit(few).collect()]
                assert len(found[0]) == few
            elif way == "given up":
                iterator = frame.toLocalIterator()
                found = [[next(iterator) for _ in range(min(few, 50))]]
                del iterator
            elif way == "twice":
                cached = frame.cache()
                found = [cached.collect(), cached.collect()]
                cached.unpersist(True)
            elif way == "shuffled":
                found = [frame.repartition(3, "closest_cluster").sort("id").collect()]
            else:
                found = [frame.collect()]
        for some in found:
            ids = [row["id"] for row in some]
            wanted = list(range(rows if way in ("all", "twice", "shuffled") else len(some)))
            assert ids == wanted, f"{way}: {len(ids)} rows came, {len(set(ids))} of them different"
            data.check_answers(some, width, clusters)
            self.tally.rows_answered += len(some)
        self._note()

    def _take_staged(self, job: str) -> list[bytes]:
        """The objects that a job was made to read, in the order of its manifest; they are deleted."""
        s3, known = self._aws.boto3_client("s3"), self._aws.resources()["training_jobs"]
        if job not in known:
            return []
        described = self._aws.boto3_client("sagemaker").describe_training_job(TrainingJobName=job)
        uri = described["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"]
        bucket, _, manifest = uri[len("s3://") :].partition("/")
        prefix, *names = json.loads(s3.get_object(Bucket=bucket, Key=manifest)["Body"].read())
        keys = [prefix["prefix"][len(f"s3://{bucket}/") :] + name for name in names]
        bodies = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys]
        for key in (*keys, manifest):
            s3.delete_object(Bucket=bucket, Key=key)
        return bodies

    def _note(self) -> None:
        """Ends the faults, and counts the calls made since the last time."""
        self._aws.clear_faults()
        for call in self._aws.calls():
            self.tally.requests[call["operation"]] += 1
            if call["fault"] is not None:
                self.tally.faults[call["fault"]] += 1
        self._aws.reset_calls()

    def _there(self) -> dict[str, Any]:
        """What exists that a round must not leave."""
        found = self._aws.resources()
        keys = [key for some in found["buckets"].values() for key in some if not key.endswith("model.tar.gz")]
        going = [name for name, status in found["training_jobs"].items() if status == "InProgress"]
        return {**{name: found[name] for name in _NAMES}, "keys": sorted(keys), "jobs": going}
