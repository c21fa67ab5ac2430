"""The record of the calls that clients made, and the faults that wait for them."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from ..faults import ANY_OPERATION, Fault


@dataclass
class Call:
    """One request: what was asked and what came of it. ``status`` is ``None`` while it runs or if it got no
    answer.
    """

    operation: str
    service: str
    resource: str
    started: float
    status: int | None = None
    error: str | None = None
    fault: str | None = None
    seconds: float | None = None
    request_bytes: int = 0
    response_bytes: int = 0


class CallLog:
    """Calls in the order of their arrival."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def start(self, operation: str, service: str, resource: str) -> Call:
        """Note that a request has arrived."""
        call = Call(operation, service, resource, time.time())
        with self._lock:
            self._calls.append(call)
        return call

    def finish(self, call: Call) -> None:
        """Note that a request is done with, answered or not."""
        call.seconds = round(time.time() - call.started, 6)

    def as_dicts(self) -> list[dict[str, object]]:
        """All calls as plain data."""
        with self._lock:
            return [asdict(call) for call in self._calls]

    def clear(self) -> None:
        """Forget the calls made so far."""
        with self._lock:
            self._calls.clear()


@dataclass
class _Planned:
    operation: str
    fault: Fault
    times: int
    match: str | None


@dataclass
class _AtRandom:
    operation: str
    faults: Sequence[Fault]
    rate: float
    match: str | None
    numbers: random.Random


def _fits(planned: _Planned | _AtRandom, operation: str, resource: str) -> bool:
    named = planned.operation in (operation, ANY_OPERATION)
    return named and (planned.match is None or planned.match in resource)


class PlannedFaults:
    """Faults in the order in which they were asked for; the first that fits a request is used up by it. Those
    at random come after them, and stay.
    """

    def __init__(self) -> None:
        self._planned: list[_Planned] = []
        self._at_random: list[_AtRandom] = []
        self._lock = threading.Lock()

    def add(self, operation: str, fault: Fault, times: int, match: str | None) -> None:
        """Plan a fault for the next ``times`` requests of an operation whose resource contains ``match``."""
        with self._lock:
            self._planned.append(_Planned(operation, fault, times, match))

    def add_at_random(
        self, operation: str, faults: Sequence[Fault], rate: float, seed: int, match: str | None
    ) -> None:
        """Let this share of an operation's requests meet one of the faults."""
        with self._lock:
            self._at_random.append(_AtRandom(operation, faults, rate, match, random.Random(seed)))

    def take(self, operation: str, resource: str) -> Fault | None:
        """The fault for a request that has just arrived, if one is due."""
        with self._lock:
            for planned in self._planned:
                if _fits(planned, operation, resource) and planned.fault.applies_to(operation):
                    planned.times -= 1
                    if planned.times == 0:
                        self._planned.remove(planned)
                    return planned.fault
            for some in self._at_random:
                if _fits(some, operation, resource) and some.numbers.random() < some.rate:
                    fault = some.numbers.choice(some.faults)
                    return fault if fault.applies_to(operation) else None
        return None

    def clear(self) -> None:
        """Drop all that was planned."""
        with self._lock:
            self._planned.clear()
            self._at_random.clear()


def fault_of(kind: str, arguments: Mapping[str, object]) -> Fault:
    """The fault that a client sent as plain data."""
    return Fault(kind, dict(arguments))
