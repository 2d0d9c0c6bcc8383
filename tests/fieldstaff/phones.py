"""A phone as the doors see it: each app's requests over HTTP."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from commandcenter import keys
from fieldstaff import tokens
from fieldstaff.models import Device


class Phone:
    """One device with a token, that speaks all forms."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.token = tokens.issue(viewer=None, device=device)
        # A test's transaction never commits: the mark that a commit leaves would not be there.
        keys.client().delete(keys.key("fieldstaff", "token", self.token.split("_")[1]))
        self.client = Client()

    def osmand(self, at: datetime | None = None, *, token: str = "", **values: Any) -> Any:
        """Traccar Client 7: pairs in the query, by POST."""
        told = {"id": self.device.uid, "lat": "-6.20415", "lon": "106.64572", **values}
        if at is not None:
            told["timestamp"] = str(int(at.timestamp()))
        query = "&".join(f"{key}={value}" for key, value in told.items() if value is not None)
        return self.client.post(f"/fieldstaff/t/{token or self.token}/?{query}")

    def post(self, body: str | bytes, content_type: str = "application/json", **more: Any) -> Any:
        """Any body to the phone's own address."""
        return self.client.post(f"/fieldstaff/t/{self.token}/", body, content_type=content_type, **more)

    def owntracks(self, at: datetime, *, password: str = "", **values: Any) -> Any:
        """OwnTracks over HTTP with a Basic login."""
        told = {
            "_type": "location",
            "tst": int(at.timestamp()),
            "lat": -6.2,
            "lon": 106.6,
            "tid": "k7",
            **values,
        }
        login = base64.b64encode(f"siapa:{password or self.token}".encode()).decode()
        return self.client.post(
            "/fieldstaff/owntracks", json.dumps(told), content_type="application/json",
            headers={"authorization": f"Basic {login}"},
        )  # fmt: skip

    def batch(self, items: list[dict[str, Any]], *, sent_at: datetime | None = None, token: str = "") -> Any:
        """Our own app's batch."""
        told = {"sent_at": (sent_at or datetime.now(UTC)).isoformat(), "seq": 1, "items": items}
        return self.client.post(
            "/fieldstaff/api/v1/batch", json.dumps(told), content_type="application/json",
            headers={"authorization": f"Bearer {token or self.token}"},
        )  # fmt: skip
