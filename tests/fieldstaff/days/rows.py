"""Rows of the Friday of the reference: an officer, his shift, what his phone sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from fieldstaff import partitions
from fieldstaff.attendance.pings import NOWHERE, UNKNOWN, Mark, Row
from fieldstaff.attendance.shifts import Shift as PureShift
from fieldstaff.models import Device, DeviceBinding, Officer, Position, Shift
from tests.factories.fieldstaff import LONG_AGO, make_officer
from tests.fieldstaff.scenes import END, SHIFT

AFTER = datetime.fromtimestamp(END + 3_600, UTC)
FINAL = datetime.fromtimestamp(END + 86_400, UTC)


def moment(second: int) -> datetime:
    """In UTC."""
    return datetime.fromtimestamp(second, UTC)


def days_of_trail(about: datetime = AFTER) -> None:
    """The tables that take positions of that week."""
    partitions.make(about)


def store_shift(officer: Officer, shift: PureShift = SHIFT, **values: Any) -> Shift:
    """A pure shift as a row."""
    rests = [(moment(a), moment(b)) for a, b in shift.breaks]
    return Shift.objects.create(
        officer=officer, work_date=shift.work_date, span=(moment(shift.start), moment(shift.end)),
        breaks=rests, **values,
    )  # fmt: skip


def on_duty(**values: Any) -> tuple[Officer, Shift, Device]:
    """An officer with that Friday's shift and a phone of his own since long ago."""
    days_of_trail()
    officer = make_officer(**values)
    device = hand_over(officer)
    return officer, store_shift(officer), device


def hand_over(officer: Officer, since: datetime = LONG_AGO, until: datetime | None = None) -> Device:
    """A new phone in his hand."""
    device = Device.objects.create(uid=f"{Device.objects.count() + 1:08d}")
    DeviceBinding.objects.create(device=device, officer=officer, valid=(since, until))
    return device


def send(device: Device, pings: Iterable[Row], *, kind: int = 1) -> None:
    """Pings as the intake stores them; their own device number is replaced by the phone's."""
    Position.objects.bulk_create(
        Position(
            device=device, fix_at=moment(fix), recv_at=moment(recv), kind=kind,
            lat_e7=None if lat == NOWHERE else lat, lon_e7=None if lon == NOWHERE else lon,
            acc_m=None if acc == UNKNOWN else acc, flags=int(marks) & ~int(Mark.ALARM),
        )
        for fix, _device, lat, lon, acc, marks, recv in pings
    )  # fmt: skip
