"""A call put away from the walls: what a phone sends by itself leaves it there, a press does not."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from commandcenter.city.models import AuditEntry
from commandcenter.incidents import procedures, standing
from commandcenter.incidents.models import Alarm
from fieldstaff.emergency import register
from fieldstaff.emergency.settle import KIND
from tests.factories.fieldstaff import make_device, make_officer
from tests.fieldstaff.emergency.calls import say
from tests.fieldstaff.phones import Phone

pytestmark = pytest.mark.django_db(transaction=True)


def put_away(viewer) -> Alarm:
    alarm = Alarm.objects.get()
    assert standing.snooze(viewer=viewer, alarm=alarm, minutes=5, reason="Sudah dihubungi")
    return alarm


def is_away(alarm) -> bool:
    alarm.refresh_from_db()
    return alarm.snoozed_until is not None


def test_the_apps_own_repeats_leave_it_away_a_new_press_brings_it_back(phone, desk):
    key = str(uuid4())
    say(phone, id=key)
    alarm = put_away(desk)
    say(phone, id=key, lat=-6.12, lon=106.15)
    assert is_away(alarm) and alarm.lat == -6.12
    say(phone, id=str(uuid4()))
    assert not is_away(alarm)
    assert Alarm.objects.count() == 2
    assert AuditEntry.objects.get(action="alarm.returned").actor_kind == "system"


def test_a_phone_without_names_is_only_heard_when_pressed(phone, desk):
    phone.osmand(datetime.now(UTC), alarm="sos")
    alarm = put_away(desk)
    phone.osmand(datetime.now(UTC), alarm="sos")
    assert not is_away(alarm) and Alarm.objects.count() == 1


def test_somebody_elses_call_leaves_it_away(phone, desk):
    say(phone, id=str(uuid4()))
    alarm = put_away(desk)
    say(Phone(make_device(make_officer("P-LAIN"), uid="70019999")), id=str(uuid4()))
    assert is_away(alarm)


@pytest.mark.parametrize("text", sorted(register.STEPS))
def test_each_kind_of_call_says_what_is_to_be_done(text):
    alarm = Alarm(kind=KIND, words={"text": text})
    assert procedures.steps_of(alarm) == [str(step) for step in register.STEPS[text]]
    assert procedures.steps_of(Alarm(kind="other")) == [str(step) for step in procedures.USUAL]


def test_more_steps_than_a_wall_can_show_are_refused():
    with pytest.raises(ValueError, match="more than 4"):
        procedures.name_procedure("x", ["1", "2", "3", "4", "5"])
