"""Who has left, who heads an agency and works in it, and who writes past the verbs into the tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from fieldstaff import trailing
from fieldstaff.days import decisions
from fieldstaff.enrol import staff
from fieldstaff.models import Attendance, FrozenDay, Latest, Leave, LedgerLine, Officer, Order, PaySheet
from fieldstaff.orders import candidates
from fieldstaff.pay import closing
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_attendance, make_officer, make_shift
from tests.factories.orders import make_crew
from tests.fieldstaff.pay.scenes import AUGUST, IN_OCTOBER, clerk, scheme, worked_month

pytestmark = pytest.mark.django_db


def test_a_supervisor_who_has_left_keeps_his_own_days_and_nobody_elses():
    crew = make_crew()
    viewer = crew.viewer(crew.boss)
    for officer in (crew.boss, crew.worker):
        Latest.objects.create(officer=officer, last_contact=timezone.now(), fix_at=timezone.now())
        make_attendance(officer.shifts.get())
    assert trailing.may_see(viewer, crew.worker) and Attendance.objects.visible_to(viewer).count() == 2
    order = crew.offered(crew.worker)
    assert Order.objects.visible_to(viewer).exists()
    Officer.objects.filter(pk=crew.boss.pk).update(left_on=timezone.localdate())
    assert trailing.may_see(viewer, crew.worker), "the last day counts"
    Officer.objects.filter(pk=crew.boss.pk).update(left_on=timezone.localdate() - timedelta(days=1))
    assert not trailing.may_see(viewer, crew.worker)
    assert Attendance.objects.visible_to(viewer).get().officer == crew.boss
    assert set(Officer.objects.visible_to(viewer)) == {crew.boss}
    assert not Latest.objects.visible_to(viewer).filter(officer=crew.worker).exists()
    assert not Officer.objects.filter(decisions.correctable(viewer)).exists()
    assert not Order.objects.visible_to(viewer).filter(pk=order.pk).exists()
    found = candidates.for_order(order, viewer=viewer)
    assert found is not None and not found.candidates and not found.passed


def test_nobody_writes_himself_off_sick():
    ensure_roles()
    agency = make_agency()
    user = make_user(Role.HEAD, agency=agency)
    viewer, himself = viewer_of_user(user), make_officer(agency=agency, user=user)
    values = {"kind": "cuti", "first": timezone.localdate(), "last": timezone.localdate()}
    with pytest.raises(PermissionDenied):
        staff.add_leave(viewer=viewer, officer=himself, **values)
    staff.add_leave(viewer=viewer, officer=make_officer(agency=agency), **values)
    second = viewer_of_user(make_user(Role.HEAD, agency=agency))
    leave = staff.add_leave(viewer=second, officer=himself, **values)
    with pytest.raises(PermissionDenied):
        staff.end_leave(viewer=viewer, leave=leave)
    assert Leave.objects.count() == 2


@pytest.fixture
def closed():
    """A closed month of one officer."""
    ensure_roles()
    officer = make_officer("P-GAJI")
    scheme()
    worked_month(officer)
    return closing.close_period(
        viewer=clerk("juru-bayar"), agency=officer.agency_id, period=AUGUST, seen=0, now=IN_OCTOBER
    )


def test_the_database_takes_no_line_into_a_closed_month(closed):
    line = LedgerLine.objects.filter(sheet__period=closed).order_by("seq").last()
    sheet = PaySheet.objects.get(period=closed)
    day = FrozenDay.objects.filter(period=closed).first()
    more = make_attendance(make_shift(sheet.officer, datetime(2026, 8, 30, 1, tzinfo=UTC)))
    line.pk, line.seq, line.amount_idr = None, 999, 5_000_000
    sheet.pk, sheet.version = None, 99
    day.pk, day.attendance = None, more
    for row in (line, sheet, day):
        with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
            row.save(force_insert=True)
