"""A report is a row first: it is filed, sent on and moved while Valkey is away."""

from __future__ import annotations

import pytest
from django.test import Client

from complaints.models import Report
from complaints.services import assigning, moving
from tests.factories.city import make_agency
from tests.factories.complaints import make_channel, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_cache(settings, tmp_path):
    """The real cache client, at an address where nobody answers."""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"unix://{tmp_path}/nobody.sock",
        }
    }


def test_a_report_is_filed_sent_on_and_finished_without_a_cache(no_cache):
    report = make_report("Lampu padam")
    assert report.verify_due is not None
    assigning.assign(pk=report.pk, agency=make_agency(), viewer=None, text="Mohon dicek")
    moving.move(pk=report.pk, target="in_progress", viewer=None, text="")
    assert Report.objects.get().status == "in_progress"


def test_a_citizen_asks_for_a_room_without_a_cache(no_cache):
    make_channel("web")
    values = {"need": "maternity", "phone": "0812 0000 0001", "address": "Gang Melati", "text": "Mulas"}
    assert Client().post("/lapor/kamar/", values).status_code == 302
    assert Report.objects.get().kind == "room"
