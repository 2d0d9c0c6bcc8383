"""A report moves along with its order, without a word about who did the work."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from complaints.models import Note
from complaints.services import moving as reports_moving
from complaints.workflow import Status
from fieldstaff.models import Order
from fieldstaff.orders import family, moving, reports
from tests.factories.complaints import make_report
from tests.factories.orders import because


@pytest.fixture
def report(crew):
    return make_report(lat=-6.1, lng=106.1)


def notes(report) -> list[str]:
    return list(Note.objects.filter(report=report).order_by("pk").values_list("text", flat=True))


def test_the_report_is_in_progress_once_accepted_and_stays_open_until_the_desk_closes_it(
    crew, report, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        order = crew.offered(crew.worker, report=report.pk, lat=None, lng=None)
    assert (order.lat, order.lng) == (-6.1, 106.1)
    report.refresh_from_db()
    assert report.status == Status.NEW
    with django_capture_on_commit_callbacks(execute=True):
        crew.worked(order, crew.worker)
    report.refresh_from_db()
    assert (report.status, report.agency) == (Status.IN_PROGRESS, crew.agency)
    said = " ".join(notes(report))
    assert str(order.pk) in said and crew.worker.name not in said
    assert report.attachments.filter(moment="after").count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        family.verify(pk=order.pk, viewer=crew.desk)
    report.refresh_from_db()
    assert report.is_open


def test_a_closed_report_calls_its_orders_off(crew, report, django_capture_on_commit_callbacks):
    order = crew.offered(crew.worker, report=report.pk)
    with django_capture_on_commit_callbacks(execute=True):
        reports_moving.move(pk=report.pk, target=Status.REJECTED.value, viewer=None, text="Bukan urusan kota")
    assert Order.objects.get(pk=order.pk).state == "cancelled"


def test_what_a_busy_report_missed_is_told_by_the_sweep(crew, report):
    order = crew.offered(crew.worker, report=report.pk)
    moving.accept(pk=order.pk, viewer=crew.viewer(crew.worker))
    assert notes(report) == []
    assert reports.sweep() == 1
    assert reports.sweep() == 0
    assert len(notes(report)) == 1


def test_an_order_without_a_report_tells_nobody(crew):
    order = crew.offered(crew.worker)
    family.cancel(pk=order.pk, viewer=crew.desk, said=because())
    assert reports.tell(order.pk) is False
    assert order.reported_at <= datetime.now(UTC)
