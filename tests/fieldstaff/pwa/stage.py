"""An officer with our own app on his phone, as the server sees him."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from commandcenter import keys
from fieldstaff import tokens
from fieldstaff.models import Device, Officer
from fieldstaff.pwa.identity import COOKIE
from tests.factories.fieldstaff import make_device, make_officer, make_shift


def make_link(device: Device) -> str:
    """A fresh token of a device; nothing of an older one is remembered."""
    token = tokens.issue(viewer=None, device=device)
    keys.client().delete(keys.key("fieldstaff", "token", token.split("_")[1]))
    return token


def forget(token: str) -> None:
    """A test's transaction never commits: the mark that a commit leaves would not be there."""
    keys.client().delete(keys.key("fieldstaff", "token", token.split("_")[1]))


class Pwa:
    """A phone of our own app; ``officer`` has it since long ago and is on duty for six more hours."""

    def __init__(self, officer: Officer | None = None, **values: Any) -> None:
        self.officer = officer or make_officer(**values)
        now = datetime.now(UTC).replace(microsecond=0)
        make_shift(self.officer, now - timedelta(hours=2), 8)
        self.device = make_device(self.officer, protocol="app")
        self.token = make_link(self.device)
        self.client = Client()

    def sign_in(self, token: str = "") -> Any:
        """Opens the link; the cookie stays in this client."""
        answer = self.client.post("/petugas/masuk/", {"token": token or self.token})
        forget(token or self.token)
        return answer

    def cookie(self) -> str:
        """What the phone keeps."""
        return self.client.cookies[COOKIE].value

    def state(self) -> Any:
        """The own state."""
        return self.client.get("/petugas/keadaan.json")

    def batch(self, *items: dict[str, Any], sent_at: datetime | None = None) -> Any:
        """Items of the outbox."""
        body = {"sent_at": (sent_at or datetime.now(UTC)).isoformat(), "seq": 1, "items": list(items)}
        return self.client.post("/petugas/kirim/", json.dumps(body), content_type="application/json")

    def form(self, path: str, *, photo: bytes | None = None, **values: Any) -> Any:
        """A form of the outbox; ``id``, ``at`` and ``sent_at`` are there unless told otherwise."""
        now = datetime.now(UTC).isoformat()
        told = {"id": str(uuid.uuid4()), "at": now, "sent_at": now, **values}
        if photo is not None:
            told["photo"] = SimpleUploadedFile("foto.jpg", photo, "image/jpeg")
        return self.client.post(path, told)


def item(kind: str = "checkin", **values: Any) -> dict[str, Any]:
    """One item of a batch."""
    return {"id": str(uuid.uuid4()), "kind": kind, "at": datetime.now(UTC).isoformat(), **values}
