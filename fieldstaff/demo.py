"""Field officers of the demo city: forty invented people on shifts around the clock, and their last weeks.

Phones are simulated (``manage.py phonesim``); their past is written by the same verbs as their present, and
the days are computed by the same rules. Everything carries ``origin=simulated``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import groupby

from django.contrib.auth.models import Group
from django.utils import timezone as clock

from commandcenter import demo
from commandcenter.city.models import Agency, User
from commandcenter.city.origin import Source
from commandcenter.city.roles import Role
from fieldstaff import demo_days, demo_orders, demo_purge, rights
from fieldstaff.demo_cast import APP_NAMES, CREWS, DUTIES, Part, cast, leader_of
from fieldstaff.models import (
    Device,
    DeviceBinding,
    Officer,
    Position,
    RosterAssignment,
    RosterLine,
    RosterPattern,
    Shift,
    Training,
    WorkArea,
)

SIMULATED = {"origin": Source.SIMULATED}
WIB = timezone(timedelta(hours=7))
PAST_DAYS, AHEAD_DAYS = 21, 21
EPOCH = date(2026, 1, 5)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
DAY_OFF = 6
"""Six days of work, then one at home."""
# user name, first and last name (titles, not people), number in the cast or agency of a head, password, label
LOGINS = (
    ("kadis-dlh", "Kepala", "DLH", "dlh", "kota-demo-kadis-dlh", "kepala OPD (petugas)"),
    ("pengawas", "Pengawas", "Kebersihan", 16, "kota-demo-pengawas", "pengawas lapangan"),
    ("juru-bayar", "Juru Bayar", "DLH", "dlh", "kota-demo-juru-bayar", "juru bayar (honor petugas)"),
    ("petugas", "Petugas", "Kebersihan", 17, "kota-demo-petugas", "petugas lapangan"),
)
CLERKS = {"juru-bayar"}
"""Those of them who are no head."""


def seed() -> None:
    """Adds what is missing; real rows of the same number stay as they are."""
    agencies = {row.code: row for row in Agency.objects.filter(code__in=[crew[0] for crew in CREWS])}
    parts = [part for part in cast() if part.agency in agencies]
    people = _people(parts, agencies)
    phones = _phones(parts, people)
    _rosters(parts, people, agencies)
    _shifts(parts, people)
    _logins(agencies, people)
    demo_orders.seed(parts, people)
    if PAST_DAYS and people and not Position.objects.filter(device__in=phones.values()).exists():
        demo_days.seed(parts, people, phones, PAST_DAYS)


def _people(parts: list[Part], agencies: dict[str, Agency]) -> dict[int, Officer]:
    """The demo's officers by their number in the cast; one whom somebody made real is left out."""
    known = {row.code: row for row in Officer.objects.filter(code__in=[part.code for part in parts])}
    areas = {}
    for part in parts:
        if part.agency not in areas:
            areas[part.agency], _new = WorkArea.objects.get_or_create(
                agency=agencies[part.agency], name=f"Wilayah {part.unit}",
                defaults={"lat": part.route.lat, "lng": part.route.lon, "radius_m": 25_000, **SIMULATED},
            )  # fmt: skip
        if part.code not in known:
            known[part.code] = Officer.objects.create(
                code=part.code, name=part.name, agency=agencies[part.agency], unit=part.unit, kind=part.kind,
                skills=[part.skill], supervisor=known.get(leader_of(part)), work_area=areas[part.agency],
                joined_on=EPOCH, **SIMULATED,
            )  # fmt: skip
            if part.topic:
                Training.objects.create(officer=known[part.code], topic=part.topic, on=EPOCH)
    return {part.number: known[part.code] for part in parts if known[part.code].is_simulated}


def _phones(parts: list[Part], people: dict[int, Officer]) -> dict[int, Device]:
    found = {row.uid: row for row in Device.objects.filter(uid__in=[part.uid for part in parts])}
    for part in parts:
        if part.number in people and part.uid not in found:
            row = Device.objects.create(
                uid=part.uid, label=f"Ponsel simulasi {part.code}", protocol=part.protocol,
                app=APP_NAMES[part.app], **SIMULATED,
            )  # fmt: skip
            found[part.uid] = row
            DeviceBinding.objects.create(device=row, officer=people[part.number], valid=(LONG_AGO, None))
    return {part.number: found[part.uid] for part in parts if part.number in people}


