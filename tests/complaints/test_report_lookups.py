"""Questions about one report read that report and not all of them: one "or" too many read a million rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commandcenter.city.viewers import Role, viewer_of_user
from complaints import withheld
from complaints.models import Outbox
from complaints.services import belonging, merging
from tests.factories.city import make_user
from tests.factories.complaints import make_channel, make_report

pytestmark = pytest.mark.django_db


@contextmanager
def by_index_only() -> Iterator[None]:
    """Fails where a query can only go through the reports, or an index of them, from end to end."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        with CaptureQueriesContext(connection) as found:
            yield
        asked = [row["sql"] for row in found.captured_queries if 'FROM "complaints_report"' in row["sql"]]
        for sql in asked:
            cursor.execute(f"EXPLAIN {sql}")
            plan = [row[0] for row in cursor.fetchall()]
            after = [plan[n + 1] for n, line in enumerate(plan[:-1]) if " on complaints_report" in line]
            assert after and all("Cond:" in line for line in after), "\n".join(plan)
    assert asked, "nothing was asked of the table of reports"


def test_what_is_withheld_from_a_reader():
    make_channel("web")
    viewer = viewer_of_user(make_user(Role.OPERATOR))
    twin, main = make_report("Jalan rusak"), make_report("Jalan rusak")
    merging.merge(pk=twin.pk, into=main.pk, viewer=viewer)
    with by_index_only():
        assert withheld.from_viewer(twin, viewer) == []


def test_the_report_of_an_answered_message():
    channel, report = make_channel("telegram"), make_report("Jalan rusak")
    Outbox.objects.create(channel=channel, report=report, purpose="answer", key="k", external_id="77")
    with by_index_only():
        assert belonging._answered(channel, "77") == report
    assert belonging._answered(channel, "78") is None
