"""What is measured, and what it must reach."""

from __future__ import annotations

from typing import Any, NamedTuple

from bench.protocol import Shape, Work
from bench.sides import ONE_EXECUTOR, OURS_34, PUBLISHED, SMALL_HEAP, TWO_EXECUTORS, ours


class Entry(NamedTuple):
    """One line of a case: an operation on one side.

    `frame` is another one than the case's; `turns` says in how many turns it takes part, when not in all: in
    the last ones.
    """

    label: str
    side: str
    operation: str
    settings: dict[str, Any]
    frame: Shape | None = None
    turns: int | None = None

    def with_few_rows(self, frame: Shape) -> Work | None:
        """The same with few of the rows of the case's frame, many times; None where no query is run."""
        if self.operation not in QUERIES:
            return None
        few = (self.frame or frame)._replace(rows=SMALL_ROWS)
        return Work(self.operation, few, self.settings, times=SMALL_WARM_UPS)


class Target(NamedTuple):
    """`label` takes at least `least` and at most `most` times as long as the case's first entry does."""

    label: str
    least: float = 0.0
    most: float = float("inf")


class Case(NamedTuple):
    """Entries one after the other, in turns. Ratios are seconds by those of the first.

    `cores`: the case is measured with this number only. `turns`: how many turns it has, when not all; then
    none of them is to warm up.
    """

    name: str
    frame: Shape
    entries: list[Entry]
    targets: list[Target]
    latency: int = 0
    cores: int | None = None
    turns: int | None = None


#: The operations that run a query on the frame, and need nothing else to be known of it.
QUERIES = frozenset({"transform", "encode", "noop", "disk", "stage", "s3", "s3a", "spark_csv"})
#: How often they are done with few rows before they are measured: what is run once for a query or for a
#: request (Spark's planner, the AWS SDK) is compiled after some forty of them, and with all rows these would
#: take minutes.
SMALL_WARM_UPS = 40
SMALL_ROWS = 2000

#: Bytes of the framed record of an unlabelled dense row.
RECORD_50 = 236
#: The turns of a case that repeats another one with little changed.
SHORT = 4
#: How much slower than on Spark 3.4 ours may be on another line.
SAME_SPEED = 1.15


def everywhere(lines: list[str], operation: str, settings: dict[str, Any]) -> list[Entry]:
    """The same operation of ours on each line."""
    return [Entry(ours(line), ours(line), operation, settings) for line in lines]


def shapes(scale: float) -> dict[str, Shape]:
    """The shapes, with so many rows that a run takes long enough to be timed."""
    return {
        "dense 50": Shape("normal", 50, 50, int(1_000_000 * scale), copies=4),
        "dense 784": Shape("pixels", 784, 784, int(80_000 * scale), copies=4),
        "sparse 20 of 1000": Shape("sparse", 1000, 20, int(600_000 * scale), copies=4),
    }


def encoding(lines: list[str], scale: float) -> list[Case]:
    """The encoder alone, beside Spark's sink that does nothing; on more rows, since both are fast."""
    found = []
    for name, shape in shapes(scale).items():
        for labelled in (False, True):
            full = f"{name}, {'labelled' if labelled else 'unlabelled'}"
            noop = Entry("noop sink", OURS_34, "noop", {})
            least = 0.5 if shape.kind == "sparse" else 0.65
            entries = [*everywhere(lines, "encode", {}), noop]
            frame = shape._replace(labelled=labelled, copies=16)
            found.append(Case(f"encode, {full}", frame, entries, [Target(noop.label, least)]))
    return found


