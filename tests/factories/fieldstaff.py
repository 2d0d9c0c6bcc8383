"""Field officers, their phones and shifts for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from fieldstaff.models import Attendance, Device, DeviceBinding, LedgerLine, Officer, PaySheet, Shift
from tests.factories.city import make_agency

_number = count(1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def make_officer(code: str = "", **values: Any) -> Officer:
    """An officer; ``agency`` is made where none is given."""
    code = code or f"P-{next(_number):05d}"
    values.setdefault("agency", None)
    values["agency"] = values["agency"] or make_agency()
    return Officer.objects.create(code=code, **{"name": f"Petugas {code}", "kind": "penyapu", **values})


def make_shift(officer: Officer, start: datetime, hours: float = 8, **values: Any) -> Shift:
    """A shift from ``start`` (aware) on; its work date is Jakarta's."""
    end = start + timedelta(hours=hours)
    day = (start.astimezone(UTC) + timedelta(hours=7)).date()
    return Shift.objects.create(officer=officer, span=(start, end), work_date=day, **values)


def make_device(officer: Officer | None = None, uid: str = "", **values: Any) -> Device:
    """A phone, in the officer's hand since long ago."""
    device = Device.objects.create(uid=uid or f"{next(_number):08d}", **values)
    if officer is not None:
        DeviceBinding.objects.create(device=device, officer=officer, valid=(LONG_AGO, None))
    return device


def make_attendance(shift: Shift, **values: Any) -> Attendance:
    """The next version of a shift's figures."""
    version = Attendance.objects.filter(shift=shift).count() + 1
    given = {
        "state": "present", "credited_s": 25_200, "required_s": 25_200, "percent": 100, "version": version,
        "input_hash": "0" * 64, "work_date": shift.work_date, "officer": shift.officer, **values,
    }  # fmt: skip
    return Attendance.objects.create(shift=shift, **given)


def make_line(attendance: Attendance, **values: Any) -> LedgerLine:
    """One line of the ledger, on a sheet of its own."""
    officer, first = attendance.officer, attendance.work_date.replace(day=1)
    days = (first, (first + timedelta(days=31)).replace(day=1))
    evidence = {
        "date": attendance.work_date.isoformat(), "minutes": 0, "per": 1, "spans": [], "scheme": "v1",
        "rules": "", "of": None,
    }  # fmt: skip
    plain = {"rule": "base", "quantity": 1, "unit": "days", "rate": 150_000, "amount_idr": 150_000}
    given: dict[str, Any] = plain | {"evidence": evidence, **values}
    sheet = PaySheet.objects.create(
        officer=officer, agency=officer.agency, days=days, code=officer.code, name=officer.name,
        version=PaySheet.objects.filter(officer=officer, days=days).count() + 1, sha256="0" * 64,
        total_idr=given["amount_idr"],
    )  # fmt: skip
    return LedgerLine.objects.create(sheet=sheet, attendance=attendance, officer=officer, seq=1, **given)
