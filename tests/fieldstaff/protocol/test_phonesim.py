"""The simulated phones, a process of their own, at a real web server."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.utils import timezone

from commandcenter.city.models import User
from commandcenter.city.origin import Source
from fieldstaff import demo, demo_purge
from fieldstaff.demo_cast import AHEAD_S, CREWS, Habit, cast
from fieldstaff.models import Device, Flag, Latest, Officer, Position, Quarantine
from tests.factories.city import make_agency
from tests.fieldstaff.protocol.conftest import house


@pytest.fixture
def officers(ports, monkeypatch):
    # After midnight those on duty are in the shift that began yesterday; what they sent then is not needed.
    monkeypatch.setattr(demo, "PAST_DAYS", 1)
    monkeypatch.setattr("fieldstaff.demo_days.seed", lambda *_what: None)
    for code, *_ in CREWS:
        make_agency(code)
    demo.seed()
    yield
    demo_purge.purge()
    User.objects.filter(origin=Source.SIMULATED).delete()


# Beside the house's keys: a token is worth something only with them.
KEPT = settings.DATA_DIR / "phonesim.json"


def simulate(port: int) -> dict[str, int]:
    command = [sys.executable, "-m", "django", "phonesim", "--url", f"http://127.0.0.1:{port}", "--once"]
    done = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env=house(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])["answers"]


def test_whoever_is_on_duty_is_heard_by_every_form(officers, ports):
    on_duty = set(Officer.objects.on_shift(timezone.now()).values_list("code", flat=True))
    speaks = {
        part.uid
        for part in cast()
        if part.code in on_duty and part.habit not in (Habit.SLEEPS, Habit.OFFLINE)
    }
    answers = simulate(ports["daphne"])
    assert set(answers) == {"200"} and answers["200"] >= len(speaks)
    heard = set(Position.objects.values_list("device__uid", flat=True))
    assert speaks <= heard and not Quarantine.objects.exists()
    assert Latest.objects.count() >= len(speaks)
    clock = next(part for part in cast() if part.habit is Habit.CLOCK)
    if clock.uid in heard:
        # Our own app says its clock beside its words: the skew is known to the second, nothing is guessed.
        assert clock.app == "app" and Device.objects.get(uid=clock.uid).clock_skew_s == -AHEAD_S
        assert not Position.objects.get(device__uid=clock.uid).flags & Flag.CLOCK_AHEAD
    kept = json.loads(KEPT.read_text())
    assert set(kept) == {part.uid for part in cast()} and KEPT.stat().st_mode & 0o077 == 0
    simulate(ports["wsgi"])
    assert json.loads(KEPT.read_text()) == kept, "tokens are issued once"
    assert Device.objects.exclude(enrolled_at=None).count() >= len(speaks)
