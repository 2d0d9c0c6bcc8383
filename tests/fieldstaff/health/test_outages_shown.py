"""A suggested outage reaches a person, and his word reaches the days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from commandcenter.city.roles import Role, ensure_roles
from fieldstaff.models import DayDue, Outage
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_attendance, make_officer, make_shift

pytestmark = pytest.mark.django_db
PAGE = "/fieldstaff/phones/health/"


@pytest.fixture
def row():
    ensure_roles()
    start = timezone.now() - timedelta(hours=2)
    return Outage.objects.create(
        span=(start, start + timedelta(hours=1)), why="3 / 250 / 5 min", suggested=True
    )


def person(role: Role):
    return client_of(make_user(role, agency=make_agency("dlh") if role is Role.HEAD else None))


@pytest.mark.parametrize("role", [Role.ADMIN, Role.HEAD, Role.OPERATOR])
def test_the_health_page_shows_it_and_only_who_may_decide_has_buttons(row, role):
    page = person(role).get(PAGE).content.decode()
    assert "Gangguan penerimaan" in page and "3 / 250 / 5 min" in page and "seluruh kota" in page
    assert ("Memang gangguan" in page) == (role is Role.ADMIN)


def test_confirmed_it_marks_the_days_it_touches_and_stays_on_the_page(row):
    officer = make_officer()
    shift = make_shift(officer, row.span[0] - timedelta(hours=1))
    make_attendance(shift)
    answer = person(Role.ADMIN).post(
        f"/fieldstaff/outages/{row.pk}/confirm/", {"why": "BTS padam"}, follow=True
    )
    page = answer.content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is not None and row.why == "BTS padam"
    assert list(DayDue.objects.values_list("officer", "work_date")) == [(officer.pk, shift.work_date)]
    assert "BTS padam" in page and "dipastikan" in page and "Memang gangguan" not in page


def test_dismissed_it_leaves_the_page_and_a_second_word_is_refused(row):
    admin = person(Role.ADMIN)
    page = admin.post(f"/fieldstaff/outages/{row.pk}/dismiss/", follow=True).content.decode()
    assert "3 / 250" not in page and "bukan gangguan" in page
    page = admin.post(f"/fieldstaff/outages/{row.pk}/confirm/", follow=True).content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is None and row.dismissed_at is not None and not DayDue.objects.exists()


@pytest.mark.parametrize("role", [Role.HEAD, Role.OPERATOR, Role.MAYOR])
def test_nobody_else_decides(row, role):
    assert person(role).post(f"/fieldstaff/outages/{row.pk}/confirm/").status_code == 403
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_an_unknown_verb_or_outage_is_404(row):
    admin = person(Role.ADMIN)
    assert admin.post(f"/fieldstaff/outages/{row.pk}/forget/").status_code == 404
    assert admin.post(f"/fieldstaff/outages/{row.pk + 99}/confirm/").status_code == 404
    assert admin.get(f"/fieldstaff/outages/{row.pk}/confirm/").status_code == 405


def test_what_waits_for_a_person_is_a_number_for_prometheus(row, settings, client):
    settings.METRICS_TOKEN = "ukur"
    text = client.get("/metrics", headers={"Authorization": "Bearer ukur"}).content.decode()
    assert "cc_fieldstaff_outages_suggested 1.0" in text and "cc_fieldstaff_outages_going_on 0.0" in text
    assert 'cc_metrics_source_ok{source="fieldstaff"} 1.0' in text
    assert "cc_fieldstaff_days_in_trouble 0.0" in text and "cc_fieldstaff_pay_in_trouble 0.0" in text
