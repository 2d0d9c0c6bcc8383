"""En route or on scene counts as inside one's area: a day from tables, and steps that come late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fieldstaff.days.computing import compute_day
from fieldstaff.models import Attendance, DayDue, Order, OrderEvent, OrderPhoto, WorkArea
from fieldstaff.orders import attendance
from tests.factories.fieldstaff import make_attendance, make_officer, make_shift
from tests.fieldstaff.days.rows import FINAL, days_of_trail, hand_over, moment, send, store_shift
from tests.fieldstaff.scenes import FRIDAY, at, every

pytestmark = pytest.mark.django_db
OFFERED = at("09:00")


def order_of(officer) -> Order:
    """An order that this officer has since nine o'clock of that Friday."""
    order = Order.objects.create(
        agency=officer.agency, text="Bersihkan saluran", state="accepted", round=1, assignee=officer
    )
    step(order, officer, "offered", OFFERED, by="operator")
    return order


def step(order: Order, officer, target: str, second: int, *, by: str = "holder", round: int = 1) -> None:
    OrderEvent.objects.create(
        order=order, round=round, target=target, by=by, at=moment(second), heard_at=moment(second),
        officer=officer, text="alasan",
    )  # fmt: skip


def spans(officer):
    return attendance.on_task([officer.pk], (at("07:00"), at("16:00"))).get(officer.pk, ())


def test_a_day_outside_ones_area_counts_as_far_as_it_was_a_task():
    days_of_trail()
    officer = make_officer()
    away = WorkArea.objects.create(agency=officer.agency, name="Jauh", lat=-7.5, lng=110.0, radius_m=500)
    store_shift(officer, area_rule="only_inside", work_area=away)
    send(hand_over(officer), every(60))
    compute_day(officer.pk, FRIDAY, now=FINAL)
    assert Attendance.objects.current().get().credited_s == 0
    order = order_of(officer)
    step(order, officer, "accepted", OFFERED + 60)
    step(order, officer, "en_route", at("09:10"))
    step(order, officer, "on_scene", at("09:30"))
    OrderPhoto.objects.create(
        order=order, at=moment(at("10:00")), recv_at=moment(at("10:00")), officer=officer, sha256="0" * 64
    )
    step(order, officer, "done", at("10:10"))
    assert spans(officer) == ((at("09:10"), at("10:10")),)
    assert attendance.changed(order.pk) == 1
    assert DayDue.objects.get().why == "order"
    compute_day(officer.pk, FRIDAY, reason="order", now=FINAL + timedelta(hours=1))
    row = Attendance.objects.current().get()
    assert (row.version, row.credited_s) == (2, 3_600)


def test_what_moved_nothing_is_no_task():
    officer = make_officer()
    order = order_of(officer)
    step(order, officer, "en_route", at("09:10"))  # never accepted
    assert spans(officer) == ()
    step(order, officer, "accepted", OFFERED + 30)
    step(order, officer, "on_scene", at("09:20"))
    step(order, officer, "done", at("09:40"))  # without a photo: still there
    assert spans(officer) == ((at("09:10"), at("09:20") + 43_200),)
    step(order, officer, "cancelled", at("09:50"), by="operator")
    assert spans(officer) == ((at("09:10"), at("09:50")),)


def test_nobody_was_on_a_task_before_he_was_asked_and_none_lasts_for_ever():
    officer, other = make_officer(), make_officer()
    order = order_of(officer)
    for target, second in (("accepted", at("07:00")), ("en_route", at("07:10"))):
        OrderEvent.objects.create(
            order=order, round=1, target=target, by="holder", at=moment(second), heard_at=moment(OFFERED),
            officer=officer,
        )  # fmt: skip
    assert spans(officer) == ((OFFERED, at("07:10") + 43_200),)
    assert spans(other) == ()
    assert attendance.on_task([officer.pk], (at("16:00") + 86_400, at("16:00") + 90_000)) == {}


def test_a_step_marks_only_days_that_were_computed_and_that_it_can_be_about(
    crew, django_capture_on_commit_callbacks
):
    order = crew.offered(crew.worker)
    with django_capture_on_commit_callbacks(execute=True):
        crew.worked(order, crew.worker)
    assert not DayDue.objects.exists()
    shift = crew.worker.shifts.get()
    make_attendance(shift)
    old = make_shift(crew.worker, shift.span.lower - timedelta(days=3))
    make_attendance(old)
    assert attendance.changed(order.pk) == 1
    assert DayDue.objects.get().work_date == shift.work_date


def test_the_days_ask_the_orders():
    from fieldstaff.days import sources

    officer = make_officer()
    order = order_of(officer)
    step(order, officer, "accepted", OFFERED + 30)
    step(order, officer, "en_route", at("09:10"))
    step(order, officer, "declined", at("09:30"))
    assert sources.on_task([officer.pk], (at("07:00"), at("16:00"))) == {
        officer.pk: ((at("09:10"), at("09:30")),)
    }
