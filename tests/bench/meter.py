"""CPU and memory of whole process trees, as the kernel counts them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psutil


def tree(pid: int) -> list[psutil.Process]:
    """A process and everything below it; empty when it has gone."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_seconds(pid: int) -> float:
    """User and system seconds of the tree, those of children that ended and were waited for included."""
    total = 0.0
    for process in tree(pid):
        try:
            total += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return total


def rss_bytes(pids: Iterable[int]) -> int:
    """Resident bytes of these processes (not of their children)."""
    total = 0
    for pid in pids:
        try:
            total += psutil.Process(pid).memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def private_bytes(pid: int) -> int:
    """Bytes that only this process holds (unique set size)."""
    return int(psutil.Process(pid).memory_full_info().uss)


@dataclass(frozen=True, slots=True)
class Window:
    """What named process trees used between two instants."""

    seconds: float
    cpu: dict[str, float]

    @property
    def total(self) -> float:
        """CPU seconds of all of them."""
        return sum(self.cpu.values())

    def rate(self, *names: str) -> float:
        """CPU seconds a second of some of them, or of all."""
        return sum(self.cpu[name] for name in names or self.cpu) / self.seconds


class Meter:
    """Measures from its making until `read()`."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = dict(pids)
        self._begin = {name: cpu_seconds(pid) for name, pid in self._pids.items()}
        self._at = time.monotonic()

    def read(self) -> Window:
        """What was used since."""
        now = {name: cpu_seconds(pid) - self._begin[name] for name, pid in self._pids.items()}
        return Window(time.monotonic() - self._at, now)


def measure(pids: Mapping[str, int], seconds: float) -> Window:
    """What the trees use in the next `seconds`."""
    meter = Meter(pids)
    time.sleep(seconds)
    return meter.read()


def quantile(values: Iterable[float], share: float) -> float | None:
    """The value below which `share` (0-1) of them lie; None where there are none."""
    found = sorted(values)
    return found[min(len(found) - 1, int(share * len(found)))] if found else None


def spread(values: Iterable[float]) -> float | None:
    """Largest minus smallest; None for fewer than two."""
    found = list(values)
    return max(found) - min(found) if len(found) > 1 else None
