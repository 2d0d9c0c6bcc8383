"""What is erased, taken over, out of time or killed while a file is on its way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings as house
from django.db import connection
from django.utils import timezone

from commandcenter import jobs
from complaints.channels.http import Http
from complaints.models import Attachment, Report
from complaints.services import erasing, message_files
from tests.complaints.message_files.posts import (
    PHOTO,
    channel_of,
    due,
    one,
    said,
    stored,
    turn,
)

pytestmark = pytest.mark.django_db


def test_what_was_erased_is_never_fetched(sim):
    channel_of(sim, "whatsapp")
    said(sim, "whatsapp")
    asked = sim.control.call("status")["answered"]
    erasing.erase(pk=Report.objects.get().pk, viewer=None, reason="request")
    due()
    assert not message_files.fetch(one().pk) and message_files.sweep() == 0 and one().state == "erased"
    Attachment.objects.update(state="fetching")
    Report.objects.update(anonymised_at=None)  # the envelope alone was erased: retention
    assert (turn().state, one().problem) == ("refused", "gone_at_provider")
    assert sim.control.call("status")["answered"] == asked


@pytest.mark.parametrize("late", ["erased", "taken over"])
def test_a_file_that_arrives_after_its_claim_is_lost_leaves_no_byte(sim, monkeypatch, late):
    channel_of(sim, "messenger")
    said(sim, "messenger")
    whole = Http.stream

    def slow(self, *args, **more):
        yield from whole(self, *args, **more)
        if late == "erased":
            erasing.erase(pk=Report.objects.get().pk, viewer=None, reason="request")
        else:
            Attachment.objects.update(next_try_at=timezone.now() + timedelta(minutes=9))

    monkeypatch.setattr(Http, "stream", slow)
    state = turn().state
    assert state == ("erased" if late == "erased" else "fetching") and stored() == []


def test_a_time_limit_in_the_middle_is_a_try(sim, monkeypatch):
    channel_of(sim, "messenger")
    said(sim, "messenger")

    def over(self, *args, **more):
        yield PHOTO[:100]
        raise SoftTimeLimitExceeded

    with monkeypatch.context() as patch:
        patch.setattr(Http, "stream", over)
        with pytest.raises(SoftTimeLimitExceeded):
            message_files.fetch(one().pk)
    assert (one().state, one().tries, one().problem, stored()) == ("fetching", 1, "provider_away", [])
    assert turn().state == "waiting"


WORKER = """
import sys, django
django.setup()
from django.conf import settings
settings.MEDIA_ROOT = sys.argv[2]
settings.DATABASES["default"]["NAME"] = sys.argv[3]
settings.CHANNEL_ALLOW_HOSTS = sys.argv[4].split(",")
from complaints.services import message_files
message_files.fetch(int(sys.argv[1]))
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_fetches_leaves_the_file_to_the_sweep(sim, settings, monkeypatch):
    channel_of(sim, "messenger")
    said(sim, "messenger")
    row, hosts = one(), ",".join(sim.allow_hosts)
    sim.control.fault("files", "drip")
    arguments = [str(row.pk), str(settings.MEDIA_ROOT), connection.settings_dict["NAME"], hosts]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "commandcenter.settings", "CC_TESTING": "1"}
    worker = subprocess.Popen([sys.executable, "-c", WORKER, *arguments], cwd=house.BASE_DIR, env=environment)
    deadline, before = time.monotonic() + 60, sim.control.call("status")["answered"].get("files:0", 0)
    while time.monotonic() < deadline and worker.poll() is None:
        if sim.control.call("status")["answered"].get("files:0", 0) > before:
            break
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    sim.control.clear()
    row = one()
    assert (row.state, row.tries) == ("fetching", 1) and row.next_try_at > timezone.now()
    assert message_files.sweep() == 0 and not message_files.fetch(row.pk), "its claim still holds"
    due()
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr(jobs, "send", lambda *args, **more: sent.append((*args, more["queue"])))
    assert message_files.sweep() == 1 and sent == [(message_files.FETCH, row.pk, "fetch")]
    assert message_files.fetch(row.pk) and one().state == "waiting"
