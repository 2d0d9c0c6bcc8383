"""Urgent reports at the desk: shown to whoever may see them, heard where a person wants to hear them."""

from __future__ import annotations

import pytest
from django.test import Client, TestCase
from django.utils import timezone

from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from commandcenter.incidents import services as incidents
from commandcenter.incidents import signals
from commandcenter.incidents.models import Alarm
from complaints import receivers, urgentheap
from complaints.models import DutyState, Report
from complaints.services import moving
from complaints.views.urgent import SHOWN
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_category, make_channel, make_report

pytestmark = pytest.mark.django_db
LINE = "/reports/urgent/"


def fire(**values):
    """An urgent report with its alarm."""
    known = make_category(name="Kebakaran", priority="urgent")
    report = make_report("Kios terbakar", category=known, **values)
    receivers.judge(report.pk)
    return report


def said(client: Client, path: str = LINE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_urgent_report_is_named_and_heard_above_the_inbox_until_somebody_took_it_up():
    operator, report = client_of(make_user(Role.OPERATOR)), fire()
    for page in (said(operator), said(operator, "/reports/")):
        assert f'href="/reports/{report.number}/"' in page and "<cc-siren" in page
        assert report.text not in page.split("cc-inbox")[0]
    moving.move(pk=report.pk, target="verified", viewer=None)
    receivers.judge(report.pk)
    assert "cc-siren" not in said(operator) and report.number not in said(operator)


def test_an_alarm_that_was_acknowledged_and_a_drill_are_not_heard_here():
    user = make_user(Role.OPERATOR)
    fire()
    Alarm.objects.update(drill=True)
    assert said(client_of(user)).strip() == ""
    Alarm.objects.update(drill=False)
    assert "cc-siren" in said(client_of(user))
    incidents.acknowledge(viewer=viewer_of_user(user), alarm=Alarm.objects.get())
    assert said(client_of(user)).strip() == ""


def test_each_person_switches_the_sound_for_himself_and_duty_stays_as_it_was():
    user = make_user(Role.OPERATOR)
    operator, colleague, report = client_of(user), client_of(make_user(Role.OPERATOR)), fire()
    operator.post("/reports/duty/", {"state": "on"})
    since = DutyState.objects.get(user=user).since
    assert operator.get("/reports/sound/").status_code == 405
    operator.post("/reports/sound/", {"sound": "off"})
    state = DutyState.objects.get(user=user)
    assert (state.sound, state.on_duty, state.since) == (False, True, since)
    assert "cc-siren" not in said(operator) and report.number in said(operator)
    assert 'aria-pressed="false"' in said(operator, "/reports/")
    assert "cc-siren" in said(colleague)
    operator.post("/reports/sound/", {"sound": "on"})
    assert "cc-siren" in said(operator)


def test_the_first_touch_of_the_switch_puts_nobody_on_duty():
    user = make_user(Role.OPERATOR)
    client_of(user).post("/reports/sound/", {"sound": "off"})
    state = DutyState.objects.get(user=user)
    assert (state.sound, state.on_duty) == (False, False)


def test_many_urgent_reports_are_named_in_part():
    for _turn in range(SHOWN + 1):
        fire()
    page = said(client_of(make_user(Role.OPERATOR)))
    assert page.count('class="cc-msg"') == SHOWN and page.count("<cc-siren") == 1 and "cc-muted" in page


def test_who_may_not_see_or_act_hears_nothing():
    report = fire(secret=True)
    assert report.number not in said(client_of(make_user(Role.OPERATOR)))
    head = client_of(make_user(Role.HEAD, agency=make_agency("lain")))
    assert report.number not in said(head) and "cc-siren" not in said(head)
    for method in ("get", "post"):
        path = LINE if method == "get" else "/reports/sound/"
        assert getattr(Client(), method)(path).status_code in {302, 403}
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user(Role.OPERATOR))
    assert strict.post("/reports/sound/", {"sound": "off"}).status_code == 403


def by_form(**values):
    known = make_category(name="Kebakaran", priority="urgent")
    report = make_report("Kios terbakar", category=known, channel=make_channel("web"), **values)
    receivers.judge(report.pk)
    return report


def alarms() -> list[Alarm]:
    return list(Alarm.objects.alive().order_by("pk"))


def test_a_flood_of_urgent_reports_by_the_form_is_one_number_and_one_siren():
    told: list[int] = []

    def hear(sender, alarm_id, **kwargs):
        told.append(alarm_id)

    signals.alarm_opened.connect(hear)
    try:
        reports = []
        for _turn in range(25):
            with TestCase.captureOnCommitCallbacks(execute=True):
                reports.append(by_form())
    finally:
        signals.alarm_opened.disconnect(hear)
    found = alarms()
    assert len(found) == urgentheap.MOST + 1 == len(set(told)) == len(told)
    heap = found[-1]
    assert heap.words == {"title": "urgent_reports_more", "name": "15"} and heap.count == 15
    assert "15" in heap.title and all(report.is_urgent for report in Report.objects.all())
    for report in reports:
        receivers.judge(report.pk)
    assert [row.rev for row in alarms()] == [row.rev for row in found], "said twice it is the same"
    page = said(client_of(make_user(Role.OPERATOR)))
    assert "15 laporan mendesak lagi" in page or "15 more urgent reports" in page


def test_the_number_falls_as_the_desk_takes_them_up_and_the_last_one_ends_it(monkeypatch):
    monkeypatch.setattr(urgentheap, "MOST", 1)
    reports = [by_form() for _turn in range(3)]
    assert [row.words.get("name") for row in alarms()][-1] == "2"
    for report, left in ((reports[2], "1"), (reports[1], None)):
        moving.move(pk=report.pk, target="verified", viewer=None)
        receivers.judge(report.pk)
        names = [row.words["name"] for row in alarms() if row.words["title"] == urgentheap.TITLE]
        assert names == ([left] if left else [])
    assert len(alarms()) == 1


def test_a_quarter_of_an_hour_later_and_by_other_doors_a_report_sounds_by_itself(monkeypatch):
    monkeypatch.setattr(urgentheap, "MOST", 1)
    for _turn in range(3):
        by_form()
    whatsapp = fire(channel=make_channel("whatsapp"))
    assert alarms()[-1].source == f"complaints.report:{whatsapp.pk}"
    Alarm.objects.update(opened_at=timezone.now() - urgentheap.WITHIN)
    later = by_form()
    assert alarms()[-1].source == f"complaints.report:{later.pk}"
