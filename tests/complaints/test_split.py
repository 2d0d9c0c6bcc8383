"""The inbox with a report beside it: which pages may stand in a frame, and what the list keeps."""

from __future__ import annotations

import pytest
from django.test import Client

from commandcenter.city.roles import Role
from complaints.models import Report
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_report

pytestmark = pytest.mark.django_db


def framed_by(answer) -> tuple[str, str]:
    """What the answer says of frames, in both headers."""
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    return policy["frame-ancestors"], answer["X-Frame-Options"]


def test_reports_stand_in_our_own_frame_and_nothing_else_does():
    operator, report = client_of(make_user(Role.OPERATOR)), make_report()
    at = f"/reports/{report.number}/"
    ours, nobodys = ("'self'", "SAMEORIGIN"), ("'none'", "DENY")
    assert framed_by(operator.get("/reports/")) == ours
    assert framed_by(operator.get(at)) == ours
    assert framed_by(operator.post(at + "note/", {"text": "Sudah ditelepon"})) == ours
    assert framed_by(operator.post(at + "files/", {})) == ours
    assert framed_by(operator.post("/reports/next/")) == ours
    assert framed_by(operator.get("/reports/LAP-2222-2222/")) == ours  # what is wrong shows in the frame too
    stale_form = Client(enforce_csrf_checks=True)
    stale_form.force_login(make_user(Role.OPERATOR))
    refused = stale_form.post(at + "note/", {"text": "x"})
    assert refused.status_code == 403 and framed_by(refused) == ours
    stale = {"rev": report.rev, "agency": make_agency().pk}
    Report.objects.filter(pk=report.pk).update(rev=report.rev + 5)
    clash = operator.post(at + "assign/", stale)
    assert clash.status_code == 409 and framed_by(clash) == ours
    for path in (
        "/",
        "/reports/statistics/",
        "/reports/112/",
        "/login/",
        "/account/",
        f"/lapor/{report.number}/",
    ):
        answer = operator.get(path)
        if answer.status_code == 200:
            assert framed_by(answer) == nobodys, path


def test_the_open_report_is_no_filter():
    operator, report = client_of(make_user(Role.OPERATOR)), make_report("Lampu jalan padam")
    page = operator.get(f"/reports/?q=lampu&open={report.number}").content.decode()
    assert f'data-number="{report.number}"' in page
    assert 'name="query" value="q=lampu"' in page  # what "save this view" keeps
    assert f"open={report.number}" not in page.split('class="cc-boxes')[1].split("</ul>")[0]