def staging(lines: list[str], scale: float) -> list[Case]:
    """Writing to the local disk and to S3, labelled and not.

    Other lines are measured with one shape, and each shape the other way about, with labels or without, in
    its plainest form.
    """
    found = []
    to_disk = Entry("1.4.5 to disk", PUBLISHED, "disk", {})
    s3a = Entry("1.4.5 through s3a", PUBLISHED, "s3a", {})
    save = Entry("ours, write to s3://", OURS_34, "s3", {})

    def pair(frame: Shape, full: str, shown: list[str], others: list[Entry], turns: int | None) -> list[Case]:
        disk = [*everywhere(shown, "disk", {}), to_disk]
        stage = [*everywhere(shown, "stage", {}), to_disk, *others]
        return [
            Case(f"save to disk, {full}", frame, disk, [Target(to_disk.label, 7)], turns=turns),
            Case(f"stage to S3, {full}", frame, stage, [Target(to_disk.label, 5)], turns=turns),
        ]

    words = {True: "labelled", False: "unlabelled"}
    for name, shape in shapes(scale).items():
        labelled = shape.kind != "normal"
        shown = lines if name == "dense 50" else lines[:1]
        frame = shape._replace(labelled=labelled)
        found += pair(frame, f"{name}, {words[labelled]}", shown, [save, s3a], None)
        other = shape._replace(labelled=not labelled)
        found += pair(other, f"{name}, {words[not labelled]}", lines[:1], [], SHORT)
    for latency in (20, 200):
        # With 200 ms s3a takes a minute.
        beside = s3a if latency == 20 else s3a._replace(turns=2)
        entries = [*everywhere(lines[:1], "stage", {}), beside]
        name = f"stage to S3, {latency} ms, dense 50, unlabelled"
        found.append(Case(name, shapes(scale)["dense 50"], entries, [], latency))
    return found


def text(lines: list[str], scale: float) -> list[Case]:
    """libsvm and CSV for XGBoost, against Spark's own writers: to disk, and to S3 as 1.4.5 stages.

    About as many numbers in each shape.
    """
    found = []
    parts = {"dense 50": 8, "dense 784": 8, "sparse 20 of 1000": 2}
    for name, part in parts.items():
        shape = shapes(scale / part)[name]
        shown = lines if name == "dense 50" else lines[:1]
        writers: dict[str, Entry] = {
            "libsvm": Entry("Spark's libsvm writer", OURS_34, "disk", {"format": "libsvm"})
        }
        if name == "dense 50":
            writers["csv"] = Entry("Spark's CSV writer", OURS_34, "spark_csv", {})
        for form, spark in writers.items():
            s3a = Entry(f"{spark.label} through s3a", PUBLISHED, "s3a", {"format": form})
            entries = [*everywhere(shown, "stage", {"format": form}), spark, s3a]
            frame = shape._replace(labelled=True)
            found.append(Case(f"{form}, {name}", frame, entries, [Target(spark.label, 4)]))
    return found


def transform(lines: list[str], scale: float, latencies: list[int]) -> list[Case]:
    """Calling the endpoint, 5 MiB bodies, 8 in flight."""
    found = []
    frame = shapes(scale * 2)["dense 50"]._replace(copies=1)
    limits = {"rows": frame.rows, "record_bytes": RECORD_50, "in_flight": 8}
    same = [Target(ours(line), most=SAME_SPEED) for line in lines[1:]]
    for latency in latencies:
        calls = everywhere(lines, "transform", {"prepend": False})
        old = Entry(PUBLISHED, PUBLISHED, "transform", {"prepend": False})
        # By far the slowest, and no close race: a tenth of the rows will do.
        hand = Entry("mapInPandas + boto3 (a tenth, x 10)", OURS_34, "by_hand", {"parts": 10}, turns=1)
        bare = Entry("bare SDK client", OURS_34, "bare", limits)
        sockets = Entry("bare sockets (the stub)", OURS_34, "socket", limits)
        wanted = {
            0: [Target(old.label, 6), Target(bare.label, 0.8), Target(hand.label, 10)],
            200: [Target(old.label, 9), Target(bare.label, 0.9), Target(hand.label, 10)],
        }
        entries = [*calls, old, *([hand] if latency in wanted else []), bare, sockets]
        targets = [*wanted.get(latency, []), *same]
        found.append(Case(f"transform, {latency} ms", frame, entries, targets, latency))
    wide = shapes(scale / 2)["dense 50"]._replace(extras=True)
    calls = everywhere(lines, "transform", {"prepend": True})
    old = Entry(PUBLISHED, PUBLISHED, "transform", {"prepend": True})
    # Without latency: the rows are what costs.
    name = "transform, 20 columns prepended, 0 ms"
    # What reading these columns costs Spark by itself.
    noop = Entry("noop sink", OURS_34, "noop", {})
    found.append(Case(name, wide, [*calls, old, noop], [Target(old.label, 6), *same]))
    return found


