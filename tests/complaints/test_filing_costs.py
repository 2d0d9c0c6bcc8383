"""What filing a report asks of the database, and that what is kept in memory is never stale."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commandcenter.city.origin import Source
from commandcenter.stamps import stamp_of
from complaints.models import Category, Channel, Report, RoutingRule
from complaints.services.filing import NewReport, file_report
from complaints.services.routed import rules
from tests.factories.city import make_agency, make_user
from tests.factories.complaints import make_category, make_channel

MOST = 20  # statements, the savepoint of this test's own transaction with them

pytestmark = pytest.mark.django_db


def _file(channel: Channel, text: str = "Lampu jalan mati", **more: object) -> Report:
    return file_report(NewReport(channel=channel, text=text, lat=-6.1, lng=106.2, **more)).report


def test_a_report_is_filed_with_few_statements():
    channel = make_channel()
    make_category()
    _file(channel)
    with CaptureQueriesContext(connection) as asked:
        _file(channel)
    assert len(asked) <= MOST, [query["sql"][:90] for query in asked.captured_queries]


def test_a_rule_that_anybody_changed_holds_for_the_next_report():
    agency, officer = make_agency(), make_user()
    rule = RoutingRule.objects.create(name="PJU", agency=agency, officer=officer, words=["lampu"])
    assert [found.name for found in rules()] == ["PJU"]
    with CaptureQueriesContext(connection) as asked:
        rules()
    assert len(asked) == 1
    RoutingRule.objects.filter(pk=rule.pk).update(name="Penerangan jalan")
    assert [found.name for found in rules()] == ["Penerangan jalan"]
    category = make_category()
    rule.categories.add(category)
    assert rules()[0].categories == {category.pk}
    officer.is_active = False
    officer.save()
    assert not rules()[0].officer_active
    RoutingRule.objects.all().delete()
    assert rules() == ()


def test_a_stamp_changes_with_any_row_and_only_then():
    category = make_category()
    before = stamp_of(Category)
    assert stamp_of(Category) == before != stamp_of(Category, Channel)
    Category.objects.filter(pk=category.pk).update(name="Lain")
    assert stamp_of(Category) != before
    assert stamp_of() == stamp_of(Category.objects.none()) == ""


def test_a_channel_without_a_provider_says_when_it_last_brought_something(
    django_capture_on_commit_callbacks,
):
    channel = make_channel()
    with django_capture_on_commit_callbacks(execute=True):
        report = _file(channel)
    channel.refresh_from_db()
    assert channel.last_in_at == report.received_at
    with django_capture_on_commit_callbacks(execute=True):
        _file(channel, received_at=timezone.now() - timedelta(days=2))
        _file(channel, is_test=True)
        _file(channel, received_at=timezone.now() + timedelta(minutes=5), origin=Source.SIMULATED)
    channel.refresh_from_db()
    assert channel.last_in_at == report.received_at
