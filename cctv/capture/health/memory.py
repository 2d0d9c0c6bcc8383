"""What is remembered of one camera between stills: one fixed record of under 16 KB, as bytes in Redis."""

import zlib
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cctv.capture.health.features import HEIGHT, SKETCH, WIDTH

_MAGIC = b"CPH1"
_FAULTS = 5
#: Values kept per hour of day and how many of each.
METRICS = ("brightness", "deviation", "sharpness", "detail", "alive", "noise")
DEPTH = 8
#: Hashes of the newest stills (whole, and without clock rows) in which an exact repeat is sought.
HASHES = 6

RECORD = np.dtype(
    [
        # Two appearances of the same view (say, colour by day and infrared by night).
        ("reference", "u1", (2, HEIGHT, WIDTH)),
        ("reference_count", "<u2", (2,)),
        ("slot", "u1"),
        ("learned_at", "<f8"),
        # Per hour of day, and the newest values whatever the hour (row 24).
        ("rings", "<f2", (25, DEPTH, len(METRICS))),
        ("ring_count", "<u2", (25,)),
        ("ring_at", "<f8", (25,)),
        # Frozen: sketch at the start of the present run of equal stills, hashes, sketch of the last still.
        ("anchor", "<i2", SKETCH[::-1]),
        ("anchor_at", "<f8"),
        ("equal", "<u2"),
        ("offbeat", "u1"),
        ("core_equal", "<u2"),
        # Per hour of day: runs of equal stills that ended by themselves, so equality is no fault there.
        ("still_runs", "u1", (24,)),
        ("hashes", "<u4", (2, HASHES)),
        ("hash_count", "<u2"),
        ("newest", "<i2", SKETCH[::-1]),
        ("newest_at", "<f8"),
        # Votes of the last 16 chances per fault, newest in bit 0.
        ("votes", "<u2", (_FAULTS,)),
        ("vote_at", "<f8"),
        ("confirmed", "u1"),
        ("moved_since", "<f8"),
        # Stills in a row that changed but stand; votes wait meanwhile.
        ("pending", "u1"),
        ("quiet_until", "<f8"),
        # Where the view was last found turned to, and full searches in a row that found nothing.
        ("angle", "i1"),
        ("fruitless", "u1"),
        ("dark_is_normal", "u1"),
        ("pristine", "u1"),
    ]
)
SIZE = len(_MAGIC) + 4 + RECORD.itemsize


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """One camera's memory. Treat as immutable: ``assess`` returns a new one."""

    record: NDArray[np.void]

    @classmethod
    def fresh(cls) -> Self:
        """The memory of a camera never seen."""
        record = np.zeros((), RECORD)
        record["pristine"] = 1
        return cls(record)

    @classmethod
    def from_bytes(cls, data: bytes | None) -> Self:
        """Read a memory back. Missing, foreign or damaged bytes give a fresh one, never an error."""
        if data is None or len(data) != SIZE or not data.startswith(_MAGIC):
            return cls.fresh()
        body = data[len(_MAGIC) + 4 :]
        if zlib.crc32(body) != int.from_bytes(data[len(_MAGIC) : len(_MAGIC) + 4], "big"):
            return cls.fresh()
        return cls(np.frombuffer(body, RECORD, count=1)[0:1].reshape(()).copy())

    def to_bytes(self) -> bytes:
        """Write the memory: magic, CRC-32, record; always ``SIZE`` bytes."""
        body = self.record.tobytes()
        return _MAGIC + zlib.crc32(body).to_bytes(4, "big") + body

    def copy(self) -> Self:
        """A memory that may be written to."""
        return type(self)(self.record.copy())

    def usual(self, hour: int) -> dict[str, float] | None:
        """Medians at this hour of day; at a neighbouring hour or of late while this one is unknown."""
        rings, counts = self.record["rings"], self.record["ring_count"]
        for row in (hour, (hour - 1) % 24, (hour + 1) % 24, 24):
            count = min(int(counts[row]), DEPTH)
            if count >= 5:
                ordered = np.sort(rings[row, :count].astype(np.float32), axis=0)
                found = dict(zip(METRICS, ordered[count // 2].tolist(), strict=True))
                found["least_noise"] = float(ordered[count // 8, METRICS.index("noise")])
                found["own_hour"] = float(row == hour)
                return found
        return None

    def learn(self, hour: int, at: float, values: tuple[float, ...]) -> None:
        """Remember a healthy still's values in METRICS order: at once while new, then one per ten minutes."""
        for row, pause in ((hour, 600.0), (24, 0.0)):
            count = int(self.record["ring_count"][row])
            if count >= DEPTH and at - float(self.record["ring_at"][row]) < pause:
                continue
            if row == hour and count >= DEPTH and self.record["still_runs"][hour]:
                # Lively again: after an hour or two of this, equal stills are news once more.
                self.record["still_runs"][hour] -= 1
            self.record["rings"][row, count % DEPTH] = np.clip(values, -6e4, 6e4)
            self.record["ring_count"][row] = count + 1 if count < 60_000 else DEPTH
            self.record["ring_at"][row] = at

    def learn_still(self, since: float, until: float) -> None:
        """Remember that a living camera sent equal stills from ``since`` to ``until`` (epoch seconds)."""
        first, last = int(since // 3600), int(until // 3600)
        hours = {hour % 24 for hour in range(first, min(last, first + 23) + 1)}
        for hour in hours:
            self.record["still_runs"][hour] = min(int(self.record["still_runs"][hour]) + 2, 12)

    def often_still(self, hour: int) -> bool:
        """Are equal stills nothing unusual around this hour?"""
        runs = self.record["still_runs"]
        return bool(runs[hour] or runs[(hour - 1) % 24] or runs[(hour + 1) % 24])
