"""What is measured, and what it must reach."""

from __future__ import annotations

from typing import Any, NamedTuple

from bench.protocol import Shape

OURS_34, PUBLISHED = "ours, Spark 3.4", "1.4.5, Spark 3.4"


class Entry(NamedTuple):
    """One line of a case: an operation on one side. Ratios are its seconds by those of ours on Spark 3.4."""

    label: str
    side: str
    operation: str
    settings: dict[str, Any]


class Target(NamedTuple):
    """`label` takes at least `least` times as long as ours on Spark 3.4 does."""

    label: str
    least: float


class Case(NamedTuple):
    """Entries on the same rows, one after the other, in turns. The first is ours on Spark 3.4."""

    name: str
    frame: Shape
    entries: list[Entry]
    targets: list[Target]
    latency: int = 0


#: Bytes of the framed record of an unlabelled dense row.
RECORD_50 = 236


def everywhere(lines: list[str], operation: str, settings: dict[str, Any]) -> list[Entry]:
    """The same operation of ours on each line."""
    return [Entry(f"ours, Spark {line}", f"ours, Spark {line}", operation, settings) for line in lines]


def shapes(scale: float) -> dict[str, Shape]:
    """The shapes, with so many rows that a run takes long enough to be timed."""
    return {
        "dense 50": Shape("normal", 50, 50, int(500_000 * scale)),
        "dense 784": Shape("pixels", 784, 784, int(40_000 * scale)),
        "sparse 20 of 1000": Shape("sparse", 1000, 20, int(400_000 * scale)),
    }


def staging(lines: list[str], scale: float) -> list[Case]:
    """Encoding and writing."""
    found = []
    for name, shape in shapes(scale).items():
        for labelled in (False, True):
            frame = shape._replace(labelled=labelled)
            full = f"{name}, {'labelled' if labelled else 'unlabelled'}"
            noop = Entry("noop sink", OURS_34, "noop", {})
            least = 0.5 if shape.kind == "sparse" else 0.65
            found.append(
                Case(
                    f"encode, {full}",
                    frame,
                    [*everywhere(lines, "encode", {}), noop],
                    [Target("noop sink", least)],
                )
            )
            disk = Entry(PUBLISHED, PUBLISHED, "disk", {})
            found.append(
                Case(
                    f"save to disk, {full}",
                    frame,
                    [*everywhere(lines, "disk", {}), disk],
                    [Target(PUBLISHED, 7)],
                )
            )
            s3a = Entry("1.4.5 through s3a", PUBLISHED, "s3a", {})
            to_disk = Entry("1.4.5 to disk", PUBLISHED, "disk", {})
            save = Entry("ours, write to s3://", OURS_34, "s3", {})
            found.append(
                Case(
                    f"stage to S3, {full}",
                    frame,
                    [*everywhere(lines, "stage", {}), save, to_disk, s3a],
                    [Target("1.4.5 to disk", 5)],
                )
            )
    return found


def text(lines: list[str], scale: float) -> list[Case]:
    """libsvm and CSV for XGBoost, against Spark's own writers."""
    found = []
    for name, shape in shapes(scale / 2).items():
        frame = shape._replace(labelled=True)
        spark = Entry("Spark's libsvm writer", OURS_34, "disk", {"format": "libsvm"})
        settings = {"format": "libsvm"}
        entries = [*everywhere(lines, "stage", settings), spark]
        found.append(Case(f"libsvm, {name}", frame, entries, [Target(spark.label, 4)]))
    frame = shapes(scale / 2)["dense 50"]._replace(labelled=True)
    spark = Entry("Spark's CSV writer", OURS_34, "spark_csv", {})
    entries = [*everywhere(lines, "stage", {"format": "csv"}), spark]
    return [*found, Case("csv, dense 50", frame, entries, [Target(spark.label, 4)])]


def transform(lines: list[str], scale: float, latencies: list[int]) -> list[Case]:
    """Calling the endpoint, 5 MiB bodies, 8 in flight."""
    found = []
    frame = shapes(scale)["dense 50"]
    limits = {"rows": frame.rows, "record_bytes": RECORD_50, "in_flight": 8}
    for latency in latencies:
        calls = everywhere(lines, "transform", {"prepend": False})
        old = Entry(PUBLISHED, PUBLISHED, "transform", {"prepend": False})
        hand = Entry("mapInPandas + boto3", OURS_34, "by_hand", {})
        bare = Entry("bare SDK client", OURS_34, "bare", limits)
        sockets = Entry("bare sockets (the stub)", OURS_34, "socket", limits)
        wanted = {
            0: [Target(PUBLISHED, 6), Target(bare.label, 0.8)],
            200: [Target(PUBLISHED, 9), Target(bare.label, 0.9)],
        }
        targets = [*wanted.get(latency, []), Target(hand.label, 10)]
        found.append(
            Case(f"transform, {latency} ms", frame, [*calls, old, hand, bare, sockets], targets, latency)
        )
    wide = frame._replace(rows=frame.rows // 2, extras=True)
    calls = everywhere(lines, "transform", {"prepend": True})
    old = Entry(PUBLISHED, PUBLISHED, "transform", {"prepend": True})
    # Without latency: the rows are what costs.
    found.append(Case("transform, 20 columns prepended, 0 ms", wide, [*calls, old], [Target(PUBLISHED, 6)]))
    return found


def small(scale: float) -> list[Case]:
    """What a fit costs before any row is looked at."""
    frame = Shape("normal", 50, 50, 1000)
    return [Case("fit, 1,000 rows", frame, [Entry(OURS_34, OURS_34, "small_fit", {})], [])]


def all_cases(lines: list[str], scale: float, latencies: list[int]) -> list[Case]:
    """Every case."""
    return [
        *staging(lines, scale),
        *text(lines, scale),
        *transform(lines, scale, latencies),
        *small(scale),
    ]
