"""A new order by the form with its map, and by one click from the page of a report or an alarm."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from commandcenter.city.roles import Role
from commandcenter.incidents import services as incidents
from commandcenter.incidents.models import Alarm
from complaints.models import Report
from fieldstaff.models import Latest, Officer, Order, Training
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_report

NEW, SEND = "/fieldstaff/orders/new/", "/fieldstaff/orders/send/"


@pytest.fixture
def desk(crew):
    return client_of(make_user(Role.OPERATOR))


def stands(officer: Officer, lat: float = -6.12, lng: float = 106.15) -> None:
    now = datetime.now(UTC)
    Latest.objects.create(
        officer=officer, last_contact=now, fix_at=now, lat_e7=round(lat * 1e7), lon_e7=round(lng * 1e7)
    )


def reported(crew, **values):
    """A report of the crew's agency."""
    made = make_report(**values)
    made.agency = crew.agency
    made.save(update_fields=["agency"])
    return made


def said(crew, **more):
    given = {"agency": crew.agency.pk, "text": "Tebang dahan", "priority": "high", "uuid": str(uuid.uuid4())}
    return given | more


def test_the_form_takes_time_skills_and_a_place_of_its_own(crew, desk):
    Officer.objects.filter(pk=crew.worker.pk).update(skills=["chainsaw"])
    Training.objects.create(officer=crew.worker, topic="first-aid", on=timezone.localdate())
    page = desk.get(NEW).content.decode()
    assert "data-point-picker" in page and "datetime-local" in page and "chainsaw" in page
    until = timezone.localtime() + timedelta(hours=3)
    answer = desk.post(NEW, said(
        crew, deadline=f"{until:%Y-%m-%dT%H:%M}", lat="-6.1", lng="106.2", skills=["chainsaw"],
        topics=["first-aid"],
    ))  # fmt: skip
    assert answer.status_code == 302
    order = Order.objects.get()
    assert (order.skills, order.topics, order.lat, order.lng) == (["chainsaw"], ["first-aid"], -6.1, 106.2)
    assert order.deadline is not None and order.deadline == until.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("deadline", "2020-01-01T08:00"), ("deadline", "besok"), ("lat", "-6.1"), ("lng", "400"),
        ("skills", "flying"), ("text", ""), ("agency", "0"), ("priority", "never"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_beside_its_field_and_nothing_is_written(crew, desk, field, value):
    answer = desk.post(NEW, said(crew, **({"lat": "-6.1"} if field == "lng" else {}), **{field: value}))
    assert answer.status_code == 400
    wrong = set(answer.context["form"].errors)
    assert wrong == ({"lng"} if field == "lat" else {field})
    assert 'role="alert"' in answer.content.decode()
    assert not Order.objects.exists()


def test_the_pages_name_the_nearest_with_reasons_and_one_click_asks(crew, desk):
    stands(crew.worker)
    stands(crew.second, lat=-6.16)
    report = reported(crew, lat=-6.12, lng=106.15)
    page = desk.get(f"/reports/{report.number}/").content.decode()
    panel = page[page.index("panel-fieldstaff.orders") :]
    assert panel.index(crew.worker.name) < panel.index(crew.second.name)
    assert "paling dekat" in panel and crew.stranger.name in panel and "tidak terdengar" in panel
    word = re.search(r'name="uuid" value="([0-9a-f-]{36})"', panel)
    assert word is not None
    click = {"report": report.number, "uuid": word[1], "officer": crew.worker.pk}
    assert desk.post(SEND, click).url == f"/reports/{report.number}/"
    assert desk.post(SEND, click).url == f"/reports/{report.number}/"
    order = Order.objects.get()
    assert (order.state, order.assignee_id, order.report_id) == ("offered", crew.worker.pk, report.pk)
    assert (order.text, order.priority, order.events.filter(target="offered").count()) == (
        report.text, report.priority, 1,
    )  # fmt: skip
    assert SEND not in desk.get(f"/reports/{report.number}/").content.decode()


def test_two_desks_that_click_at_once_send_one(crew, desk):
    report = reported(crew, lat=-6.12, lng=106.15)
    click = {"report": report.number, "uuid": str(uuid.uuid4()), "officer": crew.worker.pk}
    desk.post(SEND, click)
    order = Order.objects.get()
    other = {**click, "uuid": str(uuid.uuid4()), "officer": crew.second.pk}
    assert desk.post(SEND, other).url == f"/fieldstaff/orders/{order.pk}/"
    assert Order.objects.get().assignee_id == crew.worker.pk


def test_an_alarm_names_the_nearest_with_reasons_and_one_click_asks(crew, desk):
    stands(crew.worker)
    stands(crew.second, lat=-6.16)
    alarm = incidents.raise_alarm(source="x:2", kind="flood", severity="critical", title="Banjir")
    Alarm.objects.filter(pk=alarm.pk).update(lat=-6.12, lng=106.15, agency=crew.agency)
    page = f"/alarms/{alarm.pk}/"
    text = desk.get(page).content.decode()
    panel = text[text.index(SEND) :]
    assert panel.index(crew.worker.name) < panel.index(crew.second.name)
    assert "paling dekat" in panel and crew.stranger.name in panel and "tidak terdengar" in panel
    word = re.search(r'name="uuid" value="([0-9a-f-]{36})"', panel)
    assert word is not None and f'name="alarm" value="{alarm.pk}"' in panel
    click = {"alarm": alarm.pk, "uuid": word[1], "officer": crew.worker.pk}
    assert desk.post(SEND, click).url == page
    order = Order.objects.get()
    assert (order.state, order.assignee_id, order.alarm_id) == ("offered", crew.worker.pk, alarm.pk)
    assert SEND not in desk.get(page).content.decode()
    assert SEND not in client_of(make_user(Role.MAYOR)).get(page).content.decode()


def test_a_drill_and_a_closed_alarm_propose_nobody(crew, desk):
    stands(crew.worker)
    over: dict[str, object] = {"state": "cleared", "cleared_at": timezone.now()}
    changes: list[dict[str, object]] = [{"drill": True}, over]
    for n, change in enumerate(changes):
        made = incidents.raise_alarm(source=f"x:{n}", kind="flood", severity="warning", title="Banjir")
        Alarm.objects.filter(pk=made.pk).update(lat=-6.12, lng=106.15, agency=crew.agency, **change)
        assert SEND not in desk.get(f"/alarms/{made.pk}/").content.decode()


def test_the_form_begins_with_the_agency_that_is_meant(crew, desk):
    head = client_of(make_user(Role.HEAD, agency=crew.agency))
    page = head.get(NEW).content.decode()
    assert f'<option value="{crew.agency.pk}" selected>' in page and "Pilih OPD" not in page
    make_agency()
    page = desk.get(NEW).content.decode()
    assert ">Pilih OPD</option>" in page and "---" not in page


def test_somebody_is_sent_to_an_alarm_without_an_agency(crew, desk):
    stands(crew.worker)
    alarm = incidents.raise_alarm(source="x:1", kind="flood", severity="critical", title="Banjir")
    Alarm.objects.filter(pk=alarm.pk).update(lat=-6.12, lng=106.15)
    click = {"alarm": alarm.pk, "uuid": str(uuid.uuid4()), "officer": crew.worker.pk}
    assert desk.post(SEND, click).url == f"/alarms/{alarm.pk}/"
    order = Order.objects.get()
    assert (order.alarm_id, order.agency_id, order.priority) == (alarm.pk, crew.agency.pk, "high")


def test_a_hidden_report_is_written_by_a_person_and_others_cannot_click(crew, desk):
    stands(crew.worker)
    secret = reported(crew, lat=-6.12, lng=106.15)
    Report.objects.filter(pk=secret.pk).update(secret=True)
    click = {"report": secret.number, "uuid": str(uuid.uuid4()), "officer": crew.worker.pk}
    admin = client_of(make_user(Role.ADMIN))
    assert desk.post(SEND, click).status_code in {302, 404}
    admin.post(SEND, click)
    assert not Order.objects.exists()
    open_one = reported(crew, lat=-6.12, lng=106.15)
    click["report"] = open_one.number
    assert client_of(make_user(Role.MAYOR)).post(SEND, click).status_code in {403, 404}
    stranger = client_of(make_user(Role.HEAD, agency=make_agency()))
    assert stranger.post(SEND, click).status_code in {403, 404}
    for wrong in ({"officer": "x"}, {"uuid": "x"}, {"report": "0"}):
        assert desk.post(SEND, click | wrong).status_code == 404
    assert not Order.objects.exists()


def test_a_report_without_a_place_proposes_nobody(crew, desk):
    stands(crew.worker)
    report = reported(crew, lat=None, lng=None)
    page = desk.get(f"/reports/{report.number}/").content.decode()
    assert SEND not in page and "Tanpa lokasi" in page
