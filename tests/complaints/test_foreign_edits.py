"""A partner's webhook changes a message only in the name of whoever wrote it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from complaints.models import Channel, Envelope, Message
from complaints.services import handling
from tests.factories.complaints import make_channel

pytestmark = pytest.mark.django_db
SITI, BUDI = {"id": "siti", "name": "Siti"}, {"id": "budi", "name": "Budi"}


@pytest.fixture
def partner() -> Channel:
    return make_channel("partner", secrets=json.dumps({"secret": "partner-secret"}))


def arrives(channel: Channel, kind: str, **values: Any) -> Envelope:
    value = {"type": kind, "id": "m1", "sent_at": timezone.now().isoformat(), **values}
    Envelope.objects.create(
        channel=channel, external_id=f"e{Envelope.objects.count()}", kind=kind, raw=json.dumps(value).encode()
    )
    handling.sweep()
    return Envelope.objects.latest("pk")


@pytest.mark.parametrize("kind", ["edit", "delete"])
def test_a_stranger_in_the_same_conversation_changes_nothing(partner, kind):
    arrives(partner, "report", text="Lampu mati di gang kami", sender=SITI, conversation="rt-05")
    refused = arrives(partner, kind, text="Semua baik", sender=BUDI)
    assert "refused" in refused.problem and refused.handled_at is not None
    assert [row.kind for row in Message.objects.all()] == ["text"]
    assert "budi" not in refused.problem


@pytest.mark.parametrize("sender", [SITI, {}])
def test_who_wrote_it_or_an_application_that_names_nobody_changes_it(partner, sender):
    arrives(partner, "report", text="Lampu mati di gang kami", sender=SITI)
    assert arrives(partner, "edit", text="Lampu mati di gang 5", sender=sender).problem == ""
    assert [row.kind for row in Message.objects.order_by("pk")] == ["text", "edit"]


def test_a_gateway_names_the_number_only(partner):
    number = {"phone": "081234567890"}
    arrives(partner, "report", text="Lampu mati di gang kami", sender=number)
    assert "refused" in arrives(partner, "edit", text="x", sender={"phone": "081234567899"}).problem
    assert arrives(partner, "edit", text="y", sender=number).problem == ""
