"""Put away from the walls for some minutes, and handed to another agency: neither is an end."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from commandcenter.incidents import services, standing
from commandcenter.incidents.models import Alarm
from tests.factories.city import client_of, make_agency, make_user
from tests.wall.conftest import pair

REASON = "Rapat dengan tamu, sudah dihubungi lewat radio"


@pytest.fixture
def screen(operator):
    client = Client()
    pair(operator, client)
    return client


@pytest.fixture
def desk():
    ensure_roles()
    return viewer_of_user(make_user(Role.OPERATOR, "sari", first_name="Sari"))


def scene(screen) -> str:
    return screen.get("/wall/scene/").content.decode()


def filled(screen) -> bool:
    return 'data-kind="takeover"' in scene(screen)


def deeds(action: str) -> list[dict[str, object]]:
    return list(AuditEntry.objects.filter(action=action).values_list("detail", flat=True))


def away(alarm, desk, minutes=5):
    assert standing.snooze(viewer=desk, alarm=alarm, minutes=minutes, reason=REASON)
    return alarm


def test_put_away_the_screen_goes_back_is_silent_and_says_until_when(screen, alarm, desk):
    row = away(alarm(severity="panic", title="Tombol panik"), desk)
    text = scene(screen)
    assert 'data-kind="takeover"' not in text and "cc-siren" not in text
    strip = screen.get("/tile/incidents.now/").content.decode()
    assert "Tombol panik" in strip and "disisihkan dari dinding sampai" in strip
    assert "cc-siren" not in strip and 'poll="10"' in strip
    until = datetime.fromisoformat(re.search(r'data-next-at="(.*?)"', text)[1])
    # The page names whole seconds; asked a moment early it hears the same instant again.
    assert abs(until - row.snoozed_until) < timedelta(seconds=1)
    assert deeds("alarm.snoozed") == [{"minutes": 5, "reason": REASON}]
    row.refresh_from_db()
    assert row.state == "open"


def test_it_comes_back_by_itself_with_sound(screen, alarm, desk):
    row = away(alarm(severity="panic"), desk)
    Alarm.objects.filter(pk=row.pk).update(snoozed_until=timezone.now() - timedelta(seconds=1))
    text = scene(screen)
    assert 'data-kind="takeover"' in text and "cc-siren" in text


def test_a_critical_alarm_put_away_at_its_end_still_comes_back(screen, alarm, desk):
    row = away(alarm(severity="critical"), desk, 15)
    now = timezone.now()
    Alarm.objects.filter(pk=row.pk).update(opened_at=now - timedelta(minutes=40), snoozed_until=now)
    assert filled(screen)
    Alarm.objects.filter(pk=row.pk).update(snoozed_until=now - timedelta(minutes=31))
    assert not filled(screen)


def test_it_is_back_at_once_when_its_cause_repeats(screen, alarm, desk, django_capture_on_commit_callbacks):
    row = away(alarm(severity="panic", source="test:1", kind="sos"), desk)
    assert not filled(screen)
    with django_capture_on_commit_callbacks() as told:
        services.raise_alarm(source="test:1", kind="sos", severity="panic", title="x")
    assert filled(screen) and Alarm.objects.get().pk == row.pk
    # One more callback than a repeat of an alarm that was not away: the screens are told.
    with django_capture_on_commit_callbacks() as plain:
        services.raise_alarm(source="test:1", kind="sos", severity="panic", title="x")
    assert len(told) > len(plain)


def test_a_person_brings_it_back_and_only_once(screen, alarm, desk):
    row = away(alarm(severity="panic"), desk)
    assert standing.bring_back(viewer=desk, alarm=row)
    assert filled(screen)
    assert not standing.bring_back(viewer=desk, alarm=row)
    assert len(deeds("alarm.returned")) == 1


def test_the_next_one_takes_the_screen_and_does_not_count_what_is_away(screen, alarm, desk):
    first = alarm(severity="panic", title="Pertama")
    alarm(severity="panic", title="Kedua")
    assert "<h2>Pertama" in scene(screen) and "1 lagi menunggu" in scene(screen)
    away(first, desk)
    text = scene(screen)
    assert "<h2>Kedua" in text and "menunggu" not in text


@pytest.mark.parametrize(
    ("severity", "minutes", "reason"),
    [("panic", 60, REASON), ("panic", 0, REASON), ("panic", 5, "  "), ("warning", 5, REASON)],
)
def test_not_for_an_hour_not_without_a_reason_not_what_fills_no_wall(alarm, desk, severity, minutes, reason):
    row = alarm(severity=severity)
    with pytest.raises(ValidationError):
        standing.snooze(viewer=desk, alarm=row, minutes=minutes, reason=reason)
    row.refresh_from_db()
    assert row.snoozed_until is None and not deeds("alarm.snoozed")


def test_what_is_over_is_neither_put_away_nor_handed_on(alarm, desk):
    row = alarm(severity="panic")
    services.clear(viewer=desk, alarm=row)
    assert not standing.snooze(viewer=desk, alarm=row, minutes=5, reason=REASON)
    assert not standing.forward(viewer=desk, alarm=row, agency=make_agency("satpol"), reason=REASON)


def test_an_agency_head_hands_on_but_takes_nothing_off_the_walls(alarm, own):
    ensure_roles()
    head = viewer_of_user(make_user(Role.HEAD, agency=own))
    row = alarm(severity="panic", agency=own.pk)
    with pytest.raises(PermissionDenied):
        standing.snooze(viewer=head, alarm=row, minutes=5, reason=REASON)
    assert standing.forward(viewer=head, alarm=row, agency=make_agency("satpol"), reason=REASON)


def test_handed_on_the_other_agency_sees_it_and_the_first_keeps_it(screen, alarm, desk, own):
    ensure_roles()
    other = make_agency(
        "satpol", name="Satuan Polisi Pamong Praja", short_name="Satpol PP", phone_duty="0254 111"
    )
    heads = [
        client_of(make_user(Role.HEAD, f"kepala-{agency.code}", agency=agency)) for agency in (own, other)
    ]
    row = alarm(severity="panic", agency=own.pk)
    assert [head.get(f"/alarms/{row.pk}/").status_code for head in heads] == [200, 404]
    assert standing.forward(viewer=desk, alarm=row, agency=other, reason="Amankan jalan")
    assert [head.get(f"/alarms/{row.pk}/").status_code for head in heads] == [200, 200]
    text = scene(screen)
    assert "Satpol PP" in text and "0254 111" in text
    page = heads[1].get(f"/alarms/{row.pk}/").content.decode()
    assert "Amankan jalan" in page and "Diteruskan ke dinas lain" in page
    assert deeds("alarm.forwarded") == [{"agency": "satpol", "reason": "Amankan jalan"}]
    with pytest.raises(ValidationError):
        standing.forward(viewer=desk, alarm=row, agency=other, reason="Lagi")


def test_an_alarm_passed_further_leaves_the_agency_between(alarm, desk, own):
    ensure_roles()
    between, last = make_agency("satu"), make_agency("dua")
    row = alarm(severity="panic", agency=own.pk)
    standing.forward(viewer=desk, alarm=row, agency=between, reason=REASON)
    head = client_of(make_user(Role.HEAD, "antara", agency=between))
    assert head.get(f"/alarms/{row.pk}/").status_code == 200
    standing.forward(viewer=desk, alarm=row, agency=last, reason=REASON)
    assert head.get(f"/alarms/{row.pk}/").status_code == 404


def test_the_buttons_do_it_and_say_what_is_missing(operator, alarm):
    other = make_agency("satpol", name="Satpol PP")
    row = alarm(severity="panic")
    path = f"/alarms/{row.pk}/"
    said = operator.post(path + "snooze/", {"minutes": "5"}, follow=True).content.decode()
    assert "Tulis alasan menyisihkannya" in said
    said = operator.post(path + "snooze/", {"minutes": "5", "reason": REASON}, follow=True).content.decode()
    assert "Disisihkan dari dinding sampai" in said and "Kembalikan ke dinding" in said
    assert REASON in said and "5 menit" in said
    said = operator.post(path + "return/", follow=True).content.decode()
    assert "Kembali ke dinding:" in said
    said = operator.post(path + "forward/", {"agency": other.pk}, follow=True).content.decode()
    assert "Tulis apa yang diminta" in said
    said = operator.post(path + "forward/", {"agency": "x", "reason": "y"}, follow=True).content.decode()
    assert "Pilih dinasnya" in said
    said = operator.post(
        path + "forward/", {"agency": other.pk, "reason": "Jaga"}, follow=True
    ).content.decode()
    assert "Diteruskan ke Satpol PP" in said


@pytest.mark.parametrize("door", ["snooze", "return", "forward"])
def test_the_doors_are_shut_to_others(alarm, enter, door):
    row = alarm(severity="panic", sharing="public")
    data = {"minutes": "5", "reason": REASON, "agency": make_agency("satpol").pk}
    path = f"/alarms/{row.pk}/{door}/"
    assert enter(Role.MAYOR).post(path, data).status_code == 403
    assert enter(Role.PARTNER).post(path, data).status_code == 404
    assert Client().post(path, data).status_code in {302, 401}
    assert enter(Role.OPERATOR).get(path).status_code == 405
    row.refresh_from_db()
    assert row.rev == 1
