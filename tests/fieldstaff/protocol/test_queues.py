"""Whether each app gets rid of its queue, whatever happens: what it is answered, and the rows behind it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from commandcenter import keys
from fieldstaff import tokens
from fieldstaff.models import Device, Flag, Kind, Latest, Position, Quarantine, SosEvent
from fieldstaff.phonesim.apps import APPS, Fix, Identity, Request
from fieldstaff.phonesim.queue import Line, Phone
from tests.fieldstaff.protocol.conftest import enrolled

MINUTE = timedelta(minutes=1)
PROTOCOL = {"owntracks": "owntracks", "app": "app"}


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def fresh(app: str) -> Phone:
    return Phone(enrolled(PROTOCOL.get(app, "traccar")), app)


def trail(many: int, end: datetime | None = None) -> list[Fix]:
    """A position a minute until ``end``, oldest first."""
    last = end or now()
    return [Fix(last - n * MINUTE, -6.12, round(106.2 + n / 1e4, 5), 1.4) for n in range(many - 1, -1, -1)]


def rows(phone: Phone):
    return Position.objects.filter(device__uid=phone.who.uid)


@pytest.mark.parametrize("app", sorted(APPS))
def test_a_bad_item_at_the_head_never_holds_up_the_rest(line: Line, app):
    """Place off the globe, a clock of another century, no time worth the name: answered, put away, gone."""
    phone = fresh(app)
    good = trail(5)
    bad = [
        good[0]._replace(at=good[0].at - timedelta(seconds=5), lat=91.0),
        good[0]._replace(at=datetime(2099, 1, 1, tzinfo=UTC)),
        good[0]._replace(at=datetime(1990, 1, 1, tzinfo=UTC)),
        good[0]._replace(at=good[0].at - timedelta(days=9)),
    ]
    phone.keep([*bad, *good])
    assert phone.flush(line.send).status == 200 and not phone.waiting and set(phone.answers) == {200}
    assert set(rows(phone).values_list("fix_at", flat=True)) == {fix.at for fix in good}
    assert Quarantine.objects.filter(device__uid=phone.who.uid).count() == len(bad)


@pytest.mark.parametrize("app", sorted(APPS))
def test_sent_twice_stored_once_and_late_data_never_moves_the_marker_back(line: Line, app):
    phone = fresh(app)
    fixes = trail(6)
    phone.keep([*fixes, *fixes])
    assert phone.flush(line.send).status == 200 and rows(phone).count() == 6
    latest = Latest.objects.get(device__uid=phone.who.uid)
    late = [fix._replace(at=fix.at - timedelta(hours=2), lat=-6.3) for fix in fixes]
    random.Random(4).shuffle(late)
    # Last of all a sign of life of this moment: our own app's batch tells by it that the clock is right.
    phone.keep([*late, Fix(now())])
    assert phone.flush(line.send).status == 200 and rows(phone).filter(kind=Kind.FIX).count() == 12
    again = Latest.objects.get(device__uid=phone.who.uid)
    assert (again.fix_at, again.lat) == (latest.fix_at, latest.lat) and again.lat != -6.3
    assert rows(phone).filter(fix_at__lt=fixes[0].at).first().flags & Flag.LATE


@pytest.mark.parametrize("app", sorted(set(APPS) - {"app"}))
def test_a_clock_that_runs_ahead_empties_its_queue_and_never_freezes_the_marker(line: Line, app):
    phone = fresh(app)
    phone.keep(trail(3, now() + timedelta(hours=3)))
    assert phone.flush(line.send).status == 200
    assert all(row.flags & Flag.CLOCK_AHEAD for row in rows(phone)) and rows(phone).count() == 3
    assert Latest.objects.get(device__uid=phone.who.uid).fix_at <= datetime.now(UTC)


@pytest.mark.parametrize("app", sorted(APPS))
def test_a_wrong_token_keeps_its_queue_and_is_heard_again_with_a_right_one(line: Line, app):
    phone = fresh(app)
    right, phone.who = phone.who, Identity(phone.who.uid, "cc_00000000_" + "A" * 43)
    phone.keep(trail(3))
    assert phone.flush(line.send).status == (401 if app in PROTOCOL else 404) and len(phone.waiting) == 3
    assert not rows(phone).exists()
    phone.who = right
    tokens.revoke(viewer=None, device=Device.objects.get(uid=right.uid))
    assert phone.flush(line.send).status in {401, 404} and not rows(phone).exists()
    phone.who = Identity(right.uid, tokens.issue(viewer=None, device=Device.objects.get(uid=right.uid)))
    assert phone.flush(line.send).status == 200 and rows(phone).count() == 3


def test_a_flood_is_slowed_by_its_phone_and_never_by_its_address(line: Line):
    """All come from one address, as behind a carrier's translation; only who is too loud waits."""
    loud, quiet = fresh("traccar10"), fresh("traccar10")
    loud.keep(trail(250))
    answer = loud.flush(line.send)
    assert answer.status == 429 and answer.retry_after > 0 and 100 <= rows(loud).count() < 250
    assert rows(loud).count() == 250 - len(loud.waiting), "what was refused is still with the phone"
    quiet.keep(trail(2))
    assert quiet.flush(line.send).status == 200
    loud.waiting.appendleft(trail(1)[0]._replace(alarm="sos"))
    assert loud.flush(line.send, most=1).status == 200, "help is never too many"
    assert SosEvent.objects.filter(device__uid=loud.who.uid).count() == 1
    for name in keys.client().scan_iter(keys.key("fieldstaff", "rate", "*")):
        keys.client().delete(name)
    loud.flush(line.send, most=100)
    assert rows(loud).filter(kind=Kind.FIX).count() >= 200


@pytest.mark.parametrize("app", sorted(APPS))
def test_help_is_heard_by_every_form_and_once(line: Line, app):
    if app == "owntracks":
        pytest.skip("OwnTracks has no call for help")
    phone = fresh(app)
    phone.keep([trail(1)[0]._replace(alarm="sos")] * 2)
    assert phone.flush(line.send).status == 200
    assert SosEvent.objects.filter(device__uid=phone.who.uid).count() == 1


def test_signs_of_life_and_words_that_are_no_ping_are_taken(line: Line):
    for app in APPS:
        phone = fresh(app)
        phone.keep([Fix(now(), battery=40)])
        assert phone.flush(line.send).status == 200 and not phone.waiting, app
        assert Device.objects.get(uid=phone.who.uid).last_recv_at is not None
    token = Request("POST", f"/fieldstaff/t/{phone.who.token}/?id={phone.who.uid}&notificationToken=abc")
    assert line.send(token).status == 200
    who = fresh("owntracks").who
    empty = Request("POST", "/fieldstaff/owntracks", b"", APPS["owntracks"](who, [Fix(now())]).headers)
    answer = line.send(empty)
    assert (answer.status, answer.body) == (200, b"[]")
