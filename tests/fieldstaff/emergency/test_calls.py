"""A call for help: one alarm, who has it comes back to the phone, and only a person ends it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role
from commandcenter.incidents import services
from commandcenter.incidents.models import Alarm, State
from fieldstaff.emergency import settle
from fieldstaff.models import Latest, OfficerPin, SosEvent
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_device, make_officer, make_shift
from tests.fieldstaff.emergency.calls import SOS, say
from tests.fieldstaff.phones import Phone
from tests.wall.conftest import pair

pytestmark = pytest.mark.django_db(transaction=True)


def at_work(code, lat, lng, **about):
    """An officer on shift who was heard of now."""
    now = datetime.now(UTC)
    found = make_officer(code, **about)
    make_shift(found, now - timedelta(hours=1), 8)
    where = {"lat_e7": round(lat * 1e7), "lon_e7": round(lng * 1e7), "fix_at": now}
    Latest.objects.create(officer=found, last_contact=now, device=make_device(found), **where)
    return found


def test_repeats_move_one_alarm_and_the_phone_hears_who_has_it(phone, desk):
    key = str(uuid4())
    first = say(phone, id=key, lat=-6.12, lon=106.15).json()
    assert first["id"] == key and first["acknowledged"] is None
    for step in range(3):
        say(phone, id=key, lat=-6.12 + step / 1000, lon=106.15)
    alarm = Alarm.objects.get()
    assert (alarm.severity, alarm.count, alarm.title) == (
        "panic",
        1,
        "Petugas minta tolong: P-7K3M9Q · Dishub",
    )
    assert (alarm.lat, alarm.lng) == (-6.118, 106.15)
    assert SosEvent.objects.get().repeats == 3
    services.acknowledge(viewer=desk, alarm=alarm)
    told = say(phone, id=key).json()
    assert told["acknowledged"] and told["by"] == desk.name and told["ended"] is None


def test_a_traccar_button_and_a_broken_body_are_calls_too(phone):
    phone.osmand(datetime.now(UTC), alarm="sos")
    assert Alarm.objects.get().kind == settle.KIND
    header = {"authorization": f"Bearer {phone.token}"}
    answer = phone.client.post(SOS, b"\xff{", content_type="application/json", headers=header)
    assert answer.status_code == 200
    assert Alarm.objects.count() == 1 and SosEvent.objects.get().repeats == 1


def test_it_is_closed_with_an_outcome_only_and_the_phone_hears_it(phone, desk):
    say(phone, id=str(uuid4()))
    alarm = Alarm.objects.get()
    for outcome in ("", "nonsense"):
        with pytest.raises(ValidationError, match="bagaimana akhirnya"):
            services.clear(viewer=desk, alarm=alarm, outcome=outcome)
    assert services.clear(viewer=desk, alarm=alarm, outcome="false_alarm")
    event = SosEvent.objects.get()
    assert event.outcome == "false_alarm" and event.ended_at == Alarm.objects.get().cleared_at
    told = phone.client.get(SOS, headers={"authorization": f"Bearer {phone.token}"}).json()
    assert told["ended"] and told["outcome_words"] == "alarm palsu"
    assert AuditEntry.objects.get(action="alarm.cleared").detail == {"outcome": "false_alarm"}
    say(phone, id=str(uuid4()))
    assert Alarm.objects.filter(state=State.OPEN).count() == 1


def test_the_pin_takes_it_back_but_a_person_closes_it(phone, officer, desk):
    key, cancel = str(uuid4()), SOS + "/cancel"
    say(phone, id=str(uuid4()))
    assert say(phone, cancel, id=SosEvent.objects.get().client_key, pin="2468").json()["result"] == "no_pin"
    SosEvent.objects.all().delete()
    Alarm.objects.all().delete()
    for bad in ("12", "1111", "1234", "12345678", "abcd", "123456789"):
        assert say(phone, SOS + "/pin", pin=bad).status_code == 400
    assert say(phone, SOS + "/pin", pin="2468").json()["result"] == "done"
    assert "2468" not in OfficerPin.objects.get().digest
    say(phone, id=key)
    assert say(phone, SOS + "/pin", pin="1357", old="0000").status_code == 403
    assert say(phone, cancel, id=key, pin="0001").status_code == 403
    told = say(phone, cancel, id=key, pin="2468").json()
    assert told["result"] == "done" and told["cancelled"] and told["ended"] is None
    alarm = Alarm.objects.get()
    assert alarm.state == State.OPEN and alarm.words["text"] == "sos_cancelled"
    for _try in range(5):
        say(phone, cancel, id=key, pin="9999")
    assert say(phone, cancel, id=key, pin="2468").status_code == 429


def test_another_phone_takes_nothing_back(phone, officer):
    key = str(uuid4())
    say(phone, id=key)
    other = Phone(make_device(make_officer(), uid="70019999"))
    assert say(other, SOS + "/cancel", id=key, pin="2468").status_code == 404
    assert phone.client.post(SOS, "{}", content_type="application/json").status_code == 401
    wrong = {"authorization": "Bearer cc_00000000_" + "A" * 43}
    assert phone.client.get(SOS, headers=wrong).status_code == 401


def test_a_login_calls_too_but_not_from_a_foreign_page(officer):
    user = make_user()
    officer.user = user
    officer.save()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(SOS, "{}", content_type="application/json").status_code == 401
    assert client_of(user).post(SOS, "{}", content_type="application/json").status_code == 200
    event = SosEvent.objects.get()
    assert event.officer == officer and event.device.uid == f"app-{officer.pk}"


def test_what_was_lost_between_is_made_good(phone, desk, monkeypatch):
    monkeypatch.setattr("fieldstaff.emergency.register.settle", lambda pk: 1 / 0)
    say(phone, id=str(uuid4()))
    assert not Alarm.objects.exists()
    assert settle.sweep() == 1
    alarm = Alarm.objects.get()
    services.acknowledge(viewer=desk, alarm=alarm)
    assert SosEvent.objects.get().acknowledged_at is None
    settle.sweep()
    services.clear(viewer=desk, alarm=alarm, outcome="safe")
    settle.sweep()
    assert SosEvent.objects.get().outcome == "safe" and settle.sweep() == 0


@pytest.mark.alone
def test_the_wall_shows_within_two_seconds_who_where_and_who_is_near(phone, desk):
    at_work("P-DEKAT", -6.121, 106.15, name="Joko")
    at_work("P-JAUH", -6.4, 106.5, name="Tono")
    screen = Client()
    pair(client_of(make_user(Role.OPERATOR)), screen)
    begun = time.monotonic()
    say(phone, id=str(uuid4()), lat=-6.12, lon=106.15, silent=True)
    page = screen.get("/wall/scene/").content.decode()
    assert time.monotonic() - begun < 2
    assert 'data-kind="takeover"' in page and "Budi Santoso" in page and "Dishub" in page
    assert "SENYAP: jangan menelepon" in page and "0254 123456" in page
    assert "110 m" in page and "P-DEKAT" in page and "P-JAUH" not in page
    # No person's number hangs on a wall, and no name of one who only happens to be near.
    assert "081234567890" not in page and "Joko" not in page


def test_people_at_the_desk_have_number_and_names_and_strangers_nothing(phone, officer):
    at_work("P-DEKAT", -6.121, 106.15, name="Joko")
    say(phone, id=str(uuid4()), lat=-6.12, lon=106.15)
    path = f"/alarms/{Alarm.objects.get().pk}/"
    page = client_of(make_user(Role.OPERATOR)).get(path).content.decode()
    assert "081234567890" in page and "Budi Santoso" in page and "Joko" in page
    assert 'data-key="e"' in page and 'value="false_alarm"' in page
    own = client_of(make_user(Role.HEAD, agency=officer.agency)).get(path).content.decode()
    assert "Budi Santoso" in own
    mayor = client_of(make_user(Role.MAYOR)).get(path).content.decode()
    assert "P-7K3M9Q" in mayor and "Budi Santoso" not in mayor and "081234567890" not in mayor
    stranger = client_of(make_user(Role.HEAD, agency=make_agency("lain")))
    assert stranger.get(path).status_code == 404


def test_other_alarms_name_the_nearest_where_they_have_a_place():
    at_work("P-DEKAT", -6.121, 106.15, name="Joko")
    pages = []
    for place in (services.Subject(lat=-6.12, lng=106.15), services.Subject()):
        about = {"source": f"x:{place.lat}", "kind": "x", "severity": "warning", "title": "Atap bocor"}
        alarm = services.raise_alarm(**about, subject=place)
        reader = client_of(make_user(Role.OPERATOR))
        pages.append(reader.get(f"/alarms/{alarm.pk}/").content.decode())
    assert "Petugas terdekat</h2>" in pages[0] and "Joko" in pages[0]
    assert "Petugas terdekat</h2>" not in pages[1]
