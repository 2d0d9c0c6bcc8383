"""A citizen's message with a file, posted as its provider does, and the file's turns."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from complaints.channelsim.payloads import Event, post, sign
from complaints.models import Attachment
from complaints.services import handling, message_files
from tests.complaints.test_files import picture
from tests.factories.complaints import make_channel

PHOTO = picture()
WHO = "62811000777"
FIVE = ["whatsapp", "telegram", "messenger", "instagram", "x"]
NUMBERS = itertools.count(1000)
# Whose faults stand in the way of a file: most lie on servers of their own.
SERVER = {key: "files" for key in FIVE} | {"telegram": "telegram"}


def channel_of(sim, key, **secrets):
    kept = json.dumps(sim.secrets[key] | secrets)
    return make_channel(key, slug=key, secrets=kept, settings=sim.settings[key])


def ref_of(sim, key, name) -> str:
    if key in ("whatsapp", "telegram"):
        return name
    return f"{sim.address}/files/{'locked' if key == 'x' else 'open'}/{name}"


def said(
    sim, key, *, what="photo", content=PHOTO, name="", text="", number=0, change: Callable[[Any], Any] = dict
) -> None:
    """A citizen's message on its whole road: posted, signed, stored, handled."""
    name = name or sim.control.file(content)
    event = Event(what, number or next(NUMBERS), WHO, time.time(), text=text, ref=ref_of(sim, key, name))
    body = json.dumps(change(json.loads(post(sim.config, key, event).body))).encode()
    headers = sign(sim.config, key, body, event.at)
    answer = Client().post(f"/hooks/{key}/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 200
    handling.sweep()


def one() -> Attachment:
    return Attachment.objects.get()


def due() -> None:
    """Its turn has come; whoever worked on it is dead."""
    Attachment.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))


def turn() -> Attachment:
    due()
    row = one()
    message_files.fetch(row.pk)
    return one()


def until_refused() -> Attachment:
    for _ in range(message_files.TRIES + 2):
        if (row := turn()).state == "refused":
            return row
    raise AssertionError(row.state)


def stored() -> list[str]:
    return list(default_storage.listdir("reports")[1]) if default_storage.exists("reports") else []
