"""Who sees whom: one officer of another agency, everybody who might look, every table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import PUBLIC, Viewer, viewer_of_user
from fieldstaff.models import (
    Attendance,
    Correction,
    Device,
    DeviceBinding,
    Latest,
    Leave,
    LedgerLine,
    Officer,
    PayrollPeriod,
    Position,
    Quarantine,
    Shift,
    SosEvent,
)
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_attendance, make_device, make_line, make_officer, make_shift

pytestmark = pytest.mark.django_db
TABLES: dict[str, Any] = {
    "officer": Officer, "shift": Shift, "leave": Leave, "latest": Latest, "trail": Position,
    "day": Attendance,
    "pay": LedgerLine, "correction": Correction, "phone": Device, "binding": DeviceBinding, "sos": SosEvent,
    "period": PayrollPeriod, "quarantine": Quarantine,
}  # fmt: skip
NOBODY: frozenset[str] = frozenset()
PERSON = {"officer", "shift", "leave", "latest", "trail", "day", "correction", "phone", "binding", "sos"}


def furnish(officer: Officer, on_shift: bool) -> None:
    """One row in each table about this officer."""
    now = datetime.now(UTC).replace(microsecond=0)
    start = now - timedelta(hours=2 if on_shift else 30)
    shift = make_shift(officer, start, 8)
    Leave.objects.create(
        officer=officer, kind="cuti", span=(now + timedelta(days=9), now + timedelta(days=10))
    )
    device = make_device(officer)
    Latest.objects.create(officer=officer, last_contact=now, fix_at=now, lat_e7=-62000000, lon_e7=1062000000)
    Position.objects.create(device=device, officer=officer, fix_at=now, recv_at=now, kind=1)
    day = make_attendance(shift)
    make_line(day)
    Correction.objects.create(
        shift=shift, officer=officer, work_date=shift.work_date, kind="objection", reason="saya di tempat"
    )
    SosEvent.objects.create(
        device=device, officer=officer, client_key="1", fix_at=now, recv_at=now, last_at=now
    )
    Quarantine.objects.create(device=device, recv_at=now, reason="place", protocol="traccar")
    PayrollPeriod.objects.create(
        agency=officer.agency, days=(date(2026, 7, 1), date(2026, 8, 1)), sha256="c" * 64, by=make_user()
    )


@pytest.fixture
def city():
    """Two agencies; in the second a supervisor, a worker under his foreman, and a colleague beside."""
    ensure_roles()
    own, other = make_agency("milik"), make_agency("lain")
    boss = make_officer("BOS", agency=other, user=make_user(username="bos"))
    foreman = make_officer("MANDOR", agency=other, supervisor=boss, user=make_user(username="mandor"))
    worker = make_officer("PEKERJA", agency=other, supervisor=foreman, user=make_user(username="pekerja"))
    beside = make_officer("SEBELAH", agency=other, user=make_user(username="sebelah"))
    furnish(worker, on_shift=True)
    return {"own": own, "other": other, "boss": boss, "foreman": foreman, "worker": worker, "beside": beside}


def seen(viewer: Viewer, officer: Officer) -> set[str]:
    """The tables in which ``viewer`` finds anything of this officer."""
    found = set()
    for name, model in TABLES.items():
        rows = model.objects.visible_to(viewer)
        if name == "officer":
            rows = rows.filter(pk=officer.pk)
        elif name == "phone":
            rows = rows.filter(bindings__officer=officer)
        elif name == "quarantine":
            rows = rows.filter(device__bindings__officer=officer)
        elif name == "period":
            rows = rows.filter(agency=officer.agency)
        else:
            rows = rows.filter(officer=officer)
        if rows.exists():
            found.add(name)
    return found


def clerk(**values) -> Viewer:
    user = make_user(**values)
    user.user_permissions.add(Permission.objects.get(codename="view_ledgerline"))
    return viewer_of_user(type(user).objects.get(pk=user.pk))


def role(name: Role, **values) -> Viewer:
    return viewer_of_user(make_user(name, **values))


def test_the_desk_sees_who_is_on_shift_and_no_trails_figures_or_pay(city):
    operator = role(Role.OPERATOR)
    assert seen(operator, city["worker"]) == {"officer", "shift", "latest", "sos", "quarantine"}
    Shift.objects.update(span=(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)))
    assert seen(operator, city["worker"]) == {"sos", "quarantine"}


def test_a_supervisor_sees_his_chain_however_deep_and_no_rupiah(city):
    for name in ("boss", "foreman"):
        viewer = viewer_of_user(city[name].user)
        assert seen(viewer, city["worker"]) == PERSON
        assert seen(viewer, city["beside"]) == NOBODY
    assert seen(viewer_of_user(city["beside"].user), city["worker"]) == NOBODY
    assert not Officer.objects.visible_to(viewer_of_user(city["worker"].user)).filter(code="MANDOR").exists()


def test_an_officer_sees_all_of_himself_and_his_pay(city):
    assert seen(viewer_of_user(city["worker"].user), city["worker"]) == PERSON | {"pay"}


def test_a_head_sees_his_agency_and_nothing_of_another(city):
    assert seen(role(Role.HEAD, agency=city["other"]), city["worker"]) == PERSON | {"pay", "period"}
    assert seen(role(Role.HEAD, agency=city["own"]), city["worker"]) == NOBODY


def test_the_payroll_clerk_reads_figures_and_never_where_anybody_was(city):
    figures = {"officer", "shift", "leave", "day", "correction", "pay", "period"}
    assert seen(clerk(), city["worker"]) == figures
    assert seen(clerk(agency=city["other"]), city["worker"]) == figures
    assert seen(clerk(agency=city["own"]), city["worker"]) == NOBODY


def test_the_mayor_gets_numbers_and_no_person(city):
    mayor = role(Role.MAYOR)
    assert seen(mayor, city["worker"]) == NOBODY
    assert Officer.objects.counted_for(mayor).count() == 4
    assert Attendance.objects.counted_for(mayor).current().count() == 1
    assert Latest.objects.counted_for(mayor).count() == 1


@pytest.mark.parametrize("kind", ["public", "token", "display", "wall", "partner"])
def test_outsiders_and_walls(city, kind):
    viewers = {
        "public": PUBLIC,
        "token": Viewer("token", 1, "t", permissions=frozenset({"fieldstaff.view_officer"})),
        "display": Viewer("display", 1, "d", sharing=frozenset({"public"})),
        "wall": Viewer("display", 1, "d", sharing=frozenset({"public", "internal"})),
        "partner": role(Role.PARTNER),
    }
    viewer = viewers[kind]
    assert seen(viewer, city["worker"]) == ({"latest", "sos"} if kind == "wall" else NOBODY)
    assert Officer.objects.counted_for(viewer).exists() is (kind == "wall")


def test_admins_see_all_and_even_they_nobody_off_shift_on_the_map(city):
    admin = role(Role.ADMIN)
    assert seen(admin, city["worker"]) == set(TABLES)
    Shift.objects.update(span=(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)))
    assert seen(admin, city["worker"]) == set(TABLES) - {"latest"}


def test_a_call_for_help_of_a_phone_in_nobodys_hand_is_heard_at_the_desk(city):
    now = datetime.now(UTC)
    lost = SosEvent.objects.create(device=make_device(), client_key="1", fix_at=now, recv_at=now, last_at=now)
    assert lost in SosEvent.objects.visible_to(role(Role.OPERATOR))
    assert lost not in SosEvent.objects.visible_to(role(Role.HEAD, agency=city["other"]))
