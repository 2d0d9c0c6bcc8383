"""One item while it is read: nonsense in a lesser value is dropped, in device, time or place it spoils."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from fieldstaff.wire import values
from fieldstaff.wire.point import Bad, Flag, Point, Reason
from fieldstaff.wire.values import Wrong


class Reading:
    """Keeps what is odd about an item, and the first thing that spoils it."""

    def __init__(self, now: datetime) -> None:
        """``now`` is the time of receipt."""
        self.now = now
        self.flags: set[Flag] = set()
        self.reason: Reason | None = None
        self.field = ""

    def told(self) -> frozenset[Flag]:
        """What was odd so far: asked for as the last value of a point, when all others have been read."""
        return frozenset(self.flags)

    def spoil(self, reason: Reason, field: str) -> None:
        """The item goes to quarantine; the first reason counts."""
        if self.reason is None:
            self.reason, self.field = reason, field

    def drop(self) -> None:
        """A lesser value was nonsense."""
        self.flags.add(Flag.VALUE_DROPPED)

    def name(self, value: object, field: str) -> str:
        """The name of a device; one that is too long or no text spoils the item."""
        try:
            name = values.text(value, values.LONGEST_NAME + 1)
        except Wrong:
            self.spoil(Reason.TEXT, field)
            return values.storable(value.strip())[: values.LONGEST_NAME] if isinstance(value, str) else ""
        if len(name) > values.LONGEST_NAME:
            self.spoil(Reason.DEVICE, field)
        return name[: values.LONGEST_NAME]

    def time(self, value: object, field: str, *, required: bool = False) -> datetime | None:
        """The time of a fix, by default the time of receipt; one that is nonsense spoils the item."""
        try:
            found, zoned = values.moment(value, self.now)
        except Wrong:
            self.spoil(Reason.TIME, field)
            return None
        if not zoned:
            self.flags.add(Flag.TIME_WITHOUT_ZONE)
        if found is not None:
            return found
        if required:
            self.spoil(Reason.TIME, field)
            return None
        self.flags.add(Flag.TIME_MISSING)
        return self.now

    def other_time(self, value: object) -> datetime | None:
        """A time beside that of the fix."""
        try:
            return values.moment(value, self.now)[0]
        except Wrong:
            self.drop()
            return None

    def place(self, lat: object, lon: object) -> tuple[float | None, float | None]:
        """Both or neither; nonsense spoils the item, half a place is none."""
        try:
            north, east = values.number(lat), values.number(lon)
        except Wrong:
            self.spoil(Reason.PLACE, "lat,lon")
            return None, None
        if north is None or east is None:
            if north is not None or east is not None:
                self.drop()
            return None, None
        if abs(north) > 90 or abs(east) > 180:
            self.spoil(Reason.PLACE, "lat,lon")
            return None, None
        return north + 0.0, east + 0.0  # -0.0 is 0.0

    def measure(self, value: object, high: float, *, scale: float = 1.0) -> float | None:
        """A length or a speed, at most ``high`` once scaled; negative is unknown."""
        return self.signed(value, 0, high, scale=scale, unknown_below=0)

    def signed(
        self,
        value: object,
        low: float,
        high: float,
        *,
        scale: float = 1.0,
        unknown_below: float = float("-inf"),
    ) -> float | None:
        """A number within [low, high]; scaled ones are rounded to three decimals."""
        try:
            found = values.number(value)
        except Wrong:
            self.drop()
            return None
        if found is None or found < unknown_below:
            return None
        if scale != 1.0:
            found = round(found * scale, 3)
        if not low <= found <= high:
            self.drop()
            return None
        return found + 0.0

    def speed(self, value: object, *, scale: float = 1.0) -> float | None:
        """m/s, after ``scale``."""
        return self.measure(value, 400, scale=scale)

    def course(self, value: object) -> float | None:
        """Degrees from north, [0, 360)."""
        found = self.measure(value, 360)
        return 0.0 if found == 360 else found

    def altitude(self, value: object) -> float | None:
        """Metres, below the sea too."""
        return self.signed(value, -1000, 20_000)

    def accuracy(self, value: object) -> float | None:
        """Metres."""
        return self.measure(value, 100_000)

    def battery(self, value: object, *, scale: float = 1.0) -> int | None:
        """Per cent, after ``scale``."""
        try:
            return values.percent(value, scale)
        except Wrong:
            self.drop()
            return None

    def truth(self, value: object) -> bool | None:
        """Yes, no or not said."""
        try:
            return values.truth(value)
        except Wrong:
            self.drop()
            return None

    def whole(self, value: object) -> int | None:
        """A count, from 0 to what a database's bigint holds."""
        try:
            return values.whole(value, 0, 2**63 - 1)
        except Wrong:
            self.drop()
            return None

    def word(self, value: object, cap: int = 32) -> str:
        """A short text of lesser weight."""
        try:
            return values.text(value, cap)
        except Wrong:
            self.drop()
            return ""

    def extras(self, pairs: Iterable[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
        """What is kept as it was said, cut to a length; what was not said is left out."""
        told = [(key, self.word(value, values.LONGEST_EXTRA)) for key, value in pairs]
        return tuple((key, value) for key, value in told if value)

    def item(self, point: Point, raw: Callable[[], str]) -> Point | Bad:
        """The point, or the bad item with what was read of it."""
        if self.reason is None:
            return point
        return Bad(self.reason, self.field, values.excerpt(raw()), point)