def fixed(lines: list[str]) -> list[Case]:
    """What is paid before any row is looked at: a small fit, a stage, the import."""
    frame = Shape("normal", 50, 50, 1000)
    newest = ours(lines[-1])
    makers = [Entry(side, side, "make_stages", {}) for side in dict.fromkeys([OURS_34, newest, PUBLISHED])]
    imports = [
        Entry(OURS_34, OURS_34, "imports", {"modules": "pyspark, sagemaker_pyspark"}),
        Entry("import pyspark", OURS_34, "imports", {"modules": "pyspark"}),
        Entry(PUBLISHED, PUBLISHED, "imports", {"modules": "pyspark, sagemaker_pyspark"}),
    ]
    fits = [Entry(label, label, "small_fit", {}) for label in (OURS_34, PUBLISHED)]
    return [
        Case("fit, 1,000 rows", frame, fits, [], cores=2),
        Case("make 20 stages", frame, makers, [], cores=2),
        Case("import, 3 times", frame, imports, [Target("import pyspark", 0.9)], cores=2),
    ]


def memory(scale: float) -> list[Case]:
    """Ten times the rows, and wide ones, in a small heap: what the heap holds after collections stays."""
    found = []
    few = Shape("generated", 10, 10, int(1_000_000 * scale), partitions=4)
    many = few._replace(rows=few.rows * 10)
    wide = Shape("generated", 5000, 5000, int(40_000 * scale), partitions=4)
    for operation in ("stage", "transform"):
        settings = {"prepend": True, "in_flight": 4} if operation == "transform" else {}
        shown = {"stage": "staging", "transform": "transform"}[operation]
        entries = [
            Entry(
                f"{frame.rows:,} rows of {frame.width}", SMALL_HEAP, f"watched_{operation}", settings, frame
            )
            for frame in (few, many, wide)
        ]
        found.append(Case(f"memory, {shown}, 4 tasks, 768 MiB", few, entries, [], cores=2, turns=1))
    return found


def growth(scale: float) -> list[Case]:
    """Ten times the rows; a thousand times the partitions; two executors for one."""
    few = Shape("generated", 50, 50, int(200_000 * scale))
    many = few._replace(rows=few.rows * 10)
    found = []
    plain: list[tuple[str, dict[str, Any]]] = [("stage", {}), ("transform", {"prepend": False})]
    for operation, settings in plain:
        entries = [
            Entry(f"{frame.rows:,} rows", OURS_34, operation, dict(settings), frame) for frame in (few, many)
        ]
        target = Target(entries[1].label, most=11)
        found.append(Case(f"rows x 10, {operation}", few, entries, [target], cores=2, turns=3))
        spread = [
            Entry(f"{count:,} partitions", OURS_34, operation, dict(settings), few._replace(partitions=count))
            for count in (2, 20, 200, 2000)
        ]
        found.append(Case(f"partitions, {operation}", few, spread, [], cores=2, turns=1))
    frame = few._replace(rows=few.rows * 4, partitions=4)
    work: list[tuple[str, dict[str, Any], int]] = [
        ("stage", {}, 0),
        ("transform", {"prepend": False}, 0),
        ("transform", {"prepend": False, "in_flight": 2}, 200),
    ]
    for operation, settings, latency in work:
        sides = [Entry(side, side, operation, dict(settings)) for side in (TWO_EXECUTORS, ONE_EXECUTOR)]
        name = f"executors, {operation}, {latency} ms"
        found.append(Case(name, frame, sides, [], latency, cores=2, turns=4))
    return found


def all_cases(lines: list[str], scale: float, latencies: list[int]) -> list[Case]:
    """Every case. What doesn't call the endpoint is measured on the first and the last line."""
    ends = list(dict.fromkeys([lines[0], lines[-1]]))
    return [
        *transform(lines, scale, latencies),
        *encoding(ends, scale),
        *staging(ends, scale),
        *text(ends, scale),
        *fixed(lines),
        *growth(scale),
        *memory(scale),
    ]
