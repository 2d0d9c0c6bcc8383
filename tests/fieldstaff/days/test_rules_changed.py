"""Rules that change have the open days they bear on computed again, and touch no closed one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from fieldstaff import partitions, tasks
from fieldstaff.models import Attendance, DayDue, PayrollPeriod, Policy, Reckoning
from fieldstaff.pay import nightly
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_attendance, make_officer, make_shift
from tests.fieldstaff.days.rows import AFTER, FINAL, on_duty, send
from tests.fieldstaff.pay.scenes import scheme
from tests.fieldstaff.scenes import FRIDAY, every

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def that_evening():
    with time_machine.travel(FINAL, tick=True):
        yield


def rules(since: date, agency=None, **numbers: int) -> Policy:
    return Policy.objects.create(subject="attendance", valid_from=since, agency=agency, rules=numbers)


def waiting() -> set[tuple[int, date]]:
    return set(DayDue.objects.values_list("officer", "work_date"))


def closed(agency) -> None:
    PayrollPeriod.objects.create(
        agency=agency, days=(date(2026, 8, 1), date(2026, 9, 1)), sha256="c" * 64, by=make_user()
    )


def test_a_longer_bridge_is_a_further_version_of_the_days_it_holds_on():
    _officer, _shift, device = on_duty()
    send(device, every(900, place=None))
    tasks.due.after_shifts(AFTER)
    before = Attendance.objects.get()
    assert before.state == "absent"
    policy = rules(FRIDAY, bridge_s=900)
    tasks.compute_due()
    now = Attendance.objects.current().get()
    assert (now.version, now.state, now.policy, now.reason) == (2, "present", policy, "policy")
    assert waiting() == set()


def test_only_days_from_its_first_day_on_and_of_its_agency():
    here, there = make_officer(agency=make_agency("dlh")), make_officer(agency=make_agency("dishub"))
    for officer in (here, there):
        for back in (0, 1, 2):
            start = AFTER - timedelta(days=back, hours=9)
            make_attendance(make_shift(officer, start, 8))
    rules(FRIDAY - timedelta(days=1), agency=here.agency, late_grace_s=600)
    assert waiting() == {(here.pk, FRIDAY), (here.pk, FRIDAY - timedelta(days=1))}
    rules(FRIDAY, late_grace_s=900)
    assert waiting() == {(here.pk, FRIDAY), (here.pk, FRIDAY - timedelta(days=1)), (there.pk, FRIDAY)}


def test_closed_days_and_days_whose_trail_has_left_are_not_even_marked():
    shut, unshut = make_officer(agency=make_agency("dlh")), make_officer(agency=make_agency("dishub"))
    for officer in (shut, unshut):
        make_attendance(make_shift(officer, AFTER - timedelta(hours=9), 8))
        then = AFTER - timedelta(days=partitions.KEEP_DAYS + 1, hours=9)
        make_attendance(make_shift(officer, then, 8))
    closed(shut.agency)
    rules(date(2026, 1, 1), late_grace_s=600)
    assert waiting() == {(unshut.pk, FRIDAY)}


def test_rules_of_pay_mark_months_to_reckon_and_no_day():
    officer = make_officer(agency=make_agency("dlh"))
    make_attendance(make_shift(officer, AFTER - timedelta(hours=9), 8))
    scheme()
    assert nightly.sweep(FINAL).done == 1 and nightly.due(FINAL) == []
    scheme(agency=make_agency("dishub"), since=date(2026, 8, 2))
    scheme(since=date(2026, 9, 1))
    assert nightly.due(FINAL) == [], "of others, or of a later month"
    scheme({"shape": "daily", "amount_idr": 100_000}, since=date(2026, 8, 20))
    assert waiting() == set() and len(nightly.due(FINAL)) == 1
    closed(officer.agency)
    assert nightly.due(FINAL) == [], "a closed month is never reckoned again"
    assert Reckoning.objects.count() == 1