def _starts(part: Part) -> date:
    """The first day of the rhythm: not everybody has the same day off."""
    return EPOCH + timedelta(days=(part.number // len(DUTIES) + 2 * part.duty) % 7)


def _rosters(parts: list[Part], people: dict[int, Officer], agencies: dict[str, Agency]) -> None:
    have = set(RosterAssignment.objects.filter(officer__in=people.values()).values_list("officer", flat=True))
    for part in parts:
        if part.number not in people or people[part.number].pk in have:
            continue
        duty, starts = DUTIES[part.duty], _starts(part)
        pattern, new = RosterPattern.objects.get_or_create(
            agency=agencies[part.agency], name=f"{duty.name}, libur {starts:%d}",
            defaults={"cycle_days": 7, "starts_on": starts, "on_holidays": True, **SIMULATED},
        )  # fmt: skip
        if new:
            RosterLine.objects.bulk_create(
                RosterLine(
                    pattern=pattern,
                    day=day,
                    start=duty.start,
                    end=duty.end,
                    rest_start=duty.rest[0],
                    rest_end=duty.rest[1],
                )
                for day in range(DAY_OFF)
            )
        RosterAssignment.objects.create(officer=people[part.number], pattern=pattern, valid=(EPOCH, None))


def _shifts(parts: list[Part], people: dict[int, Officer]) -> None:
    """Each officer's shifts from some weeks ago to some weeks ahead, as far as they are not there."""
    today = clock.now().astimezone(WIB).date()
    days = [today + timedelta(days=n) for n in range(-PAST_DAYS, AHEAD_DAYS + 1)]
    rows = Shift.objects.filter(officer__in=people.values(), work_date__gte=days[0])
    have = {officer: {row[1] for row in group} for officer, group in groupby(
        rows.order_by("officer").values_list("officer", "work_date"), lambda row: row[0])}  # fmt: skip
    made = [
        shift_of(part, people[part.number], day)
        for part in parts
        if part.number in people
        for day in days
        if (day - _starts(part)).days % 7 != DAY_OFF and day not in have.get(people[part.number].pk, ())
    ]
    Shift.objects.bulk_create(made, ignore_conflicts=True)


def shift_of(part: Part, officer: Officer, day: date) -> Shift:
    """That day's shift of a part."""
    duty = DUTIES[part.duty]
    start = datetime.combine(day, duty.start, tzinfo=WIB)

    def after(moment: datetime) -> datetime:
        return moment if moment > start else moment + timedelta(days=1)

    rest = tuple(after(datetime.combine(day, hour, tzinfo=WIB)) for hour in duty.rest)
    return Shift(
        officer=officer, work_date=day, span=(start, after(datetime.combine(day, duty.end, tzinfo=WIB))),
        breaks=[(rest[0], rest[1])], work_area=officer.work_area, source="pattern", **SIMULATED,
    )  # fmt: skip


def _logins(agencies: dict[str, Agency], people: dict[int, Officer]) -> None:
    for username, first, last, whose, password, label in LOGINS:
        officer = people.get(whose) if isinstance(whose, int) else None
        agency = officer.agency if officer else agencies.get(str(whose))
        if agency is None:
            continue
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User(username=username, first_name=first, last_name=last, agency=agency, **SIMULATED)
            user.set_password(password)
            user.save()
            if officer is None:
                group = rights.CLERKS if username in CLERKS else Role.HEAD.value
                user.groups.add(Group.objects.get(name=group))
        if officer is not None and officer.user_id is None and user.is_simulated:
            Officer.objects.filter(pk=officer.pk).update(user=user)
        if user.is_simulated:
            demo.add_login(demo.Login(label, username, password))


demo.register(demo.Demo(key="fieldstaff", order=50, seed=seed, purge=demo_purge.purge))
